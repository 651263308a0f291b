/* Where reports go: stdout, or files that appear whole or not at all. */
#include "cli/cli.h"

#include "base/file.h"
#include "base/path.h"
#include "base/visible.h"
#include "evidence/git.h"
#include "reports/formats.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int cli_write_text(const char *file, const bs_strbuf *text) {
  if (!file) return cli_write_stdout(text);
  bs_error error = BS_ERROR_INIT;
  int code = bs_file_replace(file, text, &error) ? 0 : cli_fail(&error);
  bs_error_fini(&error);
  return code;
}

/* Where a report goes, part by part. */
typedef struct sink {
  bool is_file;
  bs_file_writer writer;
  bs_error error;
  int code; /* of the first part that could not be written */
} sink;

static void drain(void *context, bs_strbuf *out) {
  sink *s = context;
  if (!s->code && s->is_file && !bs_file_add(&s->writer, out, &s->error)) s->code = cli_fail(&s->error);
  if (!s->code && !s->is_file) s->code = cli_write_stdout(out);
  bs_strbuf_clear(out);
}

static int write_parts(const report_document *document, const char *format, const char *file,
                       report_options *how) {
  bs_strbuf text = BS_STRBUF_INIT;
  sink s = {.is_file = file, .error = BS_ERROR_INIT};
  if (file && !bs_file_open(&s.writer, file, &s.error)) s.code = cli_fail(&s.error);
  how->drain = drain;
  how->drain_context = &s;
  if (!s.code) report_find_format(format)->write(document, how, &text);
  if (!file && !strcmp(format, "text")) visible_fit_locale(&text, isatty(STDOUT_FILENO));
  drain(&s, &text);
  if (file && !bs_file_close(&s.writer, !s.code, &s.error) && !s.code) s.code = cli_fail(&s.error);
  bs_error_fini(&s.error);
  bs_strbuf_fini(&text);
  return s.code;
}

static int write_output(const report_document *document, const cli_report *options,
                        const cli_output *output) {
  int fd = output->file ? -1 : STDOUT_FILENO;
  bool is_text = !strcmp(output->format, "text");
  unsigned most = options->max_findings;
  if (most == CLI_MAX_DEFAULT) most = is_text ? CLI_MAX_IN_TEXT : 0;
  report_options how = {
      .color = fd >= 0 ? cli_use_color(options->color, fd) : options->color == REPORT_COLOR_ALWAYS,
      .min_confidence = options->min_confidence,
      .show_notes = options->show_notes,
      .show_ledger = options->show_ledger,
      .full_paths = options->full_paths,
      .max_findings = most,
      .width = fd >= 0 ? cli_terminal_width(fd) : 0,
      .cuts = options->cuts,
      .statistics = options->statistics,
      .tells_exit = true,
      .fail_on = options->fail_on,
  };
  return write_parts(document, output->format, output->file, &how);
}

/* The page for people names what it is of: the folder of the project, and what git has checked out in it. */
static void tell_origin(report_document *document, const cli_report *options) {
  bool is_page = false;
  for (uint32_t i = 0; i < options->outputs.count; i++)
    is_page |= !strcmp(options->outputs.items[i].format, "html");
  if (!is_page || !document->root_path) return;
  document->project = bs_path_basename(document->root_path);
  bs_error none = BS_ERROR_INIT;
  bs_strbuf out = BS_STRBUF_INIT;
  git_repository git;
  if (git_open(&git, document->root_path, &none) &&
      git_ask(&git, &out, &none, "rev-parse", "--short=12", "HEAD"))
    document->revision = bs_arena_strndup(&document->arena, out.text, strcspn(out.text, "\n"));
  git_close(&git);
  bs_strbuf_fini(&out);
  bs_error_fini(&none);
}

int cli_write_reports(report_document *document, const cli_report *options) {
  tell_origin(document, options);
  static const cli_output text = {.format = "text"};
  int worst = 0;
  if (!options->outputs.count) return write_output(document, options, &text);
  for (uint32_t i = 0; i < options->outputs.count; i++) {
    int code = write_output(document, options, &options->outputs.items[i]);
    if (code) worst = code;
  }
  return worst;
}

int cli_report_exit_code(const report_document *document, const cli_report *options) {
  if (options->fail_on >= RULE_SEVERITIES) return EXIT_CLEAN;
  return report_count(document, options->fail_on, options->min_confidence) ? EXIT_FINDINGS : EXIT_CLEAN;
}

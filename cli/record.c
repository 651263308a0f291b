/* `blockscan record -- PROGRAM`: runs a program, writes down the stalls of its event loops, and says what it
 * saw. */
#include "cli/record.h"
#include "reports/formats.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* How the program failed by its own account, or NULL. */
static const char *exit_text(bs_arena *arena, int status) {
  if (WIFSIGNALED(status))
    return bs_arena_printf(arena, "ended by signal %d, %s", WTERMSIG(status), strsignal(WTERMSIG(status)));
  return WEXITSTATUS(status) ? bs_arena_printf(arena, "exit code %d", WEXITSTATUS(status)) : NULL;
}

static void write_document(const verdict *v, const char *format, bs_strbuf *out) {
  report_document document;
  report_document_init(&document);
  record_report(v, &document);
  report_find_format(format)->write(&document, &(report_options){.min_confidence = RULE_LIKELY}, out);
  report_document_fini(&document);
}

static int write_output(const verdict *v, const check_list *checks, record_options *o,
                        const cli_output *output, int status) {
  bs_strbuf text = BS_STRBUF_INIT;
  if (!strcmp(output->format, "text"))
    summary_write(v, checks,
                  output->file ? o->color == REPORT_COLOR_ALWAYS : cli_use_color(o->color, STDOUT_FILENO),
                  &text);
  else if (!strcmp(output->format, "junit"))
    junit_write(v, checks, o->command[0], exit_text(&o->arena, status), &text);
  else
    write_document(v, output->format, &text);
  int code = cli_write_text(output->file, &text);
  bs_strbuf_fini(&text);
  return code;
}

static int write_outputs(const verdict *v, const check_list *checks, record_options *o, int status) {
  int worst = 0;
  bool on_stdout = false;
  for (uint32_t i = 0; i < o->outputs.count; i++) {
    on_stdout |= !o->outputs.items[i].file;
    int code = write_output(v, checks, o, &o->outputs.items[i], status);
    if (code) worst = code;
  }
  if (o->quiet || on_stdout) return worst;
  bs_strbuf text = BS_STRBUF_INIT;
  summary_write(v, checks, cli_use_color(o->color, STDERR_FILENO), &text);
  fputs(text.text, stderr);
  bs_strbuf_fini(&text);
  return worst;
}

/* From here on, a signal ends the recorder at once; those that came while the program ran were its. */
static void restore_signals(recording *r, int signals) {
  struct signalfd_siginfo info;
  while (read(signals, &info, sizeof info) > 0) {
  }
  close(signals);
  sigprocmask(SIG_SETMASK, &r->mask, NULL);
}

static int tell(recording *r, record_options *o, int status) {
  verdict v;
  check_list checks = {0};
  verdict_init(&v, r);
  recording_flush(r, true);
  verdict_store(&v);
  store_symbolise(r->store, r->symbols);
  checks_make(&v, &checks);
  int code = write_outputs(&v, &checks, o, status);
  if (!code && !checks_pass(&checks)) code = EXIT_FINDINGS;
  if (!code) code = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
  checks_free(&checks);
  verdict_fini(&v);
  return code;
}

/* When the recording began, by the wall clock. */
static int64_t wall_clock_of(const recording *r) {
  struct timespec t;
  clock_gettime(CLOCK_REALTIME, &t);
  return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec - (int64_t)(clock_now() - r->began);
}

bool record_knowledge_open(record_knowledge *k, const record_options *o, bs_error *error) {
  *k = (record_knowledge){0};
  rule_set_init(&k->rules);
  if (!project_load_config(&o->analysis, ".", &k->config, error)) return false;
  if (!project_load_rules(&o->analysis, &k->config, &k->rules, error)) return false;
  loop_libraries_use(&k->rules);
  return true;
}

void record_knowledge_close(record_knowledge *k) {
  loop_libraries_use(NULL);
  rule_set_fini(&k->rules);
  project_config_fini(&k->config);
}

static int record(record_options *o, bs_error *error) {
  recording r = {.memory = -1, .control = -1};
  record_knowledge knowledge;
  int code = EXIT_ERROR, signals = -1;
  if (!record_knowledge_open(&knowledge, o, error) || !recording_init(&r, &o->recording, error)) goto out;
  r.store = store_create(o->recording.file, error);
  if (!r.store) goto out;
  r.session =
      store_session(r.store, (const char *const *)o->command, wall_clock_of(&r), o->recording.threshold_ns);
  signals = program_signals(&r, error);
  if (signals < 0 || !program_start(&r, o->command, error)) goto out;
  int status = watch(&r, signals);
  restore_signals(&r, signals);
  code = tell(&r, o, status);
out:
  if (r.store) store_close(r.store);
  recording_fini(&r);
  record_knowledge_close(&knowledge);
  return code;
}

static int run(int argc, char **argv) {
  record_options o = {.recording = {.file = "stalls.db", .threshold_ns = 10000000, .follow = true}};
  bs_error error = BS_ERROR_INIT;
  int code = EXIT_ERROR;
  if (argp_parse(&record_argp, argc, argv, ARGP_IN_ORDER, NULL, &o) == 0) {
    code = o.attach ? record_attached(&o) : record(&o, &error);
    if (bs_error_is_set(&error)) cli_fail(&error);
  }
  analysis_options_fini(&o.analysis);
  bs_vec_fini(&o.outputs);
  bs_vec_fini(&o.recording.budgets);
  bs_arena_fini(&o.arena);
  bs_error_fini(&error);
  return code;
}

const cli_verb cli_verb_record = {
    .name = "record",
    .group = "Running programs",
    .summary = "run a program and write down each stall of its event loops",
    .argp = &record_argp,
    .run = run,
};

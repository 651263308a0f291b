/* `blockscan why FUNCTION`: how a loop comes to call a function, or why no way was found. */
#include "cli/analysis.h"

#include "base/visible.h"
#include "reports/text.h"

#include <unistd.h>

typedef struct why_options {
  analysis_options analysis;
  enum report_color color;
  const char *function;
} why_options;

enum { SHOWN_ROUTES = 5, SHOWN_NAMES = 20, SHOWN_CALLS = 20 };

enum { OPTION_COLOR = 1000 };

static const struct argp_option own_options[] = {CLI_COLOR_OPTION(OPTION_COLOR), {0}};

static error_t parse(int key, char *argument, struct argp_state *state) {
  why_options *o = state->input;
  switch (key) {
  case ARGP_KEY_INIT: state->child_inputs[0] = state->child_inputs[1] = &o->analysis; return 0;
  case OPTION_COLOR: o->color = cli_parse_color(state, argument); return 0;
  case ARGP_KEY_ARG:
    if (o->function) return ARGP_ERR_UNKNOWN; /* the database: the child takes it */
    if (!*argument) argp_error(state, "the name of a function is empty");
    o->function = argument;
    return 0;
  case ARGP_KEY_NO_ARGS: argp_error(state, "expected the name of a function"); return EINVAL;
  default: return ARGP_ERR_UNKNOWN;
  }
}

static const struct argp_child children[] = {
    {&cli_analysis_argp, 0, CLI_ANALYSIS_HEADER, 0}, {&cli_parsing_argp, 0, CLI_PARSING_HEADER, 0}, {0}};
static const struct argp argp = {
    .options = own_options,
    .parser = parse,
    .children = children,
    .args_doc = "FUNCTION [compile_commands.json]",
    .doc = "Shows the best path from the event loop to a function, for each callback that reaches it; or, "
           "when none does, which unresolved calls could lead there.",
};

static void write_routes(const check_route *route, const char *function, const report_options *options,
                         bs_strbuf *out) {
  uint32_t shown = route->entries.count < SHOWN_ROUTES ? route->entries.count : SHOWN_ROUTES;
  bs_strbuf_addf(out, "%s is reached from %s%u entry point%s", function, route->more ? "more than " : "",
                 route->entries.count, route->entries.count == 1 ? "" : "s");
  bs_strbuf_addf(out, shown < route->entries.count ? "; the best %u:\n" : ":\n", shown);
  for (uint32_t i = 0; i < shown; i++) {
    bs_strbuf_addc(out, '\n');
    report_finding one = {.api = function, .sink = {.function = function}};
    *bs_vec_push(&one.entries) = route->entries.items[i];
    text_write_path(&(painter){out, options->color, options->width}, &one, true);
    bs_vec_fini(&one.entries);
  }
  if (shown == route->entries.count) return;
  bs_strbuf_adds(out, "\nalso from:");
  uint32_t last = shown + SHOWN_NAMES < route->entries.count ? shown + SHOWN_NAMES : route->entries.count;
  for (uint32_t i = shown; i < last; i++)
    bs_strbuf_addf(out, "%s %s", i == shown ? "" : ",", route->entries.items[i].function);
  if (last < route->entries.count) bs_strbuf_addf(out, " and %u others", route->entries.count - last);
  bs_strbuf_addc(out, '\n');
}

static void write_missing(const check_route *route, const char *function, bs_strbuf *out) {
  bs_strbuf_addf(out, "%s: no event loop was seen to reach it\n", function);
  if (!route->unresolved.count) {
    bs_strbuf_adds(out, route->address_taken
                            ? "Its address is taken, but no unresolved call fits its type.\n"
                            : "Its address is not taken, so no call through a pointer can mean it.\n");
    return;
  }
  bs_strbuf_adds(out, "These calls through pointers of its type could not be resolved and may lead there:\n");
  for (uint32_t i = 0; i < route->unresolved.count; i++) {
    const report_place *p = &route->unresolved.items[i];
    bs_strbuf_addf(out, "  %s:%u:%u: in %s\n", p->file, p->line, p->column, p->function);
  }
}

static int run(int argc, char **argv) {
  why_options o = {0};
  analysis_options_init(&o.analysis);
  o.analysis.listener = &cli_listener;
  analysis a;
  analysis_init(&a);
  report_document document;
  report_document_init(&document);
  check_route route = {0};
  bs_error error = BS_ERROR_INIT;
  bs_strbuf text = BS_STRBUF_INIT;
  int code = EXIT_ERROR;
  if (!cli_parse(&argp, argc, argv, 0, &o)) goto out;
  a.keeps_program = true; /* one question follows another */
  if (!analysis_read(&a, &o.analysis, &error) || !analysis_check(&a, 0, &error)) {
    code = cli_fail_analysis(a.units.interrupted, &error);
    goto out;
  }
  check_why(a.checker, o.function, SHOWN_CALLS, &document, &route);
  const report_options how = {.color = cli_use_color(o.color, STDOUT_FILENO),
                              .full_paths = true,
                              .width = cli_terminal_width(STDOUT_FILENO)};
  if (!route.exists) {
    bs_error_set(&error, "%s: no unit defines or calls a function of this name", o.function);
    code = cli_fail(&error);
    goto out;
  }
  if (route.entries.count)
    write_routes(&route, o.function, &how, &text);
  else
    write_missing(&route, o.function, &text);
  visible_fit_locale(&text, isatty(STDOUT_FILENO));
  code = cli_write_stdout(&text);
  if (code == 0) code = cli_check_units(&a, EXIT_CLEAN);
out:
  for (uint32_t i = 0; i < route.entries.count; i++) bs_vec_fini(&route.entries.items[i].path);
  bs_vec_fini(&route.entries);
  bs_vec_fini(&route.unresolved);
  bs_strbuf_fini(&text);
  report_document_fini(&document);
  analysis_fini(&a);
  analysis_options_fini(&o.analysis);
  bs_error_fini(&error);
  return code;
}

const cli_verb cli_verb_why = {
    .name = "why",
    .summary = "show how a loop comes to call FUNCTION, or why no way was found",
    .group = "Analysis",
    .argp = &argp,
    .run = run,
};

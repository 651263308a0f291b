/* `blockscan learn`: rules for the library functions that were seen to hold a loop and that no rule knows, so
 * that the next scan finds all calls of them. */
#include "base/visible.h"
#include "cli/analysis.h"
#include "cli/joining.h"
#include "cli/learn_static.h"
#include "evidence/join_names.h"
#include "reports/phrase.h"

#include <ctype.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

typedef struct learn_options {
  joining_options evidence;
  const char *output; /* NULL: stdout */
  bool force;
} learn_options;

enum { OPTION_FORCE = 0x400 };

static const struct argp_option learn_table[] = {
    {"output", 'o', "FILE", 0, "Write the rules to FILE (default: to standard output)", 0},
    {"force", OPTION_FORCE, NULL, 0, "Replace FILE if it exists", 0},
    {0}};

static error_t parse(int key, char *argument, struct argp_state *state) {
  learn_options *o = state->input;
  switch (key) {
  case 'o': o->output = strcmp(argument, "-") ? argument : NULL; return 0;
  case OPTION_FORCE: o->force = true; return 0;
  case ARGP_KEY_INIT:
    state->child_inputs[0] = &o->evidence;
    state->child_inputs[1] = state->child_inputs[2] = &o->evidence.analysis;
    return 0;
  default: return ARGP_ERR_UNKNOWN;
  }
}

static const struct argp_child children[] = {{&cli_joining_argp, 0, CLI_JOINING_HEADER, 0},
                                             {&cli_analysis_argp, 0, CLI_ANALYSIS_HEADER, 0},
                                             {&cli_parsing_argp, 0, CLI_PARSING_HEADER, 0},
                                             {0}};
static const struct argp argp = {
    .options = learn_table,
    .parser = parse,
    .children = children,
    .args_doc = "[FILE...]",
    .doc = "Writes rules for the library functions that were seen to hold an event loop and that no rule "
           "knows. The next scan with --rules FILE, or with FILE under `rules:` in .blockscan.yaml, finds "
           "all calls of them. It reads the same files as `blockscan report`. With --static and no recording "
           "it writes the draft of a loop pack instead, for the functions outside the project that get "
           "callbacks and that no pack knows."
           "\vExit codes: 0 rules were written, or there is nothing to learn; 2 an error.",
};

/* One function, with all that was seen of it. */
typedef struct lesson {
  char *function; /* as rules name it */
  const join_proposal *first; /* the costliest place */
  uint64_t stalls, max_ns;
} lesson;
typedef BS_VEC(lesson) lesson_list;

static void collect(const joining *g, lesson_list *lessons) {
  uint32_t count;
  const join_proposal *proposals = joining_proposals(g, &count);
  for (uint32_t i = 0; i < count; i++) {
    bs_strbuf name = BS_STRBUF_INIT;
    uint32_t k = 0;
    join_function_name(proposals[i].function, &name);
    while (k < lessons->count && strcmp(lessons->items[k].function, name.text) != 0) k++;
    if (k == lessons->count) {
      lesson *new = bs_vec_push(lessons);
      new->function = bs_strdup(name.text);
      new->first = &proposals[i];
    }
    lessons->items[k].stalls += proposals[i].stalls;
    if (proposals[i].max_ns > lessons->items[k].max_ns) lessons->items[k].max_ns = proposals[i].max_ns;
    bs_strbuf_fini(&name);
  }
}

static void fini_lessons(lesson_list *lessons) {
  for (uint32_t i = 0; i < lessons->count; i++) free(lessons->items[i].function);
  bs_vec_fini(lessons);
}

/* ---- the file ---- */

/* "learned.png_write", of the characters that an id may have; numbered where two functions would share it. */
static const char *id_of(bs_arena *arena, const lesson_list *lessons, uint32_t index) {
  char *id = bs_arena_printf(arena, "learned.%s", lessons->items[index].function);
  for (char *p = id + strlen("learned."); *p; p++)
    *p = isalnum((unsigned char)*p) || *p == '-' ? (char)tolower((unsigned char)*p) : '_';
  for (uint32_t i = 0; i < index; i++)
    if (!strcasecmp(lessons->items[i].function, lessons->items[index].function))
      return bs_arena_printf(arena, "%s-%u", id, index + 1);
  return id;
}

static json_t *text(const char *string) { return json_stringn_nocheck(string, strlen(string)); }

/* Where it was seen, as a comment of the example's declaration. */
static json_t *example_of(bs_arena *arena, const lesson *l) {
  const report_place *caller = &l->first->caller;
  json_t *example = json_object();
  json_object_set_new(
      example, "declare",
      text(bs_arena_printf(arena, "/* seen in %s(), %s:%u%s%s */\nint %s();", caller->function, caller->file,
                           caller->line, *l->first->callback ? ", below " : "", l->first->callback,
                           l->function)));
  json_object_set_new(example, "blocks", text(bs_arena_printf(arena, "%s();", l->function)));
  json_object_set_new(example, "offloaded", json_true());
  return example;
}

static json_t *rule_of(bs_arena *arena, const lesson_list *lessons, uint32_t index) {
  const lesson *l = &lessons->items[index];
  json_t *row = json_object();
  json_object_set_new(row, "id", text(id_of(arena, lessons, index)));
  json_object_set_new(row, "functions", json_pack("[o]", text(l->function)));
  json_object_set_new(row, "category",
                      text(rule_category_names[l->first->computes ? RULE_CPU : RULE_UNKNOWN]));
  json_object_set_new(
      row, "latency",
      text(rule_latency_names[l->max_ns >= UINT64_C(1000000000) ? RULE_SECONDS : RULE_MILLISECONDS]));
  json_object_set_new(row, "message",
                      text(bs_arena_printf(arena, "was seen to hold an event loop for %s",
                                           phrase_duration(arena, l->max_ns))));
  if (!strstr(l->function, "::")) json_object_set_new(row, "examples", example_of(arena, l));
  return row;
}

static const char *about(bs_arena *arena, const lesson_list *lessons) {
  bs_strbuf words = BS_STRBUF_INIT;
  bs_strbuf_adds(&words, "Learned by `blockscan learn` from stalls that were recorded:");
  for (uint32_t i = 0; i < lessons->count; i++) {
    const lesson *l = &lessons->items[i];
    bs_strbuf_addf(&words, "%s %s in %s, longest %s", i ? ";" : "", l->function,
                   phrase_count(arena, l->stalls, "stall", "stalls"), phrase_duration(arena, l->max_ns));
  }
  const char *copy = bs_arena_strndup(arena, words.text, words.length);
  bs_strbuf_fini(&words);
  return copy;
}

static void write_rules(const lesson_list *lessons, bs_strbuf *out) {
  bs_arena arena = {0};
  json_t *rules = json_array(), *file = json_object();
  for (uint32_t i = 0; i < lessons->count; i++) json_array_append_new(rules, rule_of(&arena, lessons, i));
  json_object_set_new(file, "kind", text("blocking"));
  json_object_set_new(file, "about", text(about(&arena, lessons)));
  json_object_set_new(file, "rules", rules);
  char *dumped = json_dumps(file, JSON_INDENT(2));
  bs_strbuf_addf(out, "%s\n", dumped ? dumped : "");
  free(dumped);
  json_decref(file);
  bs_arena_fini(&arena);
}

/* ---- the verb ---- */

static bool may_write(const learn_options *o, bs_error *error) {
  struct stat st;
  if (!o->output || o->force || stat(o->output, &st) != 0 || !S_ISREG(st.st_mode)) return true;
  return bs_error_set(error, "%s already exists; use --force to replace it", o->output);
}

static void keep_first(void *context, const char *problem) {
  bs_error_set(context, "the learned rules are invalid: %s", problem);
}

static void tell(const learn_options *o, uint32_t count) {
  if (o->evidence.analysis.quiet) return;
  if (!count)
    fputs("blockscan: nothing to learn: no library function without a rule was seen to hold a loop\n",
          stderr);
  else if (o->output)
    visible_say("%u %s written to %s; use: blockscan scan --rules %s", count, count == 1 ? "rule" : "rules",
                o->output, o->output);
}

static int learn(const joining *g, const learn_options *o, bs_error *error) {
  lesson_list lessons = {0};
  bs_strbuf out = BS_STRBUF_INIT;
  int code = EXIT_CLEAN;
  collect(g, &lessons);
  write_rules(&lessons, &out);
  const char *name = o->output ? o->output : "learned rules";
  if (lessons.count && rule_set_check_text(name, out.text, out.length, keep_first, error))
    code = cli_fail(error);
  else if (lessons.count)
    code = cli_write_text(o->output, &out);
  if (code == EXIT_CLEAN) tell(o, lessons.count);
  bs_strbuf_fini(&out);
  fini_lessons(&lessons);
  return code;
}

static int write_draft(const learn_options *o, bs_error *error) {
  bs_strbuf out = BS_STRBUF_INIT;
  uint32_t count;
  int code = EXIT_CLEAN;
  const char *name = o->output ? o->output : "drafted pack";
  if (!learn_draft(&o->evidence, &out, &count, error) ||
      (count && rule_set_check_text(name, out.text, out.length, keep_first, error)))
    code = cli_fail(error);
  else if (count)
    code = cli_write_text(o->output, &out);
  if (code == EXIT_CLEAN && !count && !o->evidence.analysis.quiet)
    fputs("blockscan: nothing to draft: no function of the project goes to code that no pack knows\n",
          stderr);
  if (code == EXIT_CLEAN && count && o->output && !o->evidence.analysis.quiet)
    visible_say("a draft of %u %s written to %s: review it, then name it under `packs:` in .blockscan.yaml",
                count, count == 1 ? "row" : "rows", o->output);
  bs_strbuf_fini(&out);
  return code;
}

static int run(int argc, char **argv) {
  learn_options o = {0};
  joining_options_init(&o.evidence);
  o.evidence.analysis.listener = &cli_listener;
  joining *g = joining_new();
  report_document document;
  report_document_init(&document);
  bs_error error = BS_ERROR_INIT;
  int code = EXIT_ERROR;
  if (cli_parse(&argp, argc, argv, 0, &o)) {
    if (!may_write(&o, &error))
      code = cli_fail(&error);
    else if (learn_is_static(&o.evidence))
      code = write_draft(&o, &error);
    else if (!joining_run(g, &o.evidence, 1, &document, &error))
      code = cli_fail_analysis(joining_was_interrupted(g), &error);
    else
      code = learn(g, &o, &error);
  }
  report_document_fini(&document);
  joining_free(g);
  joining_options_fini(&o.evidence);
  bs_error_fini(&error);
  return code;
}

const cli_verb cli_verb_learn = {
    .name = "learn",
    .summary = "write rules for what was seen to block and is not known",
    .group = "Running programs",
    .argp = &argp,
    .run = run,
};

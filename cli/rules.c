/* `blockscan rules list|show ID|check FILE`: what is known about blocking APIs, and whether a rule file is
 * right. */
#include "analyzer/driver/project.h"
#include "cli/cli.h"

#include "base/nearest.h"
#include "base/path.h"
#include "base/visible.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct options {
  analysis_options analysis; /* its rule files only */
  const char *action;
  BS_VEC(const char *) names;
  bool json;
  const char *library, *category; /* list: only rules of this library (a part of its name) or category */
};

enum { KEY_RULES = 256, KEY_JSON, KEY_LIBRARY, KEY_CATEGORY };

static const struct argp_option rules_options[] = {
    {"rules", KEY_RULES, "FILE", 0, "Load FILE, rules or a loop pack, after the bundled ones; repeatable", 0},
    {"library", KEY_LIBRARY, "NAME", 0, "list: only the rules of a library: a part of its name", 0},
    {"category", KEY_CATEGORY, "WORD", 0, "list: only the rules of a category: disk, network, cpu", 0},
    {"json", KEY_JSON, NULL, 0, "list, show: one JSON array, with the examples as whole programs", 0},
    {0}};

static error_t check_arguments(const struct options *o, struct argp_state *state) {
  if (!o->action)
    argp_error(state, "expected list, show ID or check FILE");
  else if (!strcmp(o->action, "list") && o->names.count)
    argp_error(state, "list takes no argument");
  else if (!strcmp(o->action, "show") && !o->names.count)
    argp_error(state, "expected the id of a rule; 'blockscan rules list' prints them all");
  else if (!strcmp(o->action, "check") && !o->names.count)
    argp_error(state, "check needs a file");
  else if (!strcmp(o->action, "compile") && o->names.count != 1)
    argp_error(state, "compile requires the name of the file to write");
  return 0;
}

static error_t parse(int key, char *argument, struct argp_state *state) {
  struct options *o = state->input;
  switch (key) {
  case KEY_RULES: *bs_vec_push(&o->analysis.rule_files) = argument; return 0;
  case KEY_JSON: o->json = true; return 0;
  case KEY_LIBRARY: o->library = argument; return 0;
  case KEY_CATEGORY: o->category = argument; return 0;
  case ARGP_KEY_ARG:
    if (o->action)
      *bs_vec_push(&o->names) = argument;
    else if (strcmp(argument, "list") && strcmp(argument, "show") && strcmp(argument, "check") &&
             strcmp(argument, "compile"))
      argp_error(state, "unknown action '%s'; expected list, show ID, check FILE or compile FILE", argument);
    else
      o->action = argument;
    return 0;
  case ARGP_KEY_END: return check_arguments(o, state);
  default: return ARGP_ERR_UNKNOWN;
  }
}

static const struct argp rules_argp = {rules_options,
                                       parse,
                                       "list\nshow ID...\ncheck FILE...\ncompile FILE",
                                       "Lists the rules, shows one with its advice and examples, or checks "
                                       "rule files: every error with its line and what "
                                       "was expected.",
                                       NULL,
                                       NULL,
                                       NULL};

static void add_condition(const rule_condition *c, bs_strbuf *out) {
  static const char *const kinds[] = {"file",    "socket",      "pipe",      "tty",
                                      "event",   "nonblocking", "blocking",  "datagram",
                                      "watched", "memory",      "lingering", "connectionless"};
  for (uint32_t i = 0; i < c->nall; i++) {
    if (i) bs_strbuf_adds(out, " and ");
    add_condition(&c->all[i], out);
  }
  if (c->test == RULE_TEST_AFTER) bs_strbuf_addf(out, "a test of %s came before", c->text);
  if (c->test == RULE_TEST_HANDLE) bs_strbuf_addf(out, "the %s object does not wait", c->text);
  if (c->argument < 0 || c->nall || c->test == RULE_TEST_HANDLE) return;
  bs_strbuf_addf(out, c->field ? "argument %d's %s " : "argument %d ", c->argument, c->field);
  switch (c->test) {
  case RULE_TEST_EQUALS: bs_strbuf_addf(out, "is %s", c->text); break;
  case RULE_TEST_HAS: bs_strbuf_addf(out, "has %s", c->text); break;
  case RULE_TEST_LACKS: bs_strbuf_addf(out, "lacks %s", c->text); break;
  case RULE_TEST_NULL: bs_strbuf_adds(out, "is NULL"); break;
  case RULE_TEST_NOT_NULL: bs_strbuf_adds(out, "is not NULL"); break;
  case RULE_TEST_RETRIED: bs_strbuf_adds(out, "is tried again after EAGAIN"); break;
  case RULE_TEST_ZERO_STRUCT: bs_strbuf_adds(out, "is a struct of zeros"); break;
  case RULE_TEST_STRING: bs_strbuf_addf(out, "matches %s", c->text); break;
  case RULE_TEST_DESCRIPTOR:
    bs_strbuf_adds(out, "is a descriptor:");
    for (unsigned b = 0; b < sizeof kinds / sizeof *kinds; b++) {
      if (c->value >> b & 1) bs_strbuf_addf(out, " %s", kinds[b]);
    }
    break;
  case RULE_TEST_ABOVE: bs_strbuf_addf(out, "is more than %s", c->text); break;
  case RULE_TEST_AT_MOST: bs_strbuf_addf(out, "is at most %s", c->text); break;
  default: break;
  }
}

static bool is_wanted(const struct options *o, const rule *r) {
  const char *name = r->library->name ? r->library->name : "";
  if (o->category && strcmp(o->category, rule_category_names[r->category]) != 0) return false;
  return !o->library || strcasestr(name, o->library) || strcasestr(bs_path_basename(r->file), o->library);
}

static json_t *json_conditions(const rule_condition *items, uint32_t count) {
  json_t *array = json_array();
  for (uint32_t i = 0; i < count; i++) {
    bs_strbuf text = BS_STRBUF_INIT;
    add_condition(&items[i], &text);
    json_array_append_new(array, json_string(text.text));
    bs_strbuf_fini(&text);
  }
  return array;
}

static json_t *json_advice(const rule_set *rules, const rule *r) {
  json_t *object = json_object();
  for (uint32_t i = 0; i < r->advice.count; i++) {
    const char *loop = r->advice.items[i].loop;
    json_object_set_new(object, loop, json_string(rule_advice_for(rules, r, loop)));
  }
  return object;
}

/* What else is known: conditions in words, advice by loop, the library and the place of the rule. */
static void add_details(json_t *object, const rule_set *rules, const rule *r) {
  static const char *const units[RULE_UNITS] = {"", "ns", "us", "ms", "s", "timespec", "timeval"};
  json_object_set_new(object, "unless", json_conditions(r->unless.items, r->unless.count));
  json_object_set_new(object, "only_if", json_conditions(r->only_if.items, r->only_if.count));
  json_object_set_new(object, "unknown", json_string(rule_confidence_names[r->unknown]));
  json_object_set_new(object, "wait", json_boolean(r->wait));
  if (r->timeout.limit)
    json_object_set_new(object, "timeout",
                        json_pack("{s:i, s:s}", "argument", r->timeout.argument, "limit", r->timeout.limit));
  else if (r->timeout.unit != RULE_UNIT_NONE)
    json_object_set_new(object, "timeout",
                        json_pack("{s:i, s:s, s:b}", "argument", r->timeout.argument, "unit",
                                  units[r->timeout.unit], "absolute", r->timeout.absolute));
  json_object_set_new(object, "advice", json_advice(rules, r));
  json_object_set_new(object, "library",
                      json_pack("{s:s?, s:s, s:s, s:s}", "name", r->library->name, "packages",
                                r->library->packages, "headers", r->library->headers, "flags",
                                r->library->flags));
  json_object_set_new(object, "file", json_string(bs_path_basename(r->file)));
  json_object_set_new(object, "line", json_integer(r->line));
}

static void add_json(json_t *array, const rule_set *rules, const rule *r) {
  json_t *functions = json_array();
  for (uint32_t i = 0; i < r->functions.count; i++)
    json_array_append_new(functions, json_string(r->functions.items[i]));
  json_t *object =
      json_pack("{s:s, s:o, s:s, s:s, s:s, s:s, s:s, s:s}", "id", r->id, "functions", functions, "category",
                rule_category_names[r->category], "severity", rule_severity_names[r->severity], "latency",
                rule_latency_names[r->latency], "confidence", rule_confidence_names[r->confidence], "message",
                r->message, "manual", r->manual);
  bs_strbuf blocks = BS_STRBUF_INIT, silent = BS_STRBUF_INIT;
  if (rule_example(r, true, &blocks) && rule_example(r, false, &silent))
    json_object_set_new(object, "examples",
                        json_pack("{s:s, s:s, s:s, s:s}", "language", r->example_language, "flags",
                                  r->example_flags, "blocks", blocks.text, "silent", silent.text));
  bs_strbuf_fini(&blocks);
  bs_strbuf_fini(&silent);
  add_details(object, rules, r);
  json_array_append_new(array, object);
}

/* Ends the array. */
static void write_json(json_t *array, bs_strbuf *out) {
  char *text = json_dumps(array, JSON_INDENT(2) | JSON_ENSURE_ASCII);
  bs_strbuf_addf(out, "%s\n", text ? text : "[]");
  free(text);
  json_decref(array);
}

static void list_json(const rule_set *rules, const struct options *o, bs_strbuf *out) {
  json_t *array = json_array();
  for (uint32_t i = 0; i < rules->rules.count; i++)
    if (is_wanted(o, rules->rules.items[i])) add_json(array, rules, rules->rules.items[i]);
  write_json(array, out);
}

/* As many names as fit on a line of a hundred columns, then a count. */
static void add_functions(const rule *r, bs_strbuf *out) {
  size_t room = 50;
  for (uint32_t i = 0; i < r->functions.count; i++) {
    size_t length = strlen(r->functions.items[i]) + (i > 0);
    if (i && length > room) {
      bs_strbuf_addf(out, " … %u more", r->functions.count - i);
      break;
    }
    room = length > room ? 0 : room - length;
    bs_strbuf_addf(out, "%s%s", i ? " " : "", r->functions.items[i]);
  }
}

static void list_table(const rule_set *rules, const struct options *o, bs_strbuf *out) {
  int width = 0;
  uint32_t functions = 0, count = 0;
  for (uint32_t i = 0; i < rules->rules.count; i++) {
    if (!is_wanted(o, rules->rules.items[i])) continue;
    count++;
    int length = (int)strlen(rules->rules.items[i]->id);
    if (length > width) width = length;
    functions += rules->rules.items[i]->functions.count;
  }
  bs_strbuf_addf(out, "%-*s  %-8s %-13s %s\n", width, "RULE", "LEVEL", "LATENCY", "FUNCTIONS");
  for (uint32_t i = 0; i < rules->rules.count; i++) {
    const rule *r = rules->rules.items[i];
    if (!is_wanted(o, r)) continue;
    bs_strbuf_addf(out, "%-*s  %-8s %-13s ", width, r->id, rule_severity_names[r->severity],
                   rule_latency_names[r->latency]);
    add_functions(r, out);
    bs_strbuf_addc(out, '\n');
  }
  bs_strbuf_addf(out, "\n%u rules for %u functions; loop packs:", count, functions);
  for (uint32_t i = 0; i < rules->packs.count; i++)
    bs_strbuf_addf(out, "%s %s", i ? "," : "", rules->packs.items[i]->name);
  bs_strbuf_addc(out, '\n');
}

static void add_conditions(const char *title, const rule_condition *items, uint32_t count, bs_strbuf *out) {
  for (uint32_t i = 0; i < count; i++) {
    bs_strbuf_addf(out, "%-10s  ", i ? "" : title);
    add_condition(&items[i], out);
    bs_strbuf_addc(out, '\n');
  }
}

static void add_example(const char *title, const rule *r, bool blocks, bs_strbuf *out) {
  bs_strbuf text = BS_STRBUF_INIT;
  if (rule_example(r, blocks, &text)) {
    bs_strbuf_addf(out, "\n%s\n\n", title);
    for (const char *line = text.text; *line;) {
      size_t length = strcspn(line, "\n");
      bs_strbuf_adds(out, length ? "    " : "");
      bs_strbuf_add(out, line, length);
      bs_strbuf_addc(out, '\n');
      line += length + (line[length] == '\n');
    }
  }
  bs_strbuf_fini(&text);
}

/* What is said for the loop of one piece of advice, once for each loop. */
static void add_advice(const rule_set *rules, const rule *r, uint32_t index, bs_strbuf *out) {
  const char *loop = r->advice.items[index].loop;
  for (uint32_t i = 0; i < index; i++)
    if (!strcmp(r->advice.items[i].loop, loop)) return;
  const char *text = rule_advice_for(rules, r, loop), *any = rule_advice_for(rules, r, "any");
  if (!strcmp(loop, "any") || !any || strcmp(text, any)) bs_strbuf_addf(out, "  %-10s  %s\n", loop, text);
}

static void show_rule(const rule_set *rules, const rule *r, bs_strbuf *out) {
  bs_strbuf_addf(out, "%s: %s, %s\n%s\n\n", r->id, rule_severity_names[r->severity],
                 rule_category_names[r->category], r->message);
  bs_strbuf_addf(out, "%-10s ", "functions");
  for (uint32_t i = 0; i < r->functions.count; i++) bs_strbuf_addf(out, " %s", r->functions.items[i]);
  bs_strbuf_addf(out, "\n%-10s  %s\n", "latency", rule_latency_names[r->latency]);
  if (*r->manual) bs_strbuf_addf(out, "%-10s  %s\n", "manual", r->manual);
  add_conditions("only if", r->only_if.items, r->only_if.count, out);
  add_conditions("unless", r->unless.items, r->unless.count, out);
  if (r->unless.count || r->only_if.count)
    bs_strbuf_addf(out, "%-10s  %s when that is unknown\n", "confidence", rule_confidence_names[r->unknown]);
  if (r->confidence < RULE_CERTAIN)
    bs_strbuf_addf(out, "%-10s  %s at most\n", "confidence", rule_confidence_names[r->confidence]);
  if (r->wait) bs_strbuf_addf(out, "%-10s  the loop's own wait is not reported\n", "wait");
  if (r->advice.count) bs_strbuf_adds(out, "\nInstead\n");
  for (uint32_t i = 0; i < r->advice.count; i++) add_advice(rules, r, i, out);
  add_example("A finding", r, true, out);
  add_example("No finding", r, false, out);
  bs_strbuf_addf(out, "\n%s:%u\n", bs_path_basename(r->file), r->line);
}

/* Names the rule or the function that was meant. */
static bool fail_unknown(const rule_set *rules, const char *name, bs_error *error) {
  BS_VEC(const char *) names = {0};
  for (uint32_t i = 0; i < rules->rules.count; i++) {
    const rule *r = rules->rules.items[i];
    *bs_vec_push(&names) = r->id;
    for (uint32_t j = 0; j < r->functions.count; j++) *bs_vec_push(&names) = r->functions.items[j];
  }
  const char *meant = bs_nearest(name, names.items, (int)names.count);
  bs_vec_fini(&names);
  return bs_error_set(
      error,
      "no rule '%s', and no rule for a function of that name; %s%s%s'blockscan rules list' prints them all",
      name, meant ? "did you mean '" : "", meant ? meant : "", meant ? "'? " : "");
}

static bool show(const rule_set *rules, const struct options *o, bs_strbuf *out, bs_error *error) {
  json_t *array = o->json ? json_array() : NULL;
  for (uint32_t i = 0; i < o->names.count; i++) {
    const rule *r = rule_set_find(rules, o->names.items[i]);
    const rule *const *of_function = rule_set_for_function(rules, o->names.items[i]);
    if (!r && !of_function) {
      json_decref(array);
      return fail_unknown(rules, o->names.items[i], error);
    }
    const rule *const one[] = {r, NULL};
    for (const rule *const *shown = r ? one : of_function; *shown; shown++) {
      if (out->length) bs_strbuf_addc(out, '\n');
      if (array)
        add_json(array, rules, *shown);
      else
        show_rule(rules, *shown, out);
    }
  }
  if (array) write_json(array, out);
  return true;
}

static void print_problem(void *context, const char *error) {
  (void)context;
  bs_strbuf line = BS_STRBUF_INIT;
  visible_add(&line, error, strlen(error));
  fprintf(stderr, "%s\n", line.text);
  bs_strbuf_fini(&line);
}

static int check(const struct options *o) {
  unsigned problems = 0;
  for (uint32_t i = 0; i < o->names.count; i++)
    problems += rule_set_check_file(o->names.items[i], print_problem, NULL);
  return problems ? EXIT_ERROR : EXIT_CLEAN;
}

/* The bundled rules as one table, which loads in a fraction of the time. */
static int compile(const struct options *o) {
  bs_arena arena = {0};
  bs_error error = BS_ERROR_INIT;
  bs_strbuf out = BS_STRBUF_INIT;
  rule_set rules;
  rule_set_init(&rules);
  const char *folder = rule_set_find_folder(&arena, &error);
  bool good = folder && rule_set_load_folder(&rules, folder, &error);
  if (good) {
    rule_set_write_table(&rules, &out);
    FILE *file = fopen(o->names.items[0], "wb");
    good = file && fwrite(out.text, 1, out.length, file) == out.length;
    if (file && fclose(file) != 0) good = false;
    if (!good) bs_error_set(&error, "%s: cannot write the table: %s", o->names.items[0], strerror(errno));
  }
  int code = good ? EXIT_CLEAN : cli_fail(&error);
  rule_set_fini(&rules);
  bs_strbuf_fini(&out);
  bs_error_fini(&error);
  bs_arena_fini(&arena);
  return code;
}

static int list_or_show(const struct options *o) {
  project_config config = {0};
  rule_set rules;
  bs_error error = BS_ERROR_INIT;
  bs_strbuf out = BS_STRBUF_INIT;
  rule_set_init(&rules);
  bool good = project_load_rules(&o->analysis, &config, &rules, &error);
  if (good && !strcmp(o->action, "show"))
    good = show(&rules, o, &out, &error);
  else if (good && o->json)
    list_json(&rules, o, &out);
  else if (good)
    list_table(&rules, o, &out);
  if (!o->json) visible_fit_locale(&out, isatty(STDOUT_FILENO));
  int code = good ? cli_write_stdout(&out) : cli_fail(&error);
  bs_strbuf_fini(&out);
  bs_error_fini(&error);
  rule_set_fini(&rules);
  return code;
}

static int run(int argc, char **argv) {
  struct options o = {0};
  analysis_options_init(&o.analysis);
  cli_parse(&rules_argp, argc, argv, 0, &o);
  int code = !strcmp(o.action, "check")     ? check(&o)
             : !strcmp(o.action, "compile") ? compile(&o)
                                            : list_or_show(&o);
  bs_vec_fini(&o.names);
  analysis_options_fini(&o.analysis);
  return code;
}

const cli_verb cli_verb_rules = {"rules", "Knowledge", "list, show or check the rules of blocking APIs",
                                 &rules_argp, run};

static error_t parse_explain(int key, char *argument, struct argp_state *state) {
  struct options *o = state->input;
  switch (key) {
  case KEY_RULES: *bs_vec_push(&o->analysis.rule_files) = argument; return 0;
  case KEY_JSON: o->json = true; return 0;
  case ARGP_KEY_ARG: *bs_vec_push(&o->names) = argument; return 0;
  case ARGP_KEY_END:
    if (!o->names.count) argp_error(state, "expected a function or the id of a rule");
    return 0;
  default: return ARGP_ERR_UNKNOWN;
  }
}

static const struct argp_option explain_options[] = {
    {"rules", KEY_RULES, "FILE", 0, "Load FILE, rules or a loop pack, after the bundled ones; repeatable", 0},
    {"json", KEY_JSON, NULL, 0, "One JSON array, with the examples as whole programs", 0},
    {0}};

static const struct argp explain_argp = {
    explain_options,
    parse_explain,
    "FUNCTION...\nRULE...",
    "Says when a function blocks, for how long, and what to use instead, by loop.",
    NULL,
    NULL,
    NULL};

static int run_explain(int argc, char **argv) {
  struct options o = {.action = "show"};
  analysis_options_init(&o.analysis);
  cli_parse(&explain_argp, argc, argv, 0, &o);
  int code = list_or_show(&o);
  bs_vec_fini(&o.names);
  analysis_options_fini(&o.analysis);
  return code;
}

const cli_verb cli_verb_explain = {"explain", "Knowledge",
                                   "say when a function blocks, and what to use instead", &explain_argp,
                                   run_explain};

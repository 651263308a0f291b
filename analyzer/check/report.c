/* Reports: a search, its findings, and the ledger of what was looked at. */
#include "analyzer/check/internal.h"
#include "rules/config.h"

#include <stdlib.h>
#include <string.h>

static const char *text(const checker *c, program_str id) { return program_text(c->p, id); }

/* "disk.fsync", "disk.*", "*". */
static bool speaks_of_a_rule(const checker *c, const char *word) {
  if (!strcmp(word, "*") || project_config_speaks_of(word, "attribute.blocking")) return true;
  for (uint32_t i = 0; i < c->rules->rules.count; i++)
    if (project_config_speaks_of(word, c->rules->rules.items[i]->id)) return true;
  return false;
}

static void add_suppression_notes(const checker *c, report_document *d) {
  const program *p = c->p;
  for (uint32_t i = 0; i < p->suppressions.count; i++) {
    const program_suppression *s = &p->suppressions.items[i];
    const char *wrong = NULL;
    if (!s->line)
      wrong = "ends no block: there is no ignore-begin with these rules above it";
    else if (s->last == FACTS_BLOCK_OPEN)
      wrong = "has no ignore-end: it is not applied";
    else if (!s->rule)
      wrong = "names no rule: blockscan: ignore[rule.id] -- reason";
    else if (!s->reason)
      wrong = "gives no reason: it is not applied; write ignore[rule.id] -- reason";
    else if (!speaks_of_a_rule(c, text(c, s->rule)))
      wrong = "names a rule that does not exist";
    else if (!s->used)
      wrong = "is not used: there is no finding";
    if (!wrong) continue;
    *bs_vec_push(&d->notes) =
        bs_arena_printf(&d->arena, "%s:%u: the suppression%s%s %s", text(c, s->place.file), s->place.line,
                        s->rule ? " of " : "", s->rule ? text(c, s->rule) : "", wrong);
  }
}

static void add_ledger(document_filler *filler) {
  const program *p = filler->c->p;
  report_document *d = filler->document;
  for (uint32_t i = 0; i < p->units.count; i++) {
    const program_unit *u = &p->units.items[i];
    if (!u->errors) continue;
    report_broken_unit *b = bs_vec_push(&d->broken_units);
    b->file = filler_string(filler, u->file);
    b->errors = u->errors;
    b->first_error = u->first_error ? filler_string(filler, u->first_error) : NULL;
  }
  d->capped_indirect_calls = p->capped;
  for (uint32_t i = 0; i < p->notes.count; i++)
    *bs_vec_push(&d->notes) = bs_arena_strdup(&d->arena, p->notes.items[i]);
  handed_report(filler);
  unresolved_report(filler);
  d->unresolved_indirect_calls = d->unresolved.count;
  unchecked_report(filler);
  add_suppression_notes(filler->c, d);
}

static void add_limit(report_document *d, const char *name, uint32_t count, bool hides, const char *text) {
  *bs_vec_push(&d->limits) = (report_limit){name, count, hides, text};
  *bs_vec_push(&d->notes) = text;
}

/* Bounds that the search met. What is cut there may hide a blocking call: then the report is incomplete. */
static void add_search_limits(report_document *d, const hit_list *found) {
  static const struct {
    const char *name, *text;
  } limits[SEARCH_LIMITS] = {
      [LIMIT_DEPTH] = {"depth", "stops where calls are 63 deep"},
      [LIMIT_STATES] = {"states", "stops after 200,000 steps"},
      [LIMIT_WAYS] = {"ways", "names only the best way, because there are too many"},
  };
  for (int i = 0; i < SEARCH_LIMITS; i++) {
    uint32_t count = found->cut[i], hiding = found->hiding[i];
    if (!count) continue;
    const char *behind = hiding            ? "; blocking calls may lie behind it"
                         : i == LIMIT_WAYS ? ""
                                           : "; every blocking call behind it is reached in another way";
    add_limit(d, limits[i].name, count, hiding > 0,
              bs_arena_printf(&d->arena, "the search from %u callback%s %s%s", count, count == 1 ? "" : "s",
                              limits[i].text, behind));
  }
}

/* What is not told apart, or not told, in a program that is too large for that. */
static void add_crowd_limits(report_document *d, const hit_list *found) {
  if (found->crowded)
    add_limit(
        d, "callbacks", found->crowded, false,
        bs_arena_printf(&d->arena,
                        "%u blocking call%s reached in more ways than are listed: the surest and nearest "
                        "%d callbacks of each are",
                        found->crowded, found->crowded == 1 ? " is" : "s are", SEARCH_CROWD));
  if (found->joins_contexts)
    add_limit(d, "contexts", 1, false,
              "functions are called in more ways than are kept apart: what else they are called with is "
              "taken for unknown");
}

/* Callbacks that are named without their way. */
static void add_path_limit(const checker *c, report_document *d) {
  unsigned findings = 0, ways = 0;
  for (uint32_t i = 0; i < d->findings.count; i++) {
    findings += d->findings.items[i].paths_left_out > 0;
    ways += d->findings.items[i].paths_left_out;
  }
  if (!findings) return;
  add_limit(d, "paths", findings, false,
            bs_arena_printf(&d->arena,
                            "%u finding%s more than the %u call paths that are kept of each (a note: %u): %u "
                            "callbacks are named without theirs; --max-paths=0 keeps all",
                            findings, findings == 1 ? " has" : "s have", c->options.max_paths,
                            check_note_paths(c->options.max_paths), ways));
}

/* Conditions and parameters that were not followed whole: what depends on them is likely at best. */
static void add_value_limits(const checker *c, report_document *d) {
  const check_limits *l = &c->limits;
  if (l->conditions)
    add_limit(d, "conditions", l->conditions, false,
              bs_arena_printf(
                  &d->arena,
                  "%u call%s on the paths %s under conditions with more parts than are followed: they are "
                  "likely at best",
                  l->conditions, l->conditions == 1 ? "" : "s", l->conditions == 1 ? "stands" : "stand"));
  if (l->parameters)
    add_limit(d, "parameters", l->parameters, false,
              bs_arena_printf(
                  &d->arena,
                  "%u call%s more than 64 values that decide what the callee does: what it does is likely "
                  "at best",
                  l->parameters, l->parameters == 1 ? " hands over" : "s hand over"));
}

/* Targets of a pointer that were not followed, in code that callbacks reach. */
static void add_target_limit(checker *c, report_document *d) {
  const program *p = c->p;
  if (!p->capped) return;
  uint32_t count = 0;
  bool *reached = bs_calloc((size_t)p->functions.count + 1, sizeof *reached);
  check_reached(c, reached);
  for (uint32_t i = 0; i < p->calls.count; i++)
    count += p->calls.items[i].capped && reached[p->calls.items[i].caller];
  free(reached);
  if (count)
    add_limit(d, "targets", count, true,
              bs_arena_printf(&d->arena,
                              "%u indirect call%s that callbacks reach %s more targets than --max-targets=N; "
                              "blocking calls may lie behind the rest",
                              count, count == 1 ? "" : "s", count == 1 ? "has" : "have"));
}

/* Loop libraries in use: how many entry points each one calls. */
static void add_library_loops(const checker *c, report_document *d) {
  for (uint32_t i = 0; i < c->rules->packs.count; i++) {
    const char *name = c->rules->packs.items[i]->name;
    uint32_t count = 0;
    if (!strcmp(name, "own")) continue; /* these have been told one by one */
    for (uint32_t k = 0; k < c->entries.count; k++) count += !strcmp(c->entries.items[k].loop, name);
    if (count)
      *bs_vec_push(&d->loops) =
          bs_arena_printf(&d->arena, "%s: %u callback%s registered", c->rules->packs.items[i]->title, count,
                          count == 1 ? " is" : "s are");
  }
}

void check_report(checker *c, report_document *d) {
  const program *p = c->p;
  document_filler filler;
  hit_list found = {0};
  filler_init(&filler, c, d);
  found.reached = bs_calloc((size_t)p->functions.count + 1, sizeof *found.reached);
  search_all(c, NULL, &found);
  filler_findings(&filler, &found, NULL);
  add_search_limits(d, &found);
  add_crowd_limits(d, &found);
  add_path_limit(c, d);
  hit_list_fini(&found);
  add_target_limit(c, d);
  add_value_limits(c, d);
  d->units = p->units.count;
  for (uint32_t i = 0; i < p->functions.count; i++) d->functions += !check_is_outside(p, i);
  d->entry_points = c->entries.count;
  d->rules = c->rules->rules.count;
  for (uint32_t i = 0; i < c->loop_lines.count; i++)
    *bs_vec_push(&d->loops) = bs_arena_strdup(&d->arena, c->loop_lines.items[i]);
  add_library_loops(c, d);
  add_ledger(&filler);
  filler_fini(&filler);
}

void check_report_new_ways(const check_changes *changes, report_document *ways) {
  document_filler filler;
  hit_list found = {0};
  filler_init(&filler, changes_newer(changes), ways);
  search_all(changes_newer(changes), changes, &found);
  filler_findings(&filler, &found, changes);
  hit_list_fini(&found);
  filler_fini(&filler);
}

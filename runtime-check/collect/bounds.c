/* The bounds that the user set, and whether the recording kept them. */
#include "runtime-check/collect/recording.h"

#include <stdlib.h>
#include <string.h>

static void add(bound_list *out, const char *name, bool passed, bs_strbuf *text) {
  *bs_vec_push(out) = (bound){.name = name, .passed = passed, .text = bs_strbuf_take(text)};
}

static void bound_longest(const account *v, bound_list *out) {
  const recording *r = v->recording;
  uint64_t longest = 0;
  unsigned count = 0;
  for (uint32_t i = 0; i < r->stalls.count; i++) {
    const recorded_stall *s = &r->stalls.items[i];
    if (s->dropped) continue;
    if (s->duration > longest) longest = s->duration;
    count += (s->duration >= r->options.fail_over_ns) + s->others_over;
  }
  bs_strbuf text = BS_STRBUF_INIT;
  if (count) {
    bs_strbuf_addf(&text, "%u stall%s of ", count, count == 1 ? "" : "s");
    bs_duration_write(&text, r->options.fail_over_ns);
    bs_strbuf_adds(&text, " or longer; the longest took ");
    bs_duration_write(&text, longest);
  } else {
    bs_strbuf_adds(&text, "no stall of ");
    bs_duration_write(&text, r->options.fail_over_ns);
    bs_strbuf_adds(&text, " or longer");
  }
  add(out, "--fail-over", !count, &text);
}

/* Only of a program that announces stalls. */
static void bound_expected(const recording *r, bound_list *out) {
  unsigned expected = 0, missed = 0;
  bs_strbuf text = BS_STRBUF_INIT;
  for (uint32_t i = 0; i < r->scopes.count; i++) {
    const recorded_scope *scope = &r->scopes.items[i];
    expected += scope->outcome == LAYOUT_SCOPE_EXPECTED;
    if (scope->outcome == LAYOUT_SCOPE_MISSED && !missed++)
      bs_strbuf_addf(&text, "none in scope '%s'", scope->name);
  }
  expected += (unsigned)r->scopes_gone[LAYOUT_SCOPE_EXPECTED];
  if (!missed && r->scopes_gone[LAYOUT_SCOPE_MISSED] && ++missed) bs_strbuf_adds(&text, "none in a scope");
  if (missed > 1) bs_strbuf_addf(&text, ", and %u more", missed - 1);
  if (!missed) bs_strbuf_addf(&text, "%u came", expected);
  if (expected || missed)
    add(out, "expected stalls", !missed, &text);
  else
    bs_strbuf_fini(&text);
}

static void measure_calls(const recording *r, const char *api, uint64_t *count, uint64_t *total_ns) {
  for (uint32_t i = 0; i < r->loops.count; i++) {
    const recorded_loop *l = &r->loops.items[i];
    for (uint32_t k = 0; k < l->calls.count && !l->is_none; k++) {
      const recorded_calls *calls = &l->calls.items[k];
      if (strcmp(hook_name(calls->hook), api) != 0) continue;
      *count += calls->count;
      *total_ns += calls->total_ns;
    }
  }
}

static void measure_stalls(const recording *r, uint64_t *count, uint64_t *total_ns) {
  for (uint32_t i = 0; i < r->stalls.count; i++) {
    if (r->stalls.items[i].dropped) continue;
    *count += 1 + r->stalls.items[i].others;
    *total_ns += r->stalls.items[i].duration + r->stalls.items[i].others_ns;
  }
}

static void bound_budget(const recording *r, const budget *b, bound_list *out) {
  uint64_t count = 0, total = 0;
  bool of_calls = b->kind == BUDGET_CALL_COUNT || b->kind == BUDGET_CALL_TIME;
  if (of_calls)
    measure_calls(r, b->api, &count, &total);
  else
    measure_stalls(r, &count, &total);
  bool timed = b->kind == BUDGET_CALL_TIME || b->kind == BUDGET_TOTAL;
  bs_strbuf text = BS_STRBUF_INIT;
  bs_strbuf_addf(&text, "%llu %s%s, ", (unsigned long long)count, of_calls ? "call" : "stall",
                 count == 1 ? "" : "s");
  bs_duration_write(&text, total);
  bs_strbuf_adds(&text, of_calls ? " on loops" : " together");
  add(out, b->text, (timed ? total : count) <= b->limit, &text);
}

/* What was not seen, or not written down, has kept no bound. */
static void fail_all(const recording *r, const char *why, bound_list *out) {
  bs_strbuf text = BS_STRBUF_INIT;
  if (r->options.fail_over_ns) {
    bs_strbuf_adds(&text, why);
    add(out, "--fail-over", false, &text);
  }
  for (uint32_t i = 0; i < r->options.budgets.count; i++) {
    bs_strbuf_adds(&text, why);
    add(out, r->options.budgets.items[i].text, false, &text);
  }
}

/* Why no bound can be proved, or NULL. */
static const char *find_gap(const recording *r) {
  if ((!r->period_ns && !r->offered) || (r->kind == EXECUTABLE_GO && !r->loops.count))
    return "not observable";
  if (r->unstored || (r->store && store_error(r->store))) return "not proven: not everything was stored";
  if (r->loops_refused) return "not proven: there were too many loops";
  for (uint32_t i = 0; i < r->loops.count; i++)
    if (!r->loops.items[i].is_none && r->loops.items[i].dropped) return "not proven: events were dropped";
  return NULL;
}

void bounds_make(const account *v, bound_list *out) {
  const recording *r = v->recording;
  const char *gap = find_gap(r);
  if (gap) {
    fail_all(r, gap, out);
    return;
  }
  if (r->options.fail_over_ns) bound_longest(v, out);
  bound_expected(r, out);
  for (uint32_t i = 0; i < r->options.budgets.count; i++) bound_budget(r, &r->options.budgets.items[i], out);
}

void bounds_free(bound_list *bounds) {
  for (uint32_t i = 0; i < bounds->count; i++) free(bounds->items[i].text);
  bs_vec_fini(bounds);
}

bool bounds_pass(const bound_list *bounds) {
  for (uint32_t i = 0; i < bounds->count; i++)
    if (!bounds->items[i].passed) return false;
  return true;
}

/* The text at the end of a recording: what held the loops longest, with the stack from the callback down, and
 * how the loops did. */
#include "runtime-check/collect/recording.h"

#include "base/path.h"
#include "reports/paint.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum {
  GROUPS_SHOWN = 10,
  FRAMES_SHOWN = 24,
  CALLS_SHOWN = 3,
  LOOPS_SHOWN = 12,
  PLACES_SHOWN = 5,
  PLACE_SHOWN_NS = 1000000
};

/* Stalls of one callback, one culprit and one API are told once. */
typedef struct group {
  const recorded_stall *worst;
  uint32_t count;
  uint64_t total_ns;
} group;
typedef BS_VEC(group) group_list;

/* Formatted text in a colour; newlines at its end, which the painter would replace, end the line. */
__attribute__((format(printf, 3, 4))) static void say(painter *p, enum paint color, const char *format, ...) {
  bs_strbuf text = BS_STRBUF_INIT;
  va_list arguments;
  va_start(arguments, format);
  bs_strbuf_vaddf(&text, format, arguments);
  va_end(arguments);
  size_t length = text.length;
  while (length && text.text[length - 1] == '\n') length--;
  paint_bytes(p, color, text.text, length);
  bs_strbuf_add(p->out, text.text + length, text.length - length);
  bs_strbuf_fini(&text);
}

static void put_duration(painter *p, enum paint color, uint64_t ns) {
  bs_strbuf text = BS_STRBUF_INIT;
  bs_duration_write(&text, ns);
  say(p, color, "%s", text.text);
  bs_strbuf_fini(&text);
}

static bool same_text(const char *a, const char *b) { return a == b || (a && b && !strcmp(a, b)); }

static const frame *frame_at(const named_stack *s, uint32_t index) {
  return s && index != NO_INDEX ? &s->frames.items[index] : NULL;
}

static bool same_frame(const frame *a, const frame *b, bool with_line) {
  if (!a || !b) return a == b;
  return same_text(a->function, b->function) && same_text(a->file, b->file) &&
         (!with_line || a->line == b->line);
}

static bool belong_together(const verdict *v, const recorded_stall *a, const recorded_stall *b) {
  const named_stack *s = verdict_stack(v, a), *t = verdict_stack(v, b);
  return a->hook == b->hook && !s == !t &&
         same_frame(s ? frame_at(s, s->culprit) : NULL, t ? frame_at(t, t->culprit) : NULL, true) &&
         same_frame(s ? frame_at(s, s->callback) : NULL, t ? frame_at(t, t->callback) : NULL, false);
}

static int by_length(const void *a, const void *b) {
  const group *x = a, *y = b;
  if (x->worst->duration != y->worst->duration) return x->worst->duration < y->worst->duration ? 1 : -1;
  return x->worst->start < y->worst->start ? -1 : x->worst->start > y->worst->start;
}

static void make_groups(const verdict *v, group_list *out) {
  const recording *r = v->recording;
  for (uint32_t i = 0; i < r->stalls.count; i++) {
    const recorded_stall *stall = &r->stalls.items[i];
    if (stall->dropped) continue;
    uint32_t k = 0;
    while (k < out->count && !belong_together(v, out->items[k].worst, stall)) k++;
    if (k == out->count) *bs_vec_push(out) = (group){.worst = stall};
    group *g = &out->items[k];
    g->count += 1 + stall->others;
    g->total_ns += stall->duration + stall->others_ns;
    if (stall->duration > g->worst->duration) g->worst = stall;
  }
  bs_vec_sort(out, by_length);
}

static void write_place(const verdict *v, painter *p, const frame *f) {
  if (f->file && f->line)
    say(p, PAINT_DIM, "%s:%u", verdict_file(v, f), f->line);
  else if (f->module && *f->module)
    say(p, PAINT_DIM, "in %s", bs_path_basename(f->module));
}

static void write_frame(const verdict *v, painter *p, const frame *f, bool is_culprit) {
  const char *name = *f->function ? f->function : "??";
  say(p, PAINT_NONE, "%s", is_culprit ? "  > " : "    ");
  say(p, is_culprit ? PAINT_BOLD : PAINT_NONE, "%s", name);
  size_t columns = paint_columns(name);
  paint_pad(p, columns < 32 ? 32 - columns : 1);
  write_place(v, p, f);
  say(p, PAINT_NONE, "%s\n", f->inlined ? " (inlined)" : "");
}

/* From the callback down to where the thread was. */
static void write_stack(const verdict *v, painter *p, const named_stack *s, const recorded_stack *taken) {
  uint32_t top = s->callback != NO_INDEX ? s->callback + 1 : s->frames.count;
  while (s->callback == NO_INDEX && s->culprit != NO_INDEX && !frame_is_own(&s->frames.items[top - 1])) top--;
  uint32_t shown = 0;
  if (s->callback == NO_INDEX && taken->cut && !taken->omitted)
    say(p, PAINT_DIM, "    (what called this was not taken)\n");
  for (uint32_t i = top; i-- > 0; shown++) {
    if (top > FRAMES_SHOWN && shown == FRAMES_SHOWN / 2) {
      uint32_t skipped = top - FRAMES_SHOWN;
      say(p, PAINT_DIM, "    (%u more", skipped);
      if (taken->omitted) say(p, PAINT_DIM, ", and %u that were left out", taken->omitted);
      say(p, PAINT_DIM, ")\n");
      i -= skipped;
    }
    write_frame(v, p, &s->frames.items[i], i == s->culprit);
  }
}

static void write_kind(painter *p, const recorded_stall *stall) {
  static const char *const texts[] = {"off-CPU", "on the CPU", "waiting for a CPU", "partly on the CPU"};
  say(p, PAINT_NONE, "  %s", texts[stall->kind]);
  if (stall->hook != NO_INDEX) say(p, PAINT_BOLD, " in %s", hook_name(stall->hook));
  if (!stall->ended) say(p, PAINT_NONE, ", not ended");
}

static int by_time(const void *a, const void *b) {
  const recorded_call *x = a, *y = b;
  return x->total_ns < y->total_ns ? 1 : x->total_ns > y->total_ns ? -1 : (int)x->hook - (int)y->hook;
}

static void write_calls(painter *p, const recorded_stall *stall) {
  if (!stall->calls.count) return;
  BS_VEC(recorded_call) calls = {0};
  for (uint32_t i = 0; i < stall->calls.count; i++) *bs_vec_push(&calls) = stall->calls.items[i];
  bs_vec_sort(&calls, by_time);
  say(p, PAINT_NONE, "    calls in it: ");
  for (uint32_t i = 0; i < calls.count && i < CALLS_SHOWN; i++) {
    say(p, PAINT_NONE, "%s%u × %s ", i ? ", " : "", calls.items[i].count, hook_name(calls.items[i].hook));
    put_duration(p, PAINT_NONE, calls.items[i].total_ns);
  }
  if (calls.count > CALLS_SHOWN) say(p, PAINT_NONE, ", %u more", calls.count - CALLS_SHOWN);
  say(p, PAINT_NONE, "\n");
  bs_vec_fini(&calls);
}

/* What follows a stall's heading. */
static void write_stall(const verdict *v, painter *p, const recorded_stall *stall) {
  const recording *r = v->recording;
  const recorded_loop *l = &r->loops.items[stall->loop];
  say(p, PAINT_NONE, "  %s loop, thread %d  duration ", *l->library ? l->library : "own", (int)l->tid);
  put_duration(p, PAINT_WARNING, stall->duration);
  say(p, PAINT_NONE, " (threshold ");
  put_duration(p, PAINT_NONE, r->options.threshold_ns);
  say(p, PAINT_NONE, ")");
  write_kind(p, stall);
  if (stall->scope) say(p, PAINT_NONE, ", scope '%s'", stall->scope);
  say(p, PAINT_NONE, "\n");
  const named_stack *s = verdict_stack(v, stall);
  if (s)
    write_stack(v, p, s, &r->stacks.items[stall->samples.items[0].stack]);
  else
    say(p, PAINT_DIM, "    (no stack)\n");
  write_calls(p, stall);
}

static void write_group(const verdict *v, painter *p, const group *g, uint32_t number) {
  say(p, PAINT_HEADING, "Event loop stall #%u", number);
  write_stall(v, p, g->worst);
  if (g->count > 1) {
    say(p, PAINT_NONE, "    and %u more like it, ", g->count - 1);
    put_duration(p, PAINT_NONE, g->total_ns);
    say(p, PAINT_NONE, " together\n");
  }
  say(p, PAINT_NONE, "\n");
}

/* A scope that stalled, with its stack. */
static void write_scope(const verdict *v, painter *p, const recorded_scope *scope) {
  say(p, PAINT_HEADING, "Scope '%s' stalled", scope->name);
  say(p, PAINT_NONE, "  thread %d  duration ", (int)scope->tid);
  put_duration(p, PAINT_WARNING, scope->duration);
  say(p, PAINT_NONE, " (threshold ");
  put_duration(p, PAINT_NONE, scope->threshold);
  say(p, PAINT_NONE, ")");
  if (scope->hook != NO_INDEX) say(p, PAINT_BOLD, "  in %s", hook_name(scope->hook));
  say(p, PAINT_NONE, "\n");
  if (!scope->samples.count) {
    say(p, PAINT_DIM, "    (no stack)\n");
    return;
  }
  uint32_t index = scope->samples.items[0].stack;
  write_stack(v, p, &v->stacks.items[index], &v->recording->stacks.items[index]);
}

/* All that scopes of one name and outcome have in common with the longest of them, at `first`. */
static void write_scope_group(const verdict *v, painter *p, uint32_t first, uint32_t *told) {
  const recording *r = v->recording;
  const recorded_scope *worst = &r->scopes.items[first];
  uint32_t count = 0;
  uint64_t total = 0;
  for (uint32_t i = first; i < r->scopes.count; i++) {
    const recorded_scope *scope = &r->scopes.items[i];
    if (scope->outcome != worst->outcome || strcmp(scope->name, worst->name) != 0) continue;
    told[i] = 1;
    count++;
    total += scope->duration;
    if (scope->duration > worst->duration) worst = scope;
  }
  if (worst->outcome == LAYOUT_SCOPE_STALLED) {
    write_scope(v, p, worst);
    if (count > 1) say(p, PAINT_NONE, "    and %u more of it, ", count - 1);
    if (count > 1) put_duration(p, PAINT_NONE, total);
    say(p, PAINT_NONE, count > 1 ? " together\n\n" : "\n");
    return;
  }
  bool missed = worst->outcome == LAYOUT_SCOPE_MISSED;
  say(p, missed ? PAINT_ERROR : PAINT_NONE, "Scope '%s' %s", worst->name,
      missed ? "did not stall, as was expected" : "stalled, as was expected");
  say(p, PAINT_NONE, ": %u time%s, longest ", count, count == 1 ? "" : "s");
  put_duration(p, PAINT_NONE, worst->duration);
  say(p, PAINT_NONE, "\n\n");
}

static void write_scopes(const verdict *v, painter *p) {
  const recording *r = v->recording;
  uint32_t *told = bs_calloc(r->scopes.count + 1, sizeof *told);
  for (uint32_t i = 0; i < r->scopes.count; i++)
    if (!told[i]) write_scope_group(v, p, i, told);
  free(told);
}

void summary_write_stall(recording *r, const recorded_stall *stall, bs_strbuf *out) {
  verdict v;
  verdict_init_one(&v, r, stall->loop, stall->samples.count ? stall->samples.items[0].stack : NO_INDEX);
  painter p = {out, false, 0};
  say(&p, PAINT_NONE, "Event loop stall");
  write_stall(&v, &p, stall);
  verdict_fini(&v);
}

void summary_write_scope(recording *r, const recorded_scope *scope, bs_strbuf *out) {
  verdict v;
  verdict_init_one(&v, r, scope->loop, scope->samples.count ? scope->samples.items[0].stack : NO_INDEX);
  write_scope(&v, &(painter){out, false, 0}, scope);
  verdict_fini(&v);
}

static void write_loop(const verdict *v, painter *p, uint32_t index) {
  const recording *r = v->recording;
  const recorded_loop *l = &r->loops.items[index];
  unsigned stalls = 0;
  for (uint32_t i = 0; i < r->stalls.count; i++)
    if (r->stalls.items[i].loop == index && !r->stalls.items[i].dropped)
      stalls += 1 + r->stalls.items[i].others;
  say(p, PAINT_NONE, "%s loop, process %d, thread %d (%s): %llu iterations, p50 ",
      *l->library ? l->library : "own", (int)r->processes.items[l->process].pid, (int)l->tid, l->name,
      (unsigned long long)l->iterations);
  put_duration(p, PAINT_NONE, loop_quantile(l, 0.5));
  say(p, PAINT_NONE, ", p99 ");
  put_duration(p, PAINT_NONE, loop_quantile(l, 0.99));
  say(p, PAINT_NONE, ", longest ");
  put_duration(p, PAINT_NONE, l->max_ns);
  say(p, PAINT_NONE, ", %u stall%s", stalls, stalls == 1 ? "" : "s");
  if (l->dropped) say(p, PAINT_WARNING, ", %llu events lost", (unsigned long long)l->dropped);
  if (l->unplaced)
    say(p, PAINT_WARNING, ", %llu calls of more places than its table holds",
        (unsigned long long)l->unplaced);
  say(p, PAINT_NONE, "\n");
}

static uint32_t loops_counted(const recording *r) {
  uint32_t count = 0;
  for (uint32_t i = 0; i < r->loops.count; i++) count += !r->loops.items[i].is_none;
  return count;
}

/* Those that were held longest. */
static void write_loops(const verdict *v, painter *p) {
  const recording *r = v->recording;
  bool *told = bs_calloc(r->loops.count + 1, sizeof *told);
  uint32_t shown = 0, count = loops_counted(r);
  for (uint32_t i = 0; i < r->loops.count; i++) told[i] = r->loops.items[i].is_none;
  for (; shown < count && shown < LOOPS_SHOWN; shown++) {
    uint32_t worst = NO_INDEX;
    for (uint32_t i = 0; i < r->loops.count; i++)
      if (!told[i] && (worst == NO_INDEX || r->loops.items[i].max_ns > r->loops.items[worst].max_ns))
        worst = i;
    told[worst] = true;
    write_loop(v, p, worst);
  }
  if (shown < count) say(p, PAINT_NONE, "%u more loops are in %s\n", count - shown, r->options.file);
  free(told);
}

/* Stretches between two waits that were taken for no iterations, for where the thread was then. */
static unsigned left_out(const recording *r) {
  unsigned count = 0;
  for (uint32_t i = 0; i < r->stalls.count; i++) {
    const recorded_stall *s = &r->stalls.items[i];
    if (s->dropped && s->ended && !r->loops.items[s->loop].is_none) count += 1 + s->others;
  }
  return count;
}

static void write_warnings(const recording *r, painter *p) {
  unsigned refused = 0, outside = left_out(r);
  for (uint32_t i = 0; i < r->processes.count; i++) refused += r->processes.items[i].refused;
  if (r->kind == EXECUTABLE_STATIC)
    say(p, PAINT_WARNING,
        "not observable: the program is statically linked, nothing can be preloaded into it\n");
  else if (r->kind == EXECUTABLE_GO && !r->loops.count)
    say(p, PAINT_WARNING, "not observable: a Go program makes its system calls itself\n");
  else if (!r->head->processes)
    say(p, PAINT_WARNING, "not observable: the library was not loaded into any process\n");
  else if (!loops_counted(r))
    say(p, PAINT_WARNING, "no event loop was seen: no thread waited repeatedly in epoll, poll or select\n");
  if (refused)
    say(p, PAINT_WARNING, "%u process%s refused a look at their stacks: durations and calls only\n", refused,
        refused == 1 ? "" : "es");
  if (outside)
    say(p, PAINT_WARNING,
        "%u long stretch%s between two waits %s left out: the thread was outside of the function that the "
        "loop was "
        "seen in\n",
        outside, outside == 1 ? "" : "es", outside == 1 ? "was" : "were");
  if (r->head->not_observable)
    say(p, PAINT_WARNING, "%u processes said that they cannot be watched\n", r->head->not_observable);
  if (r->head->slots_refused)
    say(p, PAINT_WARNING, "%u threads were too many and were not watched\n", r->head->slots_refused);
  if (r->left_running)
    say(p, PAINT_WARNING,
        "%u watched process%s went on after the program; --duration says how long to stay\n", r->left_running,
        r->left_running == 1 ? "" : "es");
  if (r->left_unwatched)
    say(p, PAINT_WARNING,
        "a process that was not watched yet went on after the program; --duration says how long to stay\n");
  if (store_error(r->store))
    say(p, PAINT_WARNING, "not everything was stored, %" PRIu64 " row%s lost: %s\n", store_lost(r->store),
        store_lost(r->store) == 1 ? " is" : "s are", store_error(r->store));
}

/* What was called on the loops, short calls too, by line. */
static void write_places(const verdict *v, painter *p) {
  place_list places = {0};
  places_make(v, false, &places);
  for (uint32_t i = 0; i < places.count && i < PLACES_SHOWN; i++) {
    const called_place *c = &places.items[i];
    if (c->total_ns < PLACE_SHOWN_NS) break;
    const recorded_site *site = &v->recording->sites.items[c->site];
    if (!i) say(p, PAINT_HEADING, "Costliest calls on the loops\n");
    say(p, PAINT_NONE, "    ");
    put_duration(p, PAINT_NONE, c->total_ns);
    say(p, PAINT_BOLD, "  %llu × %s", (unsigned long long)c->count, hook_name(site->hook));
    say(p, PAINT_NONE, ", p99 ");
    put_duration(p, PAINT_NONE, c->p99_ns);
    say(p, PAINT_NONE, ", longest ");
    put_duration(p, PAINT_NONE, c->max_ns);
    const frame *f = place_frame(v, site);
    if (f) say(p, PAINT_NONE, "  in %s  ", *f->function ? f->function : "??");
    if (f) write_place(v, p, f);
    say(p, PAINT_NONE, "\n");
    if (i + 1 == places.count || i + 1 == PLACES_SHOWN || places.items[i + 1].total_ns < PLACE_SHOWN_NS)
      say(p, PAINT_NONE, "\n");
  }
  bs_vec_fini(&places);
}

void summary_warnings(const recording *r, bs_strbuf *out) { write_warnings(r, &(painter){out, false, 0}); }

static void write_heading(const recording *r, painter *p) {
  unsigned stalls = 0;
  uint64_t longest = 0, total = 0;
  for (uint32_t i = 0; i < r->stalls.count; i++) {
    const recorded_stall *s = &r->stalls.items[i];
    if (s->dropped) continue;
    stalls += 1 + s->others;
    total += s->duration + s->others_ns;
    if (s->duration > longest) longest = s->duration;
  }
  say(p, PAINT_BOLD, "%u stall%s", stalls, stalls == 1 ? "" : "s");
  say(p, PAINT_NONE, " in %u loop%s, recorded for ", loops_counted(r), loops_counted(r) == 1 ? "" : "s");
  put_duration(p, PAINT_NONE, r->ended - r->began);
  if (stalls) {
    say(p, PAINT_NONE, "; longest ");
    put_duration(p, PAINT_NONE, longest);
    say(p, PAINT_NONE, ", together ");
    put_duration(p, PAINT_NONE, total);
  }
  say(p, PAINT_NONE, "\n\n");
}

void summary_write(const verdict *v, const check_list *checks, bool color, bs_strbuf *out) {
  const recording *r = v->recording;
  painter p = {out, color, 0};
  group_list groups = {0};
  make_groups(v, &groups);
  if (loops_counted(r)) write_heading(r, &p);
  for (uint32_t i = 0; i < groups.count && i < GROUPS_SHOWN; i++) write_group(v, &p, &groups.items[i], i + 1);
  if (groups.count > GROUPS_SHOWN)
    say(&p, PAINT_NONE, "%u more kinds of stalls are in %s\n\n", groups.count - GROUPS_SHOWN,
        r->options.file);
  write_scopes(v, &p);
  write_places(v, &p);
  write_loops(v, &p);
  write_warnings(r, &p);
  for (uint32_t i = 0; i < checks->count; i++) {
    const check *c = &checks->items[i];
    say(&p, c->passed ? PAINT_NONE : PAINT_ERROR, "%s", c->passed ? "kept: " : "broken: ");
    say(&p, PAINT_NONE, "%s (%s)\n", c->name, c->text);
  }
  say(&p, PAINT_NONE, "stored in %s\n", r->options.file);
  bs_vec_fini(&groups);
}

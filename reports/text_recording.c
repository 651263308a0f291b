/* A run that has just been recorded, for people: what held the loops longest, with the stack from the
 * callback down, the costliest calls, how the loops did, and which bounds were kept. */
#include "base/hash.h"
#include "base/map.h"
#include "base/path.h"
#include "reports/text.h"

#include <stdlib.h>
#include <string.h>

enum {
  KINDS_SHOWN = 10,
  FRAMES_SHOWN = 24,
  CALLS_SHOWN = 3,
  LOOPS_SHOWN = 12,
  PLACES_SHOWN = 5,
  PLACE_SHOWN_NS = 1000000,
  NAME_COLUMNS = 32,
};

static void put(painter *p, const char *text) { paint(p, PAINT_NONE, text); }

static void put_duration(painter *p, enum paint color, uint64_t ns) {
  bs_arena arena = {0};
  paint(p, color, phrase_duration(&arena, ns));
  bs_arena_fini(&arena);
}

static void put_count(painter *p, uint64_t count, const char *one, const char *many) {
  bs_arena arena = {0};
  paint(p, PAINT_NONE, phrase_count(&arena, count, one, many));
  bs_arena_fini(&arena);
}

static void end_line(painter *p) { bs_strbuf_addc(p->out, '\n'); }

/* ---- stacks ---- */

static void write_where(painter *p, const report_frame *f) {
  if (f->file && f->line)
    paintf(p, PAINT_DIM, "%s:%u", f->file, f->line);
  else if (*f->module)
    paintf(p, PAINT_DIM, "in %s", bs_path_basename(f->module));
  if (!*f->function && f->offset && f->build_id)
    paintf(p, PAINT_DIM, "+%s, build-id %.16s", f->offset, f->build_id);
}

static void write_frame(painter *p, const report_frame *f, bool is_culprit) {
  const char *name = *f->function ? f->function : "??";
  size_t columns = paint_columns(name);
  put(p, is_culprit ? "  > " : "    ");
  paint(p, is_culprit ? PAINT_BOLD : PAINT_NONE, name);
  paint_pad(p, columns < NAME_COLUMNS ? NAME_COLUMNS - columns : 1);
  write_where(p, f);
  if (f->inlined) put(p, " (inlined)");
  end_line(p);
}

static void write_skipped(painter *p, const report_sample *s, uint32_t skipped) {
  paintf(p, PAINT_DIM, "    (%u more", skipped);
  if (s->omitted) paintf(p, PAINT_DIM, ", and %u that were left out", s->omitted);
  paint(p, PAINT_DIM, ")");
  end_line(p);
}

/* From the callback down to where the thread was. */
static void write_stack(painter *p, const report_sample *s) {
  uint32_t top = s->shown && s->shown < s->stack.count ? s->shown : s->stack.count, shown = 0;
  if (!s->callback && s->cut && !s->omitted) {
    paint(p, PAINT_DIM, "    (the callers were not captured)");
    end_line(p);
  }
  for (uint32_t i = top; i-- > 0; shown++) {
    if (top > FRAMES_SHOWN && shown == FRAMES_SHOWN / 2) {
      write_skipped(p, s, top - FRAMES_SHOWN);
      i -= top - FRAMES_SHOWN;
    }
    write_frame(p, &s->stack.items[i], i + 1 == s->culprit);
  }
}

static void write_no_stack(painter *p) {
  paint(p, PAINT_DIM, "    (no stack)");
  end_line(p);
}

/* ---- stalls ---- */

static const char *kind_text(const char *kind) {
  static const char *const texts[][2] = {{"off-cpu", "off-CPU"},
                                         {"on-cpu", "on the CPU"},
                                         {"runnable", "waiting for a CPU"},
                                         {"stopped", "stopped by a signal"},
                                         {"mixed", "partly on the CPU"}};
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
    if (!strcmp(kind, texts[i][0])) return texts[i][1];
  return kind;
}

static void write_parts(painter *p, const report_stall *stall) {
  bs_arena arena = {0};
  put(p, ": ");
  paint(p, PAINT_BOLD, phrase_parts(&arena, stall));
  bs_arena_fini(&arena);
}

static void write_calls(painter *p, const report_stall *stall) {
  if (!stall->calls.count) return;
  put(p, "    calls in it: ");
  for (uint32_t i = 0; i < stall->calls.count && i < CALLS_SHOWN; i++) {
    const report_call_time *part = &stall->calls.items[i];
    paintf(p, PAINT_NONE, "%s%llu × %s ", i ? ", " : "", (unsigned long long)part->calls, part->api);
    put_duration(p, PAINT_NONE, part->ns);
  }
  if (stall->calls.count > CALLS_SHOWN) paintf(p, PAINT_NONE, ", %u more", stall->calls.count - CALLS_SHOWN);
  end_line(p);
}

static const report_loop *loop_of(const report_document *document, unsigned id) {
  for (uint32_t i = 0; i < document->recorded_loops.count; i++)
    if (document->recorded_loops.items[i].id == id) return &document->recorded_loops.items[i];
  return NULL;
}

static void write_threshold(painter *p, uint64_t duration_ns, uint64_t threshold_ns) {
  put(p, "  duration ");
  put_duration(p, PAINT_WARNING, duration_ns);
  put(p, " (threshold ");
  put_duration(p, PAINT_NONE, threshold_ns);
  put(p, ")");
}

/* Of a report that tells no parts. */
static void write_kind_alone(painter *p, const report_stall *stall) {
  paintf(p, PAINT_NONE, "  %s", kind_text(stall->kind));
  if (stall->api) paintf(p, PAINT_BOLD, " in %s", stall->api);
}

void text_write_stall(painter *p, const report_document *document, const report_stall *stall) {
  const report_loop *loop = loop_of(document, stall->loop);
  if (loop) paintf(p, PAINT_NONE, "  %s loop, thread %d", loop->library, loop->thread);
  write_threshold(p, stall->duration_ns, document->threshold_ns);
  if (stall->parts.count)
    write_parts(p, stall);
  else
    write_kind_alone(p, stall);
  if (!stall->ended) put(p, ", not ended");
  if (stall->scope) paintf(p, PAINT_NONE, ", scope '%s'", stall->scope);
  if (stall->test) paintf(p, PAINT_NONE, ", in the test %s", stall->test);
  end_line(p);
  if (stall->samples.count)
    write_stack(p, &stall->samples.items[stall->main]);
  else
    write_no_stack(p);
  write_calls(p, stall);
}

static void write_kind(painter *p, const report_document *document, const report_stall *worst,
                       uint32_t number) {
  paintf(p, PAINT_HEADING, "Event loop stall #%u", number);
  text_write_stall(p, document, worst);
  if (worst->alike > 1) {
    paintf(p, PAINT_NONE, "    and %llu more like it, ", (unsigned long long)(worst->alike - 1));
    put_duration(p, PAINT_NONE, worst->alike_ns);
    put(p, " together");
    end_line(p);
  }
  end_line(p);
}

static int longer_first(const void *a, const void *b) {
  const report_stall *x = *(const report_stall *const *)a, *y = *(const report_stall *const *)b;
  if (x->duration_ns != y->duration_ns) return x->duration_ns < y->duration_ns ? 1 : -1;
  return x->start_ns < y->start_ns ? -1 : x->start_ns > y->start_ns;
}

/* The longest of each kind. */
static void write_kinds(painter *p, const report_document *document) {
  BS_VEC(const report_stall *) kinds = {0};
  for (uint32_t i = 0; i < document->stalls.count; i++)
    if (document->stalls.items[i].alike) *bs_vec_push(&kinds) = &document->stalls.items[i];
  bs_vec_sort(&kinds, longer_first);
  for (uint32_t i = 0; i < kinds.count && i < KINDS_SHOWN; i++)
    write_kind(p, document, kinds.items[i], i + 1);
  if (kinds.count > KINDS_SHOWN) {
    paintf(p, PAINT_NONE, "%u more kinds of stalls are in %s", kinds.count - KINDS_SHOWN, document->run.file);
    end_line(p);
    end_line(p);
  }
  bs_vec_fini(&kinds);
}

/* ---- scopes ---- */

static void write_scope(painter *p, const report_scope *scope) {
  paintf(p, PAINT_HEADING, "Scope '%s' stalled", scope->name);
  paintf(p, PAINT_NONE, "  thread %d", scope->thread);
  write_threshold(p, scope->duration_ns, scope->threshold_ns);
  if (scope->api) paintf(p, PAINT_BOLD, "  in %s", scope->api);
  end_line(p);
  if (scope->samples.count)
    write_stack(p, &scope->samples.items[0]);
  else
    write_no_stack(p);
}

/* Scopes of one name and outcome: how many, how long together, and the longest. */
typedef struct scope_group {
  const report_scope *worst;
  uint64_t count, total_ns;
} scope_group;

static scope_group group_of(const report_document *document, uint32_t first, bool *told) {
  const report_scope *like = &document->scopes.items[first];
  scope_group g = {.worst = like};
  for (uint32_t i = first; i < document->scopes.count; i++) {
    const report_scope *scope = &document->scopes.items[i];
    if (strcmp(scope->outcome, like->outcome) != 0 || strcmp(scope->name, like->name) != 0) continue;
    told[i] = true;
    g.count++;
    g.total_ns += scope->duration_ns;
    if (scope->duration_ns > g.worst->duration_ns) g.worst = scope;
  }
  return g;
}

static void write_stalled_group(painter *p, const scope_group *g) {
  write_scope(p, g->worst);
  if (g->count > 1) {
    paintf(p, PAINT_NONE, "    and %llu more of it, ", (unsigned long long)(g->count - 1));
    put_duration(p, PAINT_NONE, g->total_ns);
    put(p, " together");
    end_line(p);
  }
  end_line(p);
}

static void write_expected_group(painter *p, const scope_group *g) {
  bool missed = !strcmp(g->worst->outcome, "missed");
  paintf(p, missed ? PAINT_ERROR : PAINT_NONE, "Scope '%s' %s", g->worst->name,
         missed ? "was expected to stall and did not" : "stalled, as expected");
  put(p, ": ");
  put_count(p, g->count, "time", "times");
  put(p, ", longest ");
  put_duration(p, PAINT_NONE, g->worst->duration_ns);
  end_line(p);
  end_line(p);
}

static void write_scopes(painter *p, const report_document *document) {
  bool *told = bs_calloc(document->scopes.count + 1, sizeof *told);
  for (uint32_t i = 0; i < document->scopes.count; i++) {
    if (told[i]) continue;
    const scope_group g = group_of(document, i, told);
    if (!strcmp(g.worst->outcome, "stalled"))
      write_stalled_group(p, &g);
    else
      write_expected_group(p, &g);
  }
  free(told);
}

/* ---- calls ---- */

/* What was called from one line of the program, on any path. */
typedef struct called_line {
  const report_call *first;
  const report_frame *frame; /* NULL unknown */
  uint64_t calls, total_ns, max_ns;
  report_ranges times;
} called_line;
typedef BS_VEC(called_line) called_lines;

static const report_frame *frame_of(const report_call *call) {
  if (!call->stack.count) return NULL;
  return &call->stack.items[call->culprit ? call->culprit - 1 : 0];
}

static uint64_t line_key(const report_call *call, const report_frame *f) {
  uint64_t key = bs_hash(call->api, strlen(call->api));
  if (!f) return key;
  const char *where = f->file ? f->file : f->module;
  key = bs_hash_mix(key, bs_hash(f->function, strlen(f->function)));
  return bs_hash_mix(bs_hash_mix(key, f->line), bs_hash(where, strlen(where)));
}

static int costlier_first(const void *a, const void *b) {
  const called_line *x = a, *y = b;
  if (x->total_ns != y->total_ns) return x->total_ns < y->total_ns ? 1 : -1;
  return x->first < y->first ? -1 : x->first > y->first;
}

static void find_lines(const report_document *document, bool nested, called_lines *lines) {
  bs_map index_of = {0};
  for (uint32_t i = 0; i < document->recorded_calls.count; i++) {
    const report_call *call = &document->recorded_calls.items[i];
    if (call->nested != nested) continue;
    const report_frame *f = frame_of(call);
    bool is_new;
    uint32_t index = bs_map_add(&index_of, line_key(call, f), lines->count, &is_new);
    if (is_new) *bs_vec_push(lines) = (called_line){.first = call, .frame = f};
    called_line *line = &lines->items[index];
    line->calls += call->calls;
    line->total_ns += call->total_ns;
    if (call->max_ns > line->max_ns) line->max_ns = call->max_ns;
    for (uint32_t k = 0; k < call->times.count; k++) report_ranges_add(&line->times, &call->times.items[k]);
  }
  bs_map_fini(&index_of);
  bs_vec_sort(lines, costlier_first);
}

static void write_line(painter *p, const called_line *line) {
  put(p, "    ");
  put_duration(p, PAINT_NONE, line->total_ns);
  paintf(p, PAINT_BOLD, "  %llu × %s", (unsigned long long)line->calls, line->first->api);
  put(p, ", p99 ");
  put_duration(p, PAINT_NONE, report_ranges_quantile(&line->times, line->max_ns, 0.99));
  put(p, ", longest ");
  put_duration(p, PAINT_NONE, line->max_ns);
  if (line->frame) {
    paintf(p, PAINT_NONE, "  in %s  ", *line->frame->function ? line->frame->function : "??");
    write_where(p, line->frame);
  }
  end_line(p);
}

/* What was called on the loops, short calls too, by line; or the loops that were run in callbacks. */
static void write_lines(painter *p, const report_document *document, bool nested) {
  called_lines lines = {0};
  uint32_t shown = 0;
  find_lines(document, nested, &lines);
  for (; shown < lines.count && shown < PLACES_SHOWN; shown++) {
    if (lines.items[shown].total_ns < PLACE_SHOWN_NS) break;
    if (!shown) {
      paint(p, PAINT_HEADING,
            nested ? "Nested loops: run in a callback, for the same events" : "Costliest calls on the loops");
      end_line(p);
    }
    write_line(p, &lines.items[shown]);
  }
  if (shown) end_line(p);
  for (uint32_t i = 0; i < lines.count; i++) bs_vec_fini(&lines.items[i].times);
  bs_vec_fini(&lines);
}

/* ---- loops ---- */

static void write_loop(painter *p, const report_loop *l) {
  paintf(p, PAINT_NONE, "%s loop, process %d, thread %d (%s): %llu iterations, p50 ", l->library, l->process,
         l->thread, l->name, (unsigned long long)l->iterations);
  put_duration(p, PAINT_NONE, l->p50_ns);
  put(p, ", p99 ");
  put_duration(p, PAINT_NONE, l->p99_ns);
  put(p, ", longest ");
  put_duration(p, PAINT_NONE, l->max_ns);
  put(p, ", ");
  put_count(p, l->stalls, "stall", "stalls");
  if (l->dropped_events)
    paintf(p, PAINT_WARNING, ", %llu events lost", (unsigned long long)l->dropped_events);
  if (l->unplaced_calls)
    paintf(p, PAINT_WARNING, ", %llu calls from places for which its table has no room",
           (unsigned long long)l->unplaced_calls);
  end_line(p);
}

static int worse_first(const void *a, const void *b) {
  const report_loop *x = *(const report_loop *const *)a, *y = *(const report_loop *const *)b;
  if (x->max_ns != y->max_ns) return x->max_ns < y->max_ns ? 1 : -1;
  return x->id < y->id ? -1 : x->id > y->id;
}

/* One that nobody needs to look at: of a library's own thread, and never held. */
static bool is_folded(const report_loop *l) { return l->thread_of && !l->stalls; }

/* All such of one library, in one line. */
static void write_folded(painter *p, const report_document *document, uint32_t first) {
  const report_loop *like = &document->recorded_loops.items[first];
  uint64_t count = 0, iterations = 0, longest = 0;
  for (uint32_t i = 0; i < document->recorded_loops.count; i++) {
    const report_loop *l = &document->recorded_loops.items[i];
    if (!is_folded(l) || strcmp(l->thread_of, like->thread_of) != 0) continue;
    if (i < first) return; /* they were told with that one */
    count++;
    iterations += l->iterations;
    if (l->max_ns > longest) longest = l->max_ns;
  }
  put_count(p, count, "loop", "loops");
  paintf(p, PAINT_NONE, " in threads of %s: %llu iterations, longest ", like->thread_of,
         (unsigned long long)iterations);
  put_duration(p, PAINT_NONE, longest);
  put(p, ", 0 stalls");
  end_line(p);
}

/* Those that were held longest. */
static void write_loops(painter *p, const report_document *document) {
  BS_VEC(const report_loop *) loops = {0};
  for (uint32_t i = 0; i < document->recorded_loops.count; i++)
    if (!is_folded(&document->recorded_loops.items[i]))
      *bs_vec_push(&loops) = &document->recorded_loops.items[i];
  bs_vec_sort(&loops, worse_first);
  for (uint32_t i = 0; i < loops.count && i < LOOPS_SHOWN; i++) write_loop(p, loops.items[i]);
  if (loops.count > LOOPS_SHOWN) {
    paintf(p, PAINT_NONE, "%u more loops are in %s", loops.count - LOOPS_SHOWN, document->run.file);
    end_line(p);
  }
  for (uint32_t i = 0; i < document->recorded_loops.count; i++)
    if (is_folded(&document->recorded_loops.items[i])) write_folded(p, document, i);
  bs_vec_fini(&loops);
}

/* ---- all of it ---- */

static void write_heading(painter *p, const report_document *document) {
  bs_arena arena = {0};
  paint(p, PAINT_BOLD, phrase_count(&arena, document->all_stalls, "stall", "stalls"));
  put(p, " in ");
  put_count(p, document->recorded_loops.count, "loop", "loops");
  put(p, ", recorded for ");
  put_duration(p, PAINT_NONE, document->recorded_ns);
  if (document->all_stalls) {
    put(p, "; longest ");
    put_duration(p, PAINT_NONE, document->longest_ns);
    put(p, ", together ");
    put_duration(p, PAINT_NONE, document->stalls_ns);
  }
  end_line(p);
  end_line(p);
  bs_arena_fini(&arena);
}

static void write_bounds(painter *p, const report_run *run) {
  for (uint32_t i = 0; i < run->bounds.count; i++) {
    const report_bound *bound = &run->bounds.items[i];
    paint(p, bound->kept ? PAINT_NONE : PAINT_ERROR, bound->kept ? "kept: " : "broken: ");
    paintf(p, PAINT_NONE, "%s (%s)", bound->name, bound->measured);
    end_line(p);
  }
}

void text_write_recording(painter *p, const report_document *document) {
  if (document->recorded_loops.count) write_heading(p, document);
  write_kinds(p, document);
  write_scopes(p, document);
  write_lines(p, document, true);
  write_lines(p, document, false);
  write_loops(p, document);
  for (uint32_t i = 0; i < document->unobserved.count; i++) {
    paint(p, PAINT_WARNING, document->unobserved.items[i]);
    end_line(p);
  }
  write_bounds(p, &document->run);
  if (document->run.file) {
    paintf(p, PAINT_NONE, "stored in %s", document->run.file);
    end_line(p);
  }
}

void text_write_moments(painter *p, const report_document *document) {
  for (uint32_t i = 0; i < document->stalls.count; i++) {
    put(p, "Event loop stall");
    text_write_stall(p, document, &document->stalls.items[i]);
  }
  for (uint32_t i = 0; i < document->scopes.count; i++) write_scope(p, &document->scopes.items[i]);
}

/* What of an observation a reader looks at one by one. */
#include "evidence/observed_internal.h"

#include "base/hash.h"
#include "base/module.h"
#include "base/path.h"
#include "runtime-check/collect/names.h"

#include <stdlib.h>
#include <string.h>

/* ---- loops ---- */

/* The innermost frame of a wait that is not the C library's. */
static const report_frame *waiter_of(const observed_stack *s) {
  for (uint32_t i = 0; i < s->count; i++)
    if (!bs_module_is_common(s->frames[i].module)) return &s->frames[i];
  return NULL;
}

static bool has_program(const observed_stack *s) {
  for (uint32_t i = 0; i < s->count; i++)
    if (frame_is_own(&s->frames[i]) || frame_is_script(&s->frames[i])) return true;
  return false;
}

/* The library that the loop's thread works for: nothing of the program is on its stack, or what it waits in
 * is a library that runs no loops. The main thread is the program's. */
static const char *library_thread(observing *w, const report_loop *loop, uint64_t wait_stack) {
  observed_stack s;
  if (loop->thread == loop->process || !observed_stack_of(w, wait_stack, &s)) return NULL;
  const report_frame *waiter = waiter_of(&s);
  if (!waiter || !bs_module_is_system(waiter->module) || *waiter->module != '/') return NULL;
  bool is_alone = !s.cut && !has_program(&s), is_no_loop = !strcmp(loop->library, "own");
  return is_alone || is_no_loop ? bs_path_basename(waiter->module) : NULL;
}

void observed_add_loop(void *to, const report_loop *loop, uint64_t wait_stack) {
  observing *w = to;
  report_loop *added = bs_vec_push(&w->document->recorded_loops);
  *added = *loop;
  added->id = observed_loop_number(w, loop->id);
  memset(&added->histogram, 0, sizeof added->histogram);
  added->thread_of = library_thread(w, loop, wait_stack);
  for (uint32_t i = 0; i < loop->histogram.count; i++)
    *bs_vec_push(&added->histogram) = loop->histogram.items[i];
}

/* ---- calls ---- */

/* Calls that only the depth of the stack told apart, and those of other threads of one loop, are one path. */
static uint64_t path_key(const observed_call *call) {
  uint64_t key = bs_hash_mix(call->loop, bs_hash(call->api, strlen(call->api)));
  key = bs_hash_mix(key, call->stack << 1 | call->nested);
  if (call->stack || !call->ncaller) return key;
  const report_frame *f = &call->caller[0];
  key = bs_hash_mix(bs_hash_mix(key, bs_hash(f->function, strlen(f->function))), f->line);
  return bs_hash_mix(key, bs_hash(f->module, strlen(f->module)));
}

static void fill_path(observing *w, const observed_call *call, report_call *out) {
  observed_stack s = {.culprit = OBSERVED_NONE};
  bool has_stack = observed_stack_of(w, call->stack, &s) && s.count;
  const report_frame *frames = has_stack ? s.frames : call->caller;
  uint32_t count = has_stack ? s.count : call->ncaller;
  for (uint32_t i = 0; i < count; i++) *bs_vec_push(&out->stack) = frames[i];
  out->culprit = has_stack && s.culprit != OBSERVED_NONE ? s.culprit + 1 : 0;
}

void observed_add_call(observing *w, const observed_call *call) {
  bool is_new;
  if (!call->count) return;
  uint32_t index = bs_map_add(&w->call_ids, path_key(call), w->document->recorded_calls.count, &is_new);
  if (is_new) {
    report_call *added = bs_vec_push(&w->document->recorded_calls);
    *added = (report_call){.loop = observed_loop_number(w, call->loop),
                           .api = call->api,
                           .rule = hook_rule_of(call->api),
                           .nested = call->nested};
    fill_path(w, call, added);
  }
  report_call *to = &w->document->recorded_calls.items[index];
  to->calls += call->count;
  to->total_ns += call->total_ns;
  if (call->max_ns > to->max_ns) to->max_ns = call->max_ns;
  for (uint32_t i = 0; i < call->nbuckets; i++) report_ranges_add(&to->times, &call->buckets[i]);
}

static void finish_calls(report_document *document) {
  for (uint32_t i = 0; i < document->recorded_calls.count; i++) {
    report_call *c = &document->recorded_calls.items[i];
    c->p50_ns = report_ranges_quantile(&c->times, c->max_ns, 0.5);
    c->p99_ns = report_ranges_quantile(&c->times, c->max_ns, 0.99);
  }
}

/* ---- stalls and scopes ---- */

static const char *text_or_null(const char *text) { return text && *text ? text : NULL; }

static const char *rule_or_null(const char *api) { return api ? text_or_null(hook_rule_of(api)) : NULL; }

/* How many frames tell something: from the callback inwards, or what is not the system's start of the
 * program. */
static uint32_t shown_frames(const observed_stack *s) {
  uint32_t top = s->count;
  if (s->callback != OBSERVED_NONE) return s->callback + 1;
  while (s->culprit != OBSERVED_NONE && top > s->culprit + 1 && !frame_is_own(&s->frames[top - 1])) top--;
  return top;
}

static void fill_sample(observing *w, const observed_sample *from, report_sample *sample) {
  observed_stack s;
  sample->at_ns = from->at_ns;
  sample->api = from->api;
  if (!observed_stack_of(w, from->stack, &s)) return;
  for (uint32_t i = 0; i < s.count; i++) *bs_vec_push(&sample->stack) = s.frames[i];
  sample->callback = s.callback == OBSERVED_NONE ? 0 : s.callback + 1;
  sample->culprit = s.culprit == OBSERVED_NONE ? 0 : s.culprit + 1;
  sample->shown = shown_frames(&s);
  sample->omitted = s.omitted;
  sample->cut = s.cut;
}

/* Where the stall was, by the sample that speaks for it. */
static void fill_place(report_stall *stall) {
  const report_sample *sample = &stall->samples.items[stall->main];
  if (sample->callback) stall->callback = text_or_null(sample->stack.items[sample->callback - 1].function);
  if (!sample->culprit) return;
  const report_frame *culprit = &sample->stack.items[sample->culprit - 1];
  stall->has_culprit = true;
  stall->culprit = (report_place){.function = culprit->function,
                                  .file = culprit->file ? culprit->file : culprit->module,
                                  .line = culprit->line};
}

static int costlier_first(const void *a, const void *b) {
  const report_call_time *x = a, *y = b;
  if (x->ns != y->ns) return x->ns < y->ns ? 1 : -1;
  return strcmp(x->api, y->api);
}

static void fill_kind(const observing *w, const observed_stall *from, report_stall *stall) {
  for (uint32_t i = 0; i < w->kinds.count; i++) {
    if (w->kinds.items[i].worst != from->id) continue;
    stall->alike = w->kinds.items[i].count;
    stall->alike_ns = w->kinds.items[i].total_ns;
    stall->group = w->kinds.items[i].key;
    if (w->o->build_id)
      stall->group = bs_hash_mix(stall->group, bs_hash(w->o->build_id, strlen(w->o->build_id)));
    return;
  }
}

/* The number of the frame that most of a part has in common, from 1; 0 without one. */
static unsigned common_frame(observing *w, const observed_sample *sample, uint32_t common) {
  observed_stack s;
  if (!observed_stack_of(w, sample->stack, &s) || !s.count) return 0;
  uint32_t frame = observed_common_frame(&s, common);
  if (frame == OBSERVED_NONE) frame = s.culprit;
  return frame == OBSERVED_NONE ? 0 : frame + 1;
}

static void fill_part(observing *w, const observed_stall *from, stall_sum *sum, uint32_t index,
                      report_stall *stall) {
  uint32_t common = 0, sample = observed_part_sample(w, from, sum, &sum->parts.items[index], &common);
  report_part *part = bs_vec_push(&stall->parts);
  *part = sum->parts.items[index];
  if (sample == UINT32_MAX) return;
  unsigned frame = common_frame(w, &from->samples[sample], common);
  const report_sample *at = &stall->samples.items[sample];
  if (at->stack.count) part->function = text_or_null(at->stack.items[frame ? frame - 1 : 0].function);
}

static void fill_sum(observing *w, const observed_stall *from, stall_sum *sum, report_stall *stall) {
  stall->main = sum->main;
  if (from->nsamples)
    stall->samples.items[sum->main].culprit = common_frame(w, &from->samples[sum->main], sum->common);
  for (uint32_t i = 0; i < from->nsamples; i++) stall->samples.items[i].ns = sum->ns[i];
  for (uint32_t i = 0; i < sum->parts.count; i++) fill_part(w, from, sum, i, stall);
}

void observed_add_stall(void *to, const observed_stall *from) {
  observing *w = to;
  report_stall *stall = bs_vec_push(&w->document->stalls);
  *stall = (report_stall){
      .loop = observed_loop_number(w, from->loop),
      .start_ns = from->start_ns,
      .duration_ns = from->duration_ns,
      .cpu_ns = from->cpu_ns,
      .kind = from->kind,
      .ended = from->ended,
      .api = from->api,
      .rule = rule_or_null(from->api),
      .scope = text_or_null(from->scope),
  };
  for (uint32_t i = 0; i < from->ncalls; i++) *bs_vec_push(&stall->calls) = from->calls[i];
  bs_vec_sort(&stall->calls, costlier_first);
  fill_kind(w, from, stall);
  for (uint32_t i = 0; i < from->nsamples; i++)
    fill_sample(w, &from->samples[i], bs_vec_push(&stall->samples));
  stall_sum sum;
  observed_sum(w, from, &sum);
  fill_sum(w, from, &sum, stall);
  observed_sum_fini(&sum);
  if (!from->nsamples) return;
  fill_place(stall);
  stall->test = observed_stack_facts(w, from->samples[stall->main].stack)->test;
}

/* One that was expected and did not come is what a reader looks for first. */
static int weightier_scope(const void *a, const void *b) {
  const report_scope *x = a, *y = b;
  bool missed = !strcmp(x->outcome, "missed");
  if (missed != !strcmp(y->outcome, "missed")) return missed ? -1 : 1;
  if (x->duration_ns != y->duration_ns) return x->duration_ns > y->duration_ns ? -1 : 1;
  return x->start_ns < y->start_ns ? -1 : x->start_ns > y->start_ns;
}

static int earlier_scope(const void *a, const void *b) {
  const report_scope *x = a, *y = b;
  uint64_t m = x->start_ns + x->duration_ns, n = y->start_ns + y->duration_ns;
  if (m != n) return m < n ? -1 : 1;
  return x->thread - y->thread;
}

static int earlier_stall(const void *a, const void *b) {
  const report_stall *x = a, *y = b;
  if (x->start_ns != y->start_ns) return x->start_ns < y->start_ns ? -1 : 1;
  return x->loop < y->loop ? -1 : x->loop > y->loop;
}

/* Keeps the weightiest scopes of this recording. */
static void bound_scopes(observing *w) {
  uint32_t count = w->document->scopes.count - w->first_scope;
  if (count <= OBSERVED_LONGEST) return;
  report_scope *first = w->document->scopes.items + w->first_scope;
  qsort(first, count, sizeof *first, weightier_scope);
  while (count > OBSERVED_LONGEST) report_scope_fini(&first[--count]);
  w->document->scopes.count = w->first_scope + count;
}

void observed_add_scope(void *to, const observed_scope *from) {
  observing *w = to;
  w->scopes++;
  report_scope *scope = bs_vec_push(&w->document->scopes);
  *scope = (report_scope){
      .name = from->name,
      .outcome = from->outcome,
      .loop = observed_loop_number(w, from->loop),
      .process = from->process,
      .thread = from->thread,
      .start_ns = from->start_ns,
      .duration_ns = from->duration_ns,
      .threshold_ns = from->threshold_ns,
      .api = from->api,
      .rule = rule_or_null(from->api),
  };
  for (uint32_t i = 0; i < from->nsamples; i++)
    fill_sample(w, &from->samples[i], bs_vec_push(&scope->samples));
  if (w->document->scopes.count - w->first_scope >= 2 * OBSERVED_LONGEST) bound_scopes(w);
}

/* ---- the rest ---- */

void observed_add_note(void *to, const char *sentence) {
  observing *w = to;
  const char *kept = bs_arena_strdup(&w->document->arena, sentence);
  *bs_vec_push(&w->document->notes) = kept;
  *bs_vec_push(&w->document->unobserved) = kept;
}

#define LEFT_OUT \
  " recorded stalls, the longest of each kind and the longest of all, are listed one by one; the others " \
  "are " \
  "counted in the verdicts"

/* Of several recordings it is one note. */
static const char **note_of_stalls(report_document *document) {
  for (uint32_t i = 0; i < document->notes.count; i++)
    if (strstr(document->notes.items[i], LEFT_OUT)) return &document->notes.items[i];
  return bs_vec_push(&document->notes);
}

static void note_left_out(observing *w) {
  report_document *document = w->document;
  if (document->all_stalls > document->stalls.count)
    *note_of_stalls(document) =
        bs_arena_printf(&document->arena, "%u of %llu" LEFT_OUT, document->stalls.count,
                        (unsigned long long)document->all_stalls);
  if (w->scopes > OBSERVED_LONGEST)
    *bs_vec_push(&document->notes) =
        bs_arena_printf(&document->arena, "only the %d longest of %llu recorded scopes are listed",
                        OBSERVED_LONGEST, (unsigned long long)w->scopes);
}

void observed_finish(observing *w) {
  report_document *document = w->document;
  finish_calls(document);
  bound_scopes(w);
  if (document->stalls.count > w->first_stall)
    qsort(document->stalls.items + w->first_stall, document->stalls.count - w->first_stall,
          sizeof *document->stalls.items, earlier_stall);
  if (document->scopes.count > w->first_scope)
    qsort(document->scopes.items + w->first_scope, document->scopes.count - w->first_scope,
          sizeof *document->scopes.items, earlier_scope);
  if (w->first_stall) observed_add_up(document);
  note_left_out(w);
}

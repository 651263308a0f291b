/* Walks the recorder's tables and names their stacks through its symbols, as store.c does for the file. */
#include "runtime-check/collect/observe.h"

#include "base/hash.h"

#include <stdlib.h>
#include <string.h>

/* ---- stacks ---- */

static void know_file(memory_observation *m, const char *file) {
  uint32_t known;
  if (!file || bs_map_find(&m->file_ids, (uintptr_t)file, &known)) return;
  const char *text = bs_intern_text(&m->texts, bs_intern_adds(&m->texts, file));
  uint32_t index = bs_map_add(&m->file_ids, (uintptr_t)text, m->files.count, NULL);
  if (index == m->files.count) *bs_vec_push(&m->files) = text;
  bs_map_set(&m->file_ids, (uintptr_t)file, index);
}

static const char **list_files(void *producer, uint32_t *count) {
  memory_observation *m = producer;
  *count = m->files.count;
  return m->files.items;
}

static report_frame frame_of(const memory_observation *m, const frame *f) {
  report_frame named = *f;
  uint32_t index;
  if (f->file && bs_map_find(&m->file_ids, (uintptr_t)f->file, &index)) named.file = m->files.items[index];
  if (!named.module) named.module = "";
  return named;
}

static bool find_stack(void *producer, uint64_t id, observed_stack *out) {
  memory_observation *m = producer;
  m->frames.count = 0;
  *out = (observed_stack){.callback = OBSERVED_NONE, .culprit = OBSERVED_NONE};
  if (!id || id > m->v->stacks.count) return false;
  const named_stack *s = &m->v->stacks.items[id - 1];
  const recorded_stack *raw = &m->v->recording->stacks.items[id - 1];
  for (uint32_t i = 0; i < s->frames.count; i++) *bs_vec_push(&m->frames) = frame_of(m, &s->frames.items[i]);
  *out = (observed_stack){.frames = m->frames.items,
                          .count = m->frames.count,
                          .callback = s->callback,
                          .culprit = s->culprit,
                          .omitted = raw->omitted,
                          .running = raw->running,
                          .cut = raw->cut};
  return true;
}

/* ---- loops ---- */

static bool visit_loops(void *producer, observed_loop_visitor *visit, void *to, bs_error *error) {
  const memory_observation *m = producer;
  const recording *r = m->v->recording;
  (void)error;
  for (uint32_t i = 0; i < r->loops.count; i++) {
    const recorded_loop *l = &r->loops.items[i];
    if (l->is_none) continue;
    report_loop loop = {
        .id = m->numbers[i],
        .process = r->processes.items[l->process].pid,
        .thread = l->tid,
        .name = l->name,
        .library = *l->library ? l->library : "own",
        .iterations = l->iterations,
        .busy_ns = l->busy_ns,
        .idle_ns = l->idle_ns,
        .p50_ns = loop_quantile(l, 0.5),
        .p99_ns = loop_quantile(l, 0.99),
        .max_ns = l->max_ns,
        .dropped_events = l->dropped,
        .unplaced_calls = l->unplaced,
    };
    for (uint32_t b = 0; b < LAYOUT_BUCKETS; b++)
      if (l->histogram[b])
        *bs_vec_push(&loop.histogram) = (report_bucket){layout_bucket_ns(b), l->histogram[b]};
    visit(to, &loop, l->wait_stack == NO_INDEX ? 0 : (uint64_t)l->wait_stack + 1);
    bs_vec_fini(&loop.histogram);
  }
  return true;
}

/* ---- calls ---- */

static void visit_site(const memory_observation *m, const recorded_site *site, observed_call_visitor *visit,
                       void *to) {
  static const report_frame nowhere = {.function = "", .module = ""};
  report_range buckets[LAYOUT_CALL_BUCKETS];
  uint32_t count = 0;
  for (uint32_t i = 0; i < LAYOUT_CALL_BUCKETS; i++)
    if (site->histogram[i]) buckets[count++] = call_bucket(layout_call_bucket_ns(i), site->histogram[i]);
  const observed_call call = {
      .loop = m->numbers[site->loop],
      .stack = site->stack == NO_INDEX ? 0 : (uint64_t)site->stack + 1,
      .api = hook_name(site->hook),
      .caller = &nowhere,
      .ncaller = 1,
      .count = site->count,
      .total_ns = site->total_ns,
      .max_ns = site->max_ns,
      .buckets = buckets,
      .nbuckets = count,
      .nested = site->nested,
  };
  visit(to, &call);
}

static bool visit_calls(void *producer, observed_call_visitor *visit, void *to, bs_error *error) {
  const memory_observation *m = producer;
  const recording *r = m->v->recording;
  (void)error;
  for (uint32_t i = 0; i < r->sites.count && !m->stall && !m->scope; i++)
    if (!r->sites.items[i].dropped && r->sites.items[i].count) visit_site(m, &r->sites.items[i], visit, to);
  return true;
}

/* ---- stalls and scopes ---- */

static void list_samples(memory_observation *m, const recorded_sample *samples, uint32_t count) {
  bool one = m->stall || m->scope;
  m->samples.count = 0;
  for (uint32_t i = 0; i < count && (!one || !i); i++)
    *bs_vec_push(&m->samples) =
        (observed_sample){samples[i].at, (uint64_t)samples[i].stack + 1, hook_api(samples[i].hook)};
}

static void visit_stall(memory_observation *m, const recorded_stall *stall, uint64_t id,
                        observed_stall_visitor *visit, void *to) {
  /* Of one that has just ended the sums are still to come: it is in the next report. */
  if (stall->dropped || !stall->kind || (m->stall && m->stall != stall) || m->scope) return;
  list_samples(m, stall->samples.items, stall->samples.count);
  m->calls.count = 0;
  recorded_calls_by_api(stall, &m->calls);
  observed_stall told = recorded_stall_observed(m->v->recording, stall);
  told.id = id;
  told.loop = m->numbers[stall->loop];
  told.samples = m->samples.items;
  told.nsamples = m->samples.count;
  told.calls = m->calls.items;
  told.ncalls = m->calls.count;
  visit(to, &told);
}

static bool visit_stalls(void *producer, observed_stall_visitor *visit, void *to, bs_error *error) {
  memory_observation *m = producer;
  const recording *r = m->v->recording;
  (void)error;
  for (uint32_t i = 0; i < r->stalls.count; i++) visit_stall(m, &r->stalls.items[i], i, visit, to);
  return true;
}

static bool visit_again(void *producer, const uint64_t *ids, uint32_t count, observed_stall_visitor *visit,
                        void *to, bs_error *error) {
  memory_observation *m = producer;
  (void)error;
  for (uint32_t i = 0; i < count; i++)
    visit_stall(m, &m->v->recording->stalls.items[ids[i]], ids[i], visit, to);
  return true;
}

static bool visit_scopes(void *producer, observed_scope_visitor *visit, void *to, bs_error *error) {
  memory_observation *m = producer;
  const recording *r = m->v->recording;
  (void)error;
  for (uint32_t i = 0; i < r->scopes.count; i++) {
    const recorded_scope *scope = &r->scopes.items[i];
    if ((m->scope && m->scope != scope) || m->stall) continue;
    list_samples(m, scope->samples.items, scope->samples.count);
    observed_scope told = recorded_scope_observed(r, scope);
    told.loop = scope->loop == NO_INDEX ? 0 : m->numbers[scope->loop];
    told.samples = m->samples.items;
    told.nsamples = m->samples.count;
    visit(to, &told);
  }
  return true;
}

static bool visit_notes(void *producer, observed_note_visitor *visit, void *to, bs_error *error) {
  const memory_observation *m = producer;
  (void)error;
  if (!m->stall && !m->scope) recording_notes(m->v->recording, visit, to);
  return true;
}

/* ---- the observation ---- */

static void number_loops(memory_observation *m) {
  const recording *r = m->v->recording;
  uint32_t number = 0;
  m->numbers = bs_calloc(r->loops.count + 1, sizeof *m->numbers);
  for (uint32_t i = 0; i < r->loops.count; i++) m->numbers[i] = r->loops.items[i].is_none ? 0 : ++number;
}

void memory_observation_init(memory_observation *m, const account *v) {
  const recording *r = v->recording;
  *m = (memory_observation){.v = v};
  bs_intern_init(&m->texts);
  for (uint32_t i = 0; i < v->stacks.count; i++)
    for (uint32_t f = 0; f < v->stacks.items[i].frames.count; f++)
      know_file(m, v->stacks.items[i].frames.items[f].file);
  number_loops(m);
  m->made = (observation){.producer = m,
                          .threshold_ns = r->options.threshold_ns,
                          .duration_ns = r->ended > r->began ? r->ended - r->began : 0,
                          .loops = visit_loops,
                          .calls = visit_calls,
                          .stalls = visit_stalls,
                          .again = visit_again,
                          .scopes = visit_scopes,
                          .notes = visit_notes,
                          .stack = find_stack,
                          .files = list_files};
}

void memory_observation_fini(memory_observation *m) {
  bs_intern_fini(&m->texts);
  bs_map_fini(&m->file_ids);
  bs_vec_fini(&m->files);
  bs_vec_fini(&m->frames);
  bs_vec_fini(&m->samples);
  bs_vec_fini(&m->calls);
  free(m->numbers);
}

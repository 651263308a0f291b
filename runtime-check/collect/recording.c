/* The recording's vectors: found or made by key, and written to the store in batches. */
#include "runtime-check/collect/recording.h"

#include "base/module.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <xxhash.h>

enum {
  SITES_FLUSHED = 256, /* looked at in one batch while the program runs */
  /* What a program may make of its threads and places: some 300 MB at most. */
  LOOPS_MAX = 65536,
  SITES_MAX = 131072,
  STACKS_MAX = 262144, /* one without frames stands for the others */
};

uint64_t clock_now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

static void begin(recording *r) {
  bs_intern_init(&r->names);
  r->symbols = symbols_new(r->options.debuginfo);
  r->began = r->started = clock_now();
}

static const recording empty = {.offers = -1, .handed_down = -1, .control = -1};

bool recording_init(recording *r, const recording_options *options, bs_error *error) {
  *r = empty;
  r->options = *options;
  if (!regions_open(r, error)) return false;
  begin(r);
  return true;
}

bool recording_join(recording *r, const recording_options *options, pid_t program, const recording_ends *ends,
                    bs_error *error) {
  *r = empty;
  r->options = *options;
  r->control = ends->control;
  r->attached = true;
  r->program = program;
  region *g = region_new(ends->memory, program);
  close(ends->memory);
  if (!regions_listen(r, ends->offers, error)) return false;
  if (!g)
    return bs_error_set(error,
                        "--attach is for programs that call bs_runtime_start(), linked to this version of "
                        "libblockscan.so");
  *bs_vec_push(&r->regions) = g;
  r->offered = true;
  r->options.threshold_ns = recorded_bounded(atomic_load(&g->head->threshold_ns));
  begin(r);
  g->process = recording_process(r, program);
  return true;
}

static void process_fini(recorded_process *p) {
  if (p->tracee) tracee_free(p->tracee);
  free(p->executable);
}

void recording_fini(recording *r) {
  for (uint32_t i = 0; i < r->processes.count; i++) process_fini(&r->processes.items[i]);
  for (uint32_t i = 0; i < r->stacks.count; i++) free(r->stacks.items[i].pc);
  for (uint32_t i = 0; i < r->stalls.count; i++) {
    bs_vec_fini(&r->stalls.items[i].samples);
    bs_vec_fini(&r->stalls.items[i].calls);
  }
  for (uint32_t i = 0; i < r->sites.count; i++) {
    free(r->sites.items[i].histogram);
    free(r->sites.items[i].base_histogram);
  }
  for (uint32_t i = 0; i < r->loops.count; i++) {
    bs_vec_fini(&r->loops.items[i].calls);
    free(r->loops.items[i].base);
  }
  for (uint32_t i = 0; i < r->scopes.count; i++) bs_vec_fini(&r->scopes.items[i].samples);
  bs_vec_fini(&r->scopes);
  strays_fini(r);
  bs_intern_fini(&r->names);
  if (r->symbols) symbols_free(r->symbols);
  bs_vec_fini(&r->processes);
  bs_vec_fini(&r->loops);
  bs_vec_fini(&r->stalls);
  bs_vec_fini(&r->stacks);
  bs_vec_fini(&r->sites);
  bs_vec_fini(&r->undo);
  bs_map_fini(&r->stack_index);
  bs_map_fini(&r->site_index);
  for (uint32_t i = 0; i < r->regions.count; i++) region_free(r->regions.items[i]);
  bs_vec_fini(&r->regions);
  const int fds[] = {r->offers, r->handed_down, r->control};
  for (size_t i = 0; i < sizeof fds / sizeof *fds; i++)
    if (fds[i] >= 0) close(fds[i]);
}

static char *executable_of(pid_t pid) {
  char link[32], path[4096];
  snprintf(link, sizeof link, "/proc/%d/exe", (int)pid);
  ssize_t n = readlink(link, path, sizeof path - 1);
  path[n > 0 ? n : 0] = 0;
  return bs_strdup(path);
}

uint32_t recording_process(recording *r, pid_t pid) {
  for (uint32_t i = r->processes.count; i-- > 0;)
    if (r->processes.items[i].pid == pid && !r->processes.items[i].gone) return i;
  recorded_process *p = bs_vec_push(&r->processes);
  p->pid = pid;
  p->executable = executable_of(pid);
  p->ignored = !r->options.follow && pid != r->program;
  return r->processes.count - 1;
}

tracee *recording_tracee(recording *r, uint32_t process) {
  recorded_process *p = &r->processes.items[process];
  if (p->tracee) return p->tracee;
  p->tracee = tracee_new(p->pid);
  if (r->symbols) tracee_use_places(p->tracee, symbols_python(r->symbols));
  return p->tracee;
}

uint32_t recording_loop(recording *r, uint32_t process, pid_t tid) {
  if (r->loops.count == LOOPS_MAX) return NO_INDEX;
  recorded_loop *l = bs_vec_push(&r->loops);
  *l = (recorded_loop){.process = process, .tid = tid, .wait_stack = NO_INDEX, .library = ""};
  char path[64];
  snprintf(path, sizeof path, "/proc/%d/task/%d/comm", (int)r->processes.items[process].pid, (int)tid);
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  ssize_t n = fd >= 0 ? read(fd, l->name, sizeof l->name - 1) : 0;
  if (fd >= 0) close(fd);
  if (n > 0 && l->name[n - 1] == '\n') n--;
  l->name[n > 0 ? n : 0] = 0;
  return r->loops.count - 1;
}

/* The addresses of a stack without those in the recorder's own library, which stands between a run function
 * and its caller. Returns how many; `out` has room for all. */
static uint32_t program_frames(tracee *t, const stack *st, uint64_t *out) {
  uint32_t count = 0;
  for (uint32_t i = 0; i < st->count; i++) {
    const module_row *m = tracee_module(t, st->pc[i]);
    if (!m || !bs_module_is_preload(m->path)) out[count++] = st->pc[i];
  }
  return count;
}

uint32_t recording_stack(recording *r, uint32_t process, const stack *st) {
  uint64_t *pc = bs_malloc((st->count + 1) * sizeof *pc);
  uint32_t count = program_frames(recording_tracee(r, process), st, pc);
  uint64_t key = XXH3_64bits_withSeed(pc, count * sizeof *pc, process);
  bool is_new;
  uint32_t known;
  if (r->stacks.count >= STACKS_MAX && !bs_map_find(&r->stack_index, key, &known)) key = count = 0;
  uint32_t index = bs_map_add(&r->stack_index, key, r->stacks.count, &is_new);
  if (!is_new && r->stacks.items[index].pc) {
    free(pc);
    return index;
  }
  if (is_new)
    *bs_vec_push(&r->stacks) =
        (recorded_stack){.process = process,
                         .omitted = st->omitted,
                         .cut = st->cut,
                         .running = st->running && count && st->count && pc[0] == st->pc[0]};
  r->stacks.items[index].count = count;
  r->stacks.items[index].pc = pc;
  return index;
}

const char *recording_task(recording *r, const stack *st) {
  if (!*st->task) return NULL;
  bs_strbuf name = BS_STRBUF_INIT;
  bs_strbuf_addf(&name, "task %s", st->task);
  const char *task = bs_intern_text(&r->names, bs_intern_adds(&r->names, name.text));
  bs_strbuf_fini(&name);
  return task;
}

uint32_t recording_site(recording *r, uint32_t loop, uint64_t caller, uint64_t key) {
  const uint64_t words[] = {loop, caller, key};
  bool is_new;
  uint32_t known;
  if (r->sites.count == SITES_MAX && !bs_map_find(&r->site_index, XXH3_64bits(words, sizeof words), &known))
    return NO_INDEX;
  uint32_t index = bs_map_add(&r->site_index, XXH3_64bits(words, sizeof words), r->sites.count, &is_new);
  if (is_new)
    *bs_vec_push(&r->sites) = (recorded_site){.loop = loop,
                                              .hook = layout_site_hook(key),
                                              .nested = (key & LAYOUT_SITE_NESTED) != 0,
                                              .caller = caller,
                                              .sp = layout_site_sp(key),
                                              .stack = NO_INDEX,
                                              .stored_stack = NO_INDEX,
                                              .histogram = bs_calloc(LAYOUT_CALL_BUCKETS, sizeof(uint32_t))};
  return index;
}

void recording_call(recording *r, uint32_t loop, const layout_event *call) {
  uint32_t index = recording_site(r, loop, call->caller, layout_site_key(0, call->hook));
  if (index == NO_INDEX) return;
  recorded_site *site = &r->sites.items[index];
  uint64_t ns = call->end - call->start;
  site->count++;
  site->total_ns += ns;
  if (ns > site->max_ns) site->max_ns = ns;
  site->histogram[layout_call_bucket(ns)]++;
}

/* Notes the row of something that did not have that one. */
static int64_t set_stored(recording *r, int64_t *field, int64_t id) {
  *bs_vec_push(&r->undo) = (stored_before){field, *field};
  return *field = id;
}

static int64_t stored_process(recording *r, uint32_t index) {
  recorded_process *p = &r->processes.items[index];
  if (!p->stored) set_stored(r, &p->stored, store_process(r->store, r->session, p->pid, p->executable));
  return p->stored;
}

static int64_t stored_loop(recording *r, uint32_t index) {
  recorded_loop *l = &r->loops.items[index];
  if (!l->stored)
    set_stored(r, &l->stored,
               store_loop(r->store, stored_process(r, l->process), l->tid, l->name, l->library));
  return l->stored;
}

static int64_t stored_stack(recording *r, uint32_t index) {
  recorded_stack *s = &r->stacks.items[index];
  if (s->stored) return s->stored;
  stack *whole = bs_calloc(1, sizeof *whole);
  whole->count = s->count;
  whole->omitted = s->omitted;
  whole->cut = s->cut;
  whole->running = s->running;
  memcpy(whole->pc, s->pc, s->count * sizeof *s->pc);
  set_stored(r, &s->stored,
             store_stack(r->store, stored_process(r, s->process), whole, recording_tracee(r, s->process)));
  free(whole);
  return s->stored;
}

static observed_sample sample_row(recording *r, const recorded_sample *sample) {
  return (observed_sample){sample->at, (uint64_t)stored_stack(r, sample->stack), hook_api(sample->hook)};
}

static void flush_stall(recording *r, recorded_stall *stall) {
  if (stall->dropped) return;
  const observed_stall row = recorded_stall_observed(r, stall);
  set_stored(r, &stall->stored, store_stall_add(r->store, stored_loop(r, stall->loop), &row));
  for (uint32_t i = 0; i < stall->samples.count; i++) {
    const observed_sample sample = sample_row(r, &stall->samples.items[i]);
    store_sample_add(r->store, stall->stored, &sample);
  }
  for (uint32_t i = 0; i < stall->calls.count; i++) {
    const recorded_call *call = &stall->calls.items[i];
    store_stall_call_add(r->store, stall->stored, hook_name(call->hook), call->count, call->total_ns);
  }
}

static void flush_scope(recording *r, recorded_scope *scope) {
  const observed_scope row = recorded_scope_observed(r, scope);
  const int64_t loop = scope->loop == NO_INDEX ? 0 : stored_loop(r, scope->loop);
  set_stored(r, &scope->stored, store_scope_add(r->store, stored_process(r, scope->process), loop, &row));
  for (uint32_t i = 0; i < scope->samples.count; i++) {
    const observed_sample sample = sample_row(r, &scope->samples.items[i]);
    store_scope_sample_add(r->store, scope->stored, &sample);
  }
}

/* Of what a loop's row says, without what cannot change alone. */
static uint64_t totals_of(const recorded_loop *l) {
  const uint64_t words[] = {l->iterations, l->busy_ns,  l->idle_ns,    l->max_ns,
                            l->dropped,    l->unplaced, l->wait_stack, (uintptr_t)l->library};
  return XXH3_64bits(words, sizeof words) | 1;
}

/* Counters only grow, unless the program writes into its own memory. */
static uint64_t grown(uint64_t now, uint64_t before) { return now > before ? now - before : 0; }

/* The loop since the file began. The longest of all is the longest of these, unless it is of before. */
static void since_base(const recorded_loop *l, recorded_loop *out) {
  const recorded_loop *base = l->base;
  *out = *l;
  if (!base) return;
  out->iterations = grown(l->iterations, base->iterations);
  out->busy_ns = grown(l->busy_ns, base->busy_ns);
  out->idle_ns = grown(l->idle_ns, base->idle_ns);
  out->dropped = grown(l->dropped, base->dropped);
  out->unplaced = grown(l->unplaced, base->unplaced);
  for (uint32_t i = 0; i < LAYOUT_BUCKETS; i++)
    out->histogram[i] = grown(l->histogram[i], base->histogram[i]);
  if (l->max_ns == base->max_ns) out->max_ns = loop_quantile(out, 1);
}

static void flush_loop(recording *r, uint32_t index) {
  recorded_loop since, *whole = &r->loops.items[index];
  const recorded_loop *l = &since;
  const uint64_t now = totals_of(whole);
  if ((whole->is_none && !whole->stored) || now == whole->stored_totals) return;
  whole->stored_totals = now;
  since_base(whole, &since);
  const store_loop_totals totals = {.iterations = l->iterations,
                                    .busy_ns = l->busy_ns,
                                    .idle_ns = l->idle_ns,
                                    .max_ns = l->max_ns,
                                    .dropped = l->dropped,
                                    .histogram = l->histogram,
                                    .unplaced_calls = l->unplaced,
                                    .library = l->library,
                                    .wait_stack =
                                        l->wait_stack == NO_INDEX ? 0 : stored_stack(r, l->wait_stack)};
  store_loop_update(r->store, stored_loop(r, index), &totals);
}

/* The longest call since the file began, to the bucket's end: when the longest of all was earlier is not
 * known. */
static uint64_t longest_since(const recorded_site *s, const uint64_t *histogram) {
  uint32_t i = LAYOUT_CALL_BUCKETS;
  if (!s->base_histogram) return s->max_ns;
  while (i > 0 && !histogram[i - 1]) i--;
  uint64_t end = i ? call_bucket(layout_call_bucket_ns(i - 1), 1).high_ns : 0;
  return end < s->max_ns ? end : s->max_ns;
}

static void flush_site(recording *r, recorded_site *s) {
  tracee *t = recording_tracee(r, r->loops.items[s->loop].process);
  uint64_t histogram[LAYOUT_CALL_BUCKETS];
  if (s->count == s->stored_count && s->stack == s->stored_stack) return;
  if (s->count == s->base_count) return; /* none since the file began */
  if (!s->stored)
    set_stored(
        r, &s->stored,
        store_call_add(r->store, stored_loop(r, s->loop), hook_name(s->hook), s->nested, s->caller, t));
  for (uint32_t i = 0; i < LAYOUT_CALL_BUCKETS; i++)
    histogram[i] = s->histogram[i] - (s->base_histogram ? s->base_histogram[i] : 0);
  const store_call_totals totals = {.count = s->count - s->base_count,
                                    .total_ns = s->total_ns - s->base_total_ns,
                                    .max_ns = longest_since(s, histogram),
                                    .stack = s->stack == NO_INDEX ? 0 : stored_stack(r, s->stack),
                                    .histogram = histogram};
  store_call_update(r->store, s->stored, &totals);
  s->stored_count = s->count;
  s->stored_stack = s->stack;
}

/* Some of those that have grown; all at the end. */
static void flush_sites(recording *r, bool last) {
  uint32_t batch = last || r->sites.count < SITES_FLUSHED ? r->sites.count : SITES_FLUSHED;
  for (uint32_t i = 0; i < batch; i++) {
    recorded_site *s = &r->sites.items[(r->next_site + i) % r->sites.count];
    if (!s->dropped && !r->loops.items[s->loop].is_none) flush_site(r, s);
  }
  if (batch) r->next_site = (r->next_site + batch) % r->sites.count;
}

/* A stall without an end may yet prove to be none: it is written last. */
static void write_new(recording *r, bool last) {
  for (uint32_t i = r->stalls_flushed; i < r->stalls.count; i++) {
    recorded_stall *stall = &r->stalls.items[i];
    if (stall->settled && !stall->stored && (stall->ended || last)) flush_stall(r, stall);
    if (i == r->stalls_flushed && (stall->stored || stall->dropped)) r->stalls_flushed++;
  }
  for (uint32_t i = 0; i < r->loops.count; i++) flush_loop(r, i);
  for (; r->scopes_flushed < r->scopes.count; r->scopes_flushed++)
    flush_scope(r, &r->scopes.items[r->scopes_flushed]);
  flush_sites(r, last);
}

typedef struct flushed_before {
  uint32_t stalls, scopes;
} flushed_before;

static flushed_before begin_writing(recording *r) {
  r->undo.count = 0;
  return (flushed_before){r->stalls_flushed, r->scopes_flushed};
}

/* Nothing of what was written is there. */
static void undo(recording *r, const flushed_before *before) {
  while (r->undo.count) {
    const stored_before *row = &r->undo.items[--r->undo.count];
    *row->field = row->id;
  }
  r->stalls_flushed = before->stalls;
  r->scopes_flushed = before->scopes;
  for (uint32_t i = 0; i < r->sites.count; i++) r->sites.items[i].stored_count = NO_TIME;
  for (uint32_t i = 0; i < r->loops.count; i++) r->loops.items[i].stored_totals = 0;
}

void recording_flush(recording *r) {
  if (!r->store || !store_begin(r->store, 0)) return;
  const flushed_before before = begin_writing(r);
  write_new(r, false);
  if (!store_commit(r->store)) undo(r, &before);
}

static void write_end(recording *r, const account *v) {
  write_new(r, true);
  account_store(v);
  store_symbolise(r->store, r->symbols);
}

/* Several tries to write it as a whole; what has changed meanwhile may help. */
static bool store_as_a_whole(recording *r, const account *v) {
  static const unsigned wait_ms[] = {10000, 300, 300};
  for (size_t i = 0; i < sizeof wait_ms / sizeof *wait_ms; i++) {
    if (!store_begin(r->store, wait_ms[i])) continue;
    const flushed_before before = begin_writing(r);
    write_end(r, v);
    if (store_commit(r->store)) return true;
    undo(r, &before);
  }
  return false;
}

void recording_store(recording *r, const account *v) {
  if (!r->store || store_as_a_whole(r, v)) return;
  begin_writing(r);
  write_end(r, v);
  store_flush(r->store);
}

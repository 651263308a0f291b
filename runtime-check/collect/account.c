/* From raw stacks to what a person wants to know: which function the loop had called, and which line held it.
 *
 * The callback is the first function inside of the loop's own: below the library's frames, or, where the
 * program waits by itself, below the function that also made the wait. Functions of the loop that only
 * dispatch are told by the places that they call from: one place that calls different functions. The culprit
 * is the innermost frame of the program's own code.
 */
#include "runtime-check/collect/code.h"
#include "runtime-check/collect/recording.h"
#include "runtime-check/collect/script.h"

#include "base/hash.h"
#include "base/module.h"
#include "base/path.h"
#include "runtime-check/python/python.h"

#include <stdlib.h>
#include <string.h>

enum {
  DISPATCH_DEPTH = 2, /* functions between a loop's own and its callbacks, at most */
  LOOP_DEPTH = 4, /* functions from a loop's own to its wait, at most, without inlined ones */
  FEW_ITERATIONS = 10,
};

static bool starts_with(const char *text, const char *prefix) {
  return !strncmp(text, prefix, strlen(prefix));
}

/* Start-up code has a file or a module of the program's, but is nobody's own. */
static bool is_startup(const char *function) {
  static const char *const names[] = {"_start",
                                      "__libc_start_main",
                                      "__libc_start_main_impl",
                                      "__libc_start_call_main",
                                      "_init",
                                      "_fini",
                                      "start_thread",
                                      "clone",
                                      "clone3",
                                      "__clone3"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (!strcmp(function, names[i])) return true;
  return false;
}

static bool is_node(const char *module) {
  const char *file = bs_path_basename(module);
  return !strcmp(file, "node") || !strcmp(file, "nodejs") || starts_with(file, "libnode.so");
}

/* CPython or node itself, and what was compiled for it. */
static bool is_interpreter(const char *module) {
  const char *file = bs_path_basename(module);
  return starts_with(file, "python3") || starts_with(file, "libpython3") || python_file_is_library(module) ||
         is_node(module) || strstr(module, "/node_modules/");
}

bool frame_runs_scripts(const frame *f) {
  return !frame_is_script(f) && f->module && is_interpreter(f->module);
}

/* The program's own, and what lies in no system folder. */
bool frame_is_own(const frame *f) {
  if (frame_is_python(f)) return f->file && !python_file_is_library(f->file);
  if (frame_is_script(f)) return !script_file_is_library(f->file);
  if (f->module && is_interpreter(f->module)) return false;
  if (is_startup(f->function) || loop_library_of_function(f->function)) return false;
  if (f->module && bs_module_is_preload(f->module)) return false;
  if (f->module && *f->module && (bs_module_is_system(f->module) || loop_library_of_path(f->module)))
    return false;
  return f->file ? !bs_module_is_system(f->file) : f->module && *f->module;
}

static void name_frames(account *v, const recorded_stack *s, named_stack *out) {
  tracee *t = recording_tracee(v->recording, s->process);
  for (uint32_t i = 0; i < s->count; i++) {
    const module_row *m = tracee_module(t, s->pc[i]);
    uint32_t before = out->frames.count;
    *bs_vec_push(&out->first) = before;
    if (m) symbols_find(v->recording->symbols, m, s->pc[i], i || !s->running, &out->frames);
    if (out->frames.count == before)
      *bs_vec_push(&out->frames) = (frame){.function = "", .module = m ? m->path : ""};
  }
}

/* The innermost function from `from` on that runs a loop; the number of frames without one. */
static uint32_t next_run(const frame_list *frames, uint32_t from) {
  while (from < frames->count && !loop_library_of_run_frame(&frames->items[from])) from++;
  return from;
}

static uint32_t inside_library(const frame_list *frames, uint32_t end) {
  while (end > 0 && loop_library_of_frame(&frames->items[end - 1])) end--;
  return end > 0 ? end - 1 : NO_INDEX;
}

/* Below the library's frames: inside of the innermost function that runs a loop, since a callback may run
 * another one; when that one has called nothing, it was itself what a callback of the next one waited for.
 * Without such a name, inside of the outermost of the library. */
static uint32_t below_library(const frame_list *frames) {
  uint32_t run = next_run(frames, 0), end = frames->count;
  if (run == end) {
    while (end > 0 && !loop_library_of_frame(&frames->items[end - 1])) end--;
    return end ? inside_library(frames, end) : NO_INDEX;
  }
  for (; run < end; run = next_run(frames, run + 1)) {
    uint32_t below = inside_library(frames, run + 1);
    if (below != NO_INDEX) return below;
  }
  return NO_INDEX;
}

/* In a loop that runs Python or scripts: the outermost function of the program's own below what runs the
 * loop, which is the handler or the coroutine of the task; without one, the outermost of no loop library. */
static uint32_t script_handler(const frame_list *frames) {
  for (int own = 1; own >= 0; own--)
    for (uint32_t run = next_run(frames, 0); run < frames->count; run = next_run(frames, run + 1))
      for (uint32_t i = run; i-- > 0;) {
        const frame *f = &frames->items[i];
        if (frame_is_script(f) && (own ? frame_is_own(f) : !loop_library_of_frame(f))) return i;
      }
  return NO_INDEX;
}

/* How many of the outermost functions two stacks share by name. */
static uint32_t shared_functions(const frame_list *a, const frame_list *b) {
  uint32_t n = 0;
  while (n < a->count && n < b->count) {
    const char *x = a->items[a->count - 1 - n].function, *y = b->items[b->count - 1 - n].function;
    if (strcmp(x, y) != 0) break;
    n++;
  }
  return n;
}

static bool is_wait(const char *function) {
  static const char *const waits[] = {"epoll_wait", "epoll_pwait", "poll",           "ppoll",
                                      "select",     "pselect",     "sigwait",        "sigtimedwait",
                                      "msgrcv",     "mq_receive",  "mq_timedreceive"};
  while (*function == '_') function++;
  for (size_t i = 0; i < sizeof waits / sizeof *waits; i++)
    if (starts_with(function, waits[i])) return true;
  return false;
}

static uint32_t find_culprit(const frame_list *frames) {
  for (uint32_t i = 0; i < frames->count; i++)
    if (frame_is_own(&frames->items[i])) return i;
  /* Where node's functions have no names, what it did itself says more than nothing. */
  for (uint32_t i = 0; i < frames->count; i++)
    if (frames->items[i].module && is_node(frames->items[i].module) && *frames->items[i].function) return i;
  return NO_INDEX;
}

static bool has_run(const frame_list *frames) {
  for (uint32_t i = 0; i < frames->count; i++)
    if (loop_library_of_run_frame(&frames->items[i])) return true;
  return false;
}

static bool is_leaving(const frame_list *frames) {
  static const char *const ends[] = {"exit", "__run_exit_handlers", "_exit", "__call_tls_dtors", "_dl_fini"};
  for (uint32_t i = 0; i < frames->count; i++)
    for (size_t k = 0; k < sizeof ends / sizeof *ends; k++)
      if (!strcmp(frames->items[i].function, ends[k])) return true;
  return false;
}

/* The wait of the loop that a stall's stack belongs to; NULL when it was not seen. */
static const frame_list *wait_of(const account *v, uint32_t loop) {
  if (loop == NO_INDEX) return NULL;
  uint32_t wait = v->recording->loops.items[loop].wait_stack;
  return wait == NO_INDEX ? NULL : &v->stacks.items[wait].frames;
}

/* The places from which functions of a loop call: one that calls different functions is a dispatcher's. */
typedef struct call_place {
  const char *callee;
  bool dispatches;
} call_place;
typedef struct call_places {
  bs_map index; /* by the hash of loop and return address */
  BS_VEC(call_place) items;
} call_places;

/* The place from which the function of a frame calls the next one; NULL when that one was inlined. Each
 * function that was not inlined has a return address. */
static call_place *place_in(const account *v, uint32_t loop, uint32_t index, uint32_t caller,
                            call_places *places) {
  const recorded_stack *raw = &v->recording->stacks.items[index];
  const frame_list *frames = &v->stacks.items[index].frames;
  uint32_t n = 0;
  bool is_new;
  if (!caller || frames->items[caller - 1].inlined) return NULL;
  for (uint32_t i = 0; i < caller; i++) n += !frames->items[i].inlined;
  if (n >= raw->count) return NULL;
  uint64_t key = bs_hash_mix(loop, raw->pc[n]);
  uint32_t at = bs_map_add(&places->index, key, places->items.count, &is_new);
  if (is_new) *bs_vec_push(&places->items) = (call_place){.callee = frames->items[caller - 1].function};
  return &places->items.items[at];
}

/* Goes from the loop's own function inwards, over what may be its dispatchers; `visit` returning false ends
 * the walk. */
static void walk_dispatch(account *v, uint32_t loop, uint32_t index, call_places *places,
                          bool visit(named_stack *s, uint32_t caller, call_place *place)) {
  named_stack *s = &v->stacks.items[index];
  if (!s->in_own_loop || s->callback == NO_INDEX) return;
  uint32_t first = s->callback + 1, last = first > DISPATCH_DEPTH ? first - DISPATCH_DEPTH : 1;
  for (uint32_t i = first; i >= last && frame_is_own(&s->frames.items[i - 1]); i--) {
    call_place *place = place_in(v, loop, index, i, places);
    if (place && !visit(s, i, place)) return;
  }
}

static bool note_callee(named_stack *s, uint32_t caller, call_place *place) {
  place->dispatches |= strcmp(place->callee, s->frames.items[caller - 1].function) != 0;
  return true;
}

static bool find_callback(named_stack *s, uint32_t caller, call_place *place) {
  if (place->dispatches) s->callback = caller - 1;
  return !place->dispatches;
}

/* In a library's loop the callback is below the library; in the program's own it is where the ways to it and
 * to the wait part. */
static void judge_stack(account *v, uint32_t loop, uint32_t index, call_places *places) {
  (void)places;
  named_stack *s = &v->stacks.items[index];
  const frame_list *wait = wait_of(v, loop);
  s->culprit = find_culprit(&s->frames);
  s->callback = script_handler(&s->frames);
  if (s->callback == NO_INDEX) s->callback = below_library(&s->frames);
  /* What runs the library's loop has not held it. */
  if (s->callback != NO_INDEX && s->culprit != NO_INDEX && s->culprit > s->callback) s->culprit = NO_INDEX;
  s->shared = wait ? shared_functions(wait, &s->frames) : 0;
  s->in_own_loop =
      wait && !has_run(wait) && s->callback == NO_INDEX && s->shared && s->shared < s->frames.count;
  if (s->in_own_loop) s->callback = s->frames.count - 1 - s->shared;
}

static void note_dispatch(account *v, uint32_t loop, uint32_t index, call_places *places) {
  walk_dispatch(v, loop, index, places, note_callee);
}

/* Where an own loop has functions that dispatch, the callback is what they call. */
static void pass_dispatch(account *v, uint32_t loop, uint32_t index, call_places *places) {
  walk_dispatch(v, loop, index, places, find_callback);
}

typedef void judge_step(account *v, uint32_t loop, uint32_t index, call_places *places);
static judge_step *const steps[] = {judge_stack, note_dispatch, pass_dispatch};
enum { STEPS = sizeof steps / sizeof *steps };

static void for_each_sample(account *v, uint32_t loop, const recorded_sample *samples, uint32_t count,
                            judge_step *step, call_places *places) {
  for (uint32_t i = 0; i < count; i++) step(v, loop, samples[i].stack, places);
}

/* Each stack that was taken of a loop in an iteration. */
static void for_each_stack(account *v, judge_step *step, call_places *places) {
  const recording *r = v->recording;
  for (uint32_t i = 0; i < r->stalls.count; i++) {
    const recorded_stall *stall = &r->stalls.items[i];
    for_each_sample(v, stall->loop, stall->samples.items, stall->samples.count, step, places);
  }
  for (uint32_t i = 0; i < r->scopes.count; i++) {
    const recorded_scope *scope = &r->scopes.items[i];
    for_each_sample(v, scope->loop, scope->samples.items, scope->samples.count, step, places);
  }
  for (uint32_t i = 0; i < r->sites.count; i++)
    if (r->sites.items[i].stack != NO_INDEX) step(v, r->sites.items[i].loop, r->sites.items[i].stack, places);
}

/* How many functions a wait is below those that another stack shares with it; one that was inlined is its
 * caller's own. */
static uint32_t depth_below(const frame_list *wait, uint32_t shared) {
  uint32_t depth = 0;
  for (uint32_t i = 0; i + shared < wait->count; i++) depth += !wait->items[i].inlined;
  return depth;
}

/* Whether the place where the ways to a stack and to the wait part leads back to the wait: what a loop's
 * function does behind the loop does not. */
static enum code_way way_back(const account *v, uint32_t loop, uint32_t index) {
  const recording *r = v->recording;
  const recorded_stack *s = &r->stacks.items[index];
  const recorded_stack *wait = &r->stacks.items[r->loops.items[loop].wait_stack];
  uint32_t shared = 0;
  if (!s->pc || !wait->pc || s->cut || wait->cut) return CODE_WAY_UNKNOWN;
  while (shared < s->count && shared < wait->count &&
         s->pc[s->count - 1 - shared] == wait->pc[wait->count - 1 - shared])
    shared++;
  if (!shared || shared == s->count || shared == wait->count) return CODE_WAY_UNKNOWN;
  return code_reaches(recording_tracee(v->recording, s->process), s->pc[s->count - 1 - shared],
                      wait->pc[wait->count - 1 - shared]);
}

/* Whether the thread was in its loop. After the last wait "busy" does not end: what a program does when its
 * loop is over looks like an iteration, and so does a worker's rest between two jobs in which a library
 * polls. `depth` is how many functions the stalls that did end share with the wait, 0 when there is none. */
static bool is_in_loop(const account *v, const recorded_stall *stall, uint32_t index, uint32_t depth) {
  const frame_list *wait = wait_of(v, stall->loop);
  const named_stack *s = &v->stacks.items[index];
  if (!stall->ended && is_leaving(&s->frames)) return false;
  if (!wait || v->recording->stacks.items[index].cut) return true;
  if (has_run(wait)) return stall->ended || has_run(&s->frames);
  enum code_way way = stall->ended ? CODE_WAY_UNKNOWN : way_back(v, stall->loop, index);
  if (way != CODE_WAY_UNKNOWN) return way == CODE_WAY_THERE;
  if (!s->shared) return stall->ended; /* a coroutine has a stack of its own */
  if (depth_below(wait, s->shared) > LOOP_DEPTH) return false;
  if (stall->ended) return true;
  if (depth) return s->shared >= depth;
  if (v->recording->processes.items[v->recording->loops.items[stall->loop].process].was_ended) return true;
  /* The function that waits is the only one that can be told to be the loop. */
  return s->shared >= wait->count || is_wait(wait->items[wait->count - 1 - s->shared].function);
}

/* Of each loop, how many functions the stalls and calls in iterations that did end share with its wait, at
 * most. */
static uint32_t *ended_depths(const account *v) {
  const recording *r = v->recording;
  uint32_t *depths = bs_calloc(r->loops.count + 1, sizeof *depths);
  for (uint32_t i = 0; i < r->stalls.count; i++) {
    const recorded_stall *stall = &r->stalls.items[i];
    const named_stack *s =
        stall->ended && stall->samples.count ? &v->stacks.items[stall->samples.items[0].stack] : NULL;
    if (s && s->shared > depths[stall->loop]) depths[stall->loop] = s->shared;
  }
  for (uint32_t i = 0; i < r->sites.count; i++) {
    const recorded_site *site = &r->sites.items[i];
    if (site->stack == NO_INDEX || site->iteration > r->loops.items[site->loop].iterations) continue;
    uint32_t shared = v->stacks.items[site->stack].shared;
    if (shared > depths[site->loop]) depths[site->loop] = shared;
  }
  return depths;
}

static void judge_stall(account *v, recorded_stall *stall, uint32_t depth) {
  const recording *r = v->recording;
  bool refused = r->processes.items[r->loops.items[stall->loop].process].refused;
  if (!stall->samples.count && (stall->ended || refused)) return; /* nothing speaks against it */
  stall->dropped = true;
  for (uint32_t i = 0; i < stall->samples.count; i++) {
    uint32_t index = stall->samples.items[i].stack;
    if (is_in_loop(v, stall, index, depth)) stall->dropped = false;
  }
}

/* A call whose place was seen only in an iteration that did not end may have been made when the loop was
 * over. */
static void judge_site(account *v, recorded_site *site, uint32_t depth) {
  const recorded_loop *l = &v->recording->loops.items[site->loop];
  if (site->stack == NO_INDEX || site->iteration <= l->iterations) return;
  const recorded_stall like = {.loop = site->loop};
  site->dropped = !is_in_loop(v, &like, site->stack, depth);
}

static void name_loop(account *v, uint32_t index) {
  recorded_loop *l = &v->recording->loops.items[index];
  const frame_list *wait = wait_of(v, index);
  if (!wait) return;
  for (uint32_t i = wait->count; i-- > 0 && !*l->library;) {
    const char *library = loop_library_of_run_frame(&wait->items[i]);
    if (library) l->library = library;
  }
  uint32_t waiter = 0;
  while (waiter + 1 < wait->count && is_wait(wait->items[waiter].function)) waiter++;
  l->is_none = !v->recording->period_ns && !*l->library && l->iterations < FEW_ITERATIONS && wait->count &&
               !frame_is_own(&wait->items[waiter]);
}

/* A site whose stack was not copied has at least its place. */
static void give_places(recording *r) {
  for (uint32_t i = 0; i < r->sites.count; i++) {
    recorded_site *site = &r->sites.items[i];
    uint32_t process = r->loops.items[site->loop].process;
    if (site->stack != NO_INDEX || !tracee_module(recording_tracee(r, process), site->caller)) continue;
    stack place = {.pc = {site->caller}, .count = 1, .cut = true};
    site->stack = recording_stack(r, process, &place);
  }
}

void account_init_one(account *v, recording *r, uint32_t loop, uint32_t index) {
  *v = (account){.recording = r};
  uint32_t wait = loop == NO_INDEX ? NO_INDEX : r->loops.items[loop].wait_stack;
  for (uint32_t i = 0; i < r->stacks.count; i++) {
    named_stack *s = bs_vec_push(&v->stacks);
    s->callback = s->culprit = NO_INDEX;
    if (i == index || i == wait) name_frames(v, &r->stacks.items[i], s);
  }
  if (index != NO_INDEX) judge_stack(v, loop, index, NULL);
}

static void judge_stacks(account *v) {
  call_places places = {0};
  for (int step = 0; step < STEPS; step++) for_each_stack(v, steps[step], &places);
  bs_map_fini(&places.index);
  bs_vec_fini(&places.items);
}

static void judge_loops(account *v) {
  recording *r = v->recording;
  for (uint32_t i = 0; i < r->loops.count; i++) name_loop(v, i);
  uint32_t *depths = ended_depths(v);
  for (uint32_t i = 0; i < r->stalls.count; i++) {
    recorded_stall *stall = &r->stalls.items[i];
    judge_stall(v, stall, depths[stall->loop]);
    stall->dropped |= r->loops.items[stall->loop].is_none;
  }
  for (uint32_t i = 0; i < r->sites.count; i++) {
    recorded_site *site = &r->sites.items[i];
    judge_site(v, site, depths[site->loop]);
    site->dropped |= r->loops.items[site->loop].is_none;
  }
  free(depths);
}

void account_init(account *v, recording *r) {
  *v = (account){.recording = r};
  give_places(r);
  for (uint32_t i = 0; i < r->stacks.count; i++) {
    named_stack *s = bs_vec_push(&v->stacks);
    s->callback = s->culprit = NO_INDEX;
    name_frames(v, &r->stacks.items[i], s);
  }
  judge_stacks(v);
  judge_loops(v);
}

void account_fini(account *v) {
  for (uint32_t i = 0; i < v->stacks.count; i++) {
    bs_vec_fini(&v->stacks.items[i].frames);
    bs_vec_fini(&v->stacks.items[i].first);
  }
  bs_vec_fini(&v->stacks);
}

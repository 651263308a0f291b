/* From raw stacks to what a person wants to know: which function the loop had called, and which line held it.
 *
 * The callback is the first function inside of the loop's own: below the library's frames, or, where the program waits by itself, below
 * the function that also made the wait. The culprit is the innermost frame of the program's own code.
 */
#include "collect/recording.h"

#include "base/path.h"

#include <stdlib.h>
#include <string.h>

static bool starts_with(const char *text, const char *prefix) { return !strncmp(text, prefix, strlen(prefix)); }

static bool is_system_path(const char *path) {
  static const char *const folders[] = {"/usr/lib/", "/lib/", "/lib64/", "/usr/lib64/", "/usr/include/", "[", "linux-vdso"};
  for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
    if (starts_with(path, folders[i])) return true;
  return false;
}

/* Start-up code has a file or a module of the program's, but is nobody's own. */
static bool is_own(const frame *f) {
  static const char *const others[] = {"_start", "__libc_start_main", "__libc_start_call_main", "_init", "_fini"};
  for (size_t i = 0; i < sizeof others / sizeof *others; i++)
    if (!strcmp(f->function, others[i])) return false;
  if (f->file) return !is_system_path(f->file) && !loop_library_of_function(f->function);
  return f->module && *f->module && !is_system_path(f->module) && !loop_library_of_path(f->module);
}

static const char *library_of_frame(const frame *f) {
  const char *library = f->module ? loop_library_of_path(f->module) : NULL;
  return library ? library : loop_library_of_function(f->function);
}

static void name_frames(verdict *v, const recorded_stack *s, named_stack *out) {
  target *t = recording_target(v->recording, s->process);
  for (uint32_t i = 0; i < s->count; i++) {
    const module_row *m = target_module(t, s->pc[i]);
    uint32_t before = out->frames.count;
    if (m) symbols_find(v->symbols, m, s->pc[i], i || !s->running, &out->frames);
    if (out->frames.count == before) *bs_vec_push(&out->frames) = (frame){.function = "", .module = m ? m->path : ""};
  }
}

/* Below the outermost run of the library's frames. */
static uint32_t below_library(const frame_list *frames) {
  uint32_t i = frames->count;
  while (i > 0 && !library_of_frame(&frames->items[i - 1])) i--;
  if (!i) return NO_INDEX;
  while (i > 0 && library_of_frame(&frames->items[i - 1])) i--;
  return i > 0 ? i - 1 : NO_INDEX;
}

static bool is_wait(const char *function) {
  static const char *const waits[] = {"epoll_wait", "epoll_pwait", "epoll_pwait2", "poll", "__poll", "ppoll", "select", "__select",
                                      "pselect", "__poll_chk", "__ppoll_chk", "io_uring_enter"};
  for (size_t i = 0; i < sizeof waits / sizeof *waits; i++)
    if (!strcmp(waits[i], function)) return true;
  return false;
}

/* The function of the program that made the wait: the innermost named one that is no wait and not libc's. */
static const char *waiting_function(const frame_list *wait) {
  for (uint32_t i = 0; i < wait->count; i++) {
    const frame *f = &wait->items[i];
    if (*f->function && !is_wait(f->function) && is_own(f)) return f->function;
  }
  return NULL;
}

/* Below the outermost frame of the function that also waits. */
static uint32_t below_function(const frame_list *frames, const char *function) {
  for (uint32_t i = frames->count; i-- > 1;)
    if (!strcmp(frames->items[i].function, function)) return i - 1;
  return NO_INDEX;
}

static uint32_t find_culprit(const frame_list *frames) {
  for (uint32_t i = 0; i < frames->count; i++)
    if (is_own(&frames->items[i])) return i;
  return NO_INDEX;
}

static bool has_library(const frame_list *frames) {
  for (uint32_t i = 0; i < frames->count; i++)
    if (library_of_frame(&frames->items[i])) return true;
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
static const frame_list *wait_of(const verdict *v, uint32_t loop) {
  uint32_t wait = v->recording->loops.items[loop].wait_stack;
  return wait == NO_INDEX ? NULL : &v->stacks.items[wait].frames;
}

static void judge_stack(verdict *v, uint32_t loop, named_stack *s) {
  const frame_list *wait = wait_of(v, loop);
  s->culprit = find_culprit(&s->frames);
  s->callback = below_library(&s->frames);
  s->in_loop = !is_leaving(&s->frames);
  if (wait && has_library(wait)) {
    s->in_loop &= has_library(&s->frames);
    return;
  }
  const char *function = wait && s->callback == NO_INDEX ? waiting_function(wait) : NULL;
  if (function) s->callback = below_function(&s->frames, function);
}

/* A stall that never ended is none when the thread had left the loop for good: after its last wait "busy" does not end. */
static void judge_stall(verdict *v, recorded_stall *stall) {
  bool any_in_loop = false;
  for (uint32_t i = 0; i < stall->samples.count; i++) {
    named_stack *s = &v->stacks.items[stall->samples.items[i].stack];
    judge_stack(v, stall->loop, s);
    any_in_loop |= s->in_loop;
  }
  bool refused = v->recording->processes.items[v->recording->loops.items[stall->loop].process].refused;
  if (!stall->samples.count && refused) return; /* nothing speaks against it */
  stall->dropped = !stall->ended && !any_in_loop;
}

static void name_loop(verdict *v, recorded_loop *l) {
  if (*l->library || l->wait_stack == NO_INDEX) return;
  const frame_list *frames = &v->stacks.items[l->wait_stack].frames;
  for (uint32_t i = frames->count; i-- > 0;) {
    const char *library = library_of_frame(&frames->items[i]);
    if (library) l->library = library;
  }
}

void verdict_init(verdict *v, recording *r) {
  bs_arena arena = {0};
  *v = (verdict){.recording = r, .symbols = symbols_new()};
  v->root = bs_strdup(bs_path_cwd(&arena));
  bs_arena_fini(&arena);
  for (uint32_t i = 0; i < r->stacks.count; i++) {
    named_stack *s = bs_vec_push(&v->stacks);
    s->callback = s->culprit = NO_INDEX;
    name_frames(v, &r->stacks.items[i], s);
  }
  for (uint32_t i = 0; i < r->stalls.count; i++) judge_stall(v, &r->stalls.items[i]);
  for (uint32_t i = 0; i < r->loops.count; i++) name_loop(v, &r->loops.items[i]);
}

void verdict_fini(verdict *v) {
  for (uint32_t i = 0; i < v->stacks.count; i++) bs_vec_fini(&v->stacks.items[i].frames);
  bs_vec_fini(&v->stacks);
  symbols_free(v->symbols);
  free(v->root);
}

const char *verdict_file(const verdict *v, const frame *f) {
  return f->file ? bs_path_relative(v->root, f->file) : NULL;
}

const named_stack *verdict_stack(const verdict *v, const recorded_stall *stall) {
  return stall->samples.count ? &v->stacks.items[stall->samples.items[0].stack] : NULL;
}

/* What a recording could not see or keep, in sentences. */
#include "runtime-check/collect/recording.h"

#include <inttypes.h>

typedef struct notes {
  observed_note_visitor *visit;
  void *to;
  bs_strbuf text;
} notes;

__attribute__((format(printf, 2, 3))) static void note(notes *n, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  bs_strbuf_clear(&n->text);
  bs_strbuf_vaddf(&n->text, format, arguments);
  va_end(arguments);
  n->visit(n->to, n->text.text);
}

static uint32_t loops_counted(const recording *r) {
  uint32_t count = 0;
  for (uint32_t i = 0; i < r->loops.count; i++) count += !r->loops.items[i].is_none;
  return count;
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

/* How exact a recording is that was made from outside. */
static void note_outside(const recording *r, notes *n) {
  bs_strbuf period = BS_STRBUF_INIT;
  bs_duration_write(&period, r->period_ns);
  if (loops_counted(r) && !r->loops_looked)
    note(n,
         "watched from outside, a look every %s: iterations are told by breakpoints, calls are those that a "
         "look found",
         period.text);
  else
    note(n,
         "watched from outside, a look every %s: lengths are exact to ± %s, and calls are those that a look "
         "found; of shorter iterations, those that a look found are counted, without lengths",
         period.text, period.text);
  if (r->loops_looked && r->no_breakpoints)
    note(n, "no breakpoints told when iterations of %u loop%s began and ended: %s", r->loops_looked,
         r->loops_looked == 1 ? "" : "s", r->no_breakpoints);
  if (r->loops_fast)
    note(n,
         "%u loop%s came to %s wait so often that telling all would take more than 1%% of the time: of %s "
         "iterations some are counted; a stall's end is exact, its beginning known to ± %s",
         r->loops_fast, r->loops_fast == 1 ? "" : "s", r->loops_fast == 1 ? "its" : "their",
         r->loops_fast == 1 ? "its" : "their", period.text);
  if (r->unproven)
    note(n,
         "%u stretch%s without a sleep in the loop's wait %s left out: a busy loop looks the same as one "
         "that is held",
         r->unproven, r->unproven == 1 ? "" : "es", r->unproven == 1 ? "was" : "were");
  if (!loops_counted(r))
    note(n, "no event loop was seen: no thread came back to a wait in epoll, poll or select");
  bs_strbuf_fini(&period);
}

static void note_program(const recording *r, notes *n) {
  if (r->period_ns) {
    note_outside(r, n);
    return;
  }
  if (r->end_signal == SIGSYS)
    note(n, "SIGSYS ended the program: it made a system call that its filter (seccomp) forbids");
  if (r->kind == EXECUTABLE_STATIC)
    note(n, "not observable: the program is statically linked, so nothing can be preloaded into it");
  else if (r->kind == EXECUTABLE_MUSL)
    note(n, "not observable: the program uses the C library musl, into which a library for glibc cannot be "
            "preloaded");
  else if (r->kind == EXECUTABLE_GO && !r->loops.count)
    note(n, "not observable: a Go program makes system calls without the C library");
  else if (!r->offered)
    note(n, "not observable: the library was not loaded into any process");
  else if (!loops_counted(r))
    note(n, "no event loop was seen: no thread waited repeatedly in epoll, poll or select");
}

static void note_stalls(const recording *r, notes *n) {
  unsigned refused = 0, outside = left_out(r);
  for (uint32_t i = 0; i < r->processes.count; i++) refused += r->processes.items[i].refused;
  if (refused)
    note(n, "the stacks of %u process%s could not be read: durations and calls only", refused,
         refused == 1 ? "" : "es");
  if (outside)
    note(n,
         "%u long stretch%s between two waits %s left out: the thread was outside of the function that the "
         "loop was seen in",
         outside, outside == 1 ? "" : "es", outside == 1 ? "was" : "were");
}

/* The programs that did not load the library. */
static void note_strays(const recording *r, notes *n) {
  uint32_t total = 0;
  bs_strbuf names = BS_STRBUF_INIT;
  for (uint32_t i = 0; i < r->stray_programs.count; i++) {
    const stray_program *p = &r->stray_programs.items[i];
    total += p->count;
    bs_strbuf_addf(&names, "%s%s (%u)", i ? ", " : "", p->path, p->count);
  }
  if (total)
    note(n,
         "not observable: %u process%s did not load the library, because LD_PRELOAD is not in %s environment "
         "or nothing can be preloaded: %s",
         total, total == 1 ? "" : "es", total == 1 ? "its" : "their", names.text);
  bs_strbuf_fini(&names);
}

static void note_processes(const recording *r, notes *n) {
  note_strays(r, n);
  if (r->hidden)
    note(n, "%u thread%s of another PID namespace %s not found: durations and calls only", r->hidden,
         r->hidden == 1 ? "" : "s", r->hidden == 1 ? "was" : "were");
  if (r->loops_refused)
    note(n, "%u threads with loops were not watched: there were too many", r->loops_refused);
  if (r->slots_refused) note(n, "%u threads were not watched: there were too many", r->slots_refused);
  if (r->offers_refused)
    note(n, "%u offer%s of shared memory %s refused: not in the library's layout", r->offers_refused,
         r->offers_refused == 1 ? "" : "s", r->offers_refused == 1 ? "was" : "were");
  if (r->broken)
    note(n, "the memory of %u process%s could not be read as a whole", r->broken, r->broken == 1 ? "" : "es");
  if (r->left_running)
    note(n, "%u watched process%s kept running after the program; --duration says how long to watch",
         r->left_running, r->left_running == 1 ? "" : "es");
  if (r->left_unwatched)
    note(n, "a process that was not watched yet kept running after the program; --duration says how long to "
            "watch");
}

static void note_losses(const recording *r, notes *n) {
  if (r->unstored)
    note(n, "%" PRIu64 " stall%s or scope%s not in the file: it could not be written for too long",
         r->unstored, r->unstored == 1 ? "" : "s", r->unstored == 1 ? " is" : "s are");
  if (r->store && store_error(r->store))
    note(n, "not everything was stored, %" PRIu64 " row%s lost: %s", store_lost(r->store),
         store_lost(r->store) == 1 ? " is" : "s are", store_error(r->store));
}

void recording_losses(const recording *r, observed_note_visitor *visit, void *to) {
  notes n = {.visit = visit, .to = to, .text = BS_STRBUF_INIT};
  note_losses(r, &n);
  uint64_t dropped = 0;
  for (uint32_t i = 0; i < r->loops.count; i++)
    if (!r->loops.items[i].is_none) dropped += r->loops.items[i].dropped;
  if (dropped)
    note(&n, "%" PRIu64 " event%s dropped: the recorder came too late", dropped,
         dropped == 1 ? " was" : "s were");
  bs_strbuf_fini(&n.text);
}

void recording_notes(const recording *r, observed_note_visitor *visit, void *to) {
  notes n = {.visit = visit, .to = to, .text = BS_STRBUF_INIT};
  note_program(r, &n);
  note_stalls(r, &n);
  note_processes(r, &n);
  note_losses(r, &n);
  bs_strbuf_fini(&n.text);
}

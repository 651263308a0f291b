/* The watchdog: one thread that reads the slots, sleeps to the next deadline exactly, and follows a stall to
 * its end.
 *
 * Nothing tells it that an iteration began: it looks. Only when no loop runs it asks to be told of the next
 * iteration, and sleeps (bell.h). An iteration that is seen running is due at its start
 * plus three quarters of the threshold: a stack is taken then, for a stall that is over before one could be
 * taken of it as such. A loop that is seen waiting cannot be due earlier than so long from now. So it seldom
 * looks while nothing stalls, and is on time when something does. Durations do not come from here but from
 * the thread's own events.
 */
#include "runtime-check/collect/watch.h"

#include "runtime-check/collect/rotate.h"

#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
  SCAN_NS = 20000000, /* between two looks for new threads */
  SCAN_SOON_NS = 4000000, /* the same while there are some: their first iterations count */
  FLUSH_NS = 1000000000, /* between two batches for the store */
  FLUSH_LATE = 5, /* times as long, when there is always a busy loop */
  LOOK_NS = 1000000000, /* between two looks for processes that cannot be watched */
  LOOK_SOON_NS = 100000000, /* the same in the beginning */
  LIVE_NS = 250000000, /* between two status lines */
  GRACE_NS = 3000000, /* an event may reach its ring a little after the heartbeat */
  PATIENCE = 2, /* signals to the recorder before it ends the program by SIGKILL */
  OFFERS_AT_ONCE = 64, /* of memory, between two looks at the threads */
  PATIENCE_NS = 100000, /* with an iteration that woke the recorder */
  HUNG_NS = 2000000, /* the bells, before all threads have seen that they are */
  REST_NS = 1000000000, /* between two looks while no loop runs */
  RESTED_NS = 50000000, /* sleep that says that the program has little to do */
  REFUSED_MAX = 1 << 20, /* threads that a process can say were not watched */
};

#define SETTLED_NS UINT64_C(3000000000) /* since a thread was new */
#define RESTS UINT64_MAX /* a thread that need not be looked at before it runs */

static watched *find_watched(watcher *w, const region *g, uint32_t slot) {
  for (uint32_t i = 0; i < w->watched.count; i++)
    if (w->watched.items[i].region == g && w->watched.items[i].slot == slot) return &w->watched.items[i];
  return NULL;
}

static void forget(watcher *w, watched *x) {
  bs_vec_fini(&x->calls);
  free(x->sites);
  bs_vec_fini(&x->scope_samples);
  *x = w->watched.items[--w->watched.count];
}

/* Ends a thread's record: what it still did has no end. */
static void end_thread(watcher *w, watched *x, uint64_t now) {
  layout_slot *slot = watched_slot(x);
  watch_drain(w, x);
  watch_close(w, x, now, false);
  watch_copies_of(w, x);
  if (x->loop != NO_INDEX) {
    watch_use_wait_stack(w, x);
    watch_totals(w, x);
  }
  watch_free_copies(x);
  if (atomic_load(&slot->generation) == x->generation) {
    atomic_fetch_and(&x->region->head->taken[x->slot / 64], ~(UINT64_C(1) << x->slot % 64));
    atomic_store(&slot->tail, atomic_load(&slot->head));
    atomic_store(&slot->pid, 0);
    atomic_store(&slot->tid, 0);
    atomic_store_explicit(&slot->state, LAYOUT_FREE, memory_order_release);
  }
}

/* The process is gone, or runs another program. */
static void end_region(watcher *w, uint32_t index, uint64_t now) {
  region *g = w->r->regions.items[index];
  for (uint32_t i = 0; i < w->watched.count;) {
    watched *x = &w->watched.items[i];
    if (x->region != g) {
      i++;
      continue;
    }
    end_thread(w, x, now);
    forget(w, x);
  }
  if (g->process != NO_INDEX) w->r->processes.items[g->process].gone = true;
  uint32_t refused = atomic_load(&g->head->slots_refused);
  w->r->slots_refused += refused < REFUSED_MAX ? refused : REFUSED_MAX;
  w->r->broken += g->guard.broken;
  watch_drop_copies(w, g);
  region_free(g);
  w->r->regions.items[index] = w->r->regions.items[--w->r->regions.count];
}

static void look_at_slots(watcher *w, region *g, uint64_t now);

/* What a thread that is new has written before its process was gone counts, too. */
static void end_process(watcher *w, pid_t pid, uint64_t now) {
  for (uint32_t i = 0; i < w->r->regions.count; i++) {
    if (w->r->regions.items[i]->pid != pid) continue;
    look_at_slots(w, w->r->regions.items[i], now);
    end_region(w, i, now);
    return;
  }
}

/* Takes the memory of processes that are new; of one that calls exec, in place of what it had. Whether there
 * may be more. */
static bool accept_regions(watcher *w, uint64_t now) {
  bool more = w->r->offers >= 0;
  for (int i = 0; more && i < OFFERS_AT_ONCE; i++) {
    const region *g = regions_accept(w->r, &more);
    if (!g) continue;
    w->last_new = now;
    uint32_t last = --w->r->regions.count; /* is not itself the one before */
    end_process(w, g->pid, now);
    w->r->regions.items[w->r->regions.count++] = w->r->regions.items[last];
  }
  return more;
}

static void add_watched(watcher *w, region *g, uint32_t index) {
  const layout_slot *slot = &g->slots[index];
  uint32_t generation = atomic_load(&slot->generation);
  pid_t tid = (pid_t)atomic_load(&slot->tid);
  if (generation == g->generations[index] || tid <= 0) return; /* half taken: the next scan sees it whole */
  g->generations[index] = generation;
  if (!namespace_translate(atomic_load(&slot->pid_namespace), g->pid, &tid)) {
    w->r->hidden++;
    tid = 0;
  }
  if (g->process == NO_INDEX) g->process = recording_process(w->r, g->pid);
  watched *x = bs_vec_push(&w->watched);
  w->last_new = clock_now();
  x->region = g;
  x->slot = index;
  x->generation = generation;
  x->process = g->process;
  x->tid = tid;
  x->loop = x->stall = NO_INDEX;
}

/* Without a descriptor to wait on (it was gone already, or an old kernel): asks. */
static void end_silent_processes(watcher *w, uint64_t now) {
  for (uint32_t i = w->r->regions.count; i-- > 0;) {
    const region *g = w->r->regions.items[i];
    if (g->pidfd < 0 && kill(g->pid, 0) != 0 && errno == ESRCH) end_process(w, g->pid, now);
  }
}

/* A slot that was taken since it was last looked at: by a thread that is new, in place of the one that had
 * it. */
static void look_at_slot(watcher *w, region *g, uint32_t index, uint64_t now) {
  if (atomic_load(&g->slots[index].generation) == g->generations[index]) return;
  watched *x = find_watched(w, g, index);
  if (x) {
    watch_close(w, x, now, false);
    forget(w, x);
  }
  add_watched(w, g, index);
}

/* The slots that nobody has taken are not touched: they lie far apart in memory. */
static void look_at_slots(watcher *w, region *g, uint64_t now) {
  for (uint32_t i = 0; i < LAYOUT_SLOTS / 64; i++) {
    uint64_t taken = atomic_load_explicit(&g->head->taken[i], memory_order_acquire);
    for (; taken; taken &= taken - 1) look_at_slot(w, g, i * 64 + (uint32_t)__builtin_ctzll(taken), now);
  }
}

/* Looks for threads that took a slot. */
static void scan_slots(watcher *w, uint64_t now) {
  for (uint32_t i = 0; i < w->r->regions.count; i++) look_at_slots(w, w->r->regions.items[i], now);
  end_silent_processes(w, now);
}

/* An open stall whose iteration is over: its event was written before the thread began to wait, unless the
 * ring was full. */
static bool is_closed(watcher *w, watched *x, uint64_t now) {
  watch_drain(w, x);
  if (x->stall == NO_INDEX) return true;
  if (!x->closing) x->closing = now;
  if (now < x->closing + GRACE_NS) return false;
  watch_close(w, x, x->closing, true);
  return true;
}

/* A look at one thread; returns when to look again, or RESTS. */
static uint64_t visit(watcher *w, watched *x, uint64_t now) {
  layout_slot *slot = watched_slot(x);
  uint64_t threshold = w->r->options.threshold_ns, early = threshold / 4 * 3;
  uint64_t excused = atomic_load_explicit(&slot->excused_ns, memory_order_relaxed);
  bool ignored = w->r->processes.items[x->process].ignored;
  watch_drain(w, x);
  if (ignored) return RESTS;
  uint64_t busy = atomic_load(&slot->busy_since);
  if (x->loop == NO_INDEX) {
    if (!busy) return RESTS;
    if (busy + early > now) return busy + early;
    watch_sample_early(w, x, busy, now);
    return now + early;
  }
  watch_stack_bounds(w, x);
  if (x->stall != NO_INDEX && busy != x->stall_start && !is_closed(w, x, now)) return now + GRACE_NS;
  if (!busy) {
    watch_wait_stack(w, x);
    return RESTS;
  }
  if (busy + excused + early > now) return busy + excused + early;
  if (atomic_load(&slot->allowed)) return now + early;
  if (busy + excused + threshold > now) {
    watch_sample_early(w, x, busy, now);
    return busy + excused + threshold;
  }
  /* The stall may end, and another begin, before its next sample is due. */
  uint64_t next = watch_sample(w, x, busy, now);
  return next < now + early ? next : now + early;
}

/* How much it did since the last look. */
static void look_at_iterations(watcher *w, watched *x) {
  const layout_slot *slot = watched_slot(x);
  uint64_t iterations = atomic_load_explicit(&slot->iterations, memory_order_relaxed),
           busy_ns = atomic_load_explicit(&slot->busy_ns, memory_order_relaxed);
  if (iterations != x->iterations) {
    x->took = (busy_ns - x->busy_ns) / (iterations - x->iterations);
    w->ran++;
  }
  x->iterations = iterations;
  x->busy_ns = busy_ns;
}

static uint64_t visit_all(watcher *w, uint64_t now) {
  uint64_t next = RESTS;
  w->ran = 0;
  for (uint32_t i = 0; i < w->watched.count;) {
    watched *x = &w->watched.items[i];
    look_at_iterations(w, x);
    if (atomic_load(&watched_slot(x)->state) == LAYOUT_ENDED) {
      end_thread(w, x, now);
      forget(w, x);
      continue;
    }
    uint64_t then = visit(w, x, clock_now());
    uint64_t scopes = watch_scopes(w, x, clock_now());
    if (then < next) next = then;
    if (scopes < next) next = scopes;
    i++;
  }
  return next;
}

/* One that says something to the program, not to the recorder. */
static bool is_message(uint32_t signal) {
  return signal == SIGHUP || signal == SIGUSR1 || signal == SIGUSR2 || signal == SIGWINCH;
}

/* What comes from the terminal reaches the program by itself; what was sent to the recorder is passed on. */
static void pass_signals(watcher *w, int signals, uint64_t now) {
  struct signalfd_siginfo info;
  while (read(signals, &info, sizeof info) == (ssize_t)sizeof info) {
    if (info.ssi_signo == SIGCHLD) continue;
    if (info.ssi_signo == SIGUSR1 && w->r->options.summary) {
      w->r->options.summary(w->r, w->r->options.summary_to);
      continue;
    }
    if (is_message(info.ssi_signo) && info.ssi_code != SI_KERNEL) {
      if (!w->program_ended && !w->r->attached) kill(w->r->program, (int)info.ssi_signo);
      continue;
    }
    if (info.ssi_signo == SIGWINCH) continue;
    w->signals++;
    w->stopped_at = now;
    if (w->program_ended || w->r->attached) continue;
    if (w->signals > PATIENCE)
      kill(w->r->program, SIGKILL);
    else if (info.ssi_code != SI_KERNEL)
      kill(w->r->program, (int)info.ssi_signo);
  }
}

/* A child that has ended; 0: none. Stops are for the thread that asked for one (ptrace.c), although they are
 * told here, too. */
static pid_t ended_child(void) {
  siginfo_t info = {0};
  if (waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) != 0) return 0;
  return info.si_code == CLD_TRAPPED || info.si_code == CLD_STOPPED ? 0 : info.si_pid;
}

static void reap(watcher *w, uint64_t now) {
  int status;
  for (;;) {
    pid_t pid = ended_child();
    if (pid <= 0 || waitpid(pid, &status, WNOHANG) != pid) return;
    for (uint32_t i = 0; i < w->r->processes.count; i++)
      if (w->r->processes.items[i].pid == pid) w->r->processes.items[i].was_ended |= WIFSIGNALED(status);
    end_process(w, pid, now);
    if (pid != w->r->program) continue;
    w->status = status;
    w->program_ended = true;
  }
}

/* What the program started and left is the recorder's child then (PR_SET_CHILD_SUBREAPER), watched or not
 * yet. */
static bool has_children(const watcher *w) {
  siginfo_t info = {0};
  return w->r->options.follow && !w->r->attached &&
         waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0 && !info.si_pid;
}

static bool anyone_left(const watcher *w) {
  for (uint32_t i = 0; i < w->r->processes.count; i++) {
    const recorded_process *p = &w->r->processes.items[i];
    if (!p->gone && !p->ignored && p->pid != w->r->program) return true;
  }
  return has_children(w);
}

/* Ends the processes whose descriptors, from `first` on, are ready. */
static void end_those_gone(watcher *w, uint32_t first, uint64_t now) {
  for (uint32_t i = w->polled.count; i-- > first;)
    if (w->polled.items[i].revents) {
      look_at_slots(w, w->r->regions.items[i - first], now);
      end_region(w, i - first, now); /* those behind it are dealt with */
    }
}

/* Short iterations are over before it were worth to sleep and to look again. */
static void await_short(const watcher *w, uint64_t now) {
  for (uint32_t i = 0; i < w->watched.count; i++) {
    const watched *x = &w->watched.items[i];
    if (x->took >= PATIENCE_NS) continue;
    while (atomic_load(&watched_slot(x)->busy_since) && clock_now() < now + PATIENCE_NS) sched_yield();
  }
}

/* A bell was rung. In a program that had long been idle the bells are hung again at once: most likely it is
 * so soon. In another one that would be a system call of its loop in each millisecond. */
static void hear(watcher *w, uint64_t now) {
  bool again;
  w->is_sure = bell_rung_lately(w->r, now);
  w->rested = w->rests && now > w->rests + RESTED_NS;
  w->hung = w->rested && bell_hang(w->bell, w->r, &again) ? now : 0;
  if (w->hung) await_short(w, now);
  w->rests = 0;
}

/* Whether each loop has been in its wait for so long that it looks at the bell when it comes out. */
static bool all_wait(const watcher *w, uint64_t now) {
  for (uint32_t i = 0; i < w->watched.count; i++) {
    const layout_slot *slot = watched_slot(&w->watched.items[i]);
    if (w->watched.items[i].loop == NO_INDEX) continue;
    if (atomic_load(&slot->busy_since) || atomic_load(&slot->idle_since) + LAYOUT_CPU_BASE_NS > now)
      return false;
  }
  return true;
}

/* No loop runs. Whether to sleep until one does: not before all bells have been hung for a while, or all
 * loops have waited for one, or a bell was rung just before by the only thread that ran, and a look since
 * then has shown that nothing runs. They are hung when nothing has run between two looks, since a busy
 * program would ring all the time. */
static bool may_rest(watcher *w, uint64_t now) {
  bool again;
  if (w->ran && !w->hung) return false;
  if (!bell_hang(w->bell, w->r, &again)) {
    w->hung = 0;
    return false;
  }
  if (again || !w->hung) {
    w->hung = now;
    w->is_sure = false;
  }
  return (w->is_sure && w->ran <= 1) || now >= w->hung + HUNG_NS || all_wait(w, now);
}

/* When to look again, where no thread asks for it to be earlier than `next`. */
static uint64_t wake_at(watcher *w, uint64_t next, uint64_t now) {
  const recording_options *o = &w->r->options;
  if (next == RESTS && may_rest(w, now)) {
    uint64_t end = w->r->started + o->duration_ns, then = now + (o->live ? LIVE_NS : REST_NS);
    if (!w->rests) w->rests = now;
    uint64_t late = now < w->r->started + SETTLED_NS ? 0 : LOOK_NS / 2;
    if (w->next_look + late < then) then = w->next_look + late; /* or when a loop runs */
    return o->duration_ns && now < end && end < then ? end : then;
  }
  w->rests = 0;
  uint64_t early = now + o->threshold_ns / 4 * 3,
           scan = now + (now < w->last_new + SETTLED_NS ? SCAN_SOON_NS : SCAN_NS);
  if (next == RESTS && early < scan) return early;
  return scan < next ? scan : next;
}

/* Sleeps until `next`, or until a process ends, a signal or an offer comes. */
static void sleep_until(watcher *w, int signals, uint64_t next) {
  w->polled.count = 0;
  *bs_vec_push(&w->polled) = (struct pollfd){.fd = signals, .events = POLLIN};
  *bs_vec_push(&w->polled) = (struct pollfd){.fd = w->r->control, .events = POLLIN};
  *bs_vec_push(&w->polled) = (struct pollfd){.fd = w->r->offers, .events = POLLIN};
  const uint32_t others = w->polled.count;
  for (uint32_t i = 0; i < w->r->regions.count; i++)
    *bs_vec_push(&w->polled) = (struct pollfd){.fd = w->r->regions.items[i]->pidfd, .events = POLLIN};
  bool rests = w->rests != 0;
  if (rests && bell_sleep(w->bell, w->changes, next)) hear(w, clock_now());
  uint64_t now = clock_now(), ns = !rests && next > now ? next - now : 0;
  const struct timespec timeout = {(time_t)(ns / 1000000000), (long)(ns % 1000000000)};
  w->changes = bell_changes(w->bell);
  if (ppoll(w->polled.items, w->polled.count, &timeout, NULL) <= 0) return;
  now = clock_now();
  pass_signals(w, signals, now);
  w->let_go |= w->polled.items[1].revents != 0;
  end_those_gone(w, others, now);
  if (w->polled.items[2].revents) accept_regions(w, now);
  reap(w, now);
}

/* The program has had its time: it is asked to end, then made to. */
static void end_in_time(watcher *w, uint64_t now) {
  const uint64_t limit = w->r->options.duration_ns;
  if (!limit || w->program_ended || now < w->r->started + limit) return;
  if (!w->stopped_at) {
    w->stopped_at = now;
    w->timed_out = true;
    kill(w->r->program, SIGTERM);
  } else if (w->timed_out && now > w->stopped_at + STOP_GRACE_NS) {
    kill(w->r->program, SIGKILL);
  }
}

/* Whether there is nothing more to watch. Processes that outlive the program are watched only where
 * --duration says how long. */
static bool is_over(const watcher *w, uint64_t now) {
  if (w->r->attached) return w->let_go || w->signals || w->r->processes.items[0].gone;
  if (!w->program_ended) return false;
  const uint64_t limit = w->r->options.duration_ns;
  return !limit || w->signals || now >= w->r->started + limit || !anyone_left(w);
}

static void finish(watcher *w) {
  uint64_t now = clock_now();
  for (int i = 0; i < OFFERS_AT_ONCE && accept_regions(w, now); i++) {
  }
  scan_slots(w, now);
  for (uint32_t i = 0; i < w->r->processes.count; i++) {
    recorded_process *p = &w->r->processes.items[i];
    w->r->left_running += !p->gone && p->pid != w->r->program && !p->ignored;
    p->was_ended |= !p->gone;
  }
  w->r->left_unwatched = !w->r->left_running && w->program_ended && has_children(w);
  while (w->r->regions.count) end_region(w, w->r->regions.count - 1, now);
  w->r->ended = now;
}

static void look_for_strays(watcher *w, uint64_t now) {
  if (now < w->next_look) return;
  w->next_look = now + (now < w->r->started + SETTLED_NS ? LOOK_SOON_NS : LOOK_NS);
  strays_look(w->r, now);
}

/* Whether the disk may take its time now: nothing is due soon. A program that always computes must not put it
 * off for ever. */
static bool may_flush(const watcher *w, uint64_t now, uint64_t since) {
  if (now > since + (FLUSH_LATE - 1) * (uint64_t)FLUSH_NS) return true;
  for (uint32_t i = 0; i < w->watched.count; i++)
    if (atomic_load(&watched_slot(&w->watched.items[i])->busy_since)) return false;
  return true;
}

/* While it goes on, stalls are not looked at: their lengths and calls are known all the same. */
static void rotate(watcher *w) {
  bs_error error = BS_ERROR_INIT;
  uint32_t *moved = recording_rotate(w->r, &error);
  for (uint32_t i = 0; i < w->watched.count; i++)
    if (w->watched.items[i].stall != NO_INDEX) w->watched.items[i].stall = moved[w->watched.items[i].stall];
  free(moved);
  bs_error_fini(&error);
}

int watch(recording *r, int signals) {
  watcher w = {.r = r, .live = live_new(r), .last_new = r->began};
  uint64_t next_flush = r->began + FLUSH_NS, next_live = r->began + LIVE_NS;
  w.metrics = r->metrics;
  prctl(PR_SET_TIMERSLACK, 1L);
  unsetenv("DEBUGINFOD_URLS"); /* elfutils would ask the network for symbols, and a deadline pass */
  int nice_before = precedence_take();
  w.bell = bell_new();
  bell_watch(w.bell, signals);
  bell_watch(w.bell, r->control);
  bell_watch(w.bell, r->offers);
  for (;;) {
    uint64_t now = clock_now();
    scan_slots(&w, now);
    uint64_t next = visit_all(&w, now);
    if (watch_copies(&w)) next = now;
    watch_answer(&w);
    look_for_strays(&w, now);
    if (now >= next_flush && may_flush(&w, now, next_flush)) {
      for (uint32_t i = 0; i < w.watched.count; i++) watch_totals(&w, &w.watched.items[i]);
      recording_flush(r);
      if (w.metrics) metrics_update(w.metrics, r, now);
      if (rotation_is_due(r, now)) rotate(&w);
      uint32_t moved = recording_fold(r);
      for (uint32_t i = 0; i < w.watched.count; i++)
        if (w.watched.items[i].stall != NO_INDEX) w.watched.items[i].stall -= moved;
      next_flush = clock_now() + FLUSH_NS;
    }
    if (r->options.live && now >= next_live) {
      for (uint32_t i = 0; i < w.watched.count; i++) watch_totals(&w, &w.watched.items[i]);
      live_draw(w.live, now);
      next_live = now + LIVE_NS;
    }
    end_in_time(&w, now);
    if (is_over(&w, now)) break;
    sleep_until(&w, signals, wake_at(&w, next, now));
  }
  bell_free(w.bell);
  finish(&w);
  r->end_signal = w.program_ended && WIFSIGNALED(w.status) ? WTERMSIG(w.status) : 0;
  precedence_drop(nice_before);
  live_free(w.live);
  if (w.metrics) metrics_update(w.metrics, r, UINT64_MAX);
  metrics_free(w.metrics);
  r->metrics = NULL;
  for (uint32_t i = 0; i < w.copies.count; i++) free(w.copies.items[i].bytes);
  bs_vec_fini(&w.copies);
  bs_vec_fini(&w.watched);
  bs_vec_fini(&w.polled);
  return w.timed_out && WIFSIGNALED(w.status) ? 0 : w.status;
}

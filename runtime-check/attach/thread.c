/* From looks to stalls. */
#include "runtime-check/attach/thread.h"

#include <string.h>
#include <sys/syscall.h>

enum {
  SAMPLES_MAX = 64,
  CALLS_MAX = 64,
  WAIT_TRIES = 5,
  PASSAGE_TRIES = 8, /* for a wait that is made in several places */
  NESTED_VISITS = 8,
  PERIODS_BEFORE = 2, /* of a loop that never sleeps: what counts of the time before it was followed */
};
#define NESTED_NS UINT64_C(2000000000)
#define WORK_NS UINT64_C(1000000) /* of CPU time: more than a wait takes that wakes for nothing */
#define LOOK_NS UINT64_C(1000000) /* at most, from what it reads first to its time */
#define INTERVAL_MAX_NS UINT64_C(1000000000)
#define PATIENCE_MIN_NS UINT64_C(50000000)
#define PATIENCE_MAX_NS UINT64_C(400000000)

static bool has_run(const look *since, const look *now) {
  return now->slices != since->slices || now->cpu_ns != since->cpu_ns;
}

static bool same_key(const wait_key *a, const wait_key *b) { return a->call == b->call && a->key == b->key; }

/* A loop in a callback that goes on for that long is the loop meanwhile: a dialog. */
static bool is_left(const sampled *s, const seen_wait *w) {
  for (uint32_t i = 0; i < s->nwaits; i++)
    if (s->waits[i].alone >= NESTED_VISITS && s->waits[i].latest > w->latest + NESTED_NS) return true;
  return false;
}

static bool is_strong(const seen_wait *w) {
  return w->key.call == SYS_epoll_wait || w->key.call == SYS_io_uring_enter;
}

/* Of waits that were come back to, one for a set of descriptors, and the outer one: the others are made by
 * callbacks. */
static bool is_rather(const sampled *s, const seen_wait *w, const seen_wait *than) {
  if (is_left(s, w) != is_left(s, than)) return is_left(s, than);
  if ((w->visits > 1) != (than->visits > 1)) return w->visits > 1;
  if (is_strong(w) != is_strong(than)) return is_strong(w);
  return is_strong(w) ? w->visits > than->visits : w->sp > than->sp;
}

static const wait_key *main_wait(const sampled *s) {
  const seen_wait *best = NULL;
  for (uint32_t i = 0; i < s->nwaits; i++)
    if (!best || is_rather(s, &s->waits[i], best)) best = &s->waits[i];
  return best ? &best->key : NULL;
}

/* A call that a stop interrupted goes on by another number. */
static bool look_once(const sampled *s, look *out) {
  if (!looker_look(&s->files, out)) return false;
  if (out->call != SYS_restart_syscall) return true;
  const wait_key *key = main_wait(s);
  if (s->last.call >= 0 && s->last.sp == out->sp) {
    out->call = s->last.call;
    memcpy(out->arguments, s->last.arguments, sizeof out->arguments);
  } else if (key && key->key == out->sp) {
    out->call = key->call;
  }
  return true;
}

static seen_wait *find_wait(sampled *s, const wait_key *key, uint64_t sp) {
  uint32_t least = 0;
  for (uint32_t i = 0; i < s->nwaits; i++) {
    if (same_key(&s->waits[i].key, key)) return &s->waits[i];
    if (s->waits[i].visits < s->waits[least].visits) least = i;
  }
  if (s->nwaits < WAITS) least = s->nwaits++;
  s->waits[least] = (seen_wait){.key = *key, .sp = sp};
  return &s->waits[least];
}

static void count_wait(sampled *s, const wait_key *key, uint64_t sp, uint64_t at) {
  seen_wait *w = find_wait(s, key, sp);
  for (uint32_t i = 0; i < s->nwaits; i++)
    if (&s->waits[i] != w) s->waits[i].alone = 0;
  w->visits++;
  w->alone++;
  w->latest = at;
}

static bool is_in_wait(sampled *s, const look *l) {
  wait_key key;
  if (l->call < 0 || !wait_key_of(l->call, l->arguments, l->sp, &key)) return false;
  if (!s->last.at || has_run(&s->last, l) || !s->nwaits) count_wait(s, &key, l->sp, l->at);
  return same_key(main_wait(s), &key);
}

/* A thread is a loop's when it was seen to come back to its wait. */
static void become_loop(recording *r, sampled *s) {
  uint32_t visits = 0;
  for (uint32_t i = 0; i < s->nwaits; i++)
    if (s->waits[i].visits > visits) visits = s->waits[i].visits;
  if (s->loop == NO_INDEX && visits > 1) s->loop = recording_loop(r, s->process, s->tid);
}

static bool take_stack(recording *r, sampled *s, stack *out) {
  static const _Atomic uint64_t still = 0;
  out->count = 0;
  tracee *t = recording_tracee(r, s->process);
  tracee_let_sleep(t);
  enum stack_result result = stack_running(t, s->tid, &still, 0, out);
  if (result == STACK_REFUSED) r->processes.items[s->process].refused = true;
  return result == STACK_OK && out->count;
}

static void take_wait_stack(recording *r, sampled *s) {
  stack taken;
  look after;
  if (r->loops.items[s->loop].wait_stack != NO_INDEX || s->wait_tries >= WAIT_TRIES) return;
  s->wait_tries++;
  if (!take_stack(r, s, &taken) || !look_once(s, &after) || after.call != s->last.call ||
      after.sp != s->last.sp)
    return;
  s->last = after;
  uint32_t index = recording_stack(r, s->process, &taken);
  r->loops.items[s->loop].wait_stack = index;
}

/* ---- the stretch between two waits ---- */

static stall_look times_of(const look *l) { return (stall_look){l->at, l->cpu_ns, l->wait_ns}; }

/* Between two looks the thread was awake for as long as it ran or wanted to; when it was asleep at the
 * second, the rest may lie on either side. */
static uint64_t awake(const look *a, const look *b) {
  uint64_t ns = b->cpu_ns - a->cpu_ns + (b->wait_ns - a->wait_ns);
  return ns < b->at - a->at ? ns : b->at - a->at;
}

static uint64_t began_at(const look *wait, const look *first) {
  uint64_t ns = awake(wait, first);
  return first->call == LOOK_RUNNING ? first->at - ns : first->at - ns - (first->at - ns - wait->at) / 2;
}

static uint64_t ended_at(const look *last, const look *wait) {
  uint64_t ns = awake(last, wait);
  return last->call == LOOK_RUNNING ? last->at + ns : wait->at - (wait->at - last->at - ns) / 2;
}

static void open_stretch(const recording *r, sampled *s, uint64_t start, const look *before) {
  stretch *t = &s->now;
  t->samples.count = t->calls.count = 0;
  t->open = true;
  t->proven = t->crowded = t->exact = false;
  t->held_from = t->held_until = t->one_from = 0;
  t->start = t->earliest = start;
  t->first = (look){0};
  t->task = NULL;
  t->call_since = 0;
  t->looks = (stall_looks){.before = times_of(before)};
  t->interval = r->period_ns;
  t->next_sample = t->start + 2 * r->period_ns;
}

static void see_first(sampled *s, const look *l) {
  s->now.first = *l;
  s->now.call_since = l->at;
  s->now.looks.first = times_of(l);
}

/* It was found at work, and nothing told when that began. */
static void open_seen(const recording *r, sampled *s, const look *l) {
  open_stretch(r, s, s->wait.at ? began_at(&s->wait, l) : l->at, s->wait.at ? &s->wait : l);
  see_first(s, l);
}

/* The same where the end of its iteration is told: it began between its latest way into its wait that is
 * known and that breakpoint. Where it slept on the way, its CPU time tells more. */
static void open_between(const recording *r, sampled *s, const look *l) {
  uint64_t until = passages_since(s->passed), from = s->latest_in;
  if (until >= PASSAGES_UNTOLD) return; /* the next look may */
  if (until < from) until = from;
  if (until - from > PERIODS_BEFORE * r->period_ns) from = until - PERIODS_BEFORE * r->period_ns;
  const look *before = s->last.at ? &s->last : l;
  uint64_t woke = l->call == LOOK_RUNNING ? l->at - awake(before, l) : 0;
  if (from < woke) from = woke;
  bool slept = s->wait.at == s->last.at && s->wait.at;
  open_stretch(r, s, slept ? began_at(&s->wait, l) : from + (until - from) / 2, before);
  s->now.earliest = from < s->now.start ? from : s->now.start;
  s->now.one_from = until;
  see_first(s, l);
}

static void close_stretch(sampled *s) {
  s->now.open = false;
  s->now.samples.count = s->now.calls.count = 0;
}

static void add_call(stretch *t, uint32_t hook, uint64_t ns) {
  for (uint32_t i = 0; i < t->calls.count; i++) {
    if (t->calls.items[i].hook != hook) continue;
    t->calls.items[i].count++;
    t->calls.items[i].total_ns += ns;
    return;
  }
  if (t->calls.count < CALLS_MAX)
    *bs_vec_push(&t->calls) = (recorded_call){.hook = hook, .count = 1, .site = LAYOUT_SITES, .total_ns = ns};
}

static void note_held(stretch *t, uint64_t from, uint64_t until) {
  if (until <= from || until - from <= t->held_until - t->held_from) return;
  t->held_from = from;
  t->held_until = until;
}

/* A call that the thread was seen in, from when it cannot have begun later to `end`. */
static void end_call(const recording *r, sampled *s, uint64_t end) {
  stretch *t = &s->now;
  uint32_t hook = s->last.call >= 0 ? hook_of_call(s->last.call) : NO_INDEX;
  uint64_t from = t->call_since == t->first.at ? t->start : t->call_since;
  if (end > from && end - from >= r->options.threshold_ns) t->proven = true;
  note_held(t, from, end);
  if (hook != NO_INDEX && end > from) add_call(t, hook, end - from);
}

/* The looks before and behind it have counted other iterations. */
static uint64_t cpu_by_share(const stretch *t, uint64_t ns) {
  const stall_look *from = &t->looks.first, *to = &t->looks.latest;
  if (to->at <= from->at) to = &t->looks.over;
  if (to->at <= from->at) return 0;
  return (uint64_t)((double)(to->cpu_ns - from->cpu_ns) / (double)(to->at - from->at) * (double)ns);
}

static void record_stall(recording *r, sampled *s, uint64_t end, bool ended) {
  stretch *t = &s->now;
  recorded_stall *stall = bs_vec_push(&r->stalls);
  stall->loop = s->loop;
  stall->start = t->start;
  stall->duration = end - t->start;
  stall->hook = NO_INDEX;
  stall->ended = ended;
  stall->settled = true;
  stall->switches = -1;
  t->looks.latest = t->first.at && t->first.at < s->last.at ? times_of(&s->last) : t->looks.first;
  stall->cpu_ns = t->looks.over.cpu_ns - t->looks.before.cpu_ns;
  if (t->one_from && !t->exact) stall->cpu_ns = cpu_by_share(t, stall->duration);
  if (stall->cpu_ns > stall->duration) stall->cpu_ns = stall->duration;
  for (uint32_t i = 0; i < t->samples.count; i++)
    if (t->samples.items[i].at <= stall->duration) *bs_vec_push(&stall->samples) = t->samples.items[i];
  for (uint32_t i = 0; i < t->calls.count; i++) *bs_vec_push(&stall->calls) = t->calls.items[i];
  stall->task = t->task;
  recorded_sum_up(stall, &t->looks);
}

static void count_iteration(recording *r, const sampled *s, uint64_t ns) {
  recorded_loop *l = &r->loops.items[s->loop];
  l->iterations++;
  l->histogram[layout_bucket(ns)]++;
  if (ns > l->max_ns) l->max_ns = ns;
}

/* Moves the start; samples tell their time since then. */
static void start_later(stretch *t, uint64_t start) {
  uint64_t by = start - t->start;
  t->start = t->earliest = start;
  for (uint32_t i = 0; i < t->samples.count; i++)
    t->samples.items[i].at -= by < t->samples.items[i].at ? by : t->samples.items[i].at;
}

/* Half a threshold without running is of one iteration, and so is what lies next to it; what is further away
 * may be others. True: `*end` is that iteration's. */
static bool prove_by_rest(const recording *r, stretch *t, uint64_t *end) {
  uint64_t near = r->period_ns;
  if (t->held_until - t->held_from < r->options.threshold_ns / 2) return false;
  if (t->start + near < t->held_from) start_later(t, t->held_from - near);
  if (*end > t->held_until + near) *end = t->held_until + near;
  return true;
}

/* Of one whose beginning is not known better, what may have been as long as a stall is one; what was four
 * fifths of it at most is none. */
static void allow_for_start(const recording *r, stretch *t, uint64_t end) {
  uint64_t limit = r->options.threshold_ns;
  bool may = end >= t->earliest + limit && end >= t->start + limit / 5 * 4;
  if (may && end < t->start + limit) t->start = end - limit;
}

/* It was a stall if it was long, and one. */
static void end_stretch(recording *r, sampled *s, uint64_t end, const look *after, bool ended) {
  stretch *t = &s->now;
  t->looks.over = times_of(after);
  if (!t->proven) t->proven = prove_by_rest(r, t, &end);
  allow_for_start(r, t, end);
  uint64_t ns = end > t->start ? end - t->start : 0;
  if (s->loop != NO_INDEX) {
    bool is_stall = t->proven && ns >= r->options.threshold_ns;
    if (is_stall) record_stall(r, s, end, ended);
    if (ns >= r->options.threshold_ns && !is_stall) r->unproven++;
    bool counts = t->exact || is_stall || !t->one_from; /* others of a loop that is too fast are only seen */
    if (counts) count_iteration(r, s, t->exact || (is_stall && ns > r->period_ns) ? ns : r->period_ns);
  }
  close_stretch(s);
}

/* One that has not come to its wait for that long is not one of many. */
static void prove_by_time(const recording *r, stretch *t, uint64_t from, uint64_t end) {
  uint64_t most = PERIODS_BEFORE * r->period_ns;
  if (end - from >= r->options.threshold_ns / 4) t->proven = true;
  if (t->crowded && t->start + most < from) start_later(t, from - most);
}

/* ---- passages ---- */

static void come_out(recording *r, sampled *s, uint64_t at, const look *l) {
  s->side = SIDE_WORKS;
  if (s->now.open) close_stretch(s); /* its end was not told */
  open_stretch(r, s, at, s->last.at ? &s->last : l);
  s->now.exact = true;
  s->now.one_from = at;
}

static void go_in(recording *r, sampled *s, uint64_t at, const look *l) {
  stretch *t = &s->now;
  if (s->side == SIDE_WORKS) count_wait(s, &s->passed_wait, 0, at);
  become_loop(r, s);
  s->side = SIDE_WAITS;
  s->latest_in = at;
  if (!t->open) return;
  if (t->one_from && at > t->one_from) prove_by_time(r, t, t->one_from, at);
  uint64_t ns = awake(&s->last, l), behind = l->call == LOOK_RUNNING && l->at > at ? l->at - at : 0;
  ns = ns > behind ? ns - behind : 0;
  if (t->first.at && s->last.call >= 0) end_call(r, s, at - s->last.at > ns ? at - ns : s->last.at);
  t->looks.slept = l->call >= 0;
  end_stretch(r, s, at, l, true);
}

/* There may have been passages that were not told, until `since`: what was open has ended somewhere. */
static void lose_sight(sampled *s, uint64_t since) {
  s->side = SIDE_UNKNOWN;
  if (s->now.open) close_stretch(s);
  if (since != PASSAGES_LOST) return;
  passages_free(s->passed);
  s->passed = NULL;
}

/* What came before the look; and after it, where more is not told. */
static void take_passages(recording *r, sampled *s, const look *l, bool waits) {
  uint64_t since;
  uint32_t i = 0;
  bool whole = passages_read(s->passed, !waits, &s->came, &since);
  for (; i < s->came.count && (!whole || s->came.items[i].at <= l->at); i++) {
    const passage *p = &s->came.items[i];
    if (p->out)
      come_out(r, s, p->at, l);
    else
      go_in(r, s, p->at, l);
  }
  s->came.count -= i;
  if (i) memmove(s->came.items, s->came.items + i, s->came.count * sizeof *s->came.items);
  if (!whole) lose_sight(s, since);
}

/* It is in its wait: where that is made, its passages are told from now on. */
static void watch_passages(recording *r, sampled *s, const look *l) {
  const wait_key *wait = main_wait(s);
  bool same = s->pc == l->pc && same_key(wait, &s->passed_wait);
  if ((s->passed && same) || s->tries >= PASSAGE_TRIES || s->pursued) return;
  passages_free(s->passed);
  s->tries++;
  s->pc = l->pc;
  s->passed_wait = *wait;
  s->came.count = 0;
  s->side = SIDE_UNKNOWN;
  const char *why = NULL;
  s->passed = passages_new(r->processes.items[s->process].pid, s->tid, wait, l->pc, &why);
  if (!s->passed) r->no_breakpoints = why;
}

/* It is in its wait, and was before: has the way back been told? */
static void check_passages(recording *r, sampled *s, const look *l) {
  bool away = s->was_away || (s->wait.at && l->cpu_ns - s->wait.cpu_ns > WORK_NS);
  s->was_away = false;
  if (!away || !s->passed || !s->wait.at || s->wait.pc != l->pc || s->pc != l->pc) return;
  if (!passages_came_back(s->passed, s->wait.at)) return;
  r->no_breakpoints = "those of a thread were never hit";
  s->tries = PASSAGE_TRIES;
  lose_sight(s, PASSAGES_LOST);
}

/* ---- following ---- */

static void grow_patience(sampled *s, uint64_t now) {
  s->patience = s->patience ? 2 * s->patience : PATIENCE_MIN_NS;
  if (s->patience > PATIENCE_MAX_NS) s->patience = PATIENCE_MAX_NS;
  s->next_pursuit = now + s->patience;
}

/* It came to its wait without sleeping there, or in the middle of its work: how long was that iteration? */
static void came_to_wait(recording *r, sampled *s, const look *l, uint64_t from, uint64_t at, bool waits) {
  prove_by_time(r, &s->now, from, at);
  bool held = s->now.proven;
  end_stretch(r, s, at, l, true);
  if (!held) grow_patience(s, l->at);
  if (waits) return;
  open_seen(r, s, l);
  s->now.start = at;
  s->now.crowded = true;
}

/* `waits`: it is in its wait now, so that a pursuit has come to its end, whatever it is. True: it told that
 * end. */
static bool look_at_pursuit(recording *r, sampled *s, const look *l, bool waits) {
  uint64_t from, at;
  enum pursuit_end end = s->pursued ? pursuit_end(s->pursued, false, &from, &at) : PURSUIT_ON;
  if (s->pursued && end == PURSUIT_ON && waits) end = pursuit_end(s->pursued, true, &from, &at);
  if (end == PURSUIT_ON) return false;
  s->pursued = NULL;
  if (end == PURSUIT_LOST) s->next_pursuit = l->at + PATIENCE_MIN_NS;
  if (!s->now.open) return false;
  if (end == PURSUIT_HELD) {
    s->now.proven = true;
    if (s->now.crowded && s->now.start + PERIODS_BEFORE * r->period_ns < from)
      start_later(&s->now, from - PERIODS_BEFORE * r->period_ns);
    s->now.crowded = false;
  }
  bool ended = end == PURSUIT_WAITS && at > s->now.start;
  if (ended) came_to_wait(r, s, l, from, at, waits);
  return ended;
}

/* Only a thread that computes is followed: one that sleeps proves itself, and must not be woken. */
static void follow(const recording *r, sampled *s, const look *l) {
  if (s->passed || s->pursued || l->call != LOOK_RUNNING || l->at < s->next_pursuit || !s->nwaits) return;
  s->pursued = pursuit_begin(s->tid, main_wait(s), r->options.threshold_ns);
  s->next_pursuit = l->at + r->options.threshold_ns;
}

/* ---- one look ---- */

static void sample(recording *r, sampled *s, const look *l) {
  stretch *t = &s->now;
  stack taken;
  if (l->at < t->next_sample || s->pursued || !s->nwaits) return;
  if (t->samples.count < SAMPLES_MAX && take_stack(r, s, &taken)) {
    if (!t->task) t->task = recording_task(r, &taken);
    *bs_vec_push(&t->samples) = (recorded_sample){
        .at = l->at - t->start,
        .stack = recording_stack(r, s->process, &taken),
        .hook = l->call >= 0 ? hook_of_call(l->call) : NO_INDEX,
        .state = l->call == LOOK_RUNNING ? 'R' : stack_state(r->processes.items[s->process].pid, s->tid)};
  }
  follow(r, s, l);
  t->next_sample = l->at + t->interval;
  t->interval += t->interval / 2;
  if (t->interval > INTERVAL_MAX_NS) t->interval = INTERVAL_MAX_NS;
}

/* The look says that it waits, and was taken the moment before it came out. */
static bool has_just_come_out(const sampled *s, const look *l) {
  return s->side == SIDE_WORKS && l->at - s->now.start < LOOK_NS;
}

static void look_at_wait(recording *r, sampled *s, const look *l, bool told) {
  if (has_just_come_out(s, l)) return;
  check_passages(r, s, l);
  watch_passages(r, s, l);
  bool told_out = s->passed && passages_tell_all(s->passed) && passages_since(s->passed) < l->at;
  s->side = told_out ? SIDE_WAITS : SIDE_UNKNOWN;
  s->latest_in = l->at;
  if (s->now.open) {
    uint64_t end = ended_at(&s->last, l);
    if (s->last.call >= 0 && s->now.first.at) end_call(r, s, end);
    end_stretch(r, s, end, l, true);
  } else if (!s->passed && !told && s->loop != NO_INDEX && s->last.at && has_run(&s->last, l)) {
    count_iteration(r, s, r->period_ns);
  }
  s->patience = s->next_pursuit = 0; /* one that sleeps is not always busy */
  s->wait = *l;
}

static void look_at_work(recording *r, sampled *s, const look *l) {
  stretch *t = &s->now;
  s->was_away |= l->call >= 0;
  if (s->side == SIDE_WAITS) return; /* in its wait, and wanted out of it by now */
  if (!t->open && s->passed) {
    open_between(r, s, l);
  } else if (!t->open) {
    open_seen(r, s, l);
  } else if (!t->first.at) {
    see_first(s, l);
  } else if (has_run(&s->last, l) || l->call != s->last.call) {
    if (s->last.call >= 0) end_call(r, s, has_run(&s->last, l) ? ended_at(&s->last, l) : l->at);
    t->call_since = l->at;
  }
  if (!t->open) return;
  if (l->call >= 0 && l->at - t->call_since >= r->options.threshold_ns) t->proven = true;
  /* One without a CPU may be in a short iteration all the same, and in others before and after. */
  if (l->call != LOOK_RUNNING || l->at - t->call_since >= r->options.threshold_ns)
    note_held(t, t->call_since, l->at);
  sample(r, s, l);
}

bool sampled_look(recording *r, sampled *s) {
  look l;
  if (!look_once(s, &l)) return false;
  bool waits = is_in_wait(s, &l);
  become_loop(r, s);
  if (s->passed) take_passages(r, s, &l, waits);
  bool told = look_at_pursuit(r, s, &l, waits);
  if (waits)
    look_at_wait(r, s, &l, told);
  else
    look_at_work(r, s, &l);
  s->last = l;
  if (waits && s->loop != NO_INDEX) take_wait_stack(r, s);
  return true;
}

void sampled_end(recording *r, sampled *s) {
  look l = s->last;
  if (s->now.open) {
    if (s->last.call >= 0 && s->now.first.at) end_call(r, s, s->last.at);
    end_stretch(r, s, s->last.at, &l, false);
  }
  uint64_t from, at;
  if (s->pursued) pursuit_end(s->pursued, true, &from, &at);
  r->loops_looked += s->loop != NO_INDEX && !s->passed;
  r->loops_fast += s->loop != NO_INDEX && s->passed && passages_were_many(s->passed);
  looker_close(&s->files);
  passages_free(s->passed);
  bs_vec_fini(&s->came);
  bs_vec_fini(&s->now.samples);
  bs_vec_fini(&s->now.calls);
}

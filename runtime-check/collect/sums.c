/* What a stall was made of: its times from what was measured, and the words for the largest part.
 *
 * The thread itself tells its CPU time and the exact time of each call; the kernel tells how long it waited
 * for a CPU, between looks at schedstat; samples tell whether it was stopped, and whether it waited for
 * something in no watched call. What nothing of this explains was spent for want of a CPU when every sample
 * found the thread able to run. */
#include "runtime-check/collect/recording.h"

#include <string.h>

static uint64_t least(uint64_t a, uint64_t b) { return a < b ? a : b; }
static uint64_t without(uint64_t a, uint64_t b) { return a > b ? a - b : 0; }

void recorded_calls_by_api(const recorded_stall *stall, report_call_times *out) {
  for (uint32_t i = 0; i < stall->calls.count; i++) {
    const recorded_call *call = &stall->calls.items[i];
    const char *api = hook_name(call->hook);
    uint32_t k = 0;
    while (k < out->count && strcmp(out->items[k].api, api) < 0) k++;
    if (k == out->count || strcmp(out->items[k].api, api) != 0) {
      bs_vec_push(out);
      memmove(&out->items[k + 1], &out->items[k], (out->count - 1 - k) * sizeof *out->items);
      out->items[k] = (report_call_time){.api = api};
    }
    out->items[k].calls += call->count;
    out->items[k].ns += call->total_ns;
  }
}

static stall_times times_of(const recorded_stall *stall) {
  return (stall_times){stall->duration, stall->on_cpu_ns, stall->wait_ns, stall->stopped_ns};
}

static uint64_t since_began(const recording *r, uint64_t time) { return without(time, r->began); }

observed_stall recorded_stall_observed(const recording *r, const recorded_stall *stall) {
  return (observed_stall){.start_ns = since_began(r, stall->start),
                          .duration_ns = stall->duration,
                          .cpu_ns = stall->cpu_ns,
                          .times = times_of(stall),
                          .kind = stall->kind,
                          .ended = stall->ended,
                          .api = hook_api(stall->hook),
                          .scope = stall->scope ? stall->scope : stall->task,
                          .others = stall->others,
                          .others_ns = stall->others_ns};
}

observed_scope recorded_scope_observed(const recording *r, const recorded_scope *scope) {
  return (observed_scope){.process = r->processes.items[scope->process].pid,
                          .thread = scope->tid,
                          .name = scope->name,
                          .outcome = scope_outcome_names[scope->outcome],
                          .start_ns = since_began(r, scope->start),
                          .duration_ns = scope->duration,
                          .threshold_ns = scope->threshold,
                          .api = hook_api(scope->hook)};
}

/* The time that a sample stands for: to the middle between it and its neighbours. */
static uint64_t stands_for(const recorded_stall *stall, uint32_t i) {
  const recorded_sample *s = stall->samples.items;
  uint64_t from = i ? (s[i - 1].at + s[i].at) / 2 : 0;
  uint64_t to = i + 1 < stall->samples.count ? (s[i].at + s[i + 1].at) / 2 : stall->duration;
  return without(to, from);
}

static uint64_t time_in_state(const recorded_stall *stall, const char *states) {
  uint64_t ns = 0;
  for (uint32_t i = 0; i < stall->samples.count; i++) {
    char state = stall->samples.items[i].state;
    if (state && strchr(states, state)) ns += stands_for(stall, i);
  }
  return ns;
}

/* Whether the thread may have waited for something that is no watched call: not when it never gave up the CPU
 * by itself; else when a sample found it so. Without samples its calls explain as many waits as there were
 * calls. */
static bool may_wait_unseen(const recorded_stall *stall) {
  int64_t calls = 0;
  for (uint32_t i = 0; i < stall->calls.count; i++) calls += stall->calls.items[i].count;
  bool explained = !stall->samples.count && 0 < stall->switches && stall->switches <= calls;
  if (!stall->switches || explained) return false;
  for (uint32_t i = 0; i < stall->samples.count; i++) {
    const recorded_sample *s = &stall->samples.items[i];
    if (s->hook == NO_INDEX && (!s->state || strchr("SDI", s->state))) return true;
  }
  return !stall->samples.count;
}

static bool is_between(const stall_look *a, const stall_look *b) {
  return a->at && b->at > a->at && b->cpu_ns >= a->cpu_ns && b->wait_ns >= a->wait_ns;
}

/* The thread's own word, or the share of the time that it was looked at. */
static uint64_t time_on_cpu(const recorded_stall *stall, const stall_looks *looks) {
  const stall_look *from = &looks->first, *to = &looks->over;
  if (stall->cpu_ns != NO_TIME) return stall->cpu_ns;
  if (!is_between(from, to)) return 0;
  double share = (double)(to->cpu_ns - from->cpu_ns) / (double)(to->at - from->at);
  return least((uint64_t)(share * (double)stall->duration), stall->duration);
}

static uint64_t time_in_calls(const recorded_stall *stall) {
  uint64_t ns = 0;
  for (uint32_t i = 0; i < stall->calls.count; i++) ns += stall->calls.items[i].total_ns;
  return ns;
}

/* What the kernel counted from the first look on. The last one was taken behind the end: what may have been
 * waited for after that is left out. */
static uint64_t time_seen_waiting(const recorded_stall *stall, const stall_looks *looks) {
  const stall_look *latest = is_between(&looks->first, &looks->latest) ? &looks->latest : &looks->first;
  uint64_t seen = latest->at ? latest->wait_ns - looks->first.wait_ns : 0;
  if (!is_between(latest, &looks->over)) return seen;
  uint64_t behind = looks->slept ? 0 : without(looks->over.at, stall->start + stall->duration);
  return seen + without(looks->over.wait_ns - latest->wait_ns, behind);
}

/* The kernel's word while the stall was looked at; before that it only fills what is left. */
static uint64_t time_waiting(const recorded_stall *stall, const stall_looks *looks) {
  uint64_t most = without(stall->duration, stall->on_cpu_ns + stall->stopped_ns);
  uint64_t seen = least(time_seen_waiting(stall, looks), most);
  uint64_t left = without(most, seen + time_in_calls(stall));
  if (!may_wait_unseen(stall)) return seen + left;
  const stall_look *until = looks->first.at ? &looks->first : &looks->over;
  uint64_t earlier = is_between(&looks->before, until) ? until->wait_ns - looks->before.wait_ns : 0;
  return seen + least(left, earlier);
}

/* The watched call of that name. */
static uint32_t hook_of(const recorded_stall *stall, const char *api) {
  for (uint32_t i = 0; i < stall->calls.count; i++)
    if (!strcmp(hook_name(stall->calls.items[i].hook), api)) return stall->calls.items[i].hook;
  return NO_INDEX;
}

/* A call that has not come back has no exact time: the samples in it tell. */
static void count_open_call(recorded_stall *stall) {
  if (stall->ended || !stall->samples.count) return;
  const recorded_sample *s = &stall->samples.items[stall->samples.count - 1];
  if (s->hook == NO_INDEX) return;
  for (uint32_t i = 0; i < stall->calls.count; i++)
    if (stall->calls.items[i].hook == s->hook) return; /* it came back */
  uint64_t ns = 0;
  for (uint32_t i = stall->samples.count; i-- > 0 && stall->samples.items[i].hook == s->hook;)
    ns += stands_for(stall, i);
  *bs_vec_push(&stall->calls) =
      (recorded_call){.hook = s->hook, .count = 1, .site = LAYOUT_SITES, .total_ns = ns};
}

void recorded_sum_up(recorded_stall *stall, const stall_looks *looks) {
  report_call_times calls = {0};
  report_parts parts = {0};
  count_open_call(stall);
  stall->stopped_ns = least(time_in_state(stall, "T"), stall->duration);
  stall->on_cpu_ns = least(time_on_cpu(stall, looks), stall->duration - stall->stopped_ns);
  stall->wait_ns = time_waiting(stall, looks);
  recorded_calls_by_api(stall, &calls);
  const stall_times times = times_of(stall);
  stall_parts(&times, calls.items, calls.count, &parts);
  stall->kind = stall_kind_of(&times, &parts);
  bool in_call = parts.count && parts.items[0].kind == REPORT_PART_CALL;
  stall->hook = in_call ? hook_of(stall, parts.items[0].api) : NO_INDEX;
  bs_vec_fini(&calls);
  bs_vec_fini(&parts);
}

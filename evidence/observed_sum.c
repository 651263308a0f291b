/* What a stall was, as a sum: how much of each part every sample stands for, and which sample speaks for the
 * whole.
 *
 * The parts are exact where the thread or the kernel measured them (reports/model/parts.h); samples only say
 * where in the program they were spent. So a sample in a call shares that call's time with the other samples
 * in it, and one outside of all calls shares what was computed, or waited without a call. Who had no CPU, or
 * was stopped, within a call was so where the call is. The one that speaks for the stall is of its largest
 * part. What was computed in many functions is the function that most of that time was below. */
#include "evidence/observed_internal.h"

#include "base/hash.h"
#include "runtime-check/collect/names.h"

#include <stdlib.h>
#include <string.h>

static uint64_t without(uint64_t a, uint64_t b) { return a > b ? a - b : 0; }

/* To the middle between a sample and its neighbours. */
static uint64_t stands_for(const observed_stall *stall, uint32_t i) {
  const observed_sample *s = stall->samples;
  uint64_t from = i ? (s[i - 1].at_ns + s[i].at_ns) / 2 : 0;
  uint64_t to = i + 1 < stall->nsamples ? (s[i].at_ns + s[i + 1].at_ns) / 2 : stall->duration_ns;
  return without(to, from) + 1; /* never nothing: it was seen */
}

static const report_part *call_part(const report_parts *parts, const char *api) {
  for (uint32_t i = 0; api && i < parts->count; i++)
    if (parts->items[i].kind == REPORT_PART_CALL && !strcmp(parts->items[i].api, api))
      return &parts->items[i];
  return NULL;
}

/* What the thread waited for a CPU, or was stopped, within the calls of a part: it is no time of theirs. */
static uint64_t taken_off(const observed_stall *stall, const report_part *call) {
  uint64_t whole = 0;
  for (uint32_t i = 0; i < stall->ncalls; i++)
    if (!strcmp(stall->calls[i].api, call->api)) whole += stall->calls[i].ns;
  return without(whole < stall->duration_ns ? whole : stall->duration_ns, call->ns);
}

bool observed_has_sample_in(const observed_stall *stall, const char *api) {
  for (uint32_t i = 0; i < stall->nsamples; i++)
    if (stall->samples[i].api && !strcmp(stall->samples[i].api, api)) return true;
  return false;
}

/* The same of all calls that samples are in. */
static uint64_t waited_in_calls(const observed_stall *stall, const report_parts *parts) {
  uint64_t ns = 0;
  for (uint32_t i = 0; i < parts->count; i++)
    if (parts->items[i].kind == REPORT_PART_CALL && observed_has_sample_in(stall, parts->items[i].api))
      ns += taken_off(stall, &parts->items[i]);
  return ns;
}

/* Whether the sample is of the part: of the call that it was in, or of what is no call. */
static bool is_of(const observed_stall *stall, const observed_sample *sample, const report_parts *parts,
                  const report_part *part) {
  const report_part *call = call_part(parts, sample->api);
  bool waits = part->kind == REPORT_PART_WAIT || part->kind == REPORT_PART_STOPPED;
  if (part->kind == REPORT_PART_CALL) return call == part;
  return !call || (waits && waited_in_calls(stall, parts) > part->ns / 2);
}

/* How what is no call was spent, for the most. */
static const char *code_kind(const report_parts *parts) {
  static const char *const kinds[REPORT_PART_KINDS] = {"on-cpu", "off-cpu", "runnable", "stopped", "off-cpu"};
  for (uint32_t i = 0; i < parts->count; i++)
    if (parts->items[i].kind != REPORT_PART_CALL) return kinds[parts->items[i].kind];
  return "off-cpu";
}

static uint64_t code_ns(const report_parts *parts) {
  uint64_t ns = 0;
  for (uint32_t i = 0; i < parts->count; i++)
    if (parts->items[i].kind != REPORT_PART_CALL) ns += parts->items[i].ns;
  return ns;
}

/* Shares a time among the samples of a call, or of none (NULL). */
static void share(const observed_stall *stall, stall_sum *sum, const report_part *call, uint64_t ns,
                  const char *kind) {
  uint64_t all = 0;
  for (uint32_t i = 0; i < stall->nsamples; i++)
    if (call_part(&sum->parts, stall->samples[i].api) == call) all += stands_for(stall, i);
  for (uint32_t i = 0; i < stall->nsamples; i++) {
    if (call_part(&sum->parts, stall->samples[i].api) != call) continue;
    sum->ns[i] = (uint64_t)((double)stands_for(stall, i) / (double)all * (double)ns);
    sum->kinds[i] = kind;
  }
}

static void share_all(const observed_stall *stall, stall_sum *sum) {
  bool copies = !strcmp(stall->kind, "on-cpu");
  for (uint32_t i = 0; i < sum->parts.count; i++) {
    const report_part *part = &sum->parts.items[i];
    if (part->kind != REPORT_PART_CALL) continue;
    uint64_t waited = taken_off(stall, part);
    const char *kind = !i && copies ? "on-cpu" : "off-cpu";
    share(stall, sum, part, part->ns + waited, waited > part->ns ? "runnable" : kind);
  }
  share(stall, sum, NULL, without(code_ns(&sum->parts), waited_in_calls(stall, &sum->parts)),
        code_kind(&sum->parts));
}

/* ---- the largest part ---- */

/* Of the way that most of the largest part was spent on, the first sample. */
static uint32_t main_sample(observing *w, const observed_stall *stall, const stall_sum *sum) {
  uint32_t best = 0;
  uint64_t most = 0;
  for (uint32_t i = 0; i < stall->nsamples; i++) {
    uint64_t way = observed_stack_facts(w, stall->samples[i].stack)->way, time = 0;
    for (uint32_t k = 0; sum->among[i] && k < stall->nsamples; k++)
      if (sum->among[k] && observed_stack_facts(w, stall->samples[k].stack)->way == way)
        time += sum->ns[k] + 1;
    if (time <= most) continue;
    most = time;
    best = i;
  }
  return best;
}

/* The hash of the function's name; 0 where the stack is not that deep. */
static uint64_t function_at(observing *w, const observed_stall *stall, uint32_t sample, uint32_t depth) {
  const stack_facts *facts = observed_stack_facts(w, stall->samples[sample].stack);
  return depth < facts->nfunctions ? w->functions.items[facts->functions + depth] : 0;
}

/* The function at this depth that half of the time or more goes through, and not one sample of several, if it
 * does not stand for most; 0 none. */
static uint64_t followed(observing *w, const observed_stall *stall, const stall_sum *sum, uint32_t depth,
                         uint64_t all, uint32_t samples) {
  for (uint32_t i = 0; i < stall->nsamples; i++) {
    uint64_t function = sum->among[i] ? function_at(w, stall, i, depth) : 0;
    uint64_t time = 0;
    uint32_t count = 0;
    for (uint32_t k = 0; function && k < stall->nsamples; k++) {
      if (!sum->among[k] || function_at(w, stall, k, depth) != function) continue;
      time += sum->ns[k];
      count++;
    }
    bool is_sure = count > 1 || samples == 1 || time / 3 >= all / 4;
    if (function && time * 2 >= all && is_sure) return function;
  }
  return 0;
}

/* What was spent in the last function of the way itself. */
static uint64_t spent_here(observing *w, const observed_stall *stall, const stall_sum *sum, uint32_t depth) {
  uint64_t ns = 0;
  for (uint32_t i = 0; depth && i < stall->nsamples; i++)
    if (sum->among[i] && !function_at(w, stall, i, depth)) ns += sum->ns[i];
  return ns;
}

/* Leaves among the samples those of the heaviest way down, as far as there is one. A function that does a
 * quarter of the work itself is where the way ends: what it calls on the side is its doing. */
static uint32_t follow(observing *w, const observed_stall *stall, stall_sum *sum) {
  uint64_t all = 0, function;
  uint32_t samples = 0, depth = 0;
  for (uint32_t i = 0; i < stall->nsamples; i++) {
    if (!sum->among[i]) continue;
    all += sum->ns[i];
    samples++;
  }
  for (; (function = followed(w, stall, sum, depth, all, samples)); depth++) {
    if (spent_here(w, stall, sum, depth) * 4 >= all && depth) break;
    for (uint32_t i = 0; i < stall->nsamples; i++) {
      sum->among[i] = sum->among[i] && function_at(w, stall, i, depth) == function;
    }
  }
  return depth;
}

void observed_sum(observing *w, const observed_stall *stall, stall_sum *out) {
  *out = (stall_sum){0};
  stall_parts(&stall->times, stall->calls, stall->ncalls, &out->parts);
  out->ns = bs_calloc(stall->nsamples + 1, sizeof *out->ns);
  out->kinds = bs_calloc(stall->nsamples + 1, sizeof *out->kinds);
  out->among = bs_calloc(stall->nsamples + 1, sizeof *out->among);
  if (!stall->nsamples) return;
  share_all(stall, out);
  bool any = false;
  for (uint32_t i = 0; i < stall->nsamples; i++)
    any |= out->among[i] =
        out->parts.count && is_of(stall, &stall->samples[i], &out->parts, &out->parts.items[0]);
  for (uint32_t i = 0; i < stall->nsamples && !any; i++) out->among[i] = true;
  if (any) out->common = follow(w, stall, out);
  out->main = main_sample(w, stall, out);
}

uint32_t observed_part_sample(observing *w, const observed_stall *stall, stall_sum *sum,
                              const report_part *part, uint32_t *common) {
  bool any = false;
  for (uint32_t i = 0; i < stall->nsamples; i++)
    any |= sum->among[i] = is_of(stall, &stall->samples[i], &sum->parts, part);
  if (!any) return UINT32_MAX;
  *common = follow(w, stall, sum);
  return main_sample(w, stall, sum);
}

void observed_sum_fini(stall_sum *sum) {
  bs_vec_fini(&sum->parts);
  free(sum->ns);
  free(sum->kinds);
  free(sum->among);
}

uint32_t observed_common_frame(const observed_stack *s, uint32_t common) {
  uint32_t outermost = s->callback == OBSERVED_NONE ? s->count - 1 : s->callback;
  uint32_t innermost = s->culprit == OBSERVED_NONE ? 0 : s->culprit;
  if (!common || common > outermost + 1 || outermost + 1 - common <= innermost) return OBSERVED_NONE;
  uint32_t i = outermost + 1 - common;
  while (i < outermost && !frame_is_own(&s->frames[i])) i++;
  return i;
}

uint64_t observed_kind_key(observing *w, const observed_stall *stall, const stall_sum *sum) {
  uint64_t key = bs_hash_mix(stall->nsamples != 0, stall->api ? bs_hash(stall->api, strlen(stall->api)) : 0);
  if (!stall->nsamples) return key;
  const stack_facts *facts = observed_stack_facts(w, stall->samples[sum->main].stack);
  if (facts->test) key = bs_hash_mix(key, bs_hash(facts->test, strlen(facts->test)));
  if (!sum->common) return bs_hash_mix(key, facts->kind);
  /* What computes does so in many lines. */
  for (uint32_t i = 0; i < sum->common && i < facts->nfunctions; i++)
    key = bs_hash_mix(key, w->functions.items[facts->functions + i]);
  return key;
}

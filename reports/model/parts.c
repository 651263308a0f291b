/* The parts of a stall: measures that overlap are made to add up. */
#include "reports/model/parts.h"

#include <string.h>

const char *const report_part_names[REPORT_PART_KINDS] = {"cpu", "call", "waiting-for-cpu", "stopped",
                                                          "other"};

static uint64_t least(uint64_t a, uint64_t b) { return a < b ? a : b; }

static int larger_first(const void *a, const void *b) {
  const report_part *x = a, *y = b;
  if (x->ns != y->ns) return x->ns < y->ns ? 1 : -1;
  if (x->kind != y->kind) return (int)x->kind - (int)y->kind;
  return x->api && y->api ? strcmp(x->api, y->api) : 0;
}

static void add(report_parts *out, enum report_part_kind kind, const char *api, uint64_t ns) {
  if (ns) *bs_vec_push(out) = (report_part){.kind = kind, .api = api, .ns = ns};
}

/* Takes time off the calls, the longest first. */
static void shorten_calls(report_parts *calls, uint64_t ns) {
  bs_vec_sort(calls, larger_first);
  for (uint32_t i = 0; i < calls->count && ns; i++) {
    uint64_t cut = least(ns, calls->items[i].ns);
    calls->items[i].ns -= cut;
    ns -= cut;
  }
}

void stall_parts(const stall_times *times, const report_call_time *calls, uint32_t count, report_parts *out) {
  uint64_t all = times->duration_ns, in_calls = 0;
  uint64_t stopped = least(times->stopped_ns, all), wait = least(times->wait_ns, all - stopped);
  uint64_t cpu = least(times->cpu_ns, all - stopped - wait);
  for (uint32_t i = 0; i < count; i++) {
    uint64_t ns = least(calls[i].ns, all - in_calls);
    add(out, REPORT_PART_CALL, calls[i].api, ns);
    in_calls += ns;
  }
  uint64_t sum = cpu + wait + stopped + in_calls, over = sum > all ? sum - all : 0;
  /* Who was stopped, or had no CPU, was so within the calls. */
  uint64_t within = least(over, least(in_calls, wait + stopped));
  shorten_calls(out, within);
  cpu -= least(cpu, over - within);
  sum = cpu + wait + stopped + in_calls - within;
  uint32_t kept = 0;
  for (uint32_t i = 0; i < out->count; i++)
    if (out->items[i].ns) out->items[kept++] = out->items[i];
  out->count = kept;
  add(out, REPORT_PART_CPU, NULL, cpu);
  add(out, REPORT_PART_WAIT, NULL, wait);
  add(out, REPORT_PART_STOPPED, NULL, stopped);
  add(out, REPORT_PART_OTHER, NULL, all > sum ? all - sum : 0);
  bs_vec_sort(out, larger_first);
}

const char *stall_kind_of(const stall_times *times, const report_parts *parts) {
  static const char *const kinds[REPORT_PART_KINDS] = {"on-cpu", "off-cpu", "runnable", "stopped", "off-cpu"};
  if (!parts->count) return "off-cpu";
  const report_part *first = &parts->items[0];
  bool computes = first->kind == REPORT_PART_CALL && times->cpu_ns >= times->duration_ns / 2;
  if (first->ns < times->duration_ns / 2) return "mixed";
  return computes ? "on-cpu" : kinds[first->kind];
}

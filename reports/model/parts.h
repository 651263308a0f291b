/* A stall as a sum: the time on the CPU, each call's exact time, the time for want of a CPU, stopped, and
 * what is left.
 *
 * The measures overlap: a call that copies is on the CPU as well, and a thread that wakes up from a call may
 * have to wait for a CPU within it. Here they become parts that add up to the stall. Everybody who says what
 * a stall was made of asks this: the recorder for its file, the join, and the reports. */
#ifndef BLOCKSCAN_REPORTS_MODEL_PARTS_H
#define BLOCKSCAN_REPORTS_MODEL_PARTS_H

#include "reports/model/recorded.h"

/* What was measured of a stall, in nanoseconds. */
typedef struct stall_times {
  uint64_t duration_ns;
  uint64_t cpu_ns; /* on the CPU, in calls and outside of them */
  uint64_t wait_ns; /* it could run, and had no CPU */
  uint64_t stopped_ns; /* by a signal */
} stall_times;

/* Fills an empty list with the parts, the largest first, none of them 0: their sum is the duration. `calls`
 * are the exact times by API, in any order. */
void stall_parts(const stall_times *times, const report_call_time *calls, uint32_t count, report_parts *out);
/* The word for the whole, as report_stall.kind has it: that of the largest part, or "mixed" when it is less
 * than half of the stall. */
const char *stall_kind_of(const stall_times *times, const report_parts *parts);

#endif

/* The part of the finding model that tells of a run: places, stacks, stalls, scopes, calls, loops. It knows
 * neither findings nor rules, so that the recorder shares it. Texts are as in the model, and live where the
 * document's do.
 */
#ifndef BLOCKSCAN_REPORTS_MODEL_RECORDED_H
#define BLOCKSCAN_REPORTS_MODEL_RECORDED_H

#include "base/vec.h"

#include <stdbool.h>
#include <stdint.h>

typedef struct report_place {
  const char *function; /* "" at file scope */
  const char *file;
  unsigned line, column; /* from 1; column 0 unknown */
} report_place;

/* A function on a stack, as it was seen in the running program. */
typedef struct report_frame {
  const char *function; /* "" unknown */
  const char *file; /* NULL unknown */
  unsigned line; /* 0 unknown */
  const char *module; /* path of the program or library */
  bool inlined; /* into the next one */
  const char *build_id, *offset; /* of the module, and in it ("0x1a2b"), where there is no name; else NULL */
} report_frame;

typedef struct report_sample {
  uint64_t at_ns; /* since the stall began */
  uint64_t ns; /* what it stands for, so that those of a call, or of none, add up to their time; 0 unknown */
  const char *api; /* the watched call that the thread was in; NULL: in none */
  /* Numbers of frames of the stack, from 1, 0 unknown: the function that the loop had called, and the
   * innermost one of the program's own. */
  unsigned callback, culprit;
  unsigned
      shown; /* frames from the innermost that tell something: further out is what runs the loop; 0 all */
  unsigned omitted; /* of a deep recursion: frames that are not in the stack */
  bool cut; /* what called the outermost one was not taken */
  BS_VEC(report_frame) stack; /* innermost first */
} report_sample;

/* The calls of one watched API in a stall. */
typedef struct report_call_time {
  const char *api;
  uint64_t calls, ns;
} report_call_time;
typedef BS_VEC(report_call_time) report_call_times;

/* What a stall was made of (parts.h). */
enum report_part_kind {
  REPORT_PART_CPU, /* on the CPU, outside of watched calls */
  REPORT_PART_CALL, /* in the calls of one API */
  REPORT_PART_WAIT, /* it could run, and had no CPU */
  REPORT_PART_STOPPED, /* by a signal */
  REPORT_PART_OTHER, /* it waited for something in no watched call */
  REPORT_PART_KINDS
};
extern const char
    *const report_part_names[REPORT_PART_KINDS]; /* "cpu", "call", "waiting-for-cpu", "stopped", "other" */

typedef struct report_part {
  enum report_part_kind kind;
  const char *api; /* of a call; else NULL */
  const char *function; /* where most of it was: of the program's own code; NULL unknown */
  uint64_t ns;
} report_part;
typedef BS_VEC(report_part) report_parts;

/* An iteration of a recorded loop that took too long. */
typedef struct report_stall {
  unsigned loop; /* id */
  uint64_t start_ns; /* since the recording began */
  uint64_t duration_ns, cpu_ns; /* cpu_ns UINT64_MAX: unknown */
  const char *kind; /* "off-cpu", "on-cpu", "runnable", "stopped", "mixed" */
  bool ended;
  const char *api, *rule, *callback; /* NULL unknown */
  const char *scope; /* the innermost named one that it was in, or NULL */
  const char *test; /* of a test program, "Suite.Name": the one that was running; NULL unknown */
  bool has_culprit;
  report_place culprit;
  unsigned main; /* the sample that speaks for its largest part; callback and culprit are of its stack */
  report_parts parts; /* what it was made of, the largest first */
  report_call_times calls; /* in it, the costliest first */
  /* Of the longest of those alike (the same call, callback and culprit): how many there are with it, and how
   * long they took together. 0 of the others. */
  uint64_t alike, alike_ns;
  uint64_t group; /* of those: the same in all recordings; in no report */
  BS_VEC(report_sample) samples;
} report_stall;

/* A named scope of blockscan/runtime.h that took too long, or did not although that was expected. */
typedef struct report_scope {
  const char *name;
  const char *outcome; /* "stalled", "expected", "missed" */
  unsigned loop; /* id; 0: of a thread that runs none */
  int process, thread;
  uint64_t start_ns, duration_ns, threshold_ns; /* start since the recording began */
  const char *api, *rule; /* NULL unknown */
  BS_VEC(report_sample) samples;
} report_scope;

/* Calls that took this long. */
typedef struct report_range {
  uint64_t low_ns, high_ns, count;
} report_range;
typedef BS_VEC(report_range) report_ranges;

/* Adds a range to those that are there, in their order. */
void report_ranges_add(report_ranges *ranges, const report_range *range);
/* What `part` (0 to 1) of the calls did not exceed, as far as the ranges tell, and no more than the longest;
 * 0 without any. */
uint64_t report_ranges_quantile(const report_ranges *ranges, uint64_t max_ns, double part);

/* A place that called a watched API on a loop's thread. */
typedef struct report_call {
  unsigned loop; /* id */
  const char *api, *rule; /* rule "" unknown */
  uint64_t calls, total_ns, max_ns, p50_ns, p99_ns;
  unsigned culprit; /* as of a sample */
  bool nested; /* it ran a loop in a callback, for the same events: it held nothing */
  report_ranges times; /* how long they took, shortest first; none of a JSON report */
  BS_VEC(report_frame)
  stack; /* innermost first: the caller, inlined functions too, and as many of its callers as were seen */
} report_call;

typedef struct report_bucket {
  uint64_t low_ns, count; /* iterations that took this long, up to the next bucket's beginning */
} report_bucket;

/* A thread that ran an event loop while it was recorded. */
typedef struct report_loop {
  unsigned id;
  int process, thread;
  const char *name, *library; /* "" unknown */
  /* The library, by its file, that the thread works for: it is the library's own, or only waits in it; NULL:
   * a loop of the program. */
  const char *thread_of;
  uint64_t iterations, busy_ns, idle_ns, p50_ns, p99_ns, max_ns, dropped_events;
  uint64_t unplaced_calls; /* watched calls that are not in the document's recorded_calls */
  uint64_t stalls; /* those that the document does not have as well */
  BS_VEC(report_bucket) histogram; /* without the empty ones, shortest first */
} report_loop;

#endif

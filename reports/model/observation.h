/* What a recorder saw of a running program, one thing at a time.
 *
 * This is the one form in which a recording comes to a document (evidence/observed.h). It has two producers:
 * the recorder's memory (runtime-check/collect/observe.c) and the file that it wrote (store_read.h). Both
 * hand out the same things in the same words, so that whoever reads them need not know which it is. An
 * observation is walked through and never held as a whole: a recording may have millions of stalls. Stacks
 * and names are kept by the producer, each once, and are asked for by number.
 *
 * Texts live as long as the producer; what else a visitor is given lives until it returns. Times are
 * nanoseconds since the recording began. Loops are numbered from 1.
 */
#ifndef BLOCKSCAN_REPORTS_MODEL_OBSERVATION_H
#define BLOCKSCAN_REPORTS_MODEL_OBSERVATION_H

#include "base/error.h"
#include "reports/model/parts.h"

enum { OBSERVED_NONE = UINT32_MAX };

/* A stack, innermost frame first, inlined functions too. */
typedef struct observed_stack {
  const report_frame *frames;
  uint32_t count;
  uint32_t callback; /* the function that the loop had called; OBSERVED_NONE unknown */
  uint32_t culprit; /* the innermost one of the program's own code */
  uint32_t omitted; /* frames of a deep recursion that were left out */
  bool running; /* the innermost frame executes; else it is in a call */
  bool cut; /* what called the outermost frame was not taken */
} observed_stack;

typedef struct observed_sample {
  uint64_t at_ns; /* since its stall or scope began */
  uint64_t stack; /* number; 0 unknown */
  const char *api; /* the watched call that the thread was in, or NULL */
} observed_sample;

typedef struct observed_stall {
  uint64_t id;
  unsigned loop;
  uint64_t start_ns, duration_ns, cpu_ns; /* cpu_ns UINT64_MAX: the thread did not tell it */
  stall_times times; /* with an estimate, when it did not */
  const char *kind; /* as in report_stall */
  bool ended; /* a wait followed */
  const char *api; /* what most of it was spent in, or NULL */
  const char *scope; /* name of the innermost scope that it was in, or NULL */
  const observed_sample *samples; /* in the order of their times */
  uint32_t nsamples;
  const report_call_time *calls; /* by API */
  uint32_t ncalls;
  uint64_t others, others_ns; /* shorter ones like it that cannot be visited: how many, how long together */
} observed_stall;

typedef struct observed_scope {
  unsigned loop; /* 0: of a thread that runs none */
  int process, thread;
  const char *name, *outcome; /* as in report_scope */
  uint64_t start_ns, duration_ns, threshold_ns;
  const char *api; /* or NULL */
  const observed_sample *samples;
  uint32_t nsamples;
} observed_scope;

/* Calls of one API from one place, on one path to it. */
typedef struct observed_call {
  unsigned loop;
  uint64_t stack; /* 0: only `caller` is known */
  const char *api;
  const report_frame *caller; /* and the functions that it was inlined into, innermost first */
  uint32_t ncaller;
  uint64_t count, total_ns, max_ns;
  const report_range *buckets; /* shortest first */
  uint32_t nbuckets;
  bool nested; /* it ran a loop that served the same events */
} observed_call;

/* wait_stack: of the loop's wait, as in observed_sample. */
typedef void observed_loop_visitor(void *to, const report_loop *loop, uint64_t wait_stack);
typedef void observed_call_visitor(void *to, const observed_call *call);
typedef void observed_stall_visitor(void *to, const observed_stall *stall);
typedef void observed_scope_visitor(void *to, const observed_scope *scope);
typedef void observed_note_visitor(void *to, const char *sentence);

/* A producer. The functions that take an error return false with it when the recording cannot be read on. */
typedef struct observation {
  void *producer;
  uint64_t threshold_ns; /* what a stall was; of several sessions the least */
  uint64_t duration_ns; /* how long was recorded */
  uint64_t started_ns; /* when the first session began, since 1970; 0 unknown */
  const char *host; /* where it was recorded; NULL unknown, as the next two */
  const char *program, *build_id; /* the executable whose loops did the most; which build of it */
  bool (*loops)(void *producer, observed_loop_visitor *visit, void *to, bs_error *error);
  bool (*calls)(void *producer, observed_call_visitor *visit, void *to, bs_error *error);
  bool (*stalls)(void *producer, observed_stall_visitor *visit, void *to, bs_error *error);
  /* Some stalls once more, in this order. */
  bool (*again)(void *producer, const uint64_t *ids, uint32_t count, observed_stall_visitor *visit, void *to,
                bs_error *error);
  bool (*scopes)(void *producer, observed_scope_visitor *visit, void *to, bs_error *error);
  /* What could not be observed, a sentence each. */
  bool (*notes)(void *producer, observed_note_visitor *visit, void *to, bs_error *error);
  /* The stack of a number; false when there is none. Its frames live until the next call. */
  bool (*stack)(void *producer, uint64_t id, observed_stack *out);
  /* The files that frames name, each once, as the debug information has them; the caller may replace a name
   * by another one, which later stacks have. */
  const char **(*files)(void *producer, uint32_t *count);
} observation;

#endif

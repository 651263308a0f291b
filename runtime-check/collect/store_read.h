/* Reads a recording back, for the reports: `store.c` writes it, docs/stalls-db.md documents it.
 *
 * A recording may hold millions of stalls: they are walked through one at a time, and a document gets the
 * longest of them only. Its stacks and the names in them are kept in memory, each once; they are of the size
 * of the program, not of the recording. */
#ifndef BLOCKSCAN_COLLECT_STORE_READ_H
#define BLOCKSCAN_COLLECT_STORE_READ_H

#include "base/error.h"
#include "reports/model/model.h"

typedef struct store_reader store_reader;

/* Opens a recording and reads its stacks. NULL with an error when it is no recording, of another version, cut
 * off or damaged. Everything that the reader hands out lives as long as it does. */
store_reader *store_reader_open(const char *path, bs_error *error);
void store_reader_close(store_reader *r);
/* The files that its frames name, each once, as the debug information has them; the caller may replace a name
 * by another one. */
const char **store_reader_files(store_reader *r, uint32_t *count);
/* What a stall was, of the sessions that the file holds; nanoseconds. */
uint64_t store_reader_threshold(const store_reader *r);

typedef BS_VEC(report_frame) stored_frames;
typedef struct stored_stack {
  uint32_t callback, culprit; /* indices of its frames; UINT32_MAX unknown */
  bool running; /* the innermost frame executes */
} stored_stack;
/* Sets `frames` to those of a stack, innermost first, inlined ones too. False when there is no such stack. */
bool store_reader_stack(const store_reader *r, int64_t id, stored_frames *frames, stored_stack *out);

typedef struct stored_bucket {
  uint64_t low_ns, high_ns, count;
} stored_bucket;
/* Calls of one API on one path, or from one place when the path is not known. */
typedef struct stored_call {
  int64_t loop, stack; /* stack 0: only `caller` is known */
  const char *hook;
  const report_frame *caller; /* and the functions that it was inlined into, innermost first */
  uint32_t ncaller;
  uint64_t count, total_ns, max_ns;
  const stored_bucket *buckets;
  uint32_t nbuckets;
} stored_call;
typedef void stored_call_visitor(void *context, const stored_call *call);
/* False with an error when the file is damaged; so do the next ones. */
bool store_reader_calls(store_reader *r, stored_call_visitor *visit, void *context, bs_error *error);

typedef struct stored_sample {
  uint64_t at_ns; /* since the stall began */
  int64_t stack;
} stored_sample;
typedef struct stored_stall {
  int64_t id, loop;
  uint64_t start_ns, duration_ns, cpu_ns; /* cpu_ns UINT64_MAX: unknown */
  const char *kind, *hook; /* hook NULL: none */
  const char *scope; /* "" none */
  bool ended;
  const stored_sample *samples; /* in the order of their times */
  uint32_t nsamples;
} stored_stall;
typedef void stored_stall_visitor(void *context, const stored_stall *stall);
/* Every stall, in the order of the file; and on the way the longest are remembered for store_reader_fill. */
bool store_reader_stalls(store_reader *r, stored_stall_visitor *visit, void *context, bs_error *error);

/* The name of a loop's library as loop packs call it; NULL for a loop of the program's own. */
const char *store_reader_library(const store_reader *r, int64_t loop);

/* Adds the loops, the calls, the longest scopes and, after store_reader_stalls, the longest stalls in the
 * order of their times to a document, and what the recording says it could not see; a note tells how many
 * stalls were left out. Loops are numbered behind those that the document has. */
bool store_reader_fill(store_reader *r, report_document *document, bs_error *error);

#endif

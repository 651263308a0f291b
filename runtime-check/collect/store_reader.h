/* What the two files of the reader share: store_read.c knows stacks and names, store_read_rows.c walks the
 * rows. */
#ifndef BLOCKSCAN_COLLECT_STORE_READER_H
#define BLOCKSCAN_COLLECT_STORE_READER_H

#include "runtime-check/collect/store_read.h"

#include "base/intern.h"
#include "base/map.h"

#include <sqlite3.h>

/* Frames of an address: itself and the functions around it that it was inlined into. */
typedef struct read_address {
  uint32_t first, count;
} read_address;

typedef struct read_frame {
  uint32_t offset, build_id; /* interned; offset 0: it has a name */
  uint32_t function, module; /* interned */
  uint32_t file; /* index in `files`, UINT32_MAX none */
  uint32_t line;
  bool inlined;
} read_frame;

typedef struct read_stack {
  uint32_t first, count; /* of `stack_addresses` */
  uint32_t omitted;
  bool running, cut;
  int32_t callback_depth, callback_level, culprit_depth, culprit_level; /* -1 unknown */
} read_stack;

typedef BS_VEC(report_frame) read_frames;

struct store_reader {
  char *path;
  sqlite3 *db;
  bs_intern strings;
  BS_VEC(const char *) files;
  bs_map file_ids, address_ids, stack_ids, loop_ids;
  BS_VEC(read_address) addresses;
  BS_VEC(read_frame) frames;
  BS_VEC(read_stack) stacks;
  BS_VEC(uint32_t) stack_addresses; /* indices of `addresses` */
  uint32_t loops;
  read_frames stack_frames; /* of the stack that was asked for last */
  read_frames caller; /* of the call that is visited */
  observation made;
};

/* A statement of the file; NULL with an error when it cannot be prepared. The caller finalises it. */
sqlite3_stmt *reader_prepare(store_reader *r, const char *sql, bs_error *error);
/* True for a row; false at the end, or with an error. */
bool reader_next(store_reader *r, sqlite3_stmt *st, bs_error *error);
/* A column as a text that lives as long as the reader; "" for NULL. */
const char *reader_text_of(store_reader *r, sqlite3_stmt *st, int column);
/* A count or a time, 0 below it; kept to what sums hold (recorded_bounded): the file may be anybody's. */
uint64_t reader_count_of(sqlite3_stmt *st, int column);
/* A line, a number of frames, a process or thread id; 0 for what can't be one. */
int32_t reader_small_of(sqlite3_stmt *st, int column);

/* The number of a loop by its row, from 1; 0 unknown. */
unsigned reader_loop_number(const store_reader *r, int64_t row);
/* Sets r->caller to the frames of an address; none when it is not known. */
void reader_caller(store_reader *r, int64_t address);
/* The walks of an observation. */
bool reader_loops(void *producer, observed_loop_visitor *visit, void *to, bs_error *error);
bool reader_calls(void *producer, observed_call_visitor *visit, void *to, bs_error *error);
bool reader_stalls(void *producer, observed_stall_visitor *visit, void *to, bs_error *error);
bool reader_stalls_again(void *producer, const uint64_t *ids, uint32_t count, observed_stall_visitor *visit,
                         void *to, bs_error *error);
bool reader_scopes(void *producer, observed_scope_visitor *visit, void *to, bs_error *error);
bool reader_notes(void *producer, observed_note_visitor *visit, void *to, bs_error *error);

#endif

/* What the two files of the reader share: store_read.c walks the file, store_read_fill.c makes a document of
 * it. */
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
  uint32_t function, module; /* interned */
  uint32_t file; /* index in `files`, UINT32_MAX none */
  uint32_t line;
  bool inlined;
} read_frame;

typedef struct read_stack {
  uint32_t first, count; /* of `stack_addresses` */
  uint32_t omitted;
  bool running;
  int32_t callback_depth, callback_level, culprit_depth, culprit_level; /* -1 unknown */
} read_stack;

typedef struct read_loop {
  int64_t id;
  const char *library; /* "" its own */
} read_loop;

typedef struct long_stall {
  uint64_t duration_ns, start_ns;
  int64_t id;
} long_stall;

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
  BS_VEC(read_loop) loops;
  BS_VEC(long_stall) longest; /* more than are wanted, in no order */
  uint64_t longest_least; /* stalls below are not among them */
  uint64_t stalls, threshold_ns;
};

/* A statement of the file; NULL with an error when it cannot be prepared. The caller finalises it. */
sqlite3_stmt *reader_prepare(store_reader *r, const char *sql, bs_error *error);
/* True for a row; false at the end, or with an error. */
bool reader_next(store_reader *r, sqlite3_stmt *st, bs_error *error);
/* A column as a text that lives as long as the reader; "" for NULL. */
const char *reader_text_of(store_reader *r, sqlite3_stmt *st, int column);
uint64_t reader_count_of(sqlite3_stmt *st, int column);

/* Visits some stalls once more. */
bool reader_refetch(store_reader *r, const long_stall *which, uint32_t count, stored_stall_visitor *visit,
                    void *context, bs_error *error);

enum { READER_LONGEST = 200 };

#endif

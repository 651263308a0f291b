/* What the files that read the JSON report share: read_json.c the document, read_finding.c a finding,
 * read_recording.c a run.
 *
 * Each `get` looks up one key of an object, checks its kind and range, and says what was expected when it is
 * not that. A key that is missing or null leaves the value as it is, unless it is required. */
#ifndef BLOCKSCAN_REPORTS_MODEL_JSON_READER_H
#define BLOCKSCAN_REPORTS_MODEL_JSON_READER_H

#include "base/error.h"
#include "base/intern.h"
#include "reports/model/model.h"

#include <jansson.h>

enum { JSON_READER_DEPTH = 12 };

typedef struct report_reader {
  const char *file;
  unsigned line; /* of the value that is read */
  report_document *document;
  bs_error *error;
  bs_intern strings;
  BS_VEC(const char *) kept; /* by their number in `strings`: the copies in the document */
  struct {
    const char *key;
    size_t index; /* SIZE_MAX: the key alone */
  } at[JSON_READER_DEPTH]; /* where the reader stands: "findings[3].sink" */
  unsigned depth;
} report_reader;

/* The copy of a text in the document, each once. */
const char *reader_keep(report_reader *r, const char *text);
/* Sets the error "FILE:LINE: PATH.KEY: WHAT"; `key` may be NULL. Returns false. */
bool reader_fail(report_reader *r, const char *key, const char *what);
/* Goes into the value of a key, or an item of its array, for messages; leave goes back. */
void reader_enter(report_reader *r, const char *key, size_t index);
void reader_leave(report_reader *r);

bool reader_text(report_reader *r, const json_t *object, const char *key, bool required, const char **text);
bool reader_bool(report_reader *r, const json_t *object, const char *key, bool *value);
bool reader_unsigned(report_reader *r, const json_t *object, const char *key, bool required, unsigned *value);
bool reader_count(report_reader *r, const json_t *object, const char *key, bool required, uint64_t *value);
/* A number, times `unit` nanoseconds. */
bool reader_time(report_reader *r, const json_t *object, const char *key, bool required, double unit,
                 uint64_t *ns);
/* One of `names`, as its index. */
bool reader_name(report_reader *r, const json_t *object, const char *key, bool required,
                 const char *const *names, unsigned count, unsigned *value);
/* An object or an array; NULL without one. */
bool reader_object(report_reader *r, const json_t *object, const char *key, bool required, json_t **value);
bool reader_array(report_reader *r, const json_t *object, const char *key, bool required, json_t **value);
/* "function", "file", "line", and "column" when it is known. */
bool reader_place(report_reader *r, const json_t *object, report_place *place);

#define JSON_MS 1e6
#define JSON_US 1e3

/* Calls `read_item(r, item, CONTEXT)` for each object of the array at `key`. */
typedef bool report_item_reader(report_reader *r, const json_t *item, void *context);
bool reader_each(report_reader *r, const json_t *object, const char *key, bool required,
                 report_item_reader *read_item, void *context);

/* Items of the arrays of a document; `context` is not used. */
report_item_reader reader_finding, reader_fixed, reader_stall, reader_loop, reader_call, reader_scope;

#endif

/* The values of a JSON report, read into the model by the table in fields.c. read_json.c takes the document
 * apart. */
#ifndef BLOCKSCAN_REPORTS_MODEL_JSON_READER_H
#define BLOCKSCAN_REPORTS_MODEL_JSON_READER_H

#include "base/error.h"
#include "base/intern.h"
#include "base/map.h"
#include "reports/model/shape.h"

#include <jansson.h>

enum { JSON_READER_DEPTH = 12 };

typedef struct report_reader {
  const char *file;
  unsigned line; /* of the value that is read */
  report_document *document;
  bs_error *error;
  bs_intern strings;
  BS_VEC(const char *) kept; /* by their number in `strings`: the copies in the document */
  bs_map step_numbers; /* number in the document's "steps" -> that in `steps` */
  BS_VEC(report_step *) steps; /* that a way has named or "steps" has told: either may come first */
  BS_VEC(report_entry) callbacks; /* they stand before the findings that name them */
  uint32_t told, named; /* how many "steps" has; the largest number in a way, + 1 */
  struct {
    const char *key;
    size_t index; /* SIZE_MAX: the key alone */
  } at[JSON_READER_DEPTH]; /* where the reader stands: "findings[3].sink" */
  unsigned depth;
} report_reader;

/* Sets the error "FILE:LINE: PATH.KEY: WHAT"; `key` may be NULL. Returns false. */
bool reader_fail(report_reader *r, const char *key, const char *what);
/* Reads the value of a field into `item`, the struct that has it. False with an error when it is of another
 * kind, out of range, or lacks something required. */
bool reader_value(report_reader *r, const shape_field *field, const json_t *value, void *item);
/* Whether "steps" has told all steps that ways name; else false with an error. Asked at the end. */
bool reader_has_all_steps(report_reader *r);
/* Reads the next item of a list and adds it. */
bool reader_item(report_reader *r, const shape_field *list, size_t index, const json_t *value, void *item);

#endif

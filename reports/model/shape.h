/* How the structs of the finding model are described, so that each member is listed once: fields.c has a row
 * for each, and everything that goes through all of them follows the rows: the JSON report (json.c), its
 * reader (read_json.c), the archive (archive.c), and the model's memory (model.c).
 *
 * Why rows and not code: the four agreed only as long as everybody remembered all four, and a new member
 * meant a line in each. The JSON is a contract, so a row says what the contract does: which members are left
 * out when they are empty, which are null then, and which an old report may lack.
 */
#ifndef BLOCKSCAN_REPORTS_MODEL_SHAPE_H
#define BLOCKSCAN_REPORTS_MODEL_SHAPE_H

#include "reports/model/model.h"

#include <stddef.h>

/* The type of a member, and its form in the JSON report. */
enum field_kind {
  FIELD_TEXT, /* const char * */
  FIELD_WORD, /* const char *, one of `names`; another one is written as the first of them */
  FIELD_ID, /* char[17]: 16 hexadecimal digits */
  FIELD_NUMBER, /* unsigned or int */
  FIELD_INDEX, /* unsigned, from 1; in the JSON from 0 */
  FIELD_COUNT, /* uint64_t */
  FIELD_MS, /* uint64_t nanoseconds; in the JSON milliseconds */
  FIELD_US, /* the same in microseconds */
  FIELD_BOOL,
  FIELD_NAME, /* an enum; in the JSON its name, "" being empty */
  FIELD_OBJECT, /* a struct, or some members of this one, described by `of` */
  FIELD_LIST, /* BS_VEC of structs, described by `of` */
  FIELD_TEXTS, /* BS_VEC of const char * */
  FIELD_FINDINGS, /* BS_VEC of unsigned, numbers of findings; in the JSON their ids */
  FIELD_PATH, /* BS_VEC of const report_step *; in the JSON steps, of the first entries of a finding */
  FIELD_WAY, /* the same member in the JSON of the other entries: numbers in the document's steps */
  FIELD_STEPS, /* no member: the steps of these ways, each once */
  FIELD_MORE, /* BS_VEC of entries: in the JSON those without a path, as numbers in the callbacks */
  FIELD_CALLBACKS, /* no member: these entries, each once */
  FIELD_CONSTANT, /* no member: always the first of `names` */
  FIELD_DERIVED, /* no member: the one of `names` that `derive` says */
};

enum field_flag {
  FIELD_REQUIRED = 1, /* a report without it is refused */
  FIELD_OMIT =
      2, /* left out of the JSON when empty: "", 0, no items, an object whose first member is empty */
  FIELD_NULL = 4, /* null in the JSON when empty */
  FIELD_UNKNOWN = 8, /* a text that is NULL, and not "", when it is not known */
  FIELD_LINES = 16, /* each item of the list begins a line */
  FIELD_OUTDENTED = 32, /* … as far to the left as a list of the document does */
};

typedef struct shape_field {
  const char *key;
  enum field_kind kind;
  uint16_t offset;
  uint16_t there; /* offset of a bool that says whether there is one; 0: there always is */
  unsigned flags; /* field_flag */
  const char *const *names;
  unsigned nnames;
  const struct shape *of;
  bool (*when)(const void *item); /* whether the JSON has it; NULL: by the flags */
  unsigned (*derive)(const void *item);
} shape_field;

typedef struct shape {
  const shape_field *fields;
  unsigned count;
  size_t size;
  bool lines; /* in the JSON each member begins a line */
  /* Before and after a JSON object or an archive is read into an item, either may be NULL: what holds unless
   * the text says something else (`parent` holds the list), and what has to fit together. */
  void (*before)(void *item, const void *parent);
  void (*after)(void *item);
} shape;

/* fields.c */
extern const shape report_document_shape, report_finding_shape, report_entry_shape, report_step_shape,
    report_scope_shape, report_stall_shape;

/* A list, whatever its items are. */
typedef struct shape_list {
  void *items;
  uint32_t count, capacity;
} shape_list;

/* shape.c */
shape_list shape_list_of(const shape_field *field, const void *item);
/* A new item at the end of a list, its texts empty; valid until the next one. */
void *shape_push(const shape_field *field, void *item);
/* Makes the texts of a zeroed item "". */
void shape_init(const shape *s, void *item);
/* Frees the lists of an item, and theirs. */
void shape_fini(const shape *s, void *item);
bool shape_is_empty(const shape_field *field, const void *item);

size_t shape_item_size(const shape_field *field);

/* The flag that says whether there is one; only for a field with `there`. */
static inline bool *shape_there(const shape_field *field, const void *item) {
  return (bool *)((char *)(uintptr_t)item + field->there);
}

static inline const void *shape_at(const shape_field *field, const void *item) {
  return (const char *)item + field->offset;
}

#endif

/* One walk over the document, by the table in fields.c, writes it or reads it: the same code in both
 * directions. */
#include "reports/model/archive.h"

#include "base/hash.h"
#include "base/intern.h"
#include "base/map.h"
#include "reports/model/shape.h"

#include <string.h>

/* One walk serves both directions: each function reads or writes the field it is given. */
typedef struct archive {
  bs_strbuf *out;      /* writing: the body; NULL when reading */
  bs_intern strings;   /* writing */
  bs_map known;        /* writing: pointers that were met before; a document has most strings once */
  const char *next, *end; /* reading */
  const char *text;    /* reading: the strings, each with a NUL behind it */
  const uint32_t *starts;
  uint32_t nstrings;
  report_document *document;
  bs_map numbers; /* writing: steps that were met before, by their addresses */
  BS_VEC(report_step *) steps; /* reading: the same by their numbers */
  bool bad;
} archive;

typedef struct archive_head {
  char magic[8];
  uint64_t hash; /* of all that follows the head */
  uint32_t nstrings, text_length, body_length, zero;
} archive_head;

static const char archive_magic[8] = "BSREPRT";

static void walk_u32(archive *a, uint32_t *value) {
  if (a->out) {
    if (a->out->length + 2 * sizeof *value >= a->out->capacity) bs_strbuf_reserve(a->out, 64 * 1024);
    memcpy(a->out->text + a->out->length, value, sizeof *value);
    a->out->length += sizeof *value;
  } else if (a->end - a->next < (ptrdiff_t)sizeof *value) {
    a->bad = true;
    *value = 0;
  } else {
    memcpy(value, a->next, sizeof *value);
    a->next += sizeof *value;
  }
}

/* A number that must be below a limit. */
static void walk_limited(archive *a, uint32_t *value, uint32_t limit) {
  walk_u32(a, value);
  if (*value < limit) return;
  a->bad = true;
  *value = 0;
}

/* NULL and "" stay apart: NULL is 0, a string its number + 1. */
static void walk_string(archive *a, const char **string) {
  uint32_t id = 0;
  if (a->out && *string && !bs_map_find(&a->known, (uintptr_t)*string, &id)) {
    id = bs_intern_adds(&a->strings, *string) + 1;
    bs_map_set(&a->known, (uintptr_t)*string, id);
  }
  walk_u32(a, &id);
  if (a->out) return;
  if (id > a->nstrings) a->bad = true;
  *string = id && !a->bad ? a->text + a->starts[id - 1] : NULL;
}

static void walk_u64(archive *a, uint64_t *value) {
  uint32_t low = (uint32_t)*value, high = (uint32_t)(*value >> 32);
  walk_u32(a, &low);
  walk_u32(a, &high);
  *value = (uint64_t)high << 32 | low;
}

static void walk_bool(archive *a, bool *value) {
  uint32_t number = *value;
  walk_u32(a, &number);
  *value = number != 0;
}

static void walk_text(archive *a, const shape_field *f, const char **text) {
  walk_string(a, text);
  if (a->out || *text || f->flags & FIELD_UNKNOWN) return;
  a->bad = true;
  *text = "";
}

static void walk_id(archive *a, char *id) {
  for (int i = 0; i < 16; i += 4) {
    uint32_t four;
    memcpy(&four, id + i, 4);
    walk_u32(a, &four);
    memcpy(id + i, &four, 4);
  }
  id[16] = 0;
}

static void walk_item(archive *a, const shape *s, void *item);

/* A step stands where it is met first, behind a number that is new; then its number alone. */
static void walk_step(archive *a, const report_step **at) {
  uint32_t number = 0, known = a->out ? a->numbers.count : a->steps.count;
  if (a->out) number = bs_map_add(&a->numbers, (uintptr_t)*at, known, NULL);
  walk_limited(a, &number, known + 1);
  report_step *step = (report_step *)(uintptr_t)*at; /* only read when writing */
  if (!a->out && number == known) *bs_vec_push(&a->steps) = report_new_step(&a->document->arena);
  if (!a->out) *at = step = a->steps.items[number];
  if (number == known) walk_item(a, &report_step_shape, step);
}

static void walk_list(archive *a, const shape_field *f, void *item) {
  uint32_t count = shape_list_of(f, item).count;
  size_t size = shape_item_size(f);
  walk_u32(a, &count);
  /* The rest of the bytes must be able to hold so many: each item takes four at least. */
  if (!a->out && count > (size_t)(a->end - a->next) / sizeof(uint32_t)) a->bad = true;
  for (uint32_t i = 0; i < count && !a->bad; i++) {
    void *at = a->out ? (char *)shape_list_of(f, item).items + i * size : shape_push(f, item);
    if (f->kind == FIELD_TEXTS)
      walk_text(a, f, at);
    else if (f->kind == FIELD_PATH)
      walk_step(a, at);
    else if (f->kind == FIELD_FINDINGS)
      walk_limited(a, at, a->document->findings.count);
    else
      walk_item(a, f->of, at);
  }
}

static void walk_member(archive *a, const shape_field *f, void *item) {
  void *at = (char *)item + f->offset;
  switch (f->kind) {
  case FIELD_TEXT:
  case FIELD_WORD: walk_text(a, f, at); break;
  case FIELD_ID: walk_id(a, at); break;
  case FIELD_NUMBER:
  case FIELD_INDEX: walk_u32(a, at); break;
  case FIELD_COUNT:
  case FIELD_MS:
  case FIELD_US: walk_u64(a, at); break;
  case FIELD_BOOL: walk_bool(a, at); break;
  case FIELD_NAME: walk_limited(a, at, f->nnames); break;
  case FIELD_OBJECT: walk_item(a, f->of, at); break;
  case FIELD_LIST:
  case FIELD_TEXTS:
  case FIELD_FINDINGS:
  case FIELD_PATH: walk_list(a, f, item); break;
  case FIELD_WAY:
  case FIELD_STEPS:
  case FIELD_MORE:
  case FIELD_CALLBACKS:
  case FIELD_CONSTANT:
  case FIELD_DERIVED: break;
  }
}

static void walk_item(archive *a, const shape *s, void *item) {
  for (const shape_field *f = s->fields; f < s->fields + s->count && !a->bad; f++) {
    bool *there = f->there ? shape_there(f, item) : NULL;
    if (there) walk_bool(a, there);
    if (!there || *there) walk_member(a, f, item);
  }
  if (!a->out && s->after) s->after(item);
}

void report_archive(const report_document *document, bs_strbuf *out) {
  bs_strbuf body = BS_STRBUF_INIT, rest = BS_STRBUF_INIT, text = BS_STRBUF_INIT;
  archive a = {.out = &body};
  bs_intern_init(&a.strings);
  report_document copy = *document; /* the walk only reads when it writes */
  a.document = &copy;
  walk_item(&a, &report_document_shape, &copy);
  for (uint32_t i = 0; i < a.strings.count; i++) {
    uint32_t start = (uint32_t)text.length;
    bs_strbuf_add(&rest, &start, sizeof start);
    bs_strbuf_add(&text, bs_intern_text(&a.strings, i), bs_intern_length(&a.strings, i) + 1);
  }
  archive_head head = {.nstrings = a.strings.count,
                       .text_length = (uint32_t)text.length,
                       .body_length = (uint32_t)body.length};
  bs_strbuf_add(&rest, body.text, body.length);
  bs_strbuf_add(&rest, text.text, text.length);
  memcpy(head.magic, archive_magic, sizeof head.magic);
  head.hash = bs_hash(rest.text, rest.length);
  bs_strbuf_add(out, &head, sizeof head);
  bs_strbuf_add(out, rest.text, rest.length);
  bs_intern_fini(&a.strings);
  bs_map_fini(&a.known);
  bs_map_fini(&a.numbers);
  bs_strbuf_fini(&body);
  bs_strbuf_fini(&rest);
  bs_strbuf_fini(&text);
}

static bool check_strings(const archive *a, uint32_t text_length) {
  for (uint32_t i = 0; i < a->nstrings; i++)
    if (a->starts[i] >= text_length) return false;
  return !text_length || a->text[text_length - 1] == 0;
}

bool report_restore(report_document *document, const void *bytes, size_t length) {
  archive_head head;
  if (length < sizeof head) return false;
  memcpy(&head, bytes, sizeof head);
  const char *rest = (const char *)bytes + sizeof head;
  size_t starts = (size_t)head.nstrings * sizeof(uint32_t);
  if (memcmp(head.magic, archive_magic, sizeof head.magic) != 0 || head.zero) return false;
  if (length - sizeof head != starts + head.body_length + head.text_length) return false;
  if (bs_hash(rest, length - sizeof head) != head.hash) return false;
  archive a = {.next = rest + starts,
               .end = rest + starts + head.body_length,
               .nstrings = head.nstrings,
               .document = document};
  a.text = a.end;
  uint32_t *copy = bs_arena_alloc(&document->arena, starts + 1); /* the bytes may not be aligned */
  memcpy(copy, rest, starts);
  a.starts = copy;
  if (!check_strings(&a, head.text_length)) return false;
  walk_item(&a, &report_document_shape, document);
  bs_vec_fini(&a.steps);
  return !a.bad && a.next == a.end;
}

/* One walk over the document writes it or reads it: the same code in both directions, so that they agree. */
#include "reports/model/archive.h"

#include "base/hash.h"
#include "base/intern.h"
#include "base/map.h"

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

/* A string that a document always has. */
static void walk_text(archive *a, const char **string) {
  walk_string(a, string);
  if (a->out || *string) return;
  a->bad = true;
  *string = "";
}

static void walk_bool(archive *a, bool *value) {
  uint32_t number = *value;
  walk_u32(a, &number);
  *value = number != 0;
}

#define WALK_ENUM(a, field, limit) \
  do { \
    uint32_t number_ = (uint32_t)(field); \
    walk_u32(a, &number_); \
    if (number_ >= (uint32_t)(limit)) \
      (a)->bad = true; \
    else \
      (field) = number_; \
  } while (0)

/* A count that the rest of the bytes could hold: each item takes four at least. */
static uint32_t walk_count(archive *a, uint32_t count) {
  walk_u32(a, &count);
  if (!a->out && count > (size_t)(a->end - a->next) / sizeof(uint32_t)) a->bad = true;
  return a->bad ? 0 : count;
}

#define WALK_VECTOR(a, vector, walk_item) \
  do { \
    uint32_t count_ = walk_count(a, (vector)->count); \
    if (!(a)->out) bs_vec_reserve(vector, count_); \
    for (uint32_t i_ = 0; i_ < count_ && !(a)->bad; i_++) { \
      if (!(a)->out) (void)bs_vec_push(vector); \
      walk_item(a, &(vector)->items[i_]); \
    } \
  } while (0)

static void walk_place(archive *a, report_place *p) {
  walk_text(a, &p->function);
  walk_text(a, &p->file);
  walk_u32(a, &p->line);
  walk_u32(a, &p->column);
}

static void walk_step(archive *a, report_step *s) {
  walk_place(a, &s->place);
  WALK_ENUM(a, s->how, REPORT_HOWS);
  WALK_ENUM(a, s->confidence, RULE_CONFIDENCES);
  walk_bool(a, &s->has_because);
  if (s->has_because) walk_place(a, &s->because);
  walk_u32(a, &s->candidates);
  walk_text(a, &s->through);
}

static void walk_entry(archive *a, report_entry *e) {
  walk_text(a, &e->function);
  walk_text(a, &e->file);
  walk_u32(a, &e->line);
  walk_text(a, &e->loop);
  WALK_ENUM(a, e->role, RULE_ROLES);
  walk_bool(a, &e->has_registered);
  if (e->has_registered) walk_place(a, &e->registered);
  walk_text(a, &e->via);
  WALK_ENUM(a, e->confidence, RULE_CONFIDENCES);
  WALK_VECTOR(a, &e->path, walk_step);
}

static void walk_id(archive *a, char id[17]) {
  for (int i = 0; i < 16; i += 4) {
    uint32_t four;
    memcpy(&four, id + i, 4);
    walk_u32(a, &four);
    memcpy(id + i, &four, 4);
  }
  id[16] = 0;
}

static void walk_finding(archive *a, report_finding *f) {
  walk_id(a, f->id);
  walk_text(a, &f->rule);
  WALK_ENUM(a, f->category, RULE_CATEGORIES);
  WALK_ENUM(a, f->severity, RULE_SEVERITIES);
  WALK_ENUM(a, f->confidence, RULE_CONFIDENCES);
  WALK_ENUM(a, f->latency, RULE_LATENCIES);
  walk_text(a, &f->message);
  walk_text(a, &f->advice);
  walk_text(a, &f->manual);
  walk_place(a, &f->sink);
  walk_text(a, &f->api);
  walk_text(a, &f->why);
  walk_text(a, &f->program);
  WALK_VECTOR(a, &f->entries, walk_entry);
  WALK_VECTOR(a, &f->callers, walk_place);
  walk_string(a, &f->suppressed.by);
  walk_string(a, &f->suppressed.reason);
  if (!a->out)
    f->anchor.function = f->anchor.file = f->moved_from.function = f->moved_from.file =
        ""; /* what a scan leaves empty is not written */
}

static void walk_broken(archive *a, report_broken_unit *u) {
  walk_text(a, &u->file);
  walk_u32(a, &u->errors);
  walk_string(a, &u->first_error);
}

static void walk_handed_over(archive *a, report_handed_over *h) {
  walk_text(a, &h->api);
  walk_u32(a, &h->argument);
  walk_u32(a, &h->functions);
  walk_place(a, &h->place);
}

static void walk_unresolved(archive *a, report_unresolved *u) {
  walk_place(a, &u->place);
  walk_text(a, &u->through);
  walk_text(a, &u->type);
  walk_u32(a, &u->entries);
}

static void walk_limit(archive *a, report_limit *l) {
  walk_text(a, &l->name);
  walk_u32(a, &l->count);
  walk_bool(a, &l->hides);
  walk_text(a, &l->text);
}

static void walk_document(archive *a, report_document *d) {
  walk_text(a, &d->tool_version);
  walk_text(a, &d->libclang_version);
  walk_text(a, &d->root);
  walk_u32(a, &d->units);
  walk_u32(a, &d->functions);
  walk_u32(a, &d->entry_points);
  walk_u32(a, &d->rules);
  WALK_VECTOR(a, &d->findings, walk_finding);
  WALK_VECTOR(a, &d->broken_units, walk_broken);
  walk_u32(a, &d->unresolved_indirect_calls);
  walk_u32(a, &d->capped_indirect_calls);
  WALK_VECTOR(a, &d->notes, walk_text);
  WALK_VECTOR(a, &d->handed_over, walk_handed_over);
  WALK_VECTOR(a, &d->unresolved, walk_unresolved);
  WALK_VECTOR(a, &d->limits, walk_limit);
  WALK_VECTOR(a, &d->loops, walk_text);
}

void report_archive(const report_document *document, bs_strbuf *out) {
  bs_strbuf body = BS_STRBUF_INIT, rest = BS_STRBUF_INIT, text = BS_STRBUF_INIT;
  archive a = {.out = &body};
  bs_intern_init(&a.strings);
  report_document copy = *document; /* the walk only reads when it writes */
  walk_document(&a, &copy);
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
  archive a = {.next = rest + starts, .end = rest + starts + head.body_length, .nstrings = head.nstrings};
  a.text = a.end;
  uint32_t *copy = bs_arena_alloc(&document->arena, starts + 1); /* the bytes may not be aligned */
  memcpy(copy, rest, starts);
  a.starts = copy;
  if (!check_strings(&a, head.text_length)) return false;
  walk_document(&a, document);
  return !a.bad && a.next == a.end;
}

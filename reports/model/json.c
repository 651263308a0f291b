/* The JSON report, by reports/findings.schema.json. What is in it, and in which order, says the table in
 * fields.c.
 *
 * Written straight into a buffer that is drained on the way: a big program has millions of steps, and a tree
 * of values for them, or the whole text, would cost more than the analysis. One entry with its path is one
 * line, so that two reports can be compared line by line.
 *
 * A call that thousands of paths go through is one step of the document, and those paths are lists of
 * numbers. Only the first entries of a finding, which people and simple readers look at, have their steps in
 * full.
 */
#include "reports/model/json.h"
#include "base/intern.h"
#include "base/map.h"
#include "base/utf8.h"
#include "base/visible.h"
#include "reports/model/shape.h"

#include <stdlib.h>
#include <string.h>

enum {
  FULL_PATHS = 8, /* entries of a finding whose paths are written in full */
  FULL_NOTES = 1, /* the same of a note, which is reached from everywhere */
  DRAIN_BYTES = 256 * 1024,
};

/* "##[" is a command to GitHub's runner wherever it stands in a line. */
static bool is_plain(const char *text) {
  unsigned char c = (unsigned char)*text;
  return c >= 0x20 && c < 0x7f && c != '"' && c != '\\' && (c != '#' || text[1] != '#' || text[2] != '[');
}

/* One character that needs care; returns its length. Bytes that are no UTF-8 become U+FFFD. */
static size_t add_special(bs_strbuf *out, const char *text, size_t length) {
  static const char escaped[] = "\b\f\n\r\t\"\\", letters[] = "bfnrt\"\\";
  unsigned char c = (unsigned char)*text;
  const char *found = memchr(escaped, c, sizeof escaped - 1);
  if (found) {
    bs_strbuf_addc(out, '\\');
    bs_strbuf_addc(out, letters[found - escaped]);
    return 1;
  }
  size_t n = utf8_length(text, length);
  if (n && (c == '#' || visible_is_hazard(text, n))) /* all of them are below U+10000 */
    bs_strbuf_addf(out, "\\u%04x", visible_code_point(text, n));
  else if (n)
    bs_strbuf_add(out, text, n);
  else
    bs_strbuf_adds(out, "\xef\xbf\xbd"); /* U+FFFD, as it is read again */
  return n ? n : 1;
}

static void add_string(bs_strbuf *out, const char *text) {
  if (!text) text = "";
  size_t length = strlen(text);
  bs_strbuf_addc(out, '"');
  for (size_t i = 0; i < length;) {
    size_t plain = i;
    while (plain < length && is_plain(text + plain)) plain++;
    bs_strbuf_add(out, text + i, plain - i);
    i = plain;
    if (i < length) i += add_special(out, text + i, length - i);
  }
  bs_strbuf_addc(out, '"');
}

/* `before` is what stands in front of the value, the key included: ",\"line\":". */
void report_json_text(bs_strbuf *out, const char *before, const char *text) {
  bs_strbuf_adds(out, before);
  add_string(out, text);
}

void report_json_number(bs_strbuf *out, const char *before, uint64_t number) {
  char digits[24], *p = digits + sizeof digits;
  do *--p = (char)('0' + number % 10);
  while (number /= 10);
  bs_strbuf_adds(out, before);
  bs_strbuf_add(out, p, (size_t)(digits + sizeof digits - p));
}

typedef struct writer {
  bs_strbuf *out;
  const report_document *document;
  const report_options *options;
  int indent; /* of the object or list that is open */
  const report_entry
      *first_way; /* of the finding that is open: from this entry on there are ways, no paths */
  bs_map addresses; /* of a step -> its number in `steps` */
  bs_intern
      contents; /* the same steps as JSON, by their numbers from 1: two at different addresses may be equal */
} writer;

static void begin_line(writer *w) { bs_strbuf_addf(w->out, "\n%*s", w->indent, ""); }

/* Nanoseconds in another unit: an integer part and decimals, never in the form of an exponent. */
static void add_scaled(bs_strbuf *out, uint64_t ns, uint64_t unit, int decimals) {
  bs_strbuf_addf(out, "%llu.%0*llu", (unsigned long long)(ns / unit), decimals,
                 (unsigned long long)(ns % unit));
}

static const char *known_word(const shape_field *f, const char *word) {
  for (unsigned i = 0; i < f->nnames; i++)
    if (!strcmp(f->names[i], word)) return word;
  return f->names[0];
}

static const report_entry *find_first_way(const report_finding *f) {
  uint32_t full = f->severity == RULE_NOTE ? FULL_NOTES : FULL_PATHS;
  return f->entries.items + (f->entries.count < full ? f->entries.count : full);
}

static void add_object(writer *w, const shape *s, const void *item);

static void add_step_number(writer *w, const report_step *step) {
  uint32_t number = 1;
  bs_map_find(&w->addresses, (uintptr_t)step, &number); /* number_ways has seen it */
  report_json_number(w->out, "", number - 1);
}

static void add_item(writer *w, const shape_field *f, const void *item) {
  if (f->of == &report_finding_shape) w->first_way = find_first_way(item);
  if (f->kind == FIELD_LIST)
    add_object(w, f->of, item);
  else if (f->kind == FIELD_PATH)
    add_object(w, f->of, *(const report_step *const *)item);
  else if (f->kind == FIELD_WAY)
    add_step_number(w, *(const report_step *const *)item);
  else if (f->kind == FIELD_TEXTS)
    add_string(w->out, *(const char *const *)item);
  else
    add_string(w->out, w->document->findings.items[*(const unsigned *)item].id);
}

static void drain(writer *w) {
  if (w->options->drain && w->out->length >= DRAIN_BYTES)
    w->options->drain(w->options->drain_context, w->out);
}

static void add_items(writer *w, const shape_field *f, const void *item) {
  shape_list list = shape_list_of(f, item);
  if (f->kind == FIELD_PATH && (const report_entry *)item >= w->first_way) list.count = 0;
  size_t size = shape_item_size(f);
  bool lines = f->flags & FIELD_LINES;
  int indent = w->indent;
  if (f->flags & FIELD_OUTDENTED) w->indent -= 2;
  bs_strbuf_addc(w->out, '[');
  w->indent += 2;
  for (uint32_t i = 0; i < list.count; i++) {
    if (i) bs_strbuf_adds(w->out, lines ? "," : ", ");
    if (lines) begin_line(w);
    add_item(w, f, (const char *)list.items + i * size);
    if (lines) drain(w);
  }
  w->indent -= 2;
  if (lines && list.count) begin_line(w);
  bs_strbuf_addc(w->out, ']');
  w->indent = indent;
}

static void add_steps(writer *w) {
  bs_strbuf_addc(w->out, '[');
  w->indent += 2;
  for (uint32_t i = 1; i < w->contents.count; i++) {
    if (i > 1) bs_strbuf_addc(w->out, ',');
    begin_line(w);
    bs_strbuf_add(w->out, bs_intern_text(&w->contents, i), bs_intern_length(&w->contents, i));
    drain(w);
  }
  w->indent -= 2;
  begin_line(w);
  bs_strbuf_addc(w->out, ']');
}

static void add_value(writer *w, const shape_field *f, const void *item) {
  const void *at = shape_at(f, item);
  switch (f->kind) {
  case FIELD_TEXT: add_string(w->out, *(const char *const *)at); break;
  case FIELD_WORD: add_string(w->out, known_word(f, *(const char *const *)at)); break;
  case FIELD_ID: add_string(w->out, at); break;
  case FIELD_NUMBER: report_json_number(w->out, "", *(const unsigned *)at); break;
  case FIELD_INDEX: report_json_number(w->out, "", *(const unsigned *)at - 1); break;
  case FIELD_COUNT: report_json_number(w->out, "", *(const uint64_t *)at); break;
  case FIELD_MS: add_scaled(w->out, *(const uint64_t *)at, 1000000, 6); break;
  case FIELD_US: add_scaled(w->out, *(const uint64_t *)at, 1000, 3); break;
  case FIELD_BOOL: bs_strbuf_adds(w->out, *(const bool *)at ? "true" : "false"); break;
  case FIELD_NAME: add_string(w->out, f->names[*(const unsigned *)at]); break;
  case FIELD_OBJECT: add_object(w, f->of, at); break;
  case FIELD_LIST:
  case FIELD_TEXTS:
  case FIELD_FINDINGS:
  case FIELD_PATH:
  case FIELD_WAY: add_items(w, f, item); break;
  case FIELD_STEPS: add_steps(w); break;
  case FIELD_CONSTANT: add_string(w->out, f->names[0]); break;
  case FIELD_DERIVED: add_string(w->out, f->names[f->derive(item)]); break;
  }
}

static bool has_value(const writer *w, const shape_field *f, const void *item) {
  if (f->kind == FIELD_STEPS) return w->contents.count > 1;
  if (f->kind == FIELD_WAY && (const report_entry *)item < w->first_way) return false;
  if (f->when) return f->when(item);
  if (f->there) return *shape_there(f, item);
  return !(f->flags & (FIELD_OMIT | FIELD_NULL)) || !shape_is_empty(f, item);
}

static void add_object(writer *w, const shape *s, const void *item) {
  const char *before = "";
  bs_strbuf_addc(w->out, '{');
  w->indent += 2;
  for (const shape_field *f = s->fields; f < s->fields + s->count; f++) {
    bool there = has_value(w, f, item);
    if (!there && !(f->flags & FIELD_NULL)) continue;
    bs_strbuf_adds(w->out, before);
    if (s->lines) begin_line(w);
    bs_strbuf_addc(w->out, '"');
    bs_strbuf_adds(w->out, f->key);
    bs_strbuf_adds(w->out, "\": ");
    if (there)
      add_value(w, f, item);
    else
      bs_strbuf_adds(w->out, "null");
    before = s->lines ? "," : ", ";
  }
  w->indent -= 2;
  if (s->lines) begin_line(w);
  bs_strbuf_addc(w->out, '}');
}

static void number_step(writer *w, const report_step *step) {
  bs_strbuf text = BS_STRBUF_INIT;
  writer alone = {.out = &text};
  if (bs_map_find(&w->addresses, (uintptr_t)step, &(uint32_t){0})) return;
  add_object(&alone, &report_step_shape, step);
  bs_map_set(&w->addresses, (uintptr_t)step, bs_intern_add(&w->contents, text.text, text.length));
  bs_strbuf_fini(&text);
}

static void number_ways(writer *w, const report_finding *findings, uint32_t count) {
  for (const report_finding *f = findings; f < findings + count; f++)
    for (const report_entry *e = find_first_way(f); e < f->entries.items + f->entries.count; e++)
      for (uint32_t i = 0; i < e->path.count; i++) number_step(w, e->path.items[i]);
}

/* Everything is written; the reader chooses. */
void report_write_json(const report_document *document, const report_options *options, bs_strbuf *out) {
  writer w = {.out = out, .document = document, .options = options};
  bs_intern_init(&w.contents);
  number_ways(&w, document->findings.items, document->findings.count);
  if (document->is_comparison) number_ways(&w, document->fixed.items, document->fixed.count);
  add_object(&w, &report_document_shape, document);
  bs_strbuf_addc(out, '\n');
  bs_map_fini(&w.addresses);
  bs_intern_fini(&w.contents);
}

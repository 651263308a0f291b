/* The JSON report, by reports/findings.schema.json. What is in it, and in which order, says the table in
 * fields.c.
 *
 * Written straight into a buffer that is drained on the way: a big program has millions of steps, and a tree
 * of values for them, or the whole text, would cost more than the analysis. One entry with its path is one
 * line, so that two reports can be compared line by line.
 *
 * In a large report a call that thousands of paths go through is one step of the document, and those paths
 * are lists of numbers. So are callbacks without a path, of which each log line has thousands. Only the first
 * entries of a finding, which people and simple readers look at, have their steps in full there.
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
  LARGE = 100000, /* steps and entries: 20 MB, were all written in full */
  DRAIN_BYTES = 256 * 1024,
};

/* "##[" is a command to GitHub's runner wherever it stands in a line. */
static bool is_plain(const char *text) {
  unsigned char c = (unsigned char)*text;
  return c >= 0x20 && c < 0x7f && c != '"' && c != '\\' && (c != '#' || text[1] != '#' || text[2] != '[');
}

static void add_escape(bs_strbuf *out, uint32_t c) {
  if (c < 0x10000)
    bs_strbuf_addf(out, "\\u%04x", c);
  else
    bs_strbuf_addf(out, "\\u%04x\\u%04x", 0xd800 + ((c - 0x10000) >> 10), 0xdc00 + ((c - 0x10000) & 0x3ff));
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
  if (n && (c == '#' || visible_is_hazard(text, n)))
    add_escape(out, visible_code_point(text, n));
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
  bool shares; /* steps and entries without a path stand once */
  int indent; /* of the object or list that is open */
  /* Of the finding that is open: from this entry on there are ways, no paths; from that one on numbers. */
  const report_entry *first_way, *first_more;
  /* As JSON, each once, by their numbers from 1: steps of ways, and entries without a path. */
  bs_intern steps, callbacks;
  bs_map step_numbers; /* by the address of a step; two at different addresses may be equal */
  BS_VEC(uint32_t) more; /* the entries without a path in the order of the document, by their numbers */
  uint32_t told; /* of these */
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

static const report_entry *end_of(const report_finding *f) {
  return f->entries.count ? f->entries.items + f->entries.count : NULL;
}

static const report_entry *find_first_way(const writer *w, const report_finding *f) {
  uint32_t full = !w->shares ? UINT32_MAX : f->severity == RULE_NOTE ? FULL_NOTES : FULL_PATHS;
  return f->entries.count < full ? end_of(f) : f->entries.items + full;
}

/* The entries behind the last one that has a path. */
static const report_entry *find_first_more(const writer *w, const report_finding *f) {
  const report_entry *first = end_of(f);
  while (first > find_first_way(w, f) && !first[-1].path.count) first--;
  return first;
}

static void open_finding(writer *w, const report_finding *f) {
  w->first_way = find_first_way(w, f);
  w->first_more = find_first_more(w, f);
}

static void add_object(writer *w, const shape *s, const void *item);

static void add_step_number(writer *w, const report_step *step) {
  uint32_t number = 1;
  bs_map_find(&w->step_numbers, (uintptr_t)step, &number); /* number_finding has seen it */
  report_json_number(w->out, "", number - 1);
}

static void add_item(writer *w, const shape_field *f, const void *item) {
  if (f->of == &report_finding_shape) open_finding(w, item);
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
  if (f->of == &report_entry_shape && f->kind == FIELD_LIST)
    list.count = (uint32_t)(w->first_more - (const report_entry *)list.items);
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

/* A table of what is named by numbers. */
static void add_table(writer *w, const bs_intern *table) {
  bs_strbuf_addc(w->out, '[');
  w->indent += 2;
  for (uint32_t i = 1; i < table->count; i++) {
    if (i > 1) bs_strbuf_addc(w->out, ',');
    begin_line(w);
    bs_strbuf_add(w->out, bs_intern_text(table, i), bs_intern_length(table, i));
    drain(w);
  }
  w->indent -= 2;
  begin_line(w);
  bs_strbuf_addc(w->out, ']');
}

/* Numbers are given, and told, in the order of the document. */
static void add_more(writer *w, const report_finding *f) {
  bs_strbuf_addc(w->out, '[');
  for (const report_entry *e = w->first_more; e < end_of(f); e++)
    report_json_number(w->out, e == w->first_more ? "" : ", ", w->more.items[w->told++] - 1);
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
  case FIELD_MORE: add_more(w, item); break;
  case FIELD_STEPS: add_table(w, &w->steps); break;
  case FIELD_CALLBACKS: add_table(w, &w->callbacks); break;
  case FIELD_CONSTANT: add_string(w->out, f->names[0]); break;
  case FIELD_DERIVED: add_string(w->out, f->names[f->derive(item)]); break;
  }
}

static bool has_value(const writer *w, const shape_field *f, const void *item) {
  if (f->kind == FIELD_STEPS) return w->steps.count > 1;
  if (f->kind == FIELD_CALLBACKS) return w->callbacks.count > 1;
  if (f->kind == FIELD_MORE) return w->first_more < end_of(item);
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

static uint32_t intern_object(bs_intern *table, const shape *s, const void *item) {
  bs_strbuf text = BS_STRBUF_INIT;
  writer alone = {.out = &text};
  add_object(&alone, s, item);
  uint32_t number = bs_intern_add(table, text.text, (uint32_t)text.length);
  bs_strbuf_fini(&text);
  return number;
}

static void number_step(writer *w, const report_step *step) {
  uint32_t known;
  if (bs_map_find(&w->step_numbers, (uintptr_t)step, &known)) return;
  bs_map_set(&w->step_numbers, (uintptr_t)step, intern_object(&w->steps, &report_step_shape, step));
}

static void number_finding(writer *w, const report_finding *f) {
  open_finding(w, f);
  for (const report_entry *e = w->first_way; e < w->first_more; e++)
    for (uint32_t i = 0; i < e->path.count; i++) number_step(w, e->path.items[i]);
  for (const report_entry *e = w->first_more; e < end_of(f); e++)
    *bs_vec_push(&w->more) = intern_object(&w->callbacks, &report_entry_shape, e);
}

/* Those who look for the path of a callback find it in its entry, unless there is more than anybody reads. */
static bool is_large(const report_document *document) {
  size_t count = 0;
  for (uint32_t i = 0; i < document->findings.count; i++) {
    const report_finding *f = &document->findings.items[i];
    for (const report_entry *e = f->entries.items; e < end_of(f); e++) count += e->path.count + (size_t)1;
  }
  return count > LARGE;
}

/* Everything is written; the reader chooses. */
void report_write_json(const report_document *document, const report_options *options, bs_strbuf *out) {
  writer w = {.out = out, .document = document, .options = options};
  w.shares = options->shares_paths || is_large(document);
  bs_intern_init(&w.steps);
  bs_intern_init(&w.callbacks);
  for (uint32_t i = 0; i < document->findings.count; i++) number_finding(&w, &document->findings.items[i]);
  for (uint32_t i = 0; document->is_comparison && i < document->fixed.count; i++)
    number_finding(&w, &document->fixed.items[i]);
  add_object(&w, &report_document_shape, document);
  bs_strbuf_addc(out, '\n');
  bs_map_fini(&w.step_numbers);
  bs_vec_fini(&w.more);
  bs_intern_fini(&w.steps);
  bs_intern_fini(&w.callbacks);
}

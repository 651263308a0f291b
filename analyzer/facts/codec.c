/* Facts as bytes: what workers send, the cache keeps and `blockscan extract` writes.
 *
 *   "BSFACTS", version     8 bytes
 *   strings                count, their lengths, their texts with a NUL behind each
 *   head                   file, language, parser, group, errors, first_error
 *   tables                 in the order of `tables` below: count, then column after column
 *   XXH3 of all of that    8 bytes, little-endian
 *
 * Numbers are LEB128. A column is one kind of number all the way down, so that decoding is a tight loop;
 * one that holds the same value in every row is folded into that value. The first column of a table never
 * is: a count can then be no larger than the bytes left, and no small file asks for much memory. */
#include "analyzer/facts/facts.h"

#include "base/hash.h"

#include <stddef.h>

static const char magic[8] = {'B', 'S', 'F', 'A', 'C', 'T', 'S', FACTS_VERSION};
enum { HASH_SIZE = 8 };

enum encoding {
  U8,
  U32,
  DELTA, /* the zigzagged difference from the row before */
  NEXT,  /* value + 1, so that UINT32_MAX ("none") is 0 */
  I64,   /* zigzagged */
};

/* What a column's values must stay below. */
enum bound { ANY, STRINGS, NODES, FUNCTIONS, CALLS, GUARDS, CYCLES, BELOW };

typedef struct column {
  size_t offset;
  enum encoding encoding;
  enum bound bound;
  uint32_t below; /* BELOW */
} column;

typedef struct table {
  const char *name;
  size_t offset, size; /* of the vector in facts_unit; of a row */
  const column *columns;
  unsigned ncolumns;
} table;

/* Lines and columns are ints in reports. */
#define PLACES_END (UINT32_C(1) << 31)
/* clang counts a function's parameters with 16 bits. */
#define PARAMETERS_END (UINT32_C(1) << 16)
#define PLACE(T, field) \
  {offsetof(T, field.line), DELTA, BELOW, PLACES_END}, {offsetof(T, field.column), U32, BELOW, PLACES_END}, \
      {offsetof(T, field.file), DELTA, STRINGS, 0}

static const column file_columns[] = {
    {offsetof(facts_file, path), DELTA, STRINGS, 0},
    {offsetof(facts_file, system), U8, BELOW, 2},
};
static const column function_columns[] = {
    PLACE(facts_function, place),
    {offsetof(facts_function, name), DELTA, STRINGS, 0},
    {offsetof(facts_function, symbol), DELTA, STRINGS, 0},
    {offsetof(facts_function, type), U32, STRINGS, 0},
    {offsetof(facts_function, end_line), U32, BELOW, PLACES_END},
    {offsetof(facts_function, flags), U32, ANY, 0},
    {offsetof(facts_function, nparams), U32, BELOW, PARAMETERS_END},
};
static const column node_columns[] = {
    {offsetof(facts_node_row, kind), U32, BELOW, FACTS_NODE_KINDS},
    {offsetof(facts_node_row, a), NEXT, ANY, 0},
    {offsetof(facts_node_row, b), U32, ANY, 0},
    {offsetof(facts_node_row, holds), U8, BELOW, FACTS_HOLDS_KINDS},
};
static const column flow_columns[] = {
    PLACE(facts_flow, place),
    {offsetof(facts_flow, kind), U8, BELOW, FACTS_FLOW_KINDS},
    {offsetof(facts_flow, flags), U8, ANY, 0},
    {offsetof(facts_flow, dst), DELTA, NODES, 0},
    {offsetof(facts_flow, src), U32, ANY, 0},
    {offsetof(facts_flow, table), U32, NODES, 0},
    {offsetof(facts_flow, type), U32, STRINGS, 0},
    {offsetof(facts_flow, function_type), U32, STRINGS, 0},
    {offsetof(facts_flow, function), NEXT, FUNCTIONS, 0},
};
static const column integer_columns[] = {
    {offsetof(facts_integer, value), I64, ANY, 0},
    {offsetof(facts_integer, guard), U32, GUARDS, 0},
};
static const column call_columns[] = {
    PLACE(facts_call, place),
    {offsetof(facts_call, caller), DELTA, FUNCTIONS, 0},
    {offsetof(facts_call, kind), U8, BELOW, FACTS_CALL_KINDS},
    {offsetof(facts_call, flags), U8, ANY, 0},
    {offsetof(facts_call, callee), U32, ANY, 0},
    {offsetof(facts_call, type), U32, STRINGS, 0},
    {offsetof(facts_call, macro), U32, STRINGS, 0},
    {offsetof(facts_call, first_argument), DELTA, ANY, 0},
    {offsetof(facts_call, narguments), U32, ANY, 0},
    {offsetof(facts_call, guard), DELTA, GUARDS, 0},
    {offsetof(facts_call, cycle), DELTA, CYCLES, 0},
    {offsetof(facts_call, base), U32, NODES, 0},
    {offsetof(facts_call, result), U32, NODES, 0},
    {offsetof(facts_call, object), U32, STRINGS, 0},
};
static const column argument_columns[] = {
    {offsetof(facts_argument, kind), U8, BELOW, FACTS_ARGUMENT_KINDS},
    {offsetof(facts_argument, flags), U8, ANY, 0},
    {offsetof(facts_argument, ref), U32, ANY, 0},
    {offsetof(facts_argument, value), I64, ANY, 0},
    {offsetof(facts_argument, text), U32, STRINGS, 0},
    {offsetof(facts_argument, record), U32, STRINGS, 0},
    {offsetof(facts_argument, base), U32, NODES, 0},
};
static const column guard_columns[] = {
    {offsetof(facts_guard, outer), DELTA, GUARDS, 0},
    {offsetof(facts_guard, node), DELTA, NODES, 0},
    {offsetof(facts_guard, op), U8, BELOW, FACTS_GUARD_OPS},
    {offsetof(facts_guard, value), I64, ANY, 0},
    {offsetof(facts_guard, base), U32, NODES, 0},
    {offsetof(facts_guard, branch), DELTA, ANY, 0},
    {offsetof(facts_guard, position), DELTA, ANY, 0},
    {offsetof(facts_guard, cycle), DELTA, CYCLES, 0},
};
static const column cycle_columns[] = {
    PLACE(facts_cycle, place),
    {offsetof(facts_cycle, function), NEXT, ANY, 0},
    {offsetof(facts_cycle, outer), DELTA, CYCLES, 0},
    {offsetof(facts_cycle, turns), U32, ANY, 0},
    {offsetof(facts_cycle, flags), U8, ANY, 0},
};
static const column store_columns[] = {
    {offsetof(facts_store, function), NEXT, FUNCTIONS, 0},
    {offsetof(facts_store, position), DELTA, ANY, 0},
    {offsetof(facts_store, base), DELTA, NODES, 0},
    {offsetof(facts_store, field), U32, NODES, 0},
    {offsetof(facts_store, op), U8, BELOW, FACTS_STORE_OPS},
    {offsetof(facts_store, kind), U8, BELOW, FACTS_ARGUMENT_KINDS},
    {offsetof(facts_store, weak), U8, BELOW, 2},
    {offsetof(facts_store, ref), U32, ANY, 0},
    {offsetof(facts_store, value), I64, ANY, 0},
    {offsetof(facts_store, from), U32, NODES, 0},
    {offsetof(facts_store, guard), DELTA, GUARDS, 0},
    {offsetof(facts_store, cycle), DELTA, CYCLES, 0},
};
static const column override_columns[] = {
    {offsetof(facts_override, function), DELTA, FUNCTIONS, 0},
    {offsetof(facts_override, overridden), DELTA, FUNCTIONS, 0},
};
static const column class_columns[] = {
    {offsetof(facts_class, name), DELTA, STRINGS, 0},
};
static const column suppression_columns[] = {
    PLACE(facts_suppression, place),
    {offsetof(facts_suppression, line), DELTA, BELOW, PLACES_END},
    {offsetof(facts_suppression, rule), U32, STRINGS, 0},
    {offsetof(facts_suppression, reason), U32, STRINGS, 0},
    {offsetof(facts_suppression, last), U32, BELOW, PLACES_END},
};

static const column layout_columns[] = {
    {offsetof(facts_layout, record), DELTA, STRINGS, 0},
    {offsetof(facts_layout, name), U32, STRINGS, 0},
    {offsetof(facts_layout, type), U32, STRINGS, 0},
    {offsetof(facts_layout, in_union), U8, BELOW, 2},
};
static const column cast_columns[] = {
    {offsetof(facts_cast, from), U32, STRINGS, 0},
    {offsetof(facts_cast, to), U32, STRINGS, 0},
};

#define TABLE(member, columns) \
  {#member, offsetof(facts_unit, member), sizeof *((facts_unit *)0)->member.items, columns, \
   sizeof columns / sizeof *columns}

static const table tables[] = {
    TABLE(files, file_columns),         TABLE(functions, function_columns),
    TABLE(nodes, node_columns),         TABLE(flows, flow_columns),
    TABLE(integers, integer_columns),   TABLE(calls, call_columns),
    TABLE(arguments, argument_columns), TABLE(guards, guard_columns),
    TABLE(stores, store_columns),       TABLE(cycles, cycle_columns),
    TABLE(overrides, override_columns), TABLE(suppressions, suppression_columns),
    TABLE(layouts, layout_columns),     TABLE(casts, cast_columns),
    TABLE(classes, class_columns),
};
enum { NTABLES = sizeof tables / sizeof *tables };

/* Any BS_VEC: they are all laid out alike. */
typedef BS_VEC(void) any_vec;

static any_vec get_rows(const facts_unit *unit, const table *t) {
  any_vec rows;
  memcpy(&rows, (const char *)unit + t->offset, sizeof rows);
  return rows;
}

/* Writing. */

static void put(bs_strbuf *out, uint64_t value) {
  char bytes[10];
  size_t n = 0;
  for (; value >= 0x80; value >>= 7) bytes[n++] = (char)(value | 0x80);
  bytes[n++] = (char)value;
  bs_strbuf_add(out, bytes, n);
}

static uint64_t zigzag(int64_t value) { return ((uint64_t)value << 1) ^ (uint64_t)(value >> 63); }

static uint64_t get_cell(const column *c, const char *row) {
  switch (c->encoding) {
  case U8: return *(const uint8_t *)(row + c->offset);
  case I64: return zigzag(*(const int64_t *)(row + c->offset));
  case NEXT: return (uint32_t)(*(const uint32_t *)(row + c->offset) + 1);
  default: return *(const uint32_t *)(row + c->offset);
  }
}

static bool is_constant(const column *c, const char *rows, size_t size, uint32_t count) {
  uint64_t first = get_cell(c, rows);
  for (uint32_t i = 1; i < count; i++)
    if (get_cell(c, rows + i * size) != first) return false;
  return true;
}

static void put_column(bs_strbuf *out, const column *c, const char *rows, size_t size, uint32_t count) {
  uint32_t last = 0;
  for (uint32_t i = 0; i < count; i++) {
    uint64_t value = get_cell(c, rows + i * size);
    if (c->encoding == DELTA) {
      uint32_t now = (uint32_t)value;
      value = (uint32_t)zigzag((int32_t)(now - last));
      last = now;
    }
    put(out, value);
  }
}

static void put_table(bs_strbuf *out, const facts_unit *unit, const table *t) {
  any_vec rows = get_rows(unit, t);
  put(out, rows.count);
  if (!rows.count) return;
  for (unsigned i = 0; i < t->ncolumns; i++) {
    const column *c = &t->columns[i];
    if (i > 0) {
      bool constant = is_constant(c, rows.items, t->size, rows.count);
      bs_strbuf_addc(out, constant);
      if (constant) {
        put(out, get_cell(c, rows.items));
        continue;
      }
    }
    put_column(out, c, rows.items, t->size, rows.count);
  }
}

static void put_strings(bs_strbuf *out, const bs_intern *strings) {
  put(out, strings->count);
  for (uint32_t i = 0; i < strings->count; i++) put(out, bs_intern_length(strings, i));
  for (uint32_t i = 0; i < strings->count; i++)
    bs_strbuf_add(out, bs_intern_text(strings, i), bs_intern_length(strings, i) + (size_t)1);
}

void facts_encode(const facts_unit *unit, bs_strbuf *out) {
  size_t start = out->length;
  bs_strbuf_add(out, magic, sizeof magic);
  put_strings(out, &unit->strings);
  put(out, unit->file);
  put(out, unit->language);
  put(out, unit->parser);
  put(out, unit->group);
  put(out, unit->errors);
  put(out, unit->first_error);
  for (int i = 0; i < NTABLES; i++) put_table(out, unit, &tables[i]);
  uint64_t hash = bs_hash(out->text + start, out->length - start);
  for (int i = 0; i < HASH_SIZE; i++) bs_strbuf_addc(out, (char)(hash >> (8 * i)));
}

/* Reading. */

typedef struct reader {
  const unsigned char *start, *next, *end;
  const char *what; /* is being read; for messages */
  const char *why;  /* the first thing that was wrong, or NULL */
  size_t where;     /* offset of that */
} reader;

static uint64_t fail(reader *r, const char *why) {
  if (!r->why) {
    r->why = why;
    r->where = (size_t)(r->next - r->start);
  }
  r->next = r->end; /* every later read fails at once */
  return 0;
}

static uint64_t take_long(reader *r) {
  uint64_t value = 0;
  for (unsigned shift = 0; shift < 64 && r->next < r->end; shift += 7) {
    unsigned char byte = *r->next++;
    value |= (uint64_t)(byte & 0x7f) << shift;
    if (byte < 0x80) return value;
  }
  return fail(r, r->next == r->end ? "the bytes end early" : "a number is longer than 64 bits");
}

static inline uint64_t take(reader *r) {
  if (r->next < r->end && *r->next < 0x80) return *r->next++;
  return take_long(r);
}

static uint32_t take32(reader *r) {
  uint64_t value = take(r);
  if (value > UINT32_MAX) return (uint32_t)fail(r, "a number is longer than 32 bits");
  return (uint32_t)value;
}

static int64_t unzigzag(uint64_t value) { return (int64_t)(value >> 1) ^ -(int64_t)(value & 1); }

static bool is_text_shaped(reader *r, const unsigned char *texts, const uint32_t *lengths, uint32_t count) {
  const unsigned char *at = texts;
  for (uint32_t i = 0; i < count; i++) {
    if (lengths[i] >= (size_t)(r->end - at)) return false;
    at += lengths[i];
    if (*at++) return false;
  }
  r->next = at;
  return true;
}

static void take_strings(reader *r, bs_intern *strings) {
  r->what = "strings";
  uint32_t count = take32(r);
  if (count < 1 || count > (size_t)(r->end - r->next)) {
    fail(r, "the count is impossible");
    return;
  }
  uint32_t *lengths = bs_malloc(count * sizeof *lengths);
  for (uint32_t i = 0; i < count; i++) lengths[i] = take32(r);
  const unsigned char *texts = r->next;
  if (lengths[0] != 0 || !is_text_shaped(r, texts, lengths, count))
    fail(r, "the texts do not fit their lengths");
  else if (!r->why)
    bs_intern_load(strings, (const char *)texts, lengths, count);
  free(lengths);
}

static void take_u8(reader *r, char *cell, size_t size, uint32_t count, uint64_t *max) {
  for (uint32_t i = 0; i < count; i++, cell += size) {
    uint64_t value = take(r);
    if (value > *max) *max = value;
    *(uint8_t *)cell = (uint8_t)value;
  }
  if (*max > UINT8_MAX) fail(r, "a number is longer than 8 bits");
}

static void take_u32(reader *r, char *cell, size_t size, uint32_t count, uint64_t *max, uint32_t less) {
  for (uint32_t i = 0; i < count; i++, cell += size) {
    uint64_t value = take(r);
    if (value > *max) *max = value;
    *(uint32_t *)cell = (uint32_t)value - less;
  }
  if (*max > UINT32_MAX) fail(r, "a number is longer than 32 bits");
}

static void take_delta(reader *r, char *cell, size_t size, uint32_t count, uint64_t *max) {
  uint32_t value = 0;
  for (uint32_t i = 0; i < count; i++, cell += size) {
    value += (uint32_t)unzigzag(take(r));
    if (value > *max) *max = value;
    *(uint32_t *)cell = value;
  }
}

static void take_i64(reader *r, char *cell, size_t size, uint32_t count) {
  for (uint32_t i = 0; i < count; i++, cell += size) *(int64_t *)cell = unzigzag(take(r));
}

static void fill(const column *c, char *cell, size_t size, uint32_t count, uint64_t value) {
  uint32_t number = (uint32_t)(c->encoding == NEXT ? value - 1 : value);
  if (c->encoding != NEXT && value == 0) return; /* the rows are zeroed */
  for (uint32_t i = 0; i < count; i++, cell += size) {
    if (c->encoding == U8)
      *(uint8_t *)cell = (uint8_t)value;
    else if (c->encoding == I64)
      *(int64_t *)cell = unzigzag(value);
    else
      *(uint32_t *)cell = number;
  }
}

/* One more than the largest value that may stand in the column; NEXT counts from 1. */
static uint64_t bound_of(const facts_unit *unit, const column *c) {
  uint64_t next = c->encoding == NEXT;
  switch (c->bound) {
  case STRINGS: return unit->strings.count + next;
  case NODES: return unit->nodes.count + next;
  case FUNCTIONS: return unit->functions.count + next;
  case CALLS: return unit->calls.count + next;
  case GUARDS: return unit->guards.count + next;
  case CYCLES: return unit->cycles.count + next;
  case BELOW: return c->below;
  case ANY: break;
  }
  return c->encoding == U8 ? (uint64_t)UINT8_MAX + 1 : (uint64_t)UINT32_MAX + 1;
}

/* The largest value of the column as it is written. */
static uint64_t take_column(reader *r, const column *c, char *rows, size_t size, uint32_t count,
                            bool foldable) {
  char *cell = rows + c->offset;
  uint64_t max = 0, folded = foldable ? take(r) : 0;
  if (folded > 1) fail(r, "a column's head is neither 0 nor 1");
  if (folded) {
    max = take(r);
    fill(c, cell, size, count, max);
    return c->encoding == I64 ? 0 : max;
  }
  switch (c->encoding) {
  case U8: take_u8(r, cell, size, count, &max); break;
  case U32: take_u32(r, cell, size, count, &max, 0); break;
  case NEXT: take_u32(r, cell, size, count, &max, 1); break;
  case DELTA: take_delta(r, cell, size, count, &max); break;
  case I64: take_i64(r, cell, size, count); break;
  }
  return max;
}

static void take_table(reader *r, facts_unit *unit, const table *t, uint64_t *max) {
  r->what = t->name;
  uint32_t count = take32(r);
  if (count > (size_t)(r->end - r->next)) {
    fail(r, "the count is impossible");
    return;
  }
  any_vec rows = get_rows(unit, t);
  free(rows.items);
  rows = (any_vec){count ? bs_calloc(count, t->size) : NULL, count, count};
  memcpy((char *)unit + t->offset, &rows, sizeof rows);
  for (unsigned i = 0; count && i < t->ncolumns && !r->why; i++)
    max[i] = take_column(r, &t->columns[i], rows.items, t->size, count, i > 0);
}

/* Checking: after it no row refers outside another table, and no chain of guards or loops runs in a
 * circle. */

static bool check_columns(reader *r, const facts_unit *unit, const table *t, const uint64_t *max) {
  r->what = t->name;
  if (!get_rows(unit, t).count) return true;
  for (unsigned i = 0; i < t->ncolumns; i++)
    if (max[i] >= bound_of(unit, &t->columns[i])) fail(r, "a row refers outside its table");
  return !r->why;
}

static bool node_fits(const facts_unit *unit, const facts_node_row *n) {
  const uint32_t strings = unit->strings.count, functions = unit->functions.count;
  switch (n->kind) {
  case FACTS_NODE_PARAM:
  case FACTS_NODE_RETURN: return n->a < functions;
  case FACTS_NODE_LOCAL: return n->a < functions && n->b < strings;
  case FACTS_NODE_GLOBAL:
  case FACTS_NODE_FIELD: return n->a < strings && n->b < strings;
  case FACTS_NODE_RESULT: return n->a < unit->calls.count;
  case FACTS_NODE_TEMP: return n->a < functions || n->a == UINT32_MAX;
  default: return true;
  }
}

static bool flow_fits(const facts_unit *unit, const facts_flow *f) {
  switch (f->kind) {
  case FACTS_FLOW_FUNCTION: return f->src < unit->functions.count;
  case FACTS_FLOW_INTEGER: return f->src < unit->integers.count;
  case FACTS_FLOW_STRING: return f->src < unit->strings.count;
  case FACTS_FLOW_UNKNOWN: return f->src == 0;
  default: return f->src < unit->nodes.count;
  }
}

static bool call_fits(const facts_unit *unit, const facts_call *c) {
  uint32_t limit = c->kind == FACTS_CALL_INDIRECT ? unit->nodes.count : unit->functions.count;
  return c->callee < limit && c->first_argument <= unit->arguments.count &&
         c->narguments <= unit->arguments.count - c->first_argument;
}

static bool argument_fits(const facts_unit *unit, const facts_argument *a) {
  return a->ref < (a->kind == FACTS_ARGUMENT_FUNCTION ? unit->functions.count : unit->nodes.count);
}

static bool store_fits(const facts_unit *unit, const facts_store *s) {
  return s->position <= unit->calls.count &&
         s->ref < (s->kind == FACTS_ARGUMENT_FUNCTION ? unit->functions.count : unit->nodes.count);
}

static bool rows_fit(const facts_unit *unit) {
  bool fit = true;
  for (uint32_t i = 0; i < unit->nodes.count; i++) fit &= node_fits(unit, &unit->nodes.items[i]);
  for (uint32_t i = 0; i < unit->flows.count; i++) fit &= flow_fits(unit, &unit->flows.items[i]);
  for (uint32_t i = 0; i < unit->calls.count; i++) fit &= call_fits(unit, &unit->calls.items[i]);
  for (uint32_t i = 0; i < unit->arguments.count; i++) fit &= argument_fits(unit, &unit->arguments.items[i]);
  for (uint32_t i = 0; i < unit->stores.count; i++) fit &= store_fits(unit, &unit->stores.items[i]);
  for (uint32_t i = 1; i < unit->guards.count; i++)
    fit &= unit->guards.items[i].outer < i && unit->guards.items[i].position <= unit->calls.count;
  for (uint32_t i = 1; i < unit->cycles.count; i++)
    fit &= unit->cycles.items[i].outer < i && unit->cycles.items[i].function < unit->functions.count;
  return fit;
}

static bool nones_stand(const facts_unit *unit) {
  return unit->nodes.count && unit->nodes.items[0].kind == FACTS_NODE_NONE && unit->guards.count &&
         unit->guards.items[0].outer == 0 && unit->cycles.count && unit->cycles.items[0].outer == 0;
}

static void take_head(reader *r, facts_unit *unit) {
  r->what = "head";
  unit->file = take32(r);
  unit->language = take32(r);
  unit->parser = take32(r);
  unit->group = take32(r);
  unit->errors = take32(r);
  unit->first_error = take32(r);
  const uint32_t strings = unit->strings.count;
  if (unit->file >= strings || unit->language >= strings || unit->parser >= strings ||
      unit->group >= strings || unit->first_error >= strings)
    fail(r, "a text is not in the string table");
}

static bool frame_fits(const unsigned char *bytes, size_t length, bs_error *error) {
  if (length < sizeof magic + HASH_SIZE || memcmp(bytes, magic, sizeof magic - 1) != 0)
    return bs_error_set(error, "not a facts file: it does not begin with \"BSFACTS\"");
  if (bytes[sizeof magic - 1] != FACTS_VERSION)
    return bs_error_set(error, "facts of version %u; this program reads version %d", bytes[sizeof magic - 1],
                        FACTS_VERSION);
  uint64_t hash = 0;
  for (int i = HASH_SIZE; i-- > 0;) hash = hash << 8 | bytes[length - HASH_SIZE + (size_t)i];
  if (hash != bs_hash(bytes, length - HASH_SIZE))
    return bs_error_set(error, "facts that are damaged or cut off");
  return true;
}

bool facts_intact(const void *bytes, size_t length) { return frame_fits(bytes, length, NULL); }

bool facts_decode(facts_unit *unit, const void *bytes, size_t length, bs_error *error) {
  enum { MOST_COLUMNS = 16 };
  uint64_t max[NTABLES][MOST_COLUMNS] = {0};
  if (!frame_fits(bytes, length, error)) return false;
  reader r = {.start = bytes, .next = (const unsigned char *)bytes + sizeof magic};
  r.end = r.start + length - HASH_SIZE;
  take_strings(&r, &unit->strings);
  take_head(&r, unit);
  for (int i = 0; i < NTABLES && !r.why; i++) take_table(&r, unit, &tables[i], max[i]);
  if (!r.why && r.next != r.end) fail(&r, "bytes are left over");
  for (int i = 0; i < NTABLES && !r.why; i++) check_columns(&r, unit, &tables[i], max[i]);
  if (!r.why && !nones_stand(unit)) fail(&r, "row 0 does not stand for \"none\"");
  if (!r.why && !rows_fit(unit)) fail(&r, "a row refers outside another table");
  if (!r.why) return true;
  return bs_error_set(error, "damaged facts, in %s at byte %zu: %s", r.what, r.where, r.why);
}

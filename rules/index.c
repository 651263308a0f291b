/* Look-ups by name: lists of rules, pack rows and descriptor rows, each NULL-terminated. */
#include "rules/loader.h"

#include "base/intern.h"

#include <stdlib.h>
#include <string.h>

/* Names to lists. Pairs are collected, then sorted into one array of lists. */
struct pair {
  uint32_t name, order;
  const void *item;
};
typedef struct lookup {
  bs_intern names;
  BS_VEC(struct pair) pairs;
  const void **items;
  uint32_t *starts; /* by name; UINT32_MAX for one without a list */
} lookup;

struct rule_index {
  lookup rules, functions, fields, descriptors;
  descriptor_list rows;
  rule_json_strings forks;
};

static void lookup_fini(lookup *table) {
  bs_intern_fini(&table->names);
  bs_vec_fini(&table->pairs);
  free(table->items);
  free(table->starts);
}

static void lookup_reset(lookup *table) {
  lookup_fini(table);
  memset(table, 0, sizeof *table);
  bs_intern_init(&table->names);
}

static void lookup_add(lookup *table, const char *name, const void *item) {
  struct pair *pair = bs_vec_push(&table->pairs);
  pair->name = bs_intern_adds(&table->names, name);
  pair->order = table->pairs.count;
  pair->item = item;
}

static int by_name(const void *a, const void *b) {
  const struct pair *x = a, *y = b;
  if (x->name != y->name) return x->name < y->name ? -1 : 1;
  return x->order < y->order ? -1 : x->order > y->order;
}

static void lookup_build(lookup *table) {
  bs_vec_sort(&table->pairs, by_name);
  uint32_t names = table->names.count;
  table->items = bs_calloc((size_t)table->pairs.count + names + 1, sizeof *table->items);
  table->starts = bs_malloc(names * sizeof *table->starts);
  memset(table->starts, 0xff, names * sizeof *table->starts);
  uint32_t end = 0;
  for (uint32_t i = 0; i < table->pairs.count; i++) {
    const struct pair *pair = &table->pairs.items[i];
    if (i && pair[-1].name != pair->name) end++;
    if (table->starts[pair->name] == UINT32_MAX) table->starts[pair->name] = end;
    table->items[end++] = pair->item;
  }
}

static const void **lookup_find(const lookup *table, const char *name) {
  if (!table->starts) return NULL;
  uint32_t id = bs_intern_find(&table->names, name, strlen(name));
  return id == UINT32_MAX || table->starts[id] == UINT32_MAX ? NULL : &table->items[table->starts[id]];
}

struct rule_index *rule_index_new(void) { return bs_calloc(1, sizeof(struct rule_index)); }

void rule_index_free(struct rule_index *index) {
  if (!index) return;
  lookup_fini(&index->rules);
  lookup_fini(&index->functions);
  lookup_fini(&index->fields);
  lookup_fini(&index->descriptors);
  bs_vec_fini(&index->rows);
  bs_vec_fini(&index->forks);
  free(index);
}

const descriptor_list *rule_index_rows(const struct rule_index *index) { return &index->rows; }
const rule_json_strings *rule_index_forks(const struct rule_index *index) { return &index->forks; }

/* A function may have several rows in one file (fcntl sets by F_SETFL, creates by F_DUPFD): those of an
 * earlier file go. */
void rule_index_add_descriptors(struct rule_index *index, const descriptor_list *rows,
                                const rule_json_strings *forks) {
  uint32_t kept = 0;
  for (uint32_t i = 0; i < index->rows.count; i++) {
    uint32_t n = 0;
    while (n < rows->count && strcmp(rows->items[n].function, index->rows.items[i].function) != 0) n++;
    if (n == rows->count) index->rows.items[kept++] = index->rows.items[i];
  }
  index->rows.count = kept;
  for (uint32_t i = 0; i < rows->count; i++) *bs_vec_push(&index->rows) = rows->items[i];
  for (uint32_t i = 0; i < forks->count; i++) *bs_vec_push(&index->forks) = forks->items[i];
}

static const char *field_key(bs_strbuf *key, const char *record, const char *field) {
  bs_strbuf_clear(key);
  bs_strbuf_addf(key, "%s.%s", record, field);
  return key->text;
}

static bool is_field_row(const pack_row *row) { return row->record && row->kind != PACK_DISPATCH; }

static void for_each_row(const rule_set *set,
                         void (*visit)(const rule_set *, const pack_row *, bs_strbuf *)) {
  bs_strbuf key = BS_STRBUF_INIT;
  for (uint32_t p = 0; p < set->packs.count; p++) {
    const loop_pack *pack = set->packs.items[p];
    for (uint32_t r = 0; r < pack->rows.count; r++) visit(set, &pack->rows.items[r], &key);
  }
  bs_strbuf_fini(&key);
}

static void add_row(const rule_set *set, const pack_row *row, bs_strbuf *key) {
  if (is_field_row(row))
    lookup_add(&set->index->fields, field_key(key, row->record, row->field), row);
  else if (row->function)
    lookup_add(&set->index->functions, row->function, row);
}

/* A row for any field of a record also belongs to the fields that have rows of their own. */
static void spread_star(const rule_set *set, const pack_row *star, bs_strbuf *key) {
  if (!is_field_row(star) || strcmp(star->field, "*") != 0) return;
  for (uint32_t p = 0; p < set->packs.count; p++) {
    const loop_pack *pack = set->packs.items[p];
    for (uint32_t r = 0; r < pack->rows.count; r++) {
      const pack_row *row = &pack->rows.items[r];
      if (!is_field_row(row) || strcmp(row->record, star->record) != 0 || strcmp(row->field, "*") == 0)
        continue;
      lookup_add(&set->index->fields, field_key(key, row->record, row->field), star);
    }
  }
}

void rule_set_index(rule_set *set) {
  struct rule_index *index = set->index;
  lookup_reset(&index->rules);
  lookup_reset(&index->functions);
  lookup_reset(&index->fields);
  lookup_reset(&index->descriptors);
  for (uint32_t i = 0; i < set->rules.count; i++) {
    const rule *r = set->rules.items[i];
    for (uint32_t f = 0; f < r->functions.count; f++) lookup_add(&index->rules, r->functions.items[f], r);
  }
  for_each_row(set, add_row);
  for_each_row(set, spread_star);
  for (uint32_t i = 0; i < index->rows.count; i++)
    lookup_add(&index->descriptors, index->rows.items[i].function, &index->rows.items[i]);
  lookup_build(&index->rules);
  lookup_build(&index->functions);
  lookup_build(&index->fields);
  lookup_build(&index->descriptors);
}

const rule *const *rule_set_for_function(const rule_set *set, const char *function) {
  return (const rule *const *)lookup_find(&set->index->rules, function);
}

const pack_row *const *rule_set_rows_for_function(const rule_set *set, const char *function) {
  return (const pack_row *const *)lookup_find(&set->index->functions, function);
}

const pack_row *const *rule_set_rows_for_field(const rule_set *set, const char *record, const char *field) {
  bs_strbuf key = BS_STRBUF_INIT;
  const void **rows = lookup_find(&set->index->fields, field_key(&key, record, field));
  if (!rows) rows = lookup_find(&set->index->fields, field_key(&key, record, "*"));
  bs_strbuf_fini(&key);
  return (const pack_row *const *)rows;
}

const descriptor_row *const *rule_set_descriptors(const rule_set *set, const char *function) {
  return (const descriptor_row *const *)lookup_find(&set->index->descriptors, function);
}

bool rule_set_is_fork(const rule_set *set, const char *function) {
  for (uint32_t i = 0; i < set->index->forks.count; i++) {
    if (strcmp(set->index->forks.items[i], function) == 0) return true;
  }
  return false;
}

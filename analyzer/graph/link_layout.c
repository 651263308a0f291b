/* Fields that share memory: those of a union, and those that two structs begin with alike. What is stored in
 * one is read from the other, so values flow between them, both ways.
 *
 * Two structs begin alike when all fields of one are the first fields of the other, by name and type (a macro
 * of fields), or when a pointer to one is cast to a pointer to the other: then as far as the types are the
 * same. Records that pointers into one block of bytes are cast to (`(slot *)((char *)block + offset)`) share
 * what may be functions where they have the same shape: that is a guess.
 */
#include "analyzer/graph/link.h"

#include "base/hash.h"

#include <stdlib.h>
#include <string.h>

typedef struct layout {
  uint32_t first, count; /* into `rows` */
  bool in_union;
} layout;

typedef struct row {
  program_str record, name, type;
} row;

typedef struct layouts {
  linker *l;
  BS_VEC(row) rows;
  BS_VEC(layout) all;
  bs_map by_record;
  bs_map shared; /* pairs of nodes that are tied already */
  bs_map by_start; /* name and type of the first field -> first layout; chained by `next` */
  BS_VEC(uint32_t) next;
} layouts;

static void read_layouts(layouts *s, unit_link *u) {
  for (uint32_t i = 0, n; i < u->facts.layouts.count; i += n) {
    const facts_layout *first = &u->facts.layouts.items[i];
    for (n = 1; i + n < u->facts.layouts.count && first[n].record == first->record;) n++;
    bool fresh;
    bs_map_add(&s->by_record, link_string(s->l, u, first->record), s->all.count, &fresh);
    if (!fresh) continue;
    *bs_vec_push(&s->all) = (layout){s->rows.count, n, first->in_union};
    *bs_vec_push(&s->next) = PROGRAM_NONE;
    for (uint32_t k = 0; k < n; k++)
      *bs_vec_push(&s->rows) =
          (row){link_string(s->l, u, first[k].record), link_string(s->l, u, first[k].name),
                link_string(s->l, u, first[k].type)};
  }
}

static void flow(layouts *s, uint32_t from, uint32_t to, uint8_t flags) {
  bool fresh;
  bs_map_add(&s->shared, bs_map_key(from, to), 1, &fresh);
  if (!fresh) return;
  *bs_vec_push(&s->l->p->flows) = (program_flow){.kind = FACTS_FLOW_COPY,
                                                 .flags = FACTS_FLOW_CAST | flags,
                                                 .dst = to,
                                                 .src = from,
                                                 .function = PROGRAM_NONE};
}

static void tie_as(layouts *s, const row *a, const row *b, uint8_t flags) {
  const program *p = s->l->p;
  uint32_t x = program_find_node(p, FACTS_NODE_FIELD, a->record, a->name),
           y = program_find_node(p, FACTS_NODE_FIELD, b->record, b->name);
  if (!x || !y || x == y) return;
  flow(s, x, y, flags);
  flow(s, y, x, flags);
}

static void tie(layouts *s, const row *a, const row *b) { tie_as(s, a, b, 0); }

static void tie_union(layouts *s, const layout *u) {
  for (uint32_t i = 1; i < u->count; i++)
    for (uint32_t k = 0; k < i; k++) tie(s, &s->rows.items[u->first + i], &s->rows.items[u->first + k]);
}

/* How many first fields two structs have in common. */
static uint32_t common(const layouts *s, const layout *a, const layout *b, bool by_name) {
  uint32_t n = 0;
  for (; n < a->count && n < b->count; n++) {
    const row *x = &s->rows.items[a->first + n], *y = &s->rows.items[b->first + n];
    if (x->type != y->type || (by_name && x->name != y->name)) break;
  }
  return n;
}

static void tie_first(layouts *s, const layout *a, const layout *b, uint32_t n) {
  for (uint32_t i = 0; i < n; i++) tie(s, &s->rows.items[a->first + i], &s->rows.items[b->first + i]);
}

/* Compares a struct with those before it that begin with the same field. */
static void tie_prefixes(layouts *s, uint32_t id) {
  const layout *a = &s->all.items[id];
  const row *start = &s->rows.items[a->first];
  uint64_t key = bs_map_key(start->name, start->type);
  uint32_t head = PROGRAM_NONE;
  bs_map_find(&s->by_start, key, &head);
  for (uint32_t i = head; i != PROGRAM_NONE; i = s->next.items[i]) {
    const layout *b = &s->all.items[i];
    uint32_t n = common(s, a, b, true), least = a->count < b->count ? a->count : b->count;
    if (n == least && a->count != b->count) tie_first(s, a, b, n);
  }
  s->next.items[id] = head;
  bs_map_set(&s->by_start, key, id);
}

static void tie_casts(layouts *s, unit_link *u) {
  for (uint32_t i = 0; i < u->facts.casts.count; i++) {
    const facts_cast *c = &u->facts.casts.items[i];
    uint32_t from, to;
    if (!bs_map_find(&s->by_record, link_string(s->l, u, c->from), &from) ||
        !bs_map_find(&s->by_record, link_string(s->l, u, c->to), &to))
      continue;
    const layout *a = &s->all.items[from], *b = &s->all.items[to];
    if (!a->in_union && !b->in_union) tie_first(s, a, b, common(s, a, b, false));
  }
}

static bool is_function(const layouts *s, const row *r) {
  return strstr(program_text(s->l->p, r->type), "(*)") != NULL;
}

/* Whether two structs have their functions at the same fields. */
static bool same_shape(const layouts *s, const layout *a, const layout *b) {
  if (a->count != b->count || a->in_union || b->in_union) return false;
  for (uint32_t i = 0; i < a->count; i++)
    if (is_function(s, &s->rows.items[a->first + i]) != is_function(s, &s->rows.items[b->first + i]))
      return false;
  return true;
}

enum { MOST_SLOTS = 64 };

/* All structs that stand at byte offsets somewhere. */
static void tie_slots(layouts *s) {
  const linker *l = s->l;
  uint32_t slots[MOST_SLOTS], count = 0;
  for (uint32_t k = 0; k < l->nunits; k++) {
    unit_link *u = &l->units[k];
    for (uint32_t i = 0; i < u->facts.casts.count && count < MOST_SLOTS; i++) {
      const facts_cast *c = &u->facts.casts.items[i];
      uint32_t id, known = 0;
      if (c->from || !bs_map_find(&s->by_record, link_string(s->l, u, c->to), &id)) continue;
      while (known < count && slots[known] != id) known++;
      if (known == count) slots[count++] = id;
    }
  }
  for (uint32_t i = 1; i < count; i++)
    for (uint32_t k = 0; k < i; k++) {
      const layout *a = &s->all.items[slots[i]], *b = &s->all.items[slots[k]];
      if (!same_shape(s, a, b)) continue;
      for (uint32_t f = 0; f < a->count; f++)
        tie_as(s, &s->rows.items[a->first + f], &s->rows.items[b->first + f], PROGRAM_FLOW_GUESS);
    }
}

void link_layouts(linker *l) {
  layouts s = {.l = l};
  for (uint32_t k = 0; k < l->nunits; k++) read_layouts(&s, &l->units[k]);
  for (uint32_t i = 0; i < s.all.count; i++) {
    if (s.all.items[i].in_union)
      tie_union(&s, &s.all.items[i]);
    else
      tie_prefixes(&s, i);
  }
  for (uint32_t k = 0; k < l->nunits; k++) tie_casts(&s, &l->units[k]);
  tie_slots(&s);
  bs_vec_fini(&s.rows);
  bs_vec_fini(&s.all);
  bs_vec_fini(&s.next);
  bs_map_fini(&s.by_record);
  bs_map_fini(&s.by_start);
  bs_map_fini(&s.shared);
}

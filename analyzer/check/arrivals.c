/* How many callbacks come to each of many functions, whatever the values are.
 *
 * Going back from each function by itself would be the square of a large program. Functions that call each
 * other in a circle have the same answer: they are one part (Tarjan's strongly connected components, which
 * are found callers first). Then 512 functions are asked for at a time: each has a bit, and one look at the
 * parts from the last to the first carries all of them to all callers.
 */
#include "analyzer/check/internal.h"

#include <stdlib.h>
#include <string.h>

enum { WORDS = 8, AT_A_TIME = 64 * WORDS };
typedef struct bits {
  uint64_t word[WORDS];
} bits;

typedef struct link {
  uint32_t part, caller; /* parts */
} link;

typedef struct parts {
  const program *p;
  caller_index back;
  uint32_t *part_of, count; /* of a function; PROGRAM_NONE: not numbered yet */
  uint32_t *entries; /* of a part */
  BS_VEC(link) links; /* callees before callers */
  uint32_t *index, *low, seen; /* while parts are found */
  BS_VEC(uint32_t) open;
} parts;

typedef struct frame {
  uint32_t function, next; /* into `back.edges` */
} frame;

static uint32_t caller_at(const parts *x, uint32_t i) {
  return x->p->calls.items[x->p->edges.items[x->back.edges[i]].call].caller;
}

static void close_part(parts *x, uint32_t function) {
  uint32_t member;
  do {
    member = x->open.items[--x->open.count];
    x->part_of[member] = x->count;
  } while (member != function);
  x->count++;
}

/* Tarjan's search over callers, without recursion: callers get the lower numbers. */
static void find_part(parts *x, uint32_t root) {
  BS_VEC(frame) stack = {0};
  *bs_vec_push(&stack) = (frame){root, x->back.first[root]};
  while (stack.count) {
    frame *top = &stack.items[stack.count - 1];
    uint32_t f = top->function;
    if (!x->index[f]) {
      x->index[f] = x->low[f] = ++x->seen;
      *bs_vec_push(&x->open) = f;
    }
    if (top->next < x->back.first[f + 1]) {
      uint32_t caller = caller_at(x, top->next++);
      if (!x->index[caller])
        *bs_vec_push(&stack) = (frame){caller, x->back.first[caller]};
      else if (x->part_of[caller] == PROGRAM_NONE && x->index[caller] < x->low[f])
        x->low[f] = x->index[caller];
      continue;
    }
    stack.count--;
    uint32_t above = stack.count ? stack.items[stack.count - 1].function : PROGRAM_NONE;
    if (above != PROGRAM_NONE && x->low[f] < x->low[above]) x->low[above] = x->low[f];
    if (x->low[f] == x->index[f]) close_part(x, f);
  }
  bs_vec_fini(&stack);
}

/* The functions by their parts, from the last part to the first: callees before callers. */
static uint32_t *order_by_part(const parts *x, uint32_t functions) {
  uint32_t *order = bs_malloc(((size_t)functions + 1) * sizeof *order);
  uint32_t *end = bs_calloc((size_t)x->count + 1, sizeof *end);
  for (uint32_t f = 0; f < functions; f++) end[x->part_of[f]]++;
  for (uint32_t k = x->count; k-- > 0;) end[k] += k + 1 < x->count ? end[k + 1] : 0;
  for (uint32_t f = functions; f-- > 0;) order[--end[x->part_of[f]]] = f;
  free(end);
  return order;
}

static void link_parts(parts *x, uint32_t functions) {
  uint32_t *order = order_by_part(x, functions);
  uint32_t *last = bs_calloc((size_t)x->count + 1, sizeof *last); /* part + 1 that was linked to this one */
  for (uint32_t k = 0; k < functions; k++) {
    uint32_t f = order[k], part = x->part_of[f];
    for (uint32_t i = x->back.first[f]; i < x->back.first[f + 1]; i++) {
      uint32_t caller = x->part_of[caller_at(x, i)];
      if (caller == part || last[caller] == part + 1) continue;
      last[caller] = part + 1;
      *bs_vec_push(&x->links) = (link){part, caller};
    }
  }
  free(order);
  free(last);
}

static void parts_init(parts *x, const checker *c) {
  uint32_t n = c->p->functions.count;
  *x = (parts){.p = c->p};
  callers_find(c->p, &x->back);
  x->part_of = bs_malloc(((size_t)n + 1) * sizeof *x->part_of);
  memset(x->part_of, 0xff, ((size_t)n + 1) * sizeof *x->part_of);
  x->index = bs_calloc((size_t)n + 1, sizeof *x->index);
  x->low = bs_calloc((size_t)n + 1, sizeof *x->low);
  for (uint32_t f = 0; f < n; f++)
    if (!x->index[f]) find_part(x, f);
  link_parts(x, n);
  x->entries = bs_calloc((size_t)x->count + 1, sizeof *x->entries);
  for (uint32_t i = 0; i < c->entries.count; i++) x->entries[x->part_of[c->entries.items[i].function]]++;
}

static void parts_fini(parts *x) {
  callers_fini(&x->back);
  free(x->part_of);
  free(x->entries);
  free(x->index);
  free(x->low);
  bs_vec_fini(&x->links);
  bs_vec_fini(&x->open);
}

static void carry(const parts *x, bits *all) {
  for (uint32_t i = 0; i < x->links.count; i++) {
    const bits *from = &all[x->links.items[i].part];
    bits *to = &all[x->links.items[i].caller];
    for (int w = 0; w < WORDS; w++) to->word[w] |= from->word[w];
  }
}

static void add_entries(const bits *of, uint32_t entries, uint32_t *counts) {
  for (uint32_t w = 0; w < WORDS; w++)
    for (uint64_t left = of->word[w]; left; left &= left - 1)
      counts[64 * w + (uint32_t)__builtin_ctzll(left)] += entries;
}

void arrivals_count(const checker *c, const uint32_t *functions, uint32_t count, uint32_t *counts) {
  parts x;
  parts_init(&x, c);
  bits *all = bs_malloc(((size_t)x.count + 1) * sizeof *all);
  for (uint32_t first = 0; first < count; first += AT_A_TIME) {
    memset(all, 0, x.count * sizeof *all);
    for (uint32_t i = 0; i < AT_A_TIME && first + i < count; i++)
      all[x.part_of[functions[first + i]]].word[i / 64] |= UINT64_C(1) << i % 64;
    carry(&x, all);
    for (uint32_t k = 0; k < x.count; k++)
      if (x.entries[k]) add_entries(&all[k], x.entries[k], counts + first);
  }
  free(all);
  parts_fini(&x);
}

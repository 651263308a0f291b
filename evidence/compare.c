/* Pairs findings by id, then by what they are and who reaches them. */
#include "evidence/compare.h"

#include "base/hash.h"
#include "base/map.h"

#include <stdlib.h>
#include <string.h>

typedef struct comparison {
  const report_document *earlier, *later;
  report_pairs *pairs;
} comparison;

static uint64_t mix_text(uint64_t hash, const char *text) {
  return bs_hash_mix(hash, bs_hash(text, strlen(text)));
}

/* What two findings must have in common to be paired; 0: this one is not paired that way. */
typedef uint64_t finding_key(const report_finding *finding);

static uint64_t by_id(const report_finding *f) { return mix_text(1, f->id); }

static uint64_t by_api(const report_finding *f) { return mix_text(mix_text(2, f->rule), f->api); }

static uint64_t by_function(const report_finding *f) { return mix_text(by_api(f), f->sink.function); }

static uint64_t by_place(const report_finding *f) { return mix_text(by_function(f), f->sink.file); }

static int compare_hashes(const void *a, const void *b) {
  uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
  return x < y ? -1 : x > y;
}

/* The callbacks that reach a finding, each once, in no matter what order. */
static uint64_t by_callbacks(const report_finding *f) {
  uint64_t *names = bs_calloc(f->entries.count + 1, sizeof *names), hash = by_api(f);
  for (uint32_t i = 0; i < f->entries.count; i++) {
    const char *name = f->entries.items[i].function;
    /* a callback that blocks itself goes by its registration: its own name is what may have changed */
    if (!strcmp(name, f->sink.function)) name = f->entries.items[i].registered.function;
    names[i] = bs_hash(name, strlen(name));
  }
  qsort(names, f->entries.count, sizeof *names, compare_hashes);
  for (uint32_t i = 0; i < f->entries.count; i++)
    if (!i || names[i] != names[i - 1]) hash = bs_hash_mix(hash, names[i]);
  free(names);
  return hash;
}

static uint64_t by_function_and_callbacks(const report_finding *f) {
  return bs_hash_mix(by_function(f), by_callbacks(f));
}

/* A renamed function: the call stands in the same file and column, and the same callbacks reach it. */
static uint64_t by_file_and_callbacks(const report_finding *f) {
  return bs_hash_mix(mix_text(by_callbacks(f), f->sink.file), f->sink.column);
}

/* Pairs what has the same key, in the order of the lines: the first with the first. */

typedef struct keyed {
  uint64_t key;
  unsigned line, column;
  uint32_t finding;
} keyed;

static int compare_keyed(const void *a, const void *b) {
  const keyed *x = a, *y = b;
  if (x->key != y->key) return x->key < y->key ? -1 : 1;
  if (x->line != y->line) return x->line < y->line ? -1 : 1;
  if (x->column != y->column) return x->column < y->column ? -1 : 1;
  return x->finding < y->finding ? -1 : x->finding > y->finding;
}

typedef BS_VEC(keyed) keyed_list;

static void list_alone(const report_document *document, const uint32_t *partner, finding_key *key,
                       keyed_list *list) {
  list->count = 0;
  for (uint32_t i = 0; i < document->findings.count; i++) {
    const report_finding *f = &document->findings.items[i];
    if (partner[i] == REPORT_ALONE) *bs_vec_push(list) = (keyed){key(f), f->sink.line, f->sink.column, i};
  }
  bs_vec_sort(list, compare_keyed);
}

static void pair_by(comparison *c, finding_key *key) {
  keyed_list old = {0}, new = {0};
  list_alone(c->earlier, c->pairs->later, key, &old);
  list_alone(c->later, c->pairs->earlier, key, &new);
  for (uint32_t i = 0, k = 0; i < old.count && k < new.count;) {
    if (old.items[i].key < new.items[k].key) {
      i++;
    } else if (old.items[i].key > new.items[k].key) {
      k++;
    } else {
      c->pairs->earlier[new.items[k].finding] = old.items[i].finding;
      c->pairs->later[old.items[i++].finding] = new.items[k++].finding;
    }
  }
  bs_vec_fini(&old);
  bs_vec_fini(&new);
}

static uint32_t *all_alone(uint32_t count) {
  uint32_t *partner = bs_malloc((count + 1) * sizeof *partner);
  for (uint32_t i = 0; i < count; i++) partner[i] = REPORT_ALONE;
  return partner;
}

void report_pair_exactly(const report_document *earlier, const report_document *later, report_pairs *pairs) {
  pairs->earlier = all_alone(later->findings.count);
  pairs->later = all_alone(earlier->findings.count);
  comparison c = {earlier, later, pairs};
  pair_by(&c, by_id);
  pair_by(&c, by_place);
}

void report_pair(const report_document *earlier, const report_document *later, report_pairs *pairs) {
  report_pair_exactly(earlier, later, pairs);
  comparison c = {earlier, later, pairs};
  pair_by(&c, by_function_and_callbacks);
  pair_by(&c, by_file_and_callbacks);
}

void report_pair_moved(const report_document *earlier, const report_document *later, report_pairs *pairs) {
  comparison c = {earlier, later, pairs};
  pair_by(&c, by_function);
}

void report_pairs_fini(report_pairs *pairs) {
  free(pairs->earlier);
  free(pairs->later);
}

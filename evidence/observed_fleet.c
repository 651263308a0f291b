/* Several recordings in one document: stalls that are alike are one kind, wherever they were recorded, and as
 * many are listed one by one as of a single recording. */
#include "evidence/observed_internal.h"

#include "base/map.h"

#include <stdlib.h>

/* The longest of all that are alike speaks for them. */
static void add_up(report_document *document) {
  bs_map first = {0};
  for (uint32_t i = 0; i < document->stalls.count; i++) {
    report_stall *stall = &document->stalls.items[i];
    bool is_new;
    if (!stall->alike) continue;
    uint32_t at = bs_map_add(&first, stall->group, i, &is_new);
    if (is_new) continue;
    report_stall *before = &document->stalls.items[at];
    bool longer = stall->duration_ns > before->duration_ns;
    report_stall *speaks = longer ? stall : before, *other = longer ? before : stall;
    uint64_t alike = stall->alike + before->alike, ns = stall->alike_ns + before->alike_ns;
    other->alike = other->alike_ns = 0;
    speaks->alike = alike;
    speaks->alike_ns = ns;
    if (longer) bs_map_set(&first, stall->group, i);
  }
  bs_map_fini(&first);
}

typedef struct listed {
  uint64_t alike_ns, duration_ns;
  uint32_t index;
} listed;

static int costlier_kind(const void *a, const void *b) {
  const listed *x = a, *y = b;
  if (x->alike_ns != y->alike_ns) return x->alike_ns < y->alike_ns ? 1 : -1;
  return x->index < y->index ? -1 : x->index > y->index;
}

static int longer_one(const void *a, const void *b) {
  const listed *x = a, *y = b;
  if (x->duration_ns != y->duration_ns) return x->duration_ns < y->duration_ns ? 1 : -1;
  return x->index < y->index ? -1 : x->index > y->index;
}

/* As in one recording: of the costliest kinds the longest, then the longest of all. */
static void choose_listed(const report_document *document, bool *kept) {
  BS_VEC(listed) all = {0};
  uint32_t left = OBSERVED_LONGEST;
  for (uint32_t i = 0; i < document->stalls.count; i++) {
    const report_stall *stall = &document->stalls.items[i];
    *bs_vec_push(&all) = (listed){stall->alike_ns, stall->duration_ns, i};
  }
  bs_vec_sort(&all, costlier_kind);
  for (uint32_t i = 0; left > OBSERVED_LONGEST / 2 && all.items[i].alike_ns; i++, left--)
    kept[all.items[i].index] = true;
  bs_vec_sort(&all, longer_one);
  for (uint32_t i = 0; i < all.count && left; i++) {
    if (kept[all.items[i].index]) continue;
    kept[all.items[i].index] = true;
    left--;
  }
  bs_vec_fini(&all);
}

void observed_add_up(report_document *document) {
  uint32_t count = 0;
  add_up(document);
  if (document->stalls.count <= OBSERVED_LONGEST) return;
  bool *kept = bs_calloc(document->stalls.count, sizeof *kept);
  choose_listed(document, kept);
  for (uint32_t i = 0; i < document->stalls.count; i++) {
    if (kept[i])
      document->stalls.items[count++] = document->stalls.items[i];
    else
      report_stall_fini(&document->stalls.items[i]);
  }
  document->stalls.count = count;
  free(kept);
}

/* What a pair of findings, or the lack of one, means: new, moved, fixed. */
#include "evidence/compare.h"

#include "base/hash.h"
#include "base/map.h"

#include <string.h>

/* The caller of the sink's function on a path, else where the callback is registered: the last place from
 * which the way to an old blocking function can be new. NULL: not known. */
static const report_place *way_in(const report_entry *entry) {
  if (entry->path.count > 1) return &entry->path.items[entry->path.count - 2]->place;
  return entry->has_registered ? &entry->registered : NULL;
}

static uint64_t way_key(const report_entry *entry) {
  const report_place *in = entry->path.count > 1 ? way_in(entry) : NULL;
  uint64_t hash = bs_hash(entry->function, strlen(entry->function));
  return in ? bs_hash_mix(hash, bs_hash(in->function, strlen(in->function))) : hash;
}

/* The callbacks, and the ways in, of the earlier finding. */
static void list_ways(const report_finding *finding, bs_map *ways) {
  for (uint32_t i = 0; i < finding->entries.count; i++) {
    const report_entry *entry = &finding->entries.items[i];
    bs_map_set(ways, bs_hash(entry->function, strlen(entry->function)), 1);
    bs_map_set(ways, way_key(entry), 1);
  }
}

/* How many ways a callback has to a finding, by the callback's name. */
static uint32_t count_ways(const report_finding *finding, const char *callback) {
  uint32_t count = 0;
  for (uint32_t i = 0; i < finding->entries.count; i++)
    count += !strcmp(finding->entries.items[i].function, callback);
  return count;
}

/* The first entry that the earlier finding had not; NULL without. A way in that came while another went has
 * only got another name. */
static const report_entry *find_new_way(const report_finding *earlier, const report_finding *later) {
  bs_map ways = {0};
  const report_entry *found = NULL;
  list_ways(earlier, &ways);
  uint32_t known;
  for (uint32_t i = 0; i < later->entries.count && !found; i++) {
    const report_entry *entry = &later->entries.items[i];
    if (bs_map_find(&ways, way_key(entry), &known)) continue;
    if (count_ways(later, entry->function) > count_ways(earlier, entry->function)) found = entry;
  }
  bs_map_fini(&ways);
  return found;
}

static bool has_caller(const report_finding *finding, const report_place *caller) {
  for (uint32_t i = 0; i < finding->callers.count; i++)
    if (!strcmp(finding->callers.items[i].function, caller->function)) return true;
  return false;
}

/* A caller of the sink's function that it had not before. One that came while another went has only got
 * another name. */
static const report_place *find_new_caller(const report_finding *earlier, const report_finding *later) {
  if (!earlier->callers.count || later->callers.count <= earlier->callers.count) return NULL;
  for (uint32_t i = 0; i < later->callers.count; i++)
    if (!has_caller(earlier, &later->callers.items[i])) return &later->callers.items[i];
  return NULL;
}

static bool is_shown(const report_finding *finding, enum rule_confidence min_confidence) {
  return !finding->suppressed.by && finding->confidence >= min_confidence;
}

static void compare_pair(const report_finding *earlier, report_finding *later,
                         enum rule_confidence min_confidence) {
  bool renamed = strcmp(earlier->sink.function, later->sink.function) != 0;
  later->change = REPORT_UNCHANGED;
  later->has_moved = renamed || strcmp(earlier->sink.file, later->sink.file) != 0;
  if (later->has_moved) later->moved_from = earlier->sink;
  /* What is renamed may be a callback, which would be one that was not there before. */
  const report_entry *way = renamed ? NULL : find_new_way(earlier, later);
  const report_place *caller = renamed || way ? NULL : find_new_caller(earlier, later);
  if (!way && !caller && (is_shown(earlier, min_confidence) || !is_shown(later, min_confidence))) return;
  later->change = REPORT_NEW;
  later->has_anchor = way && way_in(way);
  if (later->has_anchor) later->anchor = *way_in(way);
  if (!caller) return;
  later->has_anchor = true;
  later->anchor = *caller;
}

void report_take_fixed(report_document *earlier, report_document *later, const report_pairs *pairs) {
  for (uint32_t i = 0; i < earlier->findings.count; i++) {
    report_finding *finding = &earlier->findings.items[i];
    if (pairs->later[i] != REPORT_ALONE || finding->suppressed.by) continue;
    *report_add_fixed(later) = *finding;
    finding->entries.items = NULL;
    bs_vec_fini(&finding->entries);
    finding->callers.items = NULL;
    bs_vec_fini(&finding->callers);
  }
}

static void compare_pairs(report_document *earlier, report_document *later, const report_pairs *pairs,
                          enum rule_confidence min_confidence) {
  later->is_comparison = true;
  for (uint32_t i = 0; i < later->fixed.count; i++) report_finding_fini(&later->fixed.items[i]);
  later->fixed.count = 0; /* it may have been one before */
  for (uint32_t i = 0; i < later->findings.count; i++) {
    report_finding *finding = &later->findings.items[i];
    finding->has_anchor = finding->has_moved = false;
    if (pairs->earlier[i] == REPORT_ALONE)
      finding->change = REPORT_NEW;
    else
      compare_pair(&earlier->findings.items[pairs->earlier[i]], finding, min_confidence);
  }
  report_take_fixed(earlier, later, pairs);
}

void report_compare(report_document *earlier, report_document *later, enum rule_confidence min_confidence) {
  report_pairs pairs;
  report_pair(earlier, later, &pairs);
  compare_pairs(earlier, later, &pairs, min_confidence);
  report_pairs_fini(&pairs);
}

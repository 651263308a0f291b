/* The finding model's memory. */
#include "reports/model/shape.h"

#include <string.h>

void report_document_init(report_document *document) {
  *document = (report_document){
      .tool_version = "", .libclang_version = "", .root = ".", .root_path = "", .compared_with = ""};
}

void report_ranges_add(report_ranges *ranges, const report_range *range) {
  uint32_t i = ranges->count;
  while (i && ranges->items[i - 1].low_ns > range->low_ns) i--;
  if (i && ranges->items[i - 1].low_ns == range->low_ns) {
    ranges->items[i - 1].count += range->count;
    return;
  }
  bs_vec_push(ranges);
  memmove(&ranges->items[i + 1], &ranges->items[i], (ranges->count - 1 - i) * sizeof *ranges->items);
  ranges->items[i] = *range;
}

uint64_t report_ranges_quantile(const report_ranges *ranges, uint64_t max_ns, double part) {
  uint64_t all = 0, below = 0;
  for (uint32_t i = 0; i < ranges->count; i++) all += ranges->items[i].count;
  for (uint32_t i = 0; i < ranges->count; i++) {
    below += ranges->items[i].count;
    if ((double)below < part * (double)all) continue;
    uint64_t end = ranges->items[i].high_ns;
    return end < max_ns || !max_ns ? end : max_ns;
  }
  return 0;
}

void report_finding_fini(report_finding *finding) { shape_fini(&report_finding_shape, finding); }

void report_clear_cuts(report_document *document) {
  for (uint32_t i = 0; i < document->cuts.count; i++) bs_vec_fini(&document->cuts.items[i].findings);
  bs_vec_fini(&document->cuts);
}

void report_stall_fini(report_stall *stall) { shape_fini(&report_stall_shape, stall); }

void report_scope_fini(report_scope *scope) { shape_fini(&report_scope_shape, scope); }

/* What no report in JSON has is not in the table. */
void report_document_fini(report_document *document) {
  for (uint32_t i = 0; i < document->recorded_calls.count; i++)
    bs_vec_fini(&document->recorded_calls.items[i].times);
  shape_fini(&report_document_shape, document);
  bs_vec_fini(&document->unobserved);
  bs_vec_fini(&document->held);
  bs_vec_fini(&document->shares);
  bs_vec_fini(&document->run.bounds);
  bs_arena_fini(&document->arena);
}

report_finding *report_add_finding(report_document *document) {
  report_finding *finding = bs_vec_push(&document->findings);
  shape_init(&report_finding_shape, finding);
  return finding;
}

report_finding *report_add_fixed(report_document *document) {
  report_finding *finding = bs_vec_push(&document->fixed);
  shape_init(&report_finding_shape, finding);
  return finding;
}

report_entry *report_add_entry(report_finding *finding) {
  report_entry *entry = bs_vec_push(&finding->entries);
  shape_init(&report_entry_shape, entry);
  entry->loop = "own";
  return entry;
}

bool report_is_loop_body(const report_entry *entry) { return !strncmp(entry->via, "the body", 8); }

report_step *report_new_step(bs_arena *arena) {
  report_step *step = bs_arena_alloc(arena, sizeof *step);
  memset(step, 0, sizeof *step);
  shape_init(&report_step_shape, step);
  step->confidence = RULE_CERTAIN;
  return step;
}

report_step *report_add_step(bs_arena *arena, report_entry *entry) {
  report_step *step = report_new_step(arena);
  *bs_vec_push(&entry->path) = step;
  return step;
}

bool report_shows(const report_finding *finding, const report_options *options) {
  if (finding->suppressed.by || finding->change == REPORT_UNCHANGED) return false;
  if (finding->severity == RULE_NOTE && !options->show_notes) return false;
  return finding->confidence >= options->min_confidence;
}

unsigned report_count(const report_document *document, enum rule_severity severity,
                      enum rule_confidence confidence) {
  unsigned count = 0;
  for (uint32_t i = 0; i < document->findings.count; i++) {
    const report_finding *f = &document->findings.items[i];
    if (document->is_comparison && f->change != REPORT_NEW) continue;
    count += !f->suppressed.by && f->severity >= severity && f->confidence >= confidence;
  }
  return count;
}

/* A finding with its entry points and their paths, from the JSON report. */
#include "reports/model/json_reader.h"

#include <string.h>

/* Enumerations are read through a number of their own: the type of an enumeration is the compiler's choice.
 */
#define GET_NAME(r, object, key, required, names, count, field) \
  do { \
    unsigned index_ = (unsigned)(field); \
    if (!reader_name(r, object, key, required, names, count, &index_)) return false; \
    (field) = index_; \
  } while (0)

/* The place at `key`; *there says whether there is one. */
static bool get_place_at(report_reader *r, const json_t *object, const char *key, bool required, bool *there,
                         report_place *place) {
  json_t *value;
  if (!reader_object(r, object, key, required, &value)) return false;
  *there = value != NULL;
  if (!value) return true;
  reader_enter(r, key, SIZE_MAX);
  if (!reader_place(r, value, place)) return false;
  reader_leave(r);
  return true;
}

static bool read_step(report_reader *r, const json_t *object, void *context) {
  report_step *step = report_add_step(context);
  GET_NAME(r, object, "how", true, report_how_names, REPORT_HOWS, step->how);
  GET_NAME(r, object, "confidence", false, rule_confidence_names, RULE_CONFIDENCES, step->confidence);
  return reader_place(r, object, &step->place) &&
         get_place_at(r, object, "because", false, &step->has_because, &step->because) &&
         reader_unsigned(r, object, "candidates", false, &step->candidates) &&
         reader_text(r, object, "through", false, &step->through);
}

static bool read_entry(report_reader *r, const json_t *object, void *context) {
  report_finding *finding = context;
  report_entry *entry = report_add_entry(finding);
  entry->confidence = finding->confidence;
  entry->role = RULE_ROLE_OTHER;
  json_t *registered;
  if (!reader_text(r, object, "function", true, &entry->function) ||
      !reader_text(r, object, "file", false, &entry->file) ||
      !reader_unsigned(r, object, "line", false, &entry->line) ||
      !reader_text(r, object, "loop", true, &entry->loop) ||
      !reader_unsigned(r, object, "seen", false, &entry->seen) ||
      !get_place_at(r, object, "registered", false, &entry->has_registered, &entry->registered) ||
      !reader_object(r, object, "registered", false, &registered) ||
      !reader_text(r, registered, "via", false, &entry->via))
    return false;
  GET_NAME(r, object, "role", false, rule_role_names, RULE_ROLES, entry->role);
  GET_NAME(r, object, "confidence", false, rule_confidence_names, RULE_CONFIDENCES, entry->confidence);
  return reader_each(r, object, "path", true, read_step, entry);
}

static bool read_id(report_reader *r, const json_t *object, char id[17]) {
  const char *text = "";
  if (!reader_text(r, object, "id", true, &text)) return false;
  if (strlen(text) != 16 || strspn(text, "0123456789abcdef") != 16)
    return reader_fail(r, "id", "is not 16 hexadecimal digits");
  memcpy(id, text, 17);
  return true;
}

static bool read_suppression(report_reader *r, const json_t *object, report_suppression *suppressed) {
  static const char *const names[] = {"comment", "baseline", "config"};
  json_t *value;
  unsigned by = 0;
  if (!reader_object(r, object, "suppressed", false, &value)) return false;
  if (!value) return true;
  reader_enter(r, "suppressed", SIZE_MAX);
  suppressed->reason = "";
  if (!reader_name(r, value, "by", true, names, 3, &by) ||
      !reader_text(r, value, "reason", false, &suppressed->reason))
    return false;
  suppressed->by = names[by];
  reader_leave(r);
  return true;
}

static bool read_runtime(report_reader *r, const json_t *object, report_runtime *runtime) {
  json_t *value;
  if (!reader_object(r, object, "runtime", false, &value)) return false;
  if (!value) return true;
  reader_enter(r, "runtime", SIZE_MAX);
  GET_NAME(r, value, "verdict", true, report_verdict_names, REPORT_VERDICTS, runtime->verdict);
  if (!reader_count(r, value, "calls", false, &runtime->calls) ||
      !reader_count(r, value, "stalls", false, &runtime->stalls) ||
      !reader_time(r, value, "total_ms", false, JSON_MS, &runtime->total_ns) ||
      !reader_time(r, value, "max_ms", false, JSON_MS, &runtime->max_ns) ||
      !reader_time(r, value, "p50_ms", false, JSON_MS, &runtime->p50_ns) ||
      !reader_time(r, value, "p99_ms", false, JSON_MS, &runtime->p99_ns) ||
      !reader_time(r, value, "held_ms", false, JSON_MS, &runtime->held_ns) ||
      !reader_text(r, value, "missed", false, &runtime->missed) ||
      !reader_text(r, value, "remark", false, &runtime->remark))
    return false;
  reader_leave(r);
  return true;
}

static bool read_sink(report_reader *r, const json_t *object, report_finding *finding) {
  json_t *sink;
  bool there;
  if (!get_place_at(r, object, "sink", true, &there, &finding->sink)) return false;
  reader_object(r, object, "sink", true, &sink);
  reader_enter(r, "sink", SIZE_MAX);
  if (!reader_text(r, sink, "api", true, &finding->api)) return false;
  reader_leave(r);
  return true;
}

static bool read_caller(report_reader *r, const json_t *object, void *context) {
  report_place *place = bs_vec_push(&((report_finding *)context)->callers);
  *place = (report_place){.function = "", .file = ""};
  return reader_place(r, object, place);
}

static bool fill(report_reader *r, const json_t *object, report_finding *finding) {
  static const char *const evidence[] = {"static", "runtime", "both"};
  unsigned ignored = 0;
  GET_NAME(r, object, "category", true, rule_category_names, RULE_CATEGORIES, finding->category);
  GET_NAME(r, object, "severity", true, rule_severity_names, RULE_SEVERITIES, finding->severity);
  GET_NAME(r, object, "confidence", true, rule_confidence_names, RULE_CONFIDENCES, finding->confidence);
  finding->latency = (enum rule_latency)finding->severity; /* the usual one of each, where it is not said */
  GET_NAME(r, object, "latency", false, rule_latency_names, RULE_LATENCIES, finding->latency);
  GET_NAME(r, object, "change", false, report_change_names, REPORT_CHANGES, finding->change);
  return read_id(r, object, finding->id) && reader_text(r, object, "rule", true, &finding->rule) &&
         reader_name(r, object, "evidence", true, evidence, 3, &ignored) &&
         reader_text(r, object, "message", true, &finding->message) &&
         reader_text(r, object, "why", false, &finding->why) &&
         reader_text(r, object, "program", false, &finding->program) &&
         reader_text(r, object, "advice", false, &finding->advice) &&
         reader_text(r, object, "manual", false, &finding->manual) && read_sink(r, object, finding) &&
         get_place_at(r, object, "anchor", false, &finding->has_anchor, &finding->anchor) &&
         get_place_at(r, object, "moved_from", false, &finding->has_moved, &finding->moved_from) &&
         read_suppression(r, object, &finding->suppressed) && read_runtime(r, object, &finding->runtime) &&
         reader_each(r, object, "callers", false, read_caller, finding) &&
         reader_each(r, object, "entries", true, read_entry, finding);
}

bool reader_finding(report_reader *r, const json_t *object, void *context) {
  (void)context;
  return fill(r, object, report_add_finding(r->document));
}

bool reader_fixed(report_reader *r, const json_t *object, void *context) {
  (void)context;
  return fill(r, object, report_add_fixed(r->document));
}

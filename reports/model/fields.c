/* The members of the finding model, a row for each: its key in the JSON report, its struct and name, what is
 * special about it. To add one, add it to the struct in model.h or recorded.h, and a row here: the JSON
 * report, its reader and the archive then have it. The order of the rows is the order in the JSON. Say what
 * it means in findings.schema.json, too.
 */
#include "reports/model/shape.h"

/* 0 when a member has one of the types, else an error of the compiler. */
#define OF_TYPE(T, member, ...) (0 * sizeof(char[_Generic(((T *)0)->member, __VA_ARGS__)]))
#define ROW(T, member, row_kind, type, row_key, ...) \
  {.key = (row_key), \
   .kind = (row_kind), \
   .offset = offsetof(T, member) + OF_TYPE(T, member, type), \
   __VA_ARGS__}

#define TEXT(key, T, member, row_flags) \
  ROW(T, member, FIELD_TEXT, const char * : 1, key, .flags = (row_flags))
#define NUMBER(key, T, member, row_flags) \
  ROW(T, member, FIELD_NUMBER, unsigned : 1, key, .flags = (row_flags))
#define INT(key, T, member, row_flags) ROW(T, member, FIELD_NUMBER, int : 1, key, .flags = (row_flags))
#define INDEX(key, T, member, row_flags) ROW(T, member, FIELD_INDEX, unsigned : 1, key, .flags = (row_flags))
#define COUNT(key, T, member, row_flags) ROW(T, member, FIELD_COUNT, uint64_t : 1, key, .flags = (row_flags))
#define MS(key, T, member, row_flags) ROW(T, member, FIELD_MS, uint64_t : 1, key, .flags = (row_flags))
#define US(key, T, member, row_flags) ROW(T, member, FIELD_US, uint64_t : 1, key, .flags = (row_flags))
#define BOOL(key, T, member, row_flags) ROW(T, member, FIELD_BOOL, bool : 1, key, .flags = (row_flags))
#define ITEMS(row_key, row_kind, T, member, row_flags, ...) \
  {.key = (row_key), \
   .kind = (row_kind), \
   .offset = offsetof(T, member) + 0 * sizeof((T *)0)->member.items, \
   .flags = (row_flags), \
   __VA_ARGS__}
#define LIST(key, T, member, item_shape, row_flags) \
  ITEMS(key, FIELD_LIST, T, member, row_flags, .of = &(item_shape))
#define TEXTS(key, T, member) ITEMS(key, FIELD_TEXTS, T, member, FIELD_LINES)
/* An enum or a text with its names, an array. */
#define NAMES(array) .names = (array), .nnames = sizeof(array) / sizeof *(array)
#define NAME(key, T, member, array, row_flags) \
  ROW(T, member, FIELD_NAME, unsigned : 1, key, .flags = (row_flags), NAMES(array))
#define WORD(key, T, member, array, row_flags) \
  ROW(T, member, FIELD_WORD, const char * : 1, key, .flags = (row_flags), NAMES(array))
#define CONSTANT(row_key, array) \
  {.key = (row_key), .kind = FIELD_CONSTANT, .flags = FIELD_REQUIRED, NAMES(array)}
/* A struct of its own; one that is there when a bool of the struct says so; members of this struct that are
 * an object. */
#define OBJECT(row_key, T, member, object_shape, row_flags) \
  {.key = (row_key), \
   .kind = FIELD_OBJECT, \
   .offset = offsetof(T, member), \
   .of = &(object_shape), \
   .flags = (row_flags)}
#define OBJECT_IF(has, row_key, T, member, object_shape, row_flags) \
  {.key = (row_key), \
   .kind = FIELD_OBJECT, \
   .offset = offsetof(T, member), \
   .there = offsetof(T, has) + OF_TYPE(T, has, bool : 1), \
   .of = &(object_shape), \
   .flags = (row_flags)}
#define GROUP(row_key, group_shape, row_flags) \
  {.key = (row_key), .kind = FIELD_OBJECT, .of = &(group_shape), .flags = (row_flags)}
/* The members of a place among those of what it belongs to. */
#define PLACE(T, prefix) \
  TEXT("function", T, prefix function, FIELD_REQUIRED), TEXT("file", T, prefix file, FIELD_REQUIRED), \
      NUMBER("line", T, prefix line, FIELD_REQUIRED), NUMBER("column", T, prefix column, FIELD_OMIT)

#define SHAPE(T, rows, ...) \
  {.fields = (rows), .count = sizeof(rows) / sizeof *(rows), .size = sizeof(T), __VA_ARGS__}

/* ---- findings ---- */

static const shape_field place_fields[] = {PLACE(report_place, )};
static const shape place_shape = SHAPE(report_place, place_fields);

static bool is_indirect(const void *item) { return ((const report_step *)item)->how != REPORT_DIRECT; }

static const shape_field step_fields[] = {
    PLACE(report_step, place.),
    NAME("how", report_step, how, report_how_names, FIELD_REQUIRED),
    NAME("confidence", report_step, confidence, rule_confidence_names, 0),
    OBJECT_IF(has_because, "because", report_step, because, place_shape, 0),
    ROW(report_step, candidates, FIELD_NUMBER, unsigned : 1, "candidates", .when = is_indirect),
    TEXT("through", report_step, through, FIELD_OMIT),
};
const shape report_step_shape = SHAPE(report_step, step_fields);

static const shape_field registered_fields[] = {
    PLACE(report_entry, registered.),
    TEXT("via", report_entry, via, FIELD_OMIT),
};
static const shape registered_shape = SHAPE(report_entry, registered_fields);

static void before_entry(void *item, const void *parent) {
  report_entry *entry = item;
  entry->confidence = ((const report_finding *)parent)->confidence;
  entry->role = RULE_ROLE_OTHER;
}

static const shape_field entry_fields[] = {
    TEXT("function", report_entry, function, FIELD_REQUIRED),
    TEXT("file", report_entry, file, 0),
    NUMBER("line", report_entry, line, 0),
    TEXT("loop", report_entry, loop, FIELD_REQUIRED),
    NAME("role", report_entry, role, rule_role_names, 0),
    NAME("confidence", report_entry, confidence, rule_confidence_names, 0),
    {.key = "registered",
     .kind = FIELD_OBJECT,
     .there = offsetof(report_entry, has_registered),
     .of = &registered_shape},
    NUMBER("seen", report_entry, seen, FIELD_OMIT),
    ITEMS("path", FIELD_PATH, report_entry, path, FIELD_REQUIRED, .of = &report_step_shape),
    ITEMS("way", FIELD_WAY, report_entry, path, FIELD_OMIT),
};
const shape report_entry_shape = SHAPE(report_entry, entry_fields, .before = before_entry);

static const shape_field sink_fields[] = {
    PLACE(report_finding, sink.),
    TEXT("api", report_finding, api, FIELD_REQUIRED),
};
static const shape sink_shape = SHAPE(report_finding, sink_fields);

static const char *const suppressed_by[] = {"comment", "baseline", "config"};
static const shape_field suppressed_fields[] = {
    WORD("by", report_suppression, by, suppressed_by, FIELD_REQUIRED | FIELD_UNKNOWN),
    TEXT("reason", report_suppression, reason, FIELD_UNKNOWN),
};
static const shape suppressed_shape = SHAPE(report_suppression, suppressed_fields);

static const shape_field prediction_fields[] = {
    NUMBER("loop", report_prediction, loop, FIELD_REQUIRED),
    MS("max_ms", report_prediction, max_ns, FIELD_REQUIRED),
    MS("p99_ms", report_prediction, p99_ns, FIELD_REQUIRED),
    MS("held_ms", report_prediction, held_ns, FIELD_REQUIRED),
    MS("busy_ms", report_prediction, busy_ns, 0),
    MS("most_max_ms", report_prediction, most_max_ns, 0),
    MS("most_p99_ms", report_prediction, most_p99_ns, 0),
    MS("most_held_ms", report_prediction, most_held_ns, 0),
    MS("most_busy_ms", report_prediction, most_busy_ns, 0),
    MS("was_max_ms", report_prediction, was_max_ns, FIELD_REQUIRED),
    MS("was_p99_ms", report_prediction, was_p99_ns, FIELD_REQUIRED),
    MS("was_held_ms", report_prediction, was_held_ns, FIELD_REQUIRED),
    MS("was_busy_ms", report_prediction, was_busy_ns, 0),
    MS("time_ms", report_prediction, time_ns, 0),
};
static const shape prediction_shape = SHAPE(report_prediction, prediction_fields);

static const shape_field runtime_fields[] = {
    NAME("verdict", report_runtime, verdict, report_verdict_names, FIELD_REQUIRED),
    COUNT("calls", report_runtime, calls, 0),
    COUNT("stalls", report_runtime, stalls, 0),
    MS("total_ms", report_runtime, total_ns, 0),
    MS("max_ms", report_runtime, max_ns, 0),
    MS("p50_ms", report_runtime, p50_ns, 0),
    MS("p99_ms", report_runtime, p99_ns, 0),
    MS("held_ms", report_runtime, held_ns, 0),
    OBJECT("without", report_runtime, without, prediction_shape, FIELD_OMIT),
    TEXT("missed", report_runtime, missed, FIELD_OMIT | FIELD_UNKNOWN),
    TEXT("remark", report_runtime, remark, FIELD_OMIT | FIELD_UNKNOWN),
};
static const shape runtime_shape = SHAPE(report_runtime, runtime_fields);

static const char *const evidence_names[] = {"static", "runtime", "both"};
static unsigned evidence_of(const void *item) {
  enum report_verdict verdict = ((const report_finding *)item)->runtime.verdict;
  if (verdict == REPORT_RUNTIME_ONLY) return 1;
  return verdict == REPORT_NO_VERDICT || verdict == REPORT_NOT_EXERCISED ? 0 : 2;
}

/* The usual latency of the severity, where none is said. */
static void before_finding(void *item, const void *parent) {
  (void)parent;
  ((report_finding *)item)->latency = RULE_LATENCIES;
}
static void after_finding(void *item) {
  report_finding *finding = item;
  if (finding->latency == RULE_LATENCIES) finding->latency = (enum rule_latency)finding->severity;
  if (finding->suppressed.by && !finding->suppressed.reason) finding->suppressed.reason = "";
}

static const shape_field finding_fields[] = {
    {.key = "id", .kind = FIELD_ID, .offset = offsetof(report_finding, id), .flags = FIELD_REQUIRED},
    TEXT("rule", report_finding, rule, FIELD_REQUIRED),
    NAME("category", report_finding, category, rule_category_names, FIELD_REQUIRED),
    NAME("severity", report_finding, severity, rule_severity_names, FIELD_REQUIRED),
    NAME("confidence", report_finding, confidence, rule_confidence_names, FIELD_REQUIRED),
    NAME("latency", report_finding, latency, rule_latency_names, 0),
    MS("bound_ms", report_finding, bound_ns, FIELD_OMIT),
    {.key = "evidence",
     .kind = FIELD_DERIVED,
     .flags = FIELD_REQUIRED,
     .derive = evidence_of,
     NAMES(evidence_names)},
    TEXT("message", report_finding, message, FIELD_REQUIRED),
    TEXT("why", report_finding, why, FIELD_OMIT),
    TEXT("program", report_finding, program, FIELD_OMIT),
    TEXT("advice", report_finding, advice, FIELD_OMIT),
    TEXT("manual", report_finding, manual, FIELD_OMIT),
    GROUP("sink", sink_shape, FIELD_REQUIRED),
    LIST("entries", report_finding, entries, report_entry_shape, FIELD_REQUIRED | FIELD_LINES),
    ITEMS("more", FIELD_MORE, report_finding, entries, FIELD_OMIT, .of = &report_entry_shape),
    NUMBER("paths_left_out", report_finding, paths_left_out, FIELD_OMIT),
    LIST("callers", report_finding, callers, place_shape, FIELD_OMIT),
    OBJECT("suppressed", report_finding, suppressed, suppressed_shape, FIELD_NULL),
    OBJECT("runtime", report_finding, runtime, runtime_shape, FIELD_OMIT),
    NAME("change", report_finding, change, report_change_names, FIELD_OMIT),
    OBJECT_IF(has_anchor, "anchor", report_finding, anchor, place_shape, 0),
    OBJECT_IF(has_moved, "moved_from", report_finding, moved_from, place_shape, 0),
};
const shape report_finding_shape =
    SHAPE(report_finding, finding_fields, .lines = true, .before = before_finding, .after = after_finding);

static void before_cut(void *item, const void *parent) {
  (void)parent;
  ((report_cut *)item)->loop = "own";
}

static const shape_field cut_fields[] = {
    OBJECT("place", report_cut, place, place_shape, FIELD_REQUIRED),
    TEXT("loop", report_cut, loop, 0),
    NUMBER("paths", report_cut, paths, FIELD_REQUIRED),
    ITEMS("findings", FIELD_FINDINGS, report_cut, findings, FIELD_REQUIRED),
    TEXT("advice", report_cut, advice, FIELD_OMIT),
    TEXT("code", report_cut, code, FIELD_OMIT),
    OBJECT("without", report_cut, without, prediction_shape, FIELD_OMIT),
};
static const shape cut_shape = SHAPE(report_cut, cut_fields, .before = before_cut);

/* ---- a run ---- */

static const shape_field frame_fields[] = {
    TEXT("function", report_frame, function, 0),
    TEXT("file", report_frame, file, FIELD_NULL | FIELD_UNKNOWN),
    NUMBER("line", report_frame, line, FIELD_NULL),
    TEXT("module", report_frame, module, 0),
    BOOL("inlined", report_frame, inlined, 0),
    TEXT("build_id", report_frame, build_id, FIELD_OMIT | FIELD_UNKNOWN),
    TEXT("offset", report_frame, offset, FIELD_OMIT | FIELD_UNKNOWN),
};
static const shape frame_shape = SHAPE(report_frame, frame_fields);

static void after_sample(void *item) { /* numbers of frames that there are */
  report_sample *sample = item;
  if (sample->callback > sample->stack.count) sample->callback = 0;
  if (sample->culprit > sample->stack.count) sample->culprit = 0;
}

static const shape_field sample_fields[] = {
    MS("at_ms", report_sample, at_ns, FIELD_REQUIRED),
    MS("ms", report_sample, ns, FIELD_OMIT),
    TEXT("api", report_sample, api, FIELD_OMIT | FIELD_UNKNOWN),
    INDEX("callback", report_sample, callback, FIELD_OMIT),
    INDEX("culprit", report_sample, culprit, FIELD_OMIT),
    LIST("stack", report_sample, stack, frame_shape, FIELD_REQUIRED),
};
static const shape sample_shape = SHAPE(report_sample, sample_fields, .after = after_sample);

static void after_part(void *item) {
  report_part *part = item;
  if (part->kind == REPORT_PART_CALL && !part->api) part->api = "";
}

static const shape_field part_fields[] = {
    NAME("part", report_part, kind, report_part_names, FIELD_REQUIRED),
    TEXT("api", report_part, api, FIELD_OMIT | FIELD_UNKNOWN),
    TEXT("function", report_part, function, FIELD_OMIT | FIELD_UNKNOWN),
    MS("ms", report_part, ns, FIELD_REQUIRED),
};
static const shape part_shape = SHAPE(report_part, part_fields, .after = after_part);

static const shape_field call_time_fields[] = {
    TEXT("api", report_call_time, api, FIELD_REQUIRED),
    COUNT("calls", report_call_time, calls, FIELD_REQUIRED),
    MS("total_ms", report_call_time, ns, FIELD_REQUIRED),
};
static const shape call_time_shape = SHAPE(report_call_time, call_time_fields);

static const shape_field alike_fields[] = {
    COUNT("stalls", report_stall, alike, FIELD_REQUIRED),
    MS("total_ms", report_stall, alike_ns, FIELD_REQUIRED),
};
static const shape alike_shape = SHAPE(report_stall, alike_fields);

/* Who reads kinds knows four: one that was "stopped" is off the CPU, and its parts say why. */
static const char *const stall_kinds[] = {"off-cpu", "on-cpu", "runnable", "mixed"};
static bool knows_cpu(const void *item) { return ((const report_stall *)item)->cpu_ns != UINT64_MAX; }
static bool has_samples(const void *item) { return ((const report_stall *)item)->samples.count > 0; }

static void before_stall(void *item, const void *parent) {
  report_stall *stall = item;
  (void)parent;
  stall->cpu_ns = UINT64_MAX;
  stall->ended = true;
}
static void after_stall(void *item) {
  report_stall *stall = item;
  if (stall->main >= stall->samples.count) stall->main = 0;
}

static const shape_field stall_fields[] = {
    NUMBER("loop", report_stall, loop, FIELD_REQUIRED),
    MS("start_ms", report_stall, start_ns, FIELD_REQUIRED),
    MS("duration_ms", report_stall, duration_ns, FIELD_REQUIRED),
    ROW(report_stall, cpu_ns, FIELD_MS, uint64_t : 1, "cpu_ms", .when = knows_cpu),
    WORD("kind", report_stall, kind, stall_kinds, FIELD_REQUIRED),
    BOOL("ended", report_stall, ended, 0),
    TEXT("api", report_stall, api, FIELD_NULL | FIELD_UNKNOWN),
    TEXT("rule", report_stall, rule, FIELD_NULL | FIELD_UNKNOWN),
    TEXT("callback", report_stall, callback, FIELD_NULL | FIELD_UNKNOWN),
    OBJECT_IF(has_culprit, "culprit", report_stall, culprit, place_shape, FIELD_NULL),
    TEXT("scope", report_stall, scope, FIELD_OMIT | FIELD_UNKNOWN),
    TEXT("test", report_stall, test, FIELD_OMIT | FIELD_UNKNOWN),
    LIST("parts", report_stall, parts, part_shape, FIELD_OMIT),
    LIST("calls", report_stall, calls, call_time_shape, 0),
    GROUP("alike", alike_shape, FIELD_OMIT),
    ROW(report_stall, main, FIELD_NUMBER, unsigned : 1, "main", .when = has_samples),
    LIST("samples", report_stall, samples, sample_shape, FIELD_REQUIRED | FIELD_LINES),
};
const shape report_stall_shape =
    SHAPE(report_stall, stall_fields, .lines = true, .before = before_stall, .after = after_stall);

static const char *const scope_outcomes[] = {"stalled", "expected", "missed"};
static const shape_field scope_fields[] = {
    TEXT("name", report_scope, name, FIELD_REQUIRED),
    WORD("outcome", report_scope, outcome, scope_outcomes, FIELD_REQUIRED),
    NUMBER("loop", report_scope, loop, FIELD_NULL),
    INT("process", report_scope, process, FIELD_REQUIRED),
    INT("thread", report_scope, thread, FIELD_REQUIRED),
    MS("start_ms", report_scope, start_ns, FIELD_REQUIRED),
    MS("duration_ms", report_scope, duration_ns, FIELD_REQUIRED),
    MS("threshold_ms", report_scope, threshold_ns, FIELD_REQUIRED),
    TEXT("api", report_scope, api, FIELD_NULL | FIELD_UNKNOWN),
    TEXT("rule", report_scope, rule, FIELD_NULL | FIELD_UNKNOWN),
    LIST("samples", report_scope, samples, sample_shape, FIELD_REQUIRED | FIELD_LINES),
};
const shape report_scope_shape = SHAPE(report_scope, scope_fields, .lines = true);

static const shape_field call_fields[] = {
    NUMBER("loop", report_call, loop, FIELD_REQUIRED),
    TEXT("api", report_call, api, FIELD_REQUIRED),
    TEXT("rule", report_call, rule, FIELD_NULL),
    BOOL("nested", report_call, nested, FIELD_OMIT),
    COUNT("calls", report_call, calls, FIELD_REQUIRED),
    MS("total_ms", report_call, total_ns, 0),
    MS("max_ms", report_call, max_ns, 0),
    MS("p50_ms", report_call, p50_ns, 0),
    MS("p99_ms", report_call, p99_ns, 0),
    LIST("stack", report_call, stack, frame_shape, 0),
};
static const shape call_shape = SHAPE(report_call, call_fields);

static const shape_field bucket_fields[] = {
    US("low_us", report_bucket, low_ns, FIELD_REQUIRED),
    COUNT("count", report_bucket, count, FIELD_REQUIRED),
};
static const shape bucket_shape = SHAPE(report_bucket, bucket_fields);

static const shape_field loop_fields[] = {
    NUMBER("id", report_loop, id, FIELD_REQUIRED),
    INT("process", report_loop, process, FIELD_REQUIRED),
    INT("thread", report_loop, thread, FIELD_REQUIRED),
    TEXT("name", report_loop, name, 0),
    TEXT("library", report_loop, library, 0),
    TEXT("thread_of", report_loop, thread_of, FIELD_OMIT | FIELD_UNKNOWN),
    COUNT("iterations", report_loop, iterations, FIELD_REQUIRED),
    MS("busy_ms", report_loop, busy_ns, 0),
    MS("idle_ms", report_loop, idle_ns, 0),
    US("p50_us", report_loop, p50_ns, 0),
    US("p99_us", report_loop, p99_ns, 0),
    US("max_us", report_loop, max_ns, 0),
    COUNT("dropped_events", report_loop, dropped_events, 0),
    COUNT("unplaced_calls", report_loop, unplaced_calls, 0),
    COUNT("stalls", report_loop, stalls, 0),
    LIST("histogram", report_loop, histogram, bucket_shape, 0),
};
static const shape loop_shape = SHAPE(report_loop, loop_fields);

static const shape_field recording_fields[] = {
    MS("threshold_ms", report_document, threshold_ns, 0),
    MS("duration_ms", report_document, recorded_ns, 0),
    COUNT("stalls", report_document, all_stalls, 0),
    MS("stalled_ms", report_document, stalls_ns, 0),
    MS("longest_ms", report_document, longest_ns, 0),
    OBJECT("without", report_document, without, prediction_shape, FIELD_OMIT),
};
static const shape recording_shape = SHAPE(report_document, recording_fields);

/* ---- the ledger ---- */

static const shape_field broken_unit_fields[] = {
    TEXT("file", report_broken_unit, file, FIELD_REQUIRED),
    NUMBER("errors", report_broken_unit, errors, FIELD_REQUIRED),
    TEXT("first_error", report_broken_unit, first_error, FIELD_OMIT | FIELD_UNKNOWN),
};
static const shape broken_unit_shape = SHAPE(report_broken_unit, broken_unit_fields);

static const shape_field handed_over_fields[] = {
    TEXT("api", report_handed_over, api, FIELD_REQUIRED),
    NUMBER("argument", report_handed_over, argument, FIELD_REQUIRED),
    NUMBER("functions", report_handed_over, functions, FIELD_REQUIRED),
    OBJECT("place", report_handed_over, place, place_shape, FIELD_REQUIRED),
};
static const shape handed_over_shape = SHAPE(report_handed_over, handed_over_fields);

static const shape_field unresolved_fields[] = {
    OBJECT("place", report_unresolved, place, place_shape, FIELD_REQUIRED),
    TEXT("through", report_unresolved, through, 0),
    TEXT("type", report_unresolved, type, 0),
    NUMBER("entries", report_unresolved, entries, FIELD_REQUIRED),
};
static const shape unresolved_shape = SHAPE(report_unresolved, unresolved_fields);

static const shape_field limit_fields[] = {
    TEXT("limit", report_limit, name, FIELD_REQUIRED),
    NUMBER("count", report_limit, count, FIELD_REQUIRED),
    BOOL("hides", report_limit, hides, 0),
    TEXT("text", report_limit, text, FIELD_REQUIRED),
};
static const shape limit_shape = SHAPE(report_limit, limit_fields);

static const shape_field gap_fields[] = {
    TEXT("reason", report_gap, reason, FIELD_REQUIRED),
    TEXT("text", report_gap, text, FIELD_REQUIRED),
    TEXT("unit", report_gap, unit, FIELD_OMIT | FIELD_UNKNOWN),
    TEXT("hint", report_gap, hint, FIELD_OMIT | FIELD_UNKNOWN),
};
static const shape gap_shape = SHAPE(report_gap, gap_fields);

static const shape_field ledger_fields[] = {
    LIST("broken_units", report_document, broken_units, broken_unit_shape, FIELD_REQUIRED | FIELD_LINES),
    NUMBER("unresolved_indirect_calls", report_document, unresolved_indirect_calls, FIELD_REQUIRED),
    NUMBER("capped_indirect_calls", report_document, capped_indirect_calls, FIELD_REQUIRED),
    LIST("handed_over", report_document, handed_over, handed_over_shape, FIELD_OMIT | FIELD_LINES),
    LIST("unresolved", report_document, unresolved, unresolved_shape, FIELD_OMIT | FIELD_LINES),
    ITEMS("unreached_units", FIELD_TEXTS, report_document, unreached_units, FIELD_OMIT | FIELD_LINES),
    LIST("limits", report_document, limits, limit_shape, FIELD_OMIT | FIELD_LINES),
    LIST("incomplete", report_document, incomplete, gap_shape, FIELD_LINES),
    TEXTS("notes", report_document, notes),
};
static const shape ledger_shape = SHAPE(report_document, ledger_fields, .lines = true);

/* ---- the document ---- */

static const char *const tool_name[] = {"blockscan"}, *const schema_name[] = {"blockscan/findings/1"};

static const shape_field tool_fields[] = {
    CONSTANT("name", tool_name),
    TEXT("version", report_document, tool_version, FIELD_REQUIRED),
    TEXT("libclang", report_document, libclang_version, FIELD_OMIT),
};
static const shape tool_shape = SHAPE(report_document, tool_fields);

static const shape_field project_fields[] = {
    TEXT("root", report_document, root, FIELD_REQUIRED),
    NUMBER("units", report_document, units, 0),
    NUMBER("functions", report_document, functions, 0),
    NUMBER("entry_points", report_document, entry_points, 0),
    NUMBER("rules", report_document, rules, 0),
    TEXTS("loops", report_document, loops),
};
static const shape project_shape = SHAPE(report_document, project_fields, .lines = true);

static const shape_field comparison_fields[] = {
    TEXT("with", report_document, compared_with, 0),
    LIST("fixed", report_document, fixed, report_finding_shape,
         FIELD_REQUIRED | FIELD_LINES | FIELD_OUTDENTED),
};
static const shape comparison_shape = SHAPE(report_document, comparison_fields, .lines = true);

/* Of a recording: an object or a list that is there, though empty, whenever the document tells of one. */
#define GROUP_IF(has, row_key, group_shape) \
  {.key = (row_key), .kind = FIELD_OBJECT, .there = offsetof(report_document, has), .of = &(group_shape)}
#define RECORDED(row_key, member, item_shape) \
  ITEMS(row_key, FIELD_LIST, report_document, member, FIELD_LINES, \
        .there = offsetof(report_document, is_recording), .of = &(item_shape))

static const shape_field document_fields[] = {
    CONSTANT("schema", schema_name),
    GROUP("tool", tool_shape, FIELD_REQUIRED),
    GROUP("project", project_shape, FIELD_REQUIRED),
    {.key = "callbacks",
     .kind = FIELD_CALLBACKS,
     .flags = FIELD_OMIT | FIELD_LINES,
     .of = &report_entry_shape},
    {.key = "steps", .kind = FIELD_STEPS, .flags = FIELD_OMIT | FIELD_LINES, .of = &report_step_shape},
    LIST("findings", report_document, findings, report_finding_shape, FIELD_REQUIRED | FIELD_LINES),
    LIST("cuts", report_document, cuts, cut_shape, FIELD_LINES),
    GROUP_IF(is_comparison, "comparison", comparison_shape),
    GROUP_IF(is_recording, "recording", recording_shape),
    RECORDED("stalls", stalls, report_stall_shape),
    RECORDED("scopes", scopes, report_scope_shape),
    RECORDED("loops", recorded_loops, loop_shape),
    RECORDED("calls", recorded_calls, call_shape),
    GROUP("ledger", ledger_shape, FIELD_REQUIRED),
};
const shape report_document_shape = SHAPE(report_document, document_fields, .lines = true);

/* Counts and times in OpenMetrics' text format (prometheus.io/docs/specs/om/open_metrics_spec): findings by
 * level, whether the report is whole, and of a recording its loops, calls and stalls. What a run's metrics
 * are over time, `record --metrics` tells. */
#include "base/map.h"
#include "base/utf8.h"
#include "base/visible.h"
#include "reports/formats.h"

#include <string.h>

/* In a label's value, backslash, quote and line feed are escaped; what is no UTF-8, or acts on a terminal,
 * becomes U+FFFD. */
static void add_label(bs_strbuf *out, const char *name, const char *value) {
  bs_strbuf_addf(out, "%s=\"", name);
  for (size_t left = strlen(value), n; left; value += n, left -= n) {
    n = utf8_length(value, left);
    if (*value == '\\' || *value == '"')
      bs_strbuf_addf(out, "\\%c", *value);
    else if (*value == '\n')
      bs_strbuf_adds(out, "\\n");
    else if (!n || visible_is_hazard(value, n))
      bs_strbuf_adds(out, "\xef\xbf\xbd");
    else
      bs_strbuf_add(out, value, n);
    if (!n) n = 1;
  }
  bs_strbuf_addc(out, '"');
}

static void begin_family(bs_strbuf *out, const char *name, const char *type, const char *unit,
                         const char *help) {
  bs_strbuf_addf(out, "# TYPE %s %s\n", name, type);
  if (*unit) bs_strbuf_addf(out, "# UNIT %s %s\n", name, unit);
  bs_strbuf_addf(out, "# HELP %s %s\n", name, help);
}

static void add_seconds(bs_strbuf *out, uint64_t ns) {
  bs_strbuf_addf(out, " %llu.%09u\n", (unsigned long long)(ns / 1000000000), (unsigned)(ns % 1000000000));
}

static void add_count(bs_strbuf *out, uint64_t count) {
  bs_strbuf_addf(out, " %llu\n", (unsigned long long)count);
}

/* ---- findings ---- */

static void add_findings(const report_document *d, const report_options *options, bs_strbuf *out) {
  unsigned counts[RULE_SEVERITIES] = {0}, suppressed = 0;
  for (uint32_t i = 0; i < d->findings.count; i++) {
    const report_finding *f = &d->findings.items[i];
    if (f->suppressed.by)
      suppressed++;
    else if (f->confidence >= options->min_confidence && f->change != REPORT_UNCHANGED)
      counts[f->severity]++;
  }
  begin_family(out, "blockscan_findings", "gauge", "", "Findings that are not suppressed, by level.");
  for (int level = RULE_SEVERITIES; level--;) {
    bs_strbuf_adds(out, "blockscan_findings{");
    add_label(out, "level", rule_severity_names[level]);
    bs_strbuf_addc(out, '}');
    add_count(out, counts[level]);
  }
  begin_family(out, "blockscan_suppressed", "gauge", "", "Findings that are suppressed.");
  bs_strbuf_addf(out, "blockscan_suppressed %u\n", suppressed);
  begin_family(out, "blockscan_incomplete", "gauge", "",
               "Reasons why the report may lack findings; 0: it is whole.");
  bs_strbuf_addf(out, "blockscan_incomplete %u\n", d->incomplete.count);
}

/* ---- loops ---- */

static void add_loop_labels(bs_strbuf *out, const char *name, const report_loop *l) {
  bs_strbuf_addf(out, "%s{loop=\"%u\",pid=\"%d\",tid=\"%d\",", name, l->id, l->process, l->thread);
  add_label(out, "thread", l->name);
  bs_strbuf_addc(out, ',');
  add_label(out, "library", *l->library ? l->library : "own");
}

/* A bucket's upper bound is where the next one begins: nothing lies between them. */
static void add_histogram(bs_strbuf *out, const report_loop *l) {
  uint64_t sum = 0;
  for (uint32_t i = 0; i < l->histogram.count; i++) {
    bool is_last = i + 1 == l->histogram.count;
    uint64_t end = is_last ? l->max_ns : l->histogram.items[i + 1].low_ns;
    sum += l->histogram.items[i].count;
    add_loop_labels(out, "blockscan_iteration_duration_seconds_bucket", l);
    bs_strbuf_addf(out, ",le=\"%llu.%09u\"}", (unsigned long long)(end / 1000000000),
                   (unsigned)(end % 1000000000));
    add_count(out, sum);
  }
  add_loop_labels(out, "blockscan_iteration_duration_seconds_bucket", l);
  bs_strbuf_adds(out, ",le=\"+Inf\"}");
  add_count(out, sum);
  add_loop_labels(out, "blockscan_iteration_duration_seconds_count", l);
  bs_strbuf_addc(out, '}');
  add_count(out, sum);
  add_loop_labels(out, "blockscan_iteration_duration_seconds_sum", l);
  bs_strbuf_addc(out, '}');
  add_seconds(out, l->busy_ns);
}

typedef struct loop_stalls {
  uint64_t count, ns;
} loop_stalls;

static void add_loops(const report_document *d, bs_strbuf *out) {
  uint32_t count = d->recorded_loops.count, at;
  const report_loop *loops = d->recorded_loops.items;
  loop_stalls *stalls = bs_calloc(count + 1, sizeof *stalls);
  bs_map ids = {0};
  for (uint32_t i = 0; i < count; i++) bs_map_add(&ids, loops[i].id, i, NULL);
  for (uint32_t i = 0; i < d->stalls.count; i++) {
    if (!bs_map_find(&ids, d->stalls.items[i].loop, &at)) continue;
    stalls[at].count++;
    stalls[at].ns += d->stalls.items[i].duration_ns;
  }
  begin_family(out, "blockscan_iteration_duration_seconds", "histogram", "seconds",
               "How long the iterations of a loop took.");
  for (uint32_t i = 0; i < count; i++) add_histogram(out, &loops[i]);
  begin_family(out, "blockscan_idle_seconds", "counter", "seconds", "Time that a loop waited for events.");
  for (uint32_t i = 0; i < count; i++) {
    add_loop_labels(out, "blockscan_idle_seconds_total", &loops[i]);
    bs_strbuf_addc(out, '}');
    add_seconds(out, loops[i].idle_ns);
  }
  begin_family(out, "blockscan_iteration_longest_seconds", "gauge", "seconds", "The longest iteration.");
  for (uint32_t i = 0; i < count; i++) {
    add_loop_labels(out, "blockscan_iteration_longest_seconds", &loops[i]);
    bs_strbuf_addc(out, '}');
    add_seconds(out, loops[i].max_ns);
  }
  begin_family(out, "blockscan_stalls", "counter", "", "Iterations that took the threshold or longer.");
  for (uint32_t i = 0; i < count; i++) {
    add_loop_labels(out, "blockscan_stalls_total", &loops[i]);
    bs_strbuf_addc(out, '}');
    add_count(out, loops[i].stalls > stalls[i].count ? loops[i].stalls : stalls[i].count);
  }
  begin_family(out, "blockscan_reported_stall_seconds", "counter", "seconds",
               "Time in the stalls of the report.");
  for (uint32_t i = 0; i < count; i++) {
    add_loop_labels(out, "blockscan_reported_stall_seconds_total", &loops[i]);
    bs_strbuf_addc(out, '}');
    add_seconds(out, stalls[i].ns);
  }
  bs_map_fini(&ids);
  free(stalls);
}

/* ---- calls: of one API on one loop together ---- */

typedef struct api_row {
  const report_call *call;
  uint64_t calls, ns;
} api_row;

static void add_calls(const report_document *d, bs_strbuf *out) {
  BS_VEC(api_row) rows = {0};
  for (uint32_t i = 0; i < d->recorded_calls.count; i++) {
    const report_call *call = &d->recorded_calls.items[i];
    uint32_t at = 0;
    while (at < rows.count &&
           (rows.items[at].call->loop != call->loop || strcmp(rows.items[at].call->api, call->api) != 0))
      at++;
    if (at == rows.count) *bs_vec_push(&rows) = (api_row){.call = call};
    rows.items[at].calls += call->calls;
    rows.items[at].ns += call->total_ns;
  }
  for (int times = 0; times < 2; times++) {
    begin_family(out, times ? "blockscan_call_seconds" : "blockscan_calls", "counter", times ? "seconds" : "",
                 times ? "Time in calls that can block, on a loop." : "Calls that can block, on a loop.");
    for (uint32_t i = 0; i < rows.count; i++) {
      const report_call *call = rows.items[i].call;
      bs_strbuf_addf(out, "%s{loop=\"%u\",", times ? "blockscan_call_seconds_total" : "blockscan_calls_total",
                     call->loop);
      add_label(out, "api", call->api);
      bs_strbuf_addc(out, ',');
      add_label(out, "rule", call->rule);
      bs_strbuf_addc(out, '}');
      if (times)
        add_seconds(out, rows.items[i].ns);
      else
        add_count(out, rows.items[i].calls);
    }
  }
  bs_vec_fini(&rows);
}

void report_write_openmetrics(const report_document *document, const report_options *options,
                              bs_strbuf *out) {
  add_findings(document, options, out);
  if (document->is_recording) {
    begin_family(out, "blockscan_threshold_seconds", "gauge", "seconds",
                 "From what length on an iteration is a stall.");
    bs_strbuf_adds(out, "blockscan_threshold_seconds");
    add_seconds(out, document->threshold_ns);
    add_loops(document, out);
    add_calls(document, out);
  }
  bs_strbuf_adds(out, "# EOF\n");
}

/* The list of output formats. One row here and one file with one function is all that a format needs: the
 * declaration, the table, the help of --output, its error message and the completions are made from the row.
 */
#ifndef BLOCKSCAN_REPORTS_FORMATS_H
#define BLOCKSCAN_REPORTS_FORMATS_H

#include "reports/model/model.h"

/* The output formats in the order of --help: report_write_NAME in reports/NAME.c, and what the format is for.
 */
#define REPORT_FORMATS(X) \
  X(text, "for people, and for editors that read file:line:column") \
  REPORT_MORE_FORMATS(X)
#define REPORT_MORE_FORMATS(X) \
  X(json, "everything, by reports/findings.schema.json") \
  X(sarif, "SARIF 2.1.0, for code scanning and editors") \
  X(github, "annotations of a GitHub workflow") \
  X(gitlab, "GitLab code quality") \
  X(markdown, "a comment for a pull request, or a step summary") \
  X(html, "one page for a browser: paths as excerpts of source, filters, charts of a recording") \
  X(junit, "JUnit XML, a failed test case for each finding") \
  X(rdjsonl, "reviewdog's diagnostics, one a line") \
  X(dot, "the call paths as a graph, for Graphviz") \
  X(speedscope, "the stalls of a recording, for speedscope") \
  X(folded, "the stalls of a recording, for flamegraph.pl") \
  X(pprof, "the stalls of a recording, gzip protobuf for pprof and Pyroscope") \
  X(trace, "the loops of a recording over time, for Perfetto and chrome://tracing") \
  X(openmetrics, "counts and times as OpenMetrics, for Prometheus")
#define REPORT_DECLARE_FORMAT(name, summary) report_writer report_write_##name;
REPORT_FORMATS(REPORT_DECLARE_FORMAT)
/* The names as one string literal: "text, json, sarif, …". */
#define REPORT_NEXT_NAME(name, summary) ", " #name
#define REPORT_FORMAT_NAMES "text" REPORT_MORE_FORMATS(REPORT_NEXT_NAME)

typedef struct report_format {
  const char *name, *summary;
  report_writer *write;
} report_format;
extern const report_format report_formats[]; /* in the order of --help; ended by a row without a name */
const report_format *report_find_format(const char *name);

#endif

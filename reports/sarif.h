/* What the files of the SARIF report share: sarif.c the run, sarif_rules.c its rules, sarif_result.c the
 * results, sarif_place.c places and messages. */
#ifndef BLOCKSCAN_REPORTS_SARIF_H
#define BLOCKSCAN_REPORTS_SARIF_H

#include "reports/phrase.h"
#include "reports/sources.h"

/* GitHub: results that are read, locations of code flows that are shown for a result. */
enum { SARIF_RESULTS = 25000, SARIF_FLOW_LOCATIONS = 1000, SARIF_RELATED = 50 };

typedef struct sarif_rule {
  const report_finding *first; /* of this rule */
  BS_VEC(const char *) advice; /* the different ones */
} sarif_rule;

typedef struct sarif {
  bs_strbuf *out;
  const report_document *document;
  const report_options *options;
  sources sources;
  bs_arena arena; /* for texts that are written at once; emptied after each result */
  bs_map rule_index; /* hash of the id -> number */
  BS_VEC(sarif_rule) rules;
  unsigned results, results_left_out, flows_left_out;
} sarif;

/* Whether a finding is a result: suppressed ones are not, and by the options those that are too unsure. */
bool sarif_takes(const sarif *s, const report_finding *finding);
/* Puts the rules of all results into the table. */
void sarif_collect_rules(sarif *s);
void sarif_write_rules(sarif *s);
/* Appends a result; `gone` is one of a comparison that is no longer there. */
void sarif_write_result(sarif *s, const report_finding *finding, bool gone);

/* Appends a plain text to a message: brackets and braces mean something there (SARIF 2.1.0, 3.11.5
 * and 3.11.6). */
void sarif_add_plain(bs_strbuf *message, const char *text);
/* Appends {"text": message}; `before` as for report_json_text. */
void sarif_write_message(sarif *s, const char *before, const char *message);
/* The same for a plain text. */
void sarif_write_plain(sarif *s, const char *before, const char *text);
/* Appends a location without its closing brace; `id` 0 for none. */
void sarif_open_location(sarif *s, const char *before, const report_place *place, unsigned id);

#endif

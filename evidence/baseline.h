/* Findings that are known and accepted for now: a file in the project's root that silences them until they
 * are fixed. */
#ifndef BLOCKSCAN_EVIDENCE_BASELINE_H
#define BLOCKSCAN_EVIDENCE_BASELINE_H

#include "base/error.h"
#include "reports/model/model.h"

#define BASELINE_FILE ".blockscan-baseline.json"

typedef struct baseline_options {
  const char *file; /* --baseline FILE, or NULL: BASELINE_FILE in the root where there is one */
  bool none; /* --no-baseline */
  bool update; /* --update-baseline: it becomes what is found now */
  bool prune; /* --prune-baseline: what isn't found any more goes */
} baseline_options;

/* Suppresses the findings of the document that the baseline names, and notes in its ledger the entries that
 * name none. With `update` or `prune` the file is written first; *said is then a sentence for people, in the
 * document's arena. `min_confidence`: less sure findings are not taken up. False with an error: a file that
 * cannot be read or written, or is no baseline. */
bool baseline_apply(report_document *document, const char *root, const baseline_options *options,
                    enum rule_confidence min_confidence, const char **said, bs_error *error);

/* The same on texts, for tests: fills a document with the entries of a baseline; and the file's text. */
bool baseline_parse(report_document *entries, const char *file, const char *text, size_t length,
                    bs_error *error);
void baseline_write(const report_document *entries, bs_strbuf *out);

#endif

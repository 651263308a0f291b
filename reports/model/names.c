/* The names that the values of the finding model have in every format. */
#include "reports/model/model.h"

const char *const report_how_names[REPORT_HOWS] = {"direct",  "field", "parameter", "variable",
                                                   "virtual", "type",  "callback"};
const char *const report_verdict_names[REPORT_VERDICTS] = {"", "confirmed", "observed-fast", "not-exercised",
                                                           "runtime-only"};
const char *const report_change_names[REPORT_CHANGES] = {"", "new", "unchanged"};

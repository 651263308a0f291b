/* What the recorder calls things, for those who read a recording: watched APIs and their rules, outcomes, and
 * whose code a frame is. */
#ifndef BLOCKSCAN_COLLECT_NAMES_H
#define BLOCKSCAN_COLLECT_NAMES_H

#include "reports/model/recorded.h"

/* The name of a watched API; several indices may share one. */
const char *hook_name(uint32_t hook);
/* The same, and NULL for UINT32_MAX: in no watched call. */
const char *hook_api(uint32_t hook);
/* The rule of a watched API by its name; "" without one. */
const char *hook_rule_of(const char *api);
bool hook_exists(const char *name);

/* The outcomes of a scope by enum layout_scope: "stalled", "expected", "missed". */
enum { SCOPE_OUTCOMES = 3 };
extern const char *const scope_outcome_names[SCOPE_OUTCOMES];

/* Whether the frame is the program's own code: neither a library's, nor what starts a program or a thread. */
bool frame_is_own(const report_frame *f);
/* Whether it is of Python code. */
bool frame_is_python(const report_frame *f);
/* Whether it is of Python, or of a script that an engine made code of and whose place it tells. */
bool frame_is_script(const report_frame *f);
/* Whether it is of an interpreter, or of what was compiled for it. */
bool frame_runs_scripts(const report_frame *f);

#endif

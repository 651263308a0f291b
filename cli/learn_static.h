/* What `blockscan learn --static` writes: a loop pack for functions that get callbacks and that no pack
 * knows. */
#ifndef BLOCKSCAN_CLI_LEARN_STATIC_H
#define BLOCKSCAN_CLI_LEARN_STATIC_H

#include "evidence/joining.h"

/* Whether the source alone is to be learnt from: --static was given, and no recording. */
bool learn_is_static(const joining_options *options);
/* Appends the draft of a pack, made from the reports and compile databases that the options name. *count: its
 * rows; nothing is appended for 0. */
bool learn_draft(const joining_options *options, bs_strbuf *out, uint32_t *count, bs_error *error);

#endif

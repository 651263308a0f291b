/* What a recording keeps of a command line that may hold passwords and keys. */
#ifndef BLOCKSCAN_COLLECT_SECRETS_H
#define BLOCKSCAN_COLLECT_SECRETS_H

#include "base/mem.h"

/* The words of a command (NULL-terminated) with "***" in place of what looks like a secret. Lives as long as
 * the arena. */
const char *const *secrets_hide(bs_arena *arena, const char *const *command);

#endif

/* Whether the C library's clocks are the kernel's. */
#ifndef BLOCKSCAN_COLLECT_CLOCK_H
#define BLOCKSCAN_COLLECT_CLOCK_H

#include "base/error.h"

#include <stdbool.h>

/* False with an error when another library has put other clocks in their place, as faketime(1) does: all
 * times of a recording would be wrong. */
bool clock_check(bs_error *error);

#endif

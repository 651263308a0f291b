/* Durations as people read them. */
#ifndef BLOCKSCAN_BASE_DURATION_H
#define BLOCKSCAN_BASE_DURATION_H

#include "base/strbuf.h"

#include <stdint.h>

/* Appends nanoseconds with three significant digits and a unit: "212 ms". */
void bs_duration_write(bs_strbuf *out, uint64_t ns);

#endif

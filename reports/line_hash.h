/* GitHub's hash of a line: what code scanning tells by that two alerts of different revisions are one. */
#ifndef BLOCKSCAN_REPORTS_LINE_HASH_H
#define BLOCKSCAN_REPORTS_LINE_HASH_H

#include "base/mem.h"

#include <stdint.h>

/* The hashes of all lines of a text, "hex:count" each: of line i at [i - 1]. `count` is their number; a text
 * that ends in a newline has one more than newlines. The caller frees each and the array. */
char **line_hashes(const char *text, size_t length, uint32_t *count);

#endif

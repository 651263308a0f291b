/* Well-formed UTF-8 (Unicode 15, table 3-7): source files and paths may hold anything. */
#ifndef BLOCKSCAN_BASE_UTF8_H
#define BLOCKSCAN_BASE_UTF8_H

#include <stddef.h>

/* Bytes of the well-formed character at `text`, of which `length` bytes may be read; 0 when there is none. */
size_t utf8_length(const char *text, size_t length);
/* Where there is none: how many bytes one U+FFFD stands for, as browsers decode (the longest beginning of a
 * well-formed character, at least one byte; Unicode 15, section 3.9). */
size_t utf8_broken(const char *text, size_t length);

#endif

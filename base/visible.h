/* Text from outside, made fit to be shown: names of files, options and functions may hold anything, and what
 * is printed on a terminal or into the log of a CI system must not act there.
 *
 * GitHub's runner takes "##[" for a command wherever it stands: it becomes "#\#[". Shown as escapes (\n,
 * \x1b, \u202e): control characters, C1 controls, line separators, invisible characters, and those that turn
 * the direction of what follows (Unicode Standard Annex 9; CVE-2021-42574). */
#ifndef BLOCKSCAN_BASE_VISIBLE_H
#define BLOCKSCAN_BASE_VISIBLE_H

#include "base/strbuf.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The code point of a well-formed character of `length` bytes. */
uint32_t visible_code_point(const char *text, size_t length);
/* Whether the well-formed character of `length` bytes must be escaped. */
bool visible_is_hazard(const char *text, size_t length);
/* Appends the first `length` bytes of `text`. Bytes that are no UTF-8 become U+FFFD. */
void visible_add(bs_strbuf *out, const char *text, size_t length);
/* Whether a line that begins so is a command to GitHub's runner, which passes over blanks: "./" in front of a
 * path mends it. */
bool visible_is_command(const char *text, size_t length);
/* Like bs_strbuf_vaddf, with the texts behind %s made visible; what the format itself says stays as it is.
 * Knows the conversions s, c, d, i, u, x, f and %, with flags, width, precision, and the lengths l, ll and z.
 */
void visible_vaddf(bs_strbuf *out, const char *format, va_list args);
/* Makes a text for people what the locale of the environment (LC_ALL, LC_CTYPE, LANG) can show. In one
 * without UTF-8 the few characters that the program writes itself become ASCII ("us" for a microsecond,
 * "..."). With `terminal` so does everything else, as "?"; names in a file or a pipe stay what they are. */
void visible_fit_locale(bs_strbuf *text, bool terminal);
/* Prints "blockscan: TEXT" as a line on stderr. */
void visible_say(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif

/* Errors are values: a text with the place it speaks of, filled once at the origin, given context on the
 * way up, printed only by a verb's file. */
#ifndef BLOCKSCAN_BASE_ERROR_H
#define BLOCKSCAN_BASE_ERROR_H

#include "base/strbuf.h"

#include <stdbool.h>

typedef struct bs_error {
  bs_strbuf text; /* "file:line:column: what is wrong, and what was expected" */
} bs_error;

#define BS_ERROR_INIT {BS_STRBUF_INIT}

void bs_error_fini(bs_error *error);
/* Sets the text, in which texts from outside are made visible (base/visible.h); an error that is already set
 * keeps its first text. `error` may be NULL. Returns false. */
bool bs_error_set(bs_error *error, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Puts "context: " in front of the text. Returns false. */
bool bs_error_context(bs_error *error, const char *format, ...) __attribute__((format(printf, 2, 3)));
bool bs_error_is_set(const bs_error *error);

#endif

/* One function has several names: the source's, that of the debug information, the linker's, and those under
 * which the C library checks or hides it. These make them comparable. */
#ifndef BLOCKSCAN_EVIDENCE_JOIN_NAMES_H
#define BLOCKSCAN_EVIDENCE_JOIN_NAMES_H

#include "base/strbuf.h"

#include <stdbool.h>

/* Sets `out` to a function's name as the source qualifies it: without result, parameters, template arguments,
 * unnamed namespaces and the compiler's endings. "int net::read<char>(int) const [clone .part.0]" gives
 * "net::read". */
void join_function_name(const char *name, bs_strbuf *out);
/* Sets `out` to the plain name of an API: "__read_chk" gives "read", "__GI___libc_open64" gives "open". */
void join_api_name(const char *name, bs_strbuf *out);
/* The part behind the last "::". Borrows. */
const char *join_last_name(const char *name);
/* Whether two names as join_function_name makes them can mean one function: one of them may lack qualifiers.
 */
bool join_same_name(const char *a, const char *b);

#endif

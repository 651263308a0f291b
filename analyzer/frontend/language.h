/* Which language a command compiles: by -x, the compiler's name and the file's extension. */
#ifndef BLOCKSCAN_FRONTEND_LANGUAGE_H
#define BLOCKSCAN_FRONTEND_LANGUAGE_H

#include "analyzer/frontend/frontend.h"

enum language { LANGUAGE_OTHER, LANGUAGE_C, LANGUAGE_CXX };

/* `words` is the whole command, launchers included. Headers are OTHER: they are seen through what includes
 * them. */
enum language language_of(const path_list *words, const char *file);
/* The language that a file's extension stands for, as gcc(1) and clang list them; OTHER: none, or a header.
 */
enum language language_of_file(const char *file);
/* Whether units include files of this extension. */
bool language_is_header(const char *file);
/* From the last dot of the file's name on ("" without one). Borrows. */
const char *language_extension(const char *file);
/* How many leading words are launchers (ccache, distcc, env A=b, libtool …), before the compiler itself. */
uint32_t language_launchers(const char *const *words, uint32_t count);

#endif

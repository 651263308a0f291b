/* Command lines of drivers that are not GCC's: clang-cl, cl and nvcc. They are put into GCC's words before
 * anything else looks at them, so that the rest knows one dialect. */
#ifndef BLOCKSCAN_FRONTEND_DIALECT_H
#define BLOCKSCAN_FRONTEND_DIALECT_H

#include "analyzer/frontend/frontend.h"

/* Whether the compiler is clang-cl, or cl. */
bool dialect_is_cl(const path_list *words);
/* Translates the words of a command, launchers included, response files expanded. nvcc's own option files are
 * read relative to `directory`. Returns the name of one that cannot be read, else NULL. */
const char *dialect_translate(bs_arena *arena, const char *directory, path_list *words);

#endif

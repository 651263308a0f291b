/* Command lines as text: splitting them into words, response files. Knows nothing of what the words mean. */
#ifndef BLOCKSCAN_FRONTEND_COMMAND_H
#define BLOCKSCAN_FRONTEND_COMMAND_H

#include "analyzer/frontend/frontend.h"

/* The words of `command`, quoted as in a POSIX shell (XCU 2.2); nothing is expanded. An open quote ends
 * with the text. */
void command_split(bs_arena *arena, const char *command, path_list *words);
/* The same as the C runtime of Windows quotes: by double quotes, and a backslash is one. */
void command_split_windows(bs_arena *arena, const char *command, path_list *words);
/* What `command`, as a POSIX shell would take it, asks the shell for ("$(cat flags)", "$CFLAGS"); NULL when
 * it asks for nothing. */
const char *command_asks_shell(bs_arena *arena, const char *command);
/* Takes off what stands around the compiler's own command: a shell with a script, env with a text or a
 * folder, a change of the folder. `*directory` becomes where the compiler runs, `*asks` what a script asks
 * the shell for, or NULL. Returns false when more stands around it than is taken off. */
bool command_unwrap(bs_arena *arena, const char **directory, path_list *words, const char **asks);
/* Replaces each "@file" among the words, but the first, by the words in that file, which may name further
 * files. Relative ones are looked for in `directory`; quoting is GCC's, or as on Windows. What cannot be
 * read, is empty, is no text or has more words than are taken is left out; returns its name (the first one),
 * else NULL. */
const char *command_expand(bs_arena *arena, const char *directory, bool windows, path_list *words);

#endif

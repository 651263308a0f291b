/* Which language a command compiles: by -x, the compiler's name and the file's extension. */
#ifndef BLOCKSCAN_FRONTEND_LANGUAGE_H
#define BLOCKSCAN_FRONTEND_LANGUAGE_H

#include "analyzer/frontend/frontend.h"

enum language {
  LANGUAGE_OTHER, /* nothing that a loop could call is in it: assembly, objects, precompiled headers … */
  LANGUAGE_UNREAD, /* code that a loop could call, in a language that is not read: CUDA, HIP */
  LANGUAGE_C,
  LANGUAGE_CXX,
  LANGUAGE_CXX_MODULE, /* the interface of one */
  LANGUAGE_OBJC,
  LANGUAGE_OBJCXX,
};

/* `words` is the whole command, launchers included. Headers are OTHER: they are seen through what includes
 * them. */
enum language language_of(const path_list *words, const char *file);
/* The language that a file's extension stands for, as gcc(1) and clang list them; OTHER: none, or a header.
 */
enum language language_of_file(const char *file);
/* Whether units include files of this extension. */
bool language_is_header(const char *file);
/* The same for an entry of the database. */
enum language language_of_entry(const compdb_entry *entry);
/* As -x takes it: "c", "c++", "c++-module" … */
const char *language_word(enum language language);
/* C++, its modules and Objective-C++. */
bool language_is_cxx(enum language language);
/* Whether the command makes a precompiled header: of a header, by -x or by its name. */
bool language_makes_header(const path_list *words, const char *file);
/* From the last dot of the file's name on ("" without one). Borrows. */
const char *language_extension(const char *file);
/* Adds the sources that the words behind a compiler name, by -x or by their extension, up to the command's
 * end. */
void language_sources(const char *const *words, uint32_t count, path_list *sources);
/* How many leading words are launchers (ccache, distcc, env A=b, libtool, time …), before the compiler. */
uint32_t language_launchers(const char *const *words, uint32_t count);

#endif

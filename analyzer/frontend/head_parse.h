/* Precompiles heads, and finds them precompiled. */
#ifndef BLOCKSCAN_FRONTEND_HEAD_PARSE_H
#define BLOCKSCAN_FRONTEND_HEAD_PARSE_H

#include "analyzer/frontend/heads.h"

#include <clang-c/Index.h>

/* A file that a head reads, as clang names it. */
typedef struct head_file {
  const char *name;
  bool is_system;
} head_file;

/* A precompiled head. */
typedef struct head_parsed {
  const char *path; /* for -include-pch */
  BS_VEC(head_file) files; /* main file aside, in the order in which they were read */
  /* C: two functions that name what the head's own headers define, and what an attribute may name: clang
   * reads back what is named and no more. To stand in front of the unit's text, one line. "": all has to be
   * read back. */
  const char *names;
} head_parsed;

#define HEAD_DEFINITIONS "blockscan_definitions_of_head"
#define HEAD_ATTACHED "blockscan_attached_of_head"

/* False when the head is not there: it cannot be made, is not worth it, or another process is making it. The
 * first who asks makes it. `words` are those of the units. Strings are in `arena`. */
bool head_find(const parse_head *head, CXIndex index, const char *const *words, uint32_t count, bool cxx,
               bs_arena *arena, head_parsed *parsed);
/* The names were not all that a unit asked for: from now on all is read back. */
void head_distrust_names(const parse_head *head);
/* No byte, nothing but zero bytes (a disk that lost what was written), or a mark of an encoding alone. */
bool head_is_blank(const char *text, size_t size);
/* Whether an included file is the system's: what a system header includes is one too. */
bool head_is_system(CXTranslationUnit tu, CXFile file, CXSourceLocation *stack, unsigned depth);
/* Whether clang complains of an error anywhere. */
bool head_has_errors(CXTranslationUnit tu);
void head_parsed_fini(head_parsed *parsed);

#endif

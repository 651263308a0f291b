/* Marks in a program for `blockscan record`: named scopes, and blocks that may hold the loop.
 *
 *   bs_scope scope;
 *   bs_scope_begin(&scope, "reload configuration", 10 * BS_MILLISECOND);
 *   reload();
 *   bs_scope_end(&scope);
 *
 * Under the recorder a scope that takes its threshold or longer is reported with its name, and stalls inside of it carry the name;
 * a stall between bs_allow_begin() and bs_allow_end() is expected and not reported. Without the recorder each of these
 * calls is a load and a branch. Nothing has to be linked: the recorder brings the library, and without it the symbols are not
 * there. For C and C++; a thread's scopes are its own and end in reverse order.
 */
#ifndef BLOCKSCAN_RUNTIME_H
#define BLOCKSCAN_RUNTIME_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define BS_MILLISECOND UINT64_C(1000000) /* thresholds are in nanoseconds */

/* Of the program's own memory, usually on its stack; its fields are the library's. */
typedef struct bs_scope {
  const char *name;
  uint64_t threshold_ns, start_ns;
  struct bs_scope *outer;
} bs_scope;

/* What libblockscan.so exports; call the functions below. */
__attribute__((weak)) extern void bs_runtime_scope_begin(bs_scope *scope, const char *name,
                                                         uint64_t threshold_ns);
__attribute__((weak)) extern void bs_runtime_scope_end(bs_scope *scope);
__attribute__((weak)) extern void bs_runtime_allow_begin(void);
__attribute__((weak)) extern void bs_runtime_allow_end(void);

/* The address, or null without the library. By way of the global offset table even where the program is linked to a fixed address:
 * there the linker would otherwise decide once and for all that a weak symbol without a definition is null. */
#if defined(__x86_64__)
#define BS_RUNTIME_FIND(f, name) __asm__(".weak " #name "\n\tmovq " #name "@GOTPCREL(%%rip), %0" : "=r"(f))
#else
#define BS_RUNTIME_FIND(f, name) ((f) = name)
#endif

/* Opens a scope in this thread. `name` must live as long as the recording looks at it: a literal. A threshold of 0 is the
 * recording's. */
static inline void bs_scope_begin(bs_scope *scope, const char *name, uint64_t threshold_ns) {
  void (*begin)(bs_scope *, const char *, uint64_t);
  BS_RUNTIME_FIND(begin, bs_runtime_scope_begin);
  if (begin) begin(scope, name, threshold_ns);
}

/* Closes the innermost scope, which `scope` is. */
static inline void bs_scope_end(bs_scope *scope) {
  void (*end)(bs_scope *);
  BS_RUNTIME_FIND(end, bs_runtime_scope_end);
  if (end) end(scope);
}

/* From here to bs_allow_end() this thread may hold its loop. They nest. */
static inline void bs_allow_begin(void) {
  void (*begin)(void);
  BS_RUNTIME_FIND(begin, bs_runtime_allow_begin);
  if (begin) begin();
}

static inline void bs_allow_end(void) {
  void (*end)(void);
  BS_RUNTIME_FIND(end, bs_runtime_allow_end);
  if (end) end();
}

#ifdef __cplusplus
}
#endif

#endif

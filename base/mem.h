/* Memory that does not fail: running out ends the process with exit code 2 and a sentence on stderr.
 *
 * The analyzer is a batch program; nothing it could do without memory is worth the untested paths.
 * Libraries that live in other programs (runtime-check/) do not use this file.
 */
#ifndef BLOCKSCAN_BASE_MEM_H
#define BLOCKSCAN_BASE_MEM_H

#include <stddef.h>

/* Tells the C library that this process grows to a hundred megabytes in a fraction of a second: its heap
 * grows in large steps, in huge pages where the system has them, and gives nothing back before the end.
 * Called once, before there are threads. */
void bs_mem_expect_much(void);
/* Bounds the address space of this process, as RLIMIT_AS does (setrlimit(2)); a program that is built with a
 * sanitizer stays without. */
void bs_mem_limit(unsigned megabytes);
/* Called before a process without memory ends: it may not allocate. One in a program. */
void bs_mem_before_end(void (*clean)(void));
/* Says so on stderr and ends the process with exit code 2: for a library that reports ENOMEM. */
_Noreturn void bs_out_of_memory(void);
/* Heap memory of `size` bytes; the caller frees it. */
void *bs_malloc(size_t size);
/* Zeroed heap memory of `count` times `size` bytes; the caller frees it. */
void *bs_calloc(size_t count, size_t size);
/* Like realloc(3). */
void *bs_realloc(void *memory, size_t size);
/* A heap copy of `text`; the caller frees it. */
char *bs_strdup(const char *text);

/* An arena: memory that is freed all at once, at the end of a phase. Nobody frees one node. */
typedef struct bs_arena {
  struct bs_arena_block *blocks;
  char *next, *end;
  size_t room; /* of the block that is being filled: the first is small, for there may be as many arenas as
                  units */
} bs_arena;

/* An arena is ready when zeroed: `bs_arena a = {0};`. */
void bs_arena_fini(bs_arena *arena);
/* Zeroed memory, aligned for any object. Lives as long as the arena. */
void *bs_arena_alloc(bs_arena *arena, size_t size);
/* A copy of the first `length` bytes of `text`, with a NUL behind it. */
char *bs_arena_strndup(bs_arena *arena, const char *text, size_t length);
char *bs_arena_strdup(bs_arena *arena, const char *text);
/* A copy of heap memory, which is freed; NULL without a size. */
void *bs_arena_take(bs_arena *arena, void *memory, size_t size);
/* A formatted string in the arena. */
char *bs_arena_printf(bs_arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif

/* Arenas are chains of blocks that grow. Without memory the program ends here: no caller could go on. */
#include "base/mem.h"

#include <malloc.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

static void (*_Atomic before_end)(void);

void bs_mem_before_end(void (*clean)(void)) { before_end = clean; }

_Noreturn void bs_out_of_memory(void) {
  void (*clean)(void) = before_end;
  static const char said[] = "blockscan: out of memory\n";
  fflush(stderr); /* a line that was begun; what is said itself goes without stdio, which may want memory */
  ssize_t ignored = write(STDERR_FILENO, said, sizeof said - 1);
  (void)ignored;
  if (clean) clean();
  _Exit(2);
}

static void *checked(void *memory) {
  if (!memory) bs_out_of_memory();
  return memory;
}

enum { HEAP_STEP = 256 << 20, LARGEST_IN_HEAP = 32 << 20, HUGE_PAGE = 2 << 20 };
static _Atomic uintptr_t heap_end; /* up to here it is in huge pages; 0: not at all */

static void use_huge_pages(uintptr_t start, uintptr_t end) {
  start = (start + HUGE_PAGE - 1) & ~(uintptr_t)(HUGE_PAGE - 1);
  end &= ~(uintptr_t)(HUGE_PAGE - 1);
  if (end > start) madvise((void *)start, end - start, MADV_HUGEPAGE);
}

void bs_mem_expect_much(void) {
  mallopt(M_TOP_PAD, HEAP_STEP);
  mallopt(M_TRIM_THRESHOLD, HEAP_STEP);
  mallopt(M_MMAP_THRESHOLD, LARGEST_IN_HEAP);
  heap_end = (uintptr_t)sbrk(0);
  void *volatile first =
      bs_malloc(1 << 20); /* the heap grows by a step; what nobody writes to takes no memory */
  free(first);
}

/* What is large is read all over, and small pages would cost a miss each time: memory beside the heap, and
 * what the heap has grown by. */
static void *in_huge_pages(void *memory, size_t size) {
  uintptr_t before = heap_end, end;
  if (!before) return memory;
  if (size >= LARGEST_IN_HEAP) use_huge_pages((uintptr_t)memory, (uintptr_t)memory + size);
  end = (uintptr_t)sbrk(0); /* asks the C library, not the system */
  if (end > before && atomic_compare_exchange_strong(&heap_end, &before, end)) use_huge_pages(before, end);
  return memory;
}

void *bs_malloc(size_t size) { return in_huge_pages(checked(malloc(size ? size : 1)), size); }

void *bs_calloc(size_t count, size_t size) {
  return in_huge_pages(checked(calloc(count ? count : 1, size ? size : 1)), count * size);
}

void *bs_realloc(void *memory, size_t size) {
  return in_huge_pages(checked(realloc(memory, size ? size : 1)), size);
}

char *bs_strdup(const char *text) { return checked(strdup(text)); }

enum { FIRST_BLOCK_SIZE = 1024, BLOCK_SIZE = 64 * 1024 };

struct bs_arena_block {
  struct bs_arena_block *next;
  max_align_t data[];
};

void bs_arena_fini(bs_arena *arena) {
  for (struct bs_arena_block *b = arena->blocks; b;) {
    struct bs_arena_block *next = b->next;
    free(b);
    b = next;
  }
  *arena = (bs_arena){0};
}

/* Blocks double until they are large; several objects fit into each. */
static size_t next_room(const bs_arena *arena, size_t size) {
  size_t room = arena->room ? arena->room * 2 : FIRST_BLOCK_SIZE;
  while (room < 4 * size) room *= 2;
  return room < BLOCK_SIZE ? room : BLOCK_SIZE;
}

void *bs_arena_alloc(bs_arena *arena, size_t size) {
  const size_t align = sizeof(max_align_t);
  size = ((size ? size : 1) + align - 1) / align * align;
  if (!arena->next || size > (size_t)(arena->end - arena->next)) {
    bool is_big = size > BLOCK_SIZE / 4; /* it has a block of its own, and the current one goes on */
    size_t room = is_big ? size : next_room(arena, size);
    struct bs_arena_block *b = bs_calloc(1, sizeof *b + room);
    b->next = arena->blocks;
    arena->blocks = b;
    if (is_big) return b->data;
    arena->room = room;
    arena->next = (char *)b->data;
    arena->end = arena->next + room;
  }
  void *result = arena->next;
  arena->next += size;
  return result;
}

char *bs_arena_strndup(bs_arena *arena, const char *text, size_t length) {
  char *copy = bs_arena_alloc(arena, length + 1);
  memcpy(copy, text, length);
  return copy;
}

char *bs_arena_strdup(bs_arena *arena, const char *text) {
  return bs_arena_strndup(arena, text, strlen(text));
}

void *bs_arena_take(bs_arena *arena, void *memory, size_t size) {
  void *kept = size ? memcpy(bs_arena_alloc(arena, size), memory, size) : NULL;
  free(memory);
  return kept;
}

char *bs_arena_printf(bs_arena *arena, const char *format, ...) {
  va_list args;
  va_start(args, format);
  int length = vsnprintf(NULL, 0, format, args);
  va_end(args);
  char *text = bs_arena_alloc(arena, (size_t)length + 1);
  va_start(args, format);
  vsnprintf(text, (size_t)length + 1, format, args);
  va_end(args);
  return text;
}

#if defined(__has_feature)
#define HAS_FEATURE(x) __has_feature(x)
#else
#define HAS_FEATURE(x) 0
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || HAS_FEATURE(address_sanitizer) || \
    HAS_FEATURE(thread_sanitizer)
enum { LIMIT_ADDRESS_SPACE = 0 }; /* a sanitizer's shadow takes terabytes of it */
#else
enum { LIMIT_ADDRESS_SPACE = 1 };
#endif

void bs_mem_limit(unsigned megabytes) {
  rlim_t value = (rlim_t)megabytes << 20;
  struct rlimit limit;
  if (!LIMIT_ADDRESS_SPACE || getrlimit(RLIMIT_AS, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max != RLIM_INFINITY && value > limit.rlim_max ? limit.rlim_max : value;
  setrlimit(RLIMIT_AS, &limit);
}

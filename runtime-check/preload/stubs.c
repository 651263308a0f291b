/* The exported symbols, and where the functions behind them are.
 *
 * A wrapper in C may have changed the caller's registers before it could write them down; so on x86-64 each
 * exported symbol is a few instructions that keep them in the thread's own state, as they are at entry, and
 * jump to the C function. Elsewhere the C function is exported itself, and a stack is found through frame
 * pointers.
 */
#include "runtime-check/preload/preload.h"

#include <dlfcn.h>
#include <errno.h>
#include <link.h>

void *preload_next[NEXT_COUNT];

/* Weak for musl's sake (attach.c). */
extern __typeof__(dlvsym) dlvsym __attribute__((weak));
extern __typeof__(dladdr1) dladdr1 __attribute__((weak));

#ifndef BLOCKSCAN_DIRECT
/* The definition of that version, or NULL. */
static void *look_up_version(const char *name, const char *version) {
  return &dlvsym ? dlvsym(RTLD_NEXT, name, version) : NULL;
}
#endif

static const char *const names[NEXT_COUNT] = {
#define NEXT(name) #name,
#include "runtime-check/preload/next.h"
};

/* In place of a function that the C library does not have. */
static long absent(void) {
  errno = ENOSYS;
  return -1;
}

/* Those of libraries that come and go with dlclose(), or that nobody but one module sees. */
static bool of_library(unsigned index) {
  switch (index) {
#define WAIT_LIBRARY(name, ...) case NEXT_##name:
#define RUN(name, ...) case NEXT_##name:
#include "runtime-check/shared/hooks.def"
    return true;
  default: return false;
  }
}

/* Of the names with two versions, the one that programs of the last twenty years mean; of those with an old
 * one only, that. */
static void *look_up(unsigned index) {
#ifdef BLOCKSCAN_DIRECT
  return dlsym(RTLD_DEFAULT, names[index]);
#else
#if defined(__x86_64__) && defined(__LP64__)
  /* The condition variables of glibc before 2.3.2 have the same names. */
  if (index == NEXT_pthread_cond_wait || index == NEXT_pthread_cond_timedwait) {
    void *f = look_up_version(names[index], "GLIBC_2.3.2");
    if (f) return f;
  }
#endif
  void *f = dlsym(RTLD_NEXT, names[index]);
#if defined(__x86_64__) && defined(__LP64__)
  if (!f && !of_library(index)) f = look_up_version(names[index], "GLIBC_2.2.5");
#endif
  return f;
#endif
}

void *preload_resolve(unsigned index) {
  int before = errno;
  void *f = look_up(index);
  if (!f) f = (void *)absent;
  __atomic_store_n(&preload_next[index], f, __ATOMIC_RELAXED);
  errno = before;
  return f;
}

void preload_resolve_all(void) {
  for (unsigned i = 0; i < NEXT_COUNT; i++) {
    if (!of_library(i))
      next_of(i);
    else
      preload_next[i] = look_up(i); /* what is loaded at the start stays */
  }
}

/* The library that a module brought along may be seen by that module only. */
static void *of_module(const char *name, uintptr_t pc) {
  Dl_info module, own, found;
  struct link_map *map = NULL;
  if (!&dladdr1 || !dladdr1((void *)pc, &module, (void **)&map, RTLD_DL_LINKMAP) || !map || !*map->l_name)
    return NULL;
  void *handle = dlopen(map->l_name, RTLD_LAZY | RTLD_LOCAL | RTLD_NOLOAD);
  if (!handle) return NULL;
  void *f = dlsym(handle, name);
  dlclose(handle);
  bool is_own =
      f && dladdr(f, &found) && dladdr((void *)preload_next, &own) && found.dli_fbase == own.dli_fbase;
  return is_own ? NULL : f;
}

void *preload_of_library(unsigned index, uintptr_t pc) {
  int before = errno;
  void *f = preload_next[index];
  if (!f) f = look_up(index);
  if (!f) f = of_module(names[index], pc);
  errno = before;
  return f ? f : (void *)absent;
}

#ifndef BLOCKSCAN_DIRECT
#if defined(__x86_64__) && defined(__LP64__)
_Static_assert(offsetof(thread_self, entry) == 0 && offsetof(entry_registers, r15) == 48,
               "the stubs know the order");
#define NEXT(name) \
  __asm__(".pushsection .text\n" \
          ".globl " #name "\n" \
          ".type " #name ", @function\n" \
          ".p2align 4\n" #name ":\n" \
          ".cfi_startproc\n" \
          "endbr64\n" \
          "movq preload_self@gottpoff(%rip), %r11\n" \
          "movq %rsp, %fs:(%r11)\n" \
          "movq %rbp, %fs:8(%r11)\n" \
          "movq %rbx, %fs:16(%r11)\n" \
          "movq %r12, %fs:24(%r11)\n" \
          "movq %r13, %fs:32(%r11)\n" \
          "movq %r14, %fs:40(%r11)\n" \
          "movq %r15, %fs:48(%r11)\n" \
          "jmp hook_" #name "\n" \
          ".cfi_endproc\n" \
          ".size " #name ", . - " #name "\n" \
          ".popsection\n");
#else
#define NEXT(name) \
  __asm__(".globl " #name "\n" \
          ".set " #name ", hook_" #name "\n");
#endif
#include "runtime-check/preload/next.h"
#endif

/* The exported symbols, and where the functions behind them are.
 *
 * A wrapper in C may have changed the caller's registers before it could write them down; so on x86-64 each exported symbol is a
 * few instructions that keep them in the thread's own state, as they are at entry, and jump to the C function. Elsewhere the C
 * function is exported itself, and a stack is found through frame pointers.
 */
#include "preload.h"

#include <dlfcn.h>
#include <errno.h>

void *preload_next[NEXT_COUNT];

static const char *const names[NEXT_COUNT] = {
#define NEXT(name) #name,
#include "next.h"
};

/* In place of a function that the C library does not have. */
static long absent(void) {
  errno = ENOSYS;
  return -1;
}

static void *look_up(unsigned index) {
#ifdef BLOCKSCAN_DIRECT
  return dlsym(RTLD_DEFAULT, names[index]);
#else
#if defined(__x86_64__) && defined(__LP64__)
  /* The condition variables of glibc before 2.3.2 have the same names. */
  if (index == NEXT_pthread_cond_wait || index == NEXT_pthread_cond_timedwait) {
    void *f = dlvsym(RTLD_NEXT, names[index], "GLIBC_2.3.2");
    if (f) return f;
  }
#endif
  return dlsym(RTLD_NEXT, names[index]);
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
#include "next.h"
#endif

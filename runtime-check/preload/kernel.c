/* System calls of the library itself. `syscall` is among the functions that it stands in front of, and
 * another preloaded library may stand there, too: through it a call of ours would look like one of the
 * program's. */
#include "runtime-check/preload/preload.h"

#include <errno.h>

long own_call_failed(long error);
__attribute__((used)) long own_call_failed(long error) {
  errno = (int)error;
  return -1;
}

/* As syscall(2) does it: the kernel takes its fourth argument in another register than C. */
__asm__(".text\n"
        ".p2align 4\n"
        ".globl own_call\n"
        ".hidden own_call\n"
        ".type own_call, @function\n"
        "own_call:\n"
        ".cfi_startproc\n"
        "  mov %rdi, %rax\n"
        "  mov %rsi, %rdi\n"
        "  mov %rdx, %rsi\n"
        "  mov %rcx, %rdx\n"
        "  mov %r8, %r10\n"
        "  mov %r9, %r8\n"
        "  mov 8(%rsp), %r9\n"
        "  syscall\n"
        "  cmp $-4095, %rax\n"
        "  jae 1f\n"
        "  ret\n"
        "1:\n"
        "  neg %rax\n"
        "  mov %rax, %rdi\n"
        "  jmp own_call_failed\n"
        ".cfi_endproc\n"
        ".size own_call, .-own_call\n");

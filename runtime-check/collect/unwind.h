/* Unwinding a copied stack. Private to the collector's stack parts. */
#ifndef BLOCKSCAN_COLLECT_UNWIND_H
#define BLOCKSCAN_COLLECT_UNWIND_H

#include "runtime-check/collect/tracee.h"

/* Registers by their DWARF numbers on x86-64: rax, rdx, rcx, rbx, rsi, rdi, rbp, rsp, r8 … r15, rip. */
enum { UNWIND_RBX = 3, UNWIND_RBP = 6, UNWIND_RSP = 7, UNWIND_R12 = 12, UNWIND_RIP = 16, UNWIND_REGISTERS };

/* A copy of some of the process' memory. */
typedef struct unwind_chunk {
  uint64_t start, end;
  char *bytes;
} unwind_chunk;

/* A thread at one moment. */
typedef struct capture {
  tracee *t;
  uint64_t registers[UNWIND_REGISTERS];
  uint32_t known; /* a bit for each register whose value is known */
  BS_VEC(unwind_chunk) chunks;
  uint32_t last;    /* the chunk that the last word was found in */
  uint32_t reads;   /* words that were asked for: there is an end to them */
  bool still;       /* the thread does not move: what is missing may be read now */
  bool returned_to; /* rip is a return address */
  uint64_t missing; /* not `still`: an address that was wanted and is in no chunk, 0 none */
  /* Where unwinding ended for want of rbp: the frame's stack pointer and the start of its function. lost_sp
   * 0: it did not. */
  uint64_t lost_sp, lost_function;
  bool wants_rbp;
  const _Atomic uint64_t *guard; /* NULL; or `guarded` while the thread is where it was asked for */
  uint64_t guarded;
  bool python; /* the tracee has the thread's chain of Python frames */
} capture;

void capture_fini(capture *c);
void capture_set(capture *c, unsigned reg, uint64_t value);
/* Whether the thread is where it was asked for. */
bool capture_holds(const capture *c);
/* Copies up to `limit` bytes from `address` to the end of its mapping; false when not one could be read. */
bool capture_copy(capture *c, uint64_t address, size_t limit);
/* The same into memory of at least `limit` bytes that the caller allocated; it belongs to the capture from
 * then on. */
bool capture_copy_into(capture *c, char *bytes, uint64_t address, size_t limit);
/* Writes the frames; true when the root was reached. */
bool unwind(capture *c, stack *out);
/* Like unwind; where rbp is missing, looks for it on the stack. */
bool unwind_searching(capture *c, stack *out);

/* ptrace.c: stops the thread for as long as it takes to read its registers and to copy its stack, and at
 * `extra` (0 none) up to 64 KB more. */
enum stack_result ptrace_capture(capture *c, pid_t tid, uint64_t extra);

#endif

/* Whether a descriptor can block, remembered by its number.
 *
 * Asking costs two system calls, so the answer is kept for the process: until a wrapper sees the number
 * change its meaning, and "non-blocking" for some uses only, since not everything that changes it passes a
 * wrapper. A wrong "non-blocking" costs a call's record, not the stall's: the collector takes the stack of a
 * thread in any call.
 */
#include "runtime-check/preload/preload.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { BLOCKING = DESCRIPTOR_USES + 1, REGULAR };
_Static_assert((int)DESCRIPTOR_EVENTS > (int)REGULAR, "they are told apart");

_Atomic uint8_t descriptor_numbers[DESCRIPTOR_NUMBERS];

/* By the system call itself: the program may have another preloaded fcntl. */
enum descriptor_kind descriptor_ask(int fd) {
  if (preload_view.passive) return DESCRIPTOR_BLOCKING; /* who knows? */
  int before = errno;
  struct stat st;
  enum descriptor_kind kind = DESCRIPTOR_BLOCKING;
  long flags = own_call(SYS_fcntl, fd, F_GETFL);
  if (flags < 0) {
    kind = DESCRIPTOR_NONBLOCKING; /* it fails at once */
  } else if (own_call(SYS_fstat, fd, &st) == 0 && (S_ISREG(st.st_mode) || S_ISBLK(st.st_mode))) {
    kind = DESCRIPTOR_FILE;
  } else if (flags & O_NONBLOCK) {
    kind = DESCRIPTOR_NONBLOCKING;
  }
  errno = before;
  return kind;
}

enum descriptor_kind descriptor_kind(int fd) {
  if (fd < 0) return DESCRIPTOR_NONBLOCKING;
  if (fd >= DESCRIPTOR_NUMBERS) return descriptor_ask(fd);
  uint8_t known = atomic_load_explicit(&descriptor_numbers[fd], memory_order_relaxed);
  if (known == BLOCKING || known == DESCRIPTOR_EVENTS) return DESCRIPTOR_BLOCKING;
  if (known == REGULAR) return DESCRIPTOR_FILE;
  if (known) return DESCRIPTOR_NONBLOCKING;
  enum descriptor_kind kind = descriptor_ask(fd);
  static const uint8_t kept[] = {[DESCRIPTOR_NONBLOCKING] = DESCRIPTOR_USES,
                                 [DESCRIPTOR_BLOCKING] = BLOCKING,
                                 [DESCRIPTOR_FILE] = REGULAR};
  atomic_store_explicit(&descriptor_numbers[fd], kept[kind], memory_order_relaxed);
  return kind;
}

void descriptor_forget(int fd) {
  if ((unsigned)fd >= DESCRIPTOR_NUMBERS || !preload_view.head) return;
  atomic_store_explicit(&descriptor_numbers[fd], 0, memory_order_relaxed);
}

void descriptor_brings_events(int fd) {
  if ((unsigned)fd >= DESCRIPTOR_NUMBERS || !preload_view.head) return;
  atomic_store_explicit(&descriptor_numbers[fd], DESCRIPTOR_EVENTS, memory_order_relaxed);
}

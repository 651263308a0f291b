/* Whether a descriptor can block, remembered by its number.
 *
 * Asking costs two system calls, so the answer is kept for the process: until a wrapper sees the number change its meaning, and
 * "non-blocking" for some uses only, since not everything that changes it passes a wrapper. A wrong "non-blocking" costs the
 * duration of a call, not its stack: it is published all the same.
 */
#include "preload.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { NUMBERS = 1 << 16, USES = 64, BLOCKING = USES + 1, REGULAR = USES + 2 };

/* 0 unknown; up to USES: non-blocking for so many more; BLOCKING; REGULAR. Threads may overwrite each other's: any is true. */
static _Atomic uint8_t numbers[NUMBERS];

/* By the system call itself: the program may have another preloaded fcntl. */
enum descriptor_kind descriptor_ask(int fd) {
  int before = errno;
  struct stat st;
  enum descriptor_kind kind = DESCRIPTOR_BLOCKING;
  long flags = syscall(SYS_fcntl, fd, F_GETFL);
  if (flags < 0) {
    kind = DESCRIPTOR_NONBLOCKING; /* it fails at once */
  } else if (fstat(fd, &st) == 0 && (S_ISREG(st.st_mode) || S_ISBLK(st.st_mode))) {
    kind = DESCRIPTOR_FILE;
  } else if (flags & O_NONBLOCK) {
    kind = DESCRIPTOR_NONBLOCKING;
  }
  errno = before;
  return kind;
}

enum descriptor_kind descriptor_kind(int fd) {
  if (fd < 0) return DESCRIPTOR_NONBLOCKING;
  if (fd >= NUMBERS) return descriptor_ask(fd);
  uint8_t known = atomic_load_explicit(&numbers[fd], memory_order_relaxed);
  if (known == BLOCKING) return DESCRIPTOR_BLOCKING;
  if (known == REGULAR) return DESCRIPTOR_FILE;
  if (known) {
    atomic_store_explicit(&numbers[fd], known - 1, memory_order_relaxed);
    return DESCRIPTOR_NONBLOCKING;
  }
  enum descriptor_kind kind = descriptor_ask(fd);
  static const uint8_t kept[] = {
      [DESCRIPTOR_NONBLOCKING] = USES, [DESCRIPTOR_BLOCKING] = BLOCKING, [DESCRIPTOR_FILE] = REGULAR};
  atomic_store_explicit(&numbers[fd], kept[kind], memory_order_relaxed);
  return kind;
}

void descriptor_forget(int fd) {
  if (fd >= 0 && fd < NUMBERS && preload_view.head)
    atomic_store_explicit(&numbers[fd], 0, memory_order_relaxed);
}

/* Copies the memory of a watched process, as far as it is mapped. */
#include "runtime-check/collect/tracee.h"

#include <errno.h>
#include <sys/uio.h>

enum { PIECES = 64 }; /* of one call */

enum stack_result tracee_result(int error) {
  return error == EPERM || error == EACCES ? STACK_REFUSED : STACK_GONE;
}

size_t tracee_read(const tracee *t, uint64_t address, void *bytes, size_t length) {
  size_t done = 0;
  while (done < length) {
    struct iovec local = {(char *)bytes + done, 0}, remote[PIECES];
    uint64_t at = address + done;
    int pieces = 0;
    /* A page a piece: what lies in front of an unmapped page is read. */
    for (; pieces < PIECES && done + local.iov_len < length; pieces++) {
      size_t piece = TRACEE_PAGE - at % TRACEE_PAGE;
      if (piece > length - done - local.iov_len) piece = length - done - local.iov_len;
      remote[pieces] = (struct iovec){(void *)(uintptr_t)at, piece}; // NOLINT(performance-no-int-to-ptr)
      at += piece;
      local.iov_len += piece;
    }
    ssize_t got = process_vm_readv(t->pid, &local, 1, remote, (unsigned long)pieces, 0);
    if (got <= 0) break;
    done += (size_t)got;
    if ((size_t)got < local.iov_len) break;
  }
  return done;
}

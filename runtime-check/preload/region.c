/* The memory that a process shares with the collector and with nobody else (shared/layout.h): made, offered
 * and mapped. All of it is system calls, for a child of fork may do nothing else.
 */
#include "runtime-check/preload/preload.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { FULL_MS = 1000 /* until there is room for an offer: the collector may have other things to do */ };

static struct {
  int fd; /* of the socket that offers go through; -1 none */
  uint64_t inode, threshold_ns;
} offers = {.fd = -1};

/* Whether the descriptor is still ours: a program may have closed it, and opened another. */
static bool has_offers(void) {
  struct stat st;
  return offers.fd >= 0 && fstat(offers.fd, &st) == 0 && S_ISSOCK(st.st_mode) && st.st_ino == offers.inode;
}

bool region_offers_through(int fd, uint64_t inode, uint64_t threshold_ns) {
  offers.fd = fd;
  offers.inode = inode;
  offers.threshold_ns = threshold_ns;
  return has_offers();
}

/* `at`: where it should be mapped, NULL anywhere. What a child of fork does before it has one goes there. */
static layout_head *map_region(int fd, void *at) {
  const size_t size = layout_size();
  const int flags = MAP_SHARED | MAP_NORESERVE;
  void *memory = MAP_FAILED;
  if (at) memory = mmap(at, size, PROT_READ | PROT_WRITE, flags | MAP_FIXED_NOREPLACE, fd, 0);
  if (memory != MAP_FAILED && at && memory != at) munmap(memory, size); /* Linux before 4.17 takes a hint */
  if (memory == MAP_FAILED || (at && memory != at))
    memory = mmap(NULL, size, PROT_READ | PROT_WRITE, flags, fd, 0);
  if (memory == MAP_FAILED) return NULL;
  madvise(memory, size, MADV_DONTFORK);
  return memory;
}

layout_head *region_make(uint64_t threshold_ns, void *at, int *fd) {
  int file = (int)own_call(SYS_memfd_create, "blockscan", MFD_CLOEXEC | MFD_ALLOW_SEALING);
  layout_head *head = NULL;
  *fd = file;
  if (file < 0) return NULL;
  if (own_call(SYS_ftruncate, file, layout_size()) == 0 &&
      own_call(SYS_fcntl, file, F_ADD_SEALS, LAYOUT_SEALS) == 0)
    head = map_region(file, at);
  if (head) {
    layout_begin(head, threshold_ns);
    return head;
  }
  int problem = errno;
  own_call(SYS_close, file);
  *fd = -1;
  errno = problem;
  return NULL;
}

static bool send_offer(int memory) {
  char byte = 0;
  union {
    struct cmsghdr align;
    char bytes[CMSG_SPACE(sizeof memory)];
  } control = {0};
  struct iovec text = {&byte, 1};
  struct msghdr message = {.msg_iov = &text,
                           .msg_iovlen = 1,
                           .msg_control = control.bytes,
                           .msg_controllen = sizeof control.bytes};
  struct cmsghdr *rights = CMSG_FIRSTHDR(&message);
  rights->cmsg_level = SOL_SOCKET;
  rights->cmsg_type = SCM_RIGHTS;
  rights->cmsg_len = CMSG_LEN(sizeof memory);
  memcpy(CMSG_DATA(rights), &memory, sizeof memory);
  for (int tries = 0; tries < 2; tries++) {
    if (own_call(SYS_sendmsg, offers.fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT) == 1) return true;
    if (errno != EAGAIN) return false;
    struct pollfd polled = {.fd = offers.fd, .events = POLLOUT};
    const struct timespec timeout = {.tv_sec = FULL_MS / 1000};
    own_call(SYS_ppoll, &polled, 1, &timeout, NULL, 8);
  }
  return false;
}

void region_forget(void *at) {
  const int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE;
  void *memory = mmap(at, layout_size(), PROT_READ | PROT_WRITE, flags, -1, 0);
  if (memory != MAP_FAILED && memory != at) munmap(memory, layout_size());
}

layout_head *region_offer(void *at) {
  int fd;
  if (!has_offers()) return NULL;
  layout_head *head = region_make(offers.threshold_ns, at, &fd);
  if (!head) return NULL;
  bool sent = send_offer(fd);
  own_call(SYS_close, fd);
  if (sent) return head;
  munmap(head, layout_size());
  return NULL;
}

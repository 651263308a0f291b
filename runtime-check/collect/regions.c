/* The memory of the watched processes: offers of it are received, checked and mapped (shared/attach.h).
 *
 * Whoever inherited the socket can make an offer. The kernel says whose it is, so that a process can tell of
 * itself only. The memory must be of the kind that the library makes: one whose size stays. Everything in it
 * may change at any time. */
#include "runtime-check/collect/recording.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

enum {
  REGIONS_MAX = 4096, /* processes watched at once */
  OFFERS_FDS = 4, /* descriptors that a message may bring; those of ours bring one */
};

/* A descriptor high enough to be in nobody's way; the program gets it. */
static int move_high(int fd) {
  static const int wanted[] = {900, 200, 50};
  for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
    int high = fcntl(fd, F_DUPFD_CLOEXEC, wanted[i]);
    if (high < 0) continue;
    close(fd);
    return high;
  }
  return fd;
}

bool regions_listen(recording *r, int socket, bs_error *error) {
  int yes = 1;
  r->offers = socket;
  return setsockopt(socket, SOL_SOCKET, SO_PASSCRED, &yes, sizeof yes) == 0 ||
         bs_error_set(error, "cannot learn who sends on a socket: %s", strerror(errno));
}

bool regions_open(recording *r, bs_error *error) {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
    return bs_error_set(error, "cannot make a socket: %s", strerror(errno));
  r->handed_down = move_high(ends[1]);
  return regions_listen(r, ends[0], error);
}

/* Whether it is shared memory of our size, whose size stays. */
static bool is_sealed_memory(int fd) {
  struct stat st;
  struct statfs fs;
  return fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && (uint64_t)st.st_size == layout_size() &&
         fstatfs(fd, &fs) == 0 && fs.f_type == TMPFS_MAGIC &&
         (fcntl(fd, F_GET_SEALS) & LAYOUT_SEALS) == LAYOUT_SEALS;
}

region *region_new(int fd, pid_t pid) {
  if (!is_sealed_memory(fd)) return NULL;
  void *memory = mmap(NULL, layout_size(), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_NORESERVE, fd, 0);
  if (memory == MAP_FAILED) return NULL;
  region *g = bs_calloc(1, sizeof *g);
  g->head = memory;
  g->slots = layout_slots(g->head);
  g->pid = pid;
  g->process = NO_INDEX;
  g->pidfd = -1;
  guard_add(&g->guard, memory, layout_size());
  if (layout_is_ours(g->head)) {
    g->pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
    return g;
  }
  region_free(g);
  return NULL;
}

void region_free(region *g) {
  guard_remove(&g->guard);
  munmap(g->head, layout_size());
  if (g->pidfd >= 0) close(g->pidfd);
  free(g);
}

typedef struct offer {
  pid_t pid; /* 0 unknown */
  int fd; /* -1 none */
} offer;

static void take_control(const struct cmsghdr *c, offer *o) {
  if (c->cmsg_level != SOL_SOCKET) return;
  if (c->cmsg_type == SCM_CREDENTIALS && c->cmsg_len == CMSG_LEN(sizeof(struct ucred))) {
    struct ucred sender;
    memcpy(&sender, CMSG_DATA(c), sizeof sender);
    o->pid = sender.pid;
  }
  if (c->cmsg_type != SCM_RIGHTS) return;
  for (size_t i = 0; i < (c->cmsg_len - CMSG_LEN(0)) / sizeof(int); i++) {
    int fd;
    memcpy(&fd, CMSG_DATA(c) + i * sizeof fd, sizeof fd);
    if (o->fd >= 0) close(o->fd);
    o->fd = fd;
  }
}

/* False when there is none; *over: nor will there be, since whoever could make one is gone, or has shut the
 * socket down (a message tells its sender at least). */
static bool receive(int socket, offer *o, bool *over) {
  char byte;
  union {
    struct cmsghdr align;
    char bytes[CMSG_SPACE(OFFERS_FDS * sizeof(int)) + CMSG_SPACE(sizeof(struct ucred))];
  } control;
  struct iovec text = {&byte, 1};
  struct msghdr message = {.msg_iov = &text,
                           .msg_iovlen = 1,
                           .msg_control = control.bytes,
                           .msg_controllen = sizeof control.bytes};
  *o = (offer){.fd = -1};
  ssize_t got = recvmsg(socket, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
  if (got < 0) return errno == EINTR && receive(socket, o, over);
  for (struct cmsghdr *c = CMSG_FIRSTHDR(&message); c; c = CMSG_NXTHDR(&message, c)) take_control(c, o);
  *over = got == 0 && !o->pid;
  return !*over;
}

region *regions_accept(recording *r, bool *more) {
  offer o;
  region *g = NULL;
  bool over = false;
  *more = receive(r->offers, &o, &over);
  if (over) {
    close(r->offers);
    r->offers = -1;
  }
  if (!*more) return NULL;
  if (o.fd >= 0 && o.pid > 0 && r->regions.count < REGIONS_MAX) g = region_new(o.fd, o.pid);
  if (o.fd >= 0) close(o.fd);
  if (!g) r->offers_refused++;
  if (g) *bs_vec_push(&r->regions) = g;
  r->offered |= g != NULL;
  return g;
}

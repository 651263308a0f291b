/* The file server: five kinds of requests, by include/uapi/linux/fuse.h and Documentation/filesystems/fuse.rst of the kernel. The
 * root of the file system is the file itself, mounted over an empty one. */
#include "slow_file.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fuse.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

enum { REQUEST_SIZE = 1 << 18 };

static _Atomic uint64_t *until; /* shared with the server */

void slow_file_until(uint64_t ns) { atomic_store(until, ns); }

static void reply(int device, uint64_t unique, int error, const void *body, size_t size) {
  struct fuse_out_header head = {(uint32_t)(sizeof head + size), error, unique};
  struct iovec parts[] = {{&head, sizeof head}, {(void *)(uintptr_t)body, size}};
  if (writev(device, parts, size ? 2 : 1) < 0 && errno != ENOENT) _exit(1);
}

static void reply_attributes(int device, uint64_t unique) {
  const struct fuse_attr_out out = {
      .attr_valid = 3600,
      .attr = {.ino = 1, .mode = S_IFREG | 0600, .nlink = 1, .uid = getuid(), .gid = getgid()},
  };
  reply(device, unique, 0, &out, sizeof out);
}

static void sleep_until(uint64_t ns) {
  const struct timespec t = {(time_t)(ns / 1000000000), (long)(ns % 1000000000)};
  while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL) == EINTR) {
  }
}

static void answer(int device, const struct fuse_in_header *request) {
  const struct fuse_init_out init = {
      .major = FUSE_KERNEL_VERSION, .minor = 31, .max_write = 4096, .time_gran = 1};
  const struct fuse_open_out opened = {.fh = 1};
  switch (request->opcode) {
  case FUSE_INIT: reply(device, request->unique, 0, &init, sizeof init); break;
  case FUSE_GETATTR: reply_attributes(device, request->unique); break;
  case FUSE_OPEN: reply(device, request->unique, 0, &opened, sizeof opened); break;
  case FUSE_FSYNC: sleep_until(atomic_load(until)); /* fall through */
  case FUSE_FLUSH:
  case FUSE_RELEASE: reply(device, request->unique, 0, NULL, 0); break;
  case FUSE_FORGET:
  case FUSE_INTERRUPT: break;
  default: reply(device, request->unique, -ENOSYS, NULL, 0);
  }
}

static _Noreturn void serve(int device) {
  char *request = malloc(REQUEST_SIZE);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  prctl(PR_SET_TIMERSLACK, 1L);
  for (;;) {
    ssize_t got = read(device, request, REQUEST_SIZE);
    if (got < 0 && (errno == EINTR || errno == ENOENT || errno == EAGAIN)) continue;
    if (got < (ssize_t)sizeof(struct fuse_in_header)) _exit(0);
    answer(device, (const struct fuse_in_header *)request);
  }
}

static int mount_over(int device, const char *path) {
  char options[128];
  snprintf(options, sizeof options, "fd=%d,rootmode=100600,user_id=%u,group_id=%u", device, getuid(),
           getgid());
  return mount("accuracy", path, "fuse", MS_NOSUID | MS_NODEV, options);
}

int slow_file_open(void) {
  char path[] = "/tmp/accuracy.XXXXXX";
  int fd = -1, device = -1, under = mkstemp(path);
  until = mmap(NULL, sizeof *until, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (under < 0 || until == MAP_FAILED || unshare(CLONE_NEWNS) != 0) goto out;
  if (mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0) goto out;
  device = open("/dev/fuse", O_RDWR | O_CLOEXEC);
  if (device < 0 || mount_over(device, path) != 0) goto out;
  pid_t server = fork();
  if (server == 0) serve(device);
  if (server > 0) fd = open(path, O_RDWR | O_CLOEXEC);
out:
  if (under >= 0) close(under);
  if (device >= 0) close(device);
  unlink(path); /* it stays what is mounted here */
  return fd;
}

#include "host.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static void must(int good, const char *what) {
  if (good) return;
  perror(what);
  exit(2);
}

void host_init(host *h, uint64_t threshold_ns) {
  int ends[2];
  *h = (host){.threshold_ns = threshold_ns};
  must(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends) == 0, "socketpair");
  h->offers = fcntl(ends[0], F_DUPFD_CLOEXEC, 500);
  h->handed_down = ends[1];
  must(h->offers >= 0 && close(ends[0]) == 0, "fcntl");
}

static void map(host *h, int fd) {
  bool sealed = (fcntl(fd, F_GET_SEALS) & LAYOUT_SEALS) == LAYOUT_SEALS && fcntl(fd, F_GETFD) == FD_CLOEXEC;
  h->refused += !sealed;
  void *memory = mmap(NULL, layout_size(), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  must(memory != MAP_FAILED, "mmap");
  close(fd);
  if (h->count < HOST_REGIONS) h->regions[h->count++] = memory;
}

void host_receive(host *h) {
  for (;;) {
    char byte;
    int fd;
    union {
      struct cmsghdr align;
      char bytes[CMSG_SPACE(sizeof fd)];
    } control;
    struct iovec text = {&byte, 1};
    struct msghdr message = {.msg_iov = &text,
                             .msg_iovlen = 1,
                             .msg_control = control.bytes,
                             .msg_controllen = sizeof control.bytes};
    if (recvmsg(h->offers, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC) <= 0) return;
    const struct cmsghdr *c = CMSG_FIRSTHDR(&message);
    must(c && c->cmsg_type == SCM_RIGHTS, "an offer without a descriptor");
    memcpy(&fd, CMSG_DATA(c), sizeof fd);
    map(h, fd);
  }
}

pid_t host_start(host *h, const char *library, char *const *command, int output) {
  struct stat st;
  char text[64];
  must(fstat(h->handed_down, &st) == 0, "fstat");
  snprintf(text, sizeof text, "%d:%llu:%llu", h->handed_down, (unsigned long long)st.st_ino,
           (unsigned long long)h->threshold_ns);
  pid_t pid = fork();
  must(pid >= 0, "fork");
  if (pid > 0) return pid;
  setenv("BLOCKSCAN_RECORD", text, 1);
  setenv("LD_PRELOAD", library, 1);
  if (output >= 0) dup2(output, STDOUT_FILENO);
  execv(command[0], command);
  _exit(127);
}

int host_wait(pid_t pid) {
  int status;
  must(waitpid(pid, &status, 0) == pid, "waitpid");
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

layout_slot *host_slot(host *h, pid_t pid, enum layout_state state) {
  host_receive(h);
  for (uint32_t i = 0; i < h->count * LAYOUT_SLOTS; i++) {
    layout_slot *slot = &layout_slots(h->regions[i / LAYOUT_SLOTS])[i % LAYOUT_SLOTS];
    uint32_t is = atomic_load(&slot->state);
    if (is == LAYOUT_FREE || (state != LAYOUT_FREE && is != state)) continue;
    if (atomic_load(&slot->generation) && atomic_load(&slot->pid) == (uint32_t)pid) return slot;
  }
  return NULL;
}

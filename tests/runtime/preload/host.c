#include "host.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static void must(int good, const char *what) {
  if (good) return;
  perror(what);
  exit(2);
}

void host_init(host *h, uint64_t threshold_ns, uint64_t threshold_call_ns) {
  size_t size = layout_size();
  h->memory = memfd_create("blockscan-test", 0);
  must(h->memory >= 0 && ftruncate(h->memory, (off_t)size) == 0, "memfd_create");
  h->head = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, h->memory, 0);
  must(h->head != MAP_FAILED, "mmap");
  h->slots = layout_slots(h->head);
  h->head->magic = LAYOUT_MAGIC;
  h->head->version = LAYOUT_VERSION;
  h->head->slot_size = sizeof(layout_slot);
  h->head->threshold_ns = threshold_ns;
  h->head->threshold_call_ns = threshold_call_ns;
}

pid_t host_start(host *h, const char *library, char *const *command, int output) {
  struct stat st;
  char text[64];
  must(fstat(h->memory, &st) == 0, "fstat");
  snprintf(text, sizeof text, "%d:%llu", h->memory, (unsigned long long)st.st_ino);
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
  for (uint32_t i = 0; i < LAYOUT_SLOTS; i++) {
    layout_slot *slot = &h->slots[i];
    uint32_t is = atomic_load(&slot->state);
    if (is == LAYOUT_FREE || (state != LAYOUT_FREE && is != state)) continue;
    if (atomic_load(&slot->generation) && atomic_load(&slot->pid) == (uint32_t)pid) return slot;
  }
  return NULL;
}

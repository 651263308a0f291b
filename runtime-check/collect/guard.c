/* SIGBUS in the shared memory. It is sealed so that nobody can shrink it, but a page may be refused all the
 * same (no memory left in a control group, a bad page of the machine), and what a stranger offered is not to
 * end the recorder. The page is replaced by one of zeros, and the read goes on. */
#include "runtime-check/collect/guard.h"

#include <signal.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

static guard *guards;
static uintptr_t page_size;

static void on_bus_error(int number, siginfo_t *info, void *context) {
  uintptr_t at = (uintptr_t)info->si_addr;
  (void)context;
  for (guard *g = guards; g; g = g->next) {
    uintptr_t start = (uintptr_t)g->start;
    if (at < start || at - start >= g->length) continue;
    g->broken = true;
    char *page = g->start + ((at - start) & ~(page_size - 1));
    const int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED;
    if (mmap(page, page_size, PROT_READ | PROT_WRITE, flags, -1, 0) != MAP_FAILED) return;
  }
  signal(number, SIG_DFL); /* it happens again, and ends the process */
}

void guard_add(guard *g, void *start, size_t length) {
  if (!page_size) {
    struct sigaction action = {.sa_sigaction = on_bus_error, .sa_flags = SA_SIGINFO | SA_RESTART};
    page_size = (uintptr_t)sysconf(_SC_PAGESIZE);
    sigemptyset(&action.sa_mask);
    sigaction(SIGBUS, &action, NULL);
  }
  *g = (guard){.start = start, .length = length, .next = guards};
  guards = g;
}

void guard_remove(guard *g) {
  guard **at = &guards;
  while (*at && *at != g) at = &(*at)->next;
  if (*at) *at = g->next;
}

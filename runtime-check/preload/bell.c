/* The bell: while no loop runs the collector sleeps, and the first that runs again wakes it.
 *
 * It asks to be rung some milliseconds before it sleeps, so a thread need not look at each iteration: it does
 * when it reads its CPU time, which is at most once in a millisecond, and always after a longer wait; and in
 * each iteration for some milliseconds after it was rung. */
#include "runtime-check/preload/preload.h"

#include <errno.h>
#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

static void wake(_Atomic uint32_t *bell) {
  int before = errno;
  own_call(SYS_futex, bell, FUTEX_WAKE, 1, NULL, NULL, 0);
  errno = before;
}

void bell_ring(void) {
  _Atomic uint32_t *bell = &preload_view.head->bell;
  uint32_t hung = LAYOUT_BELL_HUNG;
  if (preload_view.passive) return;
  set(&preload_view.head->rung_at, now_ns());
  if (!atomic_compare_exchange_strong(bell, &hung, LAYOUT_BELL_LOOKS)) return;
  wake(bell);
}

void bell_silence(bool passive) {
  layout_head *head = preload_view.head;
  if (!head || !current_epoch()) return;
  if (atomic_exchange(&head->bell, passive ? LAYOUT_BELL_NONE : LAYOUT_BELL_LOOKS) == LAYOUT_BELL_HUNG)
    wake(&head->bell);
}

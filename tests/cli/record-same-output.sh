# What programs say and return is the same under the recorder, which takes stacks of all that lasts a millisecond.
set -eu
. "$(dirname "$0")/record-helpers"
cd "$TMP"
programs=$BLOCKSCAN_PROGRAMS/../preload
for name in transparent signals early throws; do
  [ "$name" != throws ] || [ -e "$programs/preload-$name" ] || continue # there was no C++ compiler
  code=0
  "$programs/preload-$name" >plain || code=$?
  [ -s plain ] || fail "$name says nothing"
  record "$code" --threshold 1ms -- "$programs/preload-$name"
  cmp plain out || { diff plain out >&2 || :; fail "$name says something else"; }
  holds '.loops | length > 0'
done
# And the recorder did look: stacks were taken.
record 5 --threshold 1ms -- "$programs/preload-transparent"
holds '[.stalls[] | select(.samples | length > 0)] | length >= 1'

# The library's own system calls are none of the program's: one that has a `syscall` of its own sees only what it calls itself.
cat >own.c <<'END_C'
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <unistd.h>
static int calls;
__attribute__((visibility("default"))) long syscall(long number, ...) {
  calls++;
  return number == SYS_getppid ? 1 : -1;
}
int main(void) {
  char byte;
  struct epoll_event e = {.events = EPOLLIN};
  int epoll = epoll_create1(0), ends[2];
  if (pipe(ends) || epoll_ctl(epoll, EPOLL_CTL_ADD, ends[0], &e)) return 9;
  for (int i = 0; i < 50; i++) {
    if (write(ends[1], "", 1) != 1 || epoll_wait(epoll, &e, 1, -1) != 1 || read(ends[0], &byte, 1) != 1) return 9;
    usleep(2000);
  }
  syscall(SYS_getppid);
  printf("%d\n", calls);
}
END_C
cc -g -O1 -rdynamic -o own own.c
record 0 --threshold 1ms -- ./own
[ "$(cat out)" = 1 ] || fail "its syscall was called $(cat out) times"
holds '.loops | length == 1'

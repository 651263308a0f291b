// A descriptor that a QSocketNotifier watches is ready when its slot comes; the twin's is read all the same, and may wait.
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

class QSocketNotifier {
public:
  QSocketNotifier(long socket, int type);
};

static int watched[2], other[2];
static void (*slots[2])();

static void on_signal() {
  char byte;
  read(watched[1], &byte, 1); // expect: error network.read possible
}

static void on_other() {
  char byte;
  read(other[1], &byte, 1); // expect: error network.read entries: on_other
}

int main() {
  int poll = epoll_create1(0);
  socketpair(AF_UNIX, SOCK_STREAM, 0, watched);
  socketpair(AF_UNIX, SOCK_STREAM, 0, other);
  new QSocketNotifier(watched[1], 0);
  slots[0] = on_signal;
  slots[1] = on_other;
  for (;;) {
    epoll_event events[8];
    int count = epoll_wait(poll, events, 8, -1);
    for (int i = 0; i < count; i++) slots[events[i].data.u32]();
  }
}

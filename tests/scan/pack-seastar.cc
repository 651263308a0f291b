// A continuation runs on the reactor.
#include <unistd.h>

namespace seastar {
struct future {
  void then(void (*next)());
};
} // namespace seastar

static void next() {
  sleep(1); // expect: error sleep.sleep path: next loop: seastar role: async
}

static void nobody() { sleep(2); }

void set_up(seastar::future *f);
void set_up(seastar::future *f) { f->then(next); }
void (*unused)() = nobody;

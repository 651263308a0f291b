// What runs on a folly::EventBase: functions, and methods that override those of its classes.
#include <unistd.h>

namespace folly {
struct EventBase {
  void runInLoop(void (*work)());
};
struct AsyncTimeout {
  virtual void timeoutExpired() noexcept = 0;
};
} // namespace folly

static void in_loop() {
  sleep(1); // expect: error sleep.sleep path: in_loop loop: folly role: async
}

struct Tick : folly::AsyncTimeout {
  void timeoutExpired() noexcept override {
    sleep(2); // expect: error sleep.sleep loop: folly role: timer
  }
  void other() { sleep(3); }
};

void set_up(folly::EventBase *base);
void set_up(folly::EventBase *base) { base->runInLoop(in_loop); }

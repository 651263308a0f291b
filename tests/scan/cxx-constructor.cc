// Constructors, destructors and overloaded operators are calls too.
#include <unistd.h>
#include <uv.h>

struct Guard {
  Guard() { sleep(1); } // expect: error sleep.sleep path: on_timer > Guard::Guard loop: libuv
  ~Guard() { sleep(2); } // expect: error sleep.sleep path: on_timer > Guard::~Guard loop: libuv
};

struct Functor {
  void operator()() const { sleep(3); } // expect: error sleep.sleep path: on_timer > Functor::operator() loop: libuv
};

static void on_timer(uv_timer_t *) {
  Guard guard;
  Functor functor;
  functor();
}

int main() {
  uv_timer_t timer;
  uv_timer_init(uv_default_loop(), &timer);
  uv_timer_start(&timer, on_timer, 10, 0);
  return uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}

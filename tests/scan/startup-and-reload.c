// The same function before the loop and in a signal's callback: the second use is a finding, with that entry only.
#include <stdio.h>
#include <unistd.h>
#include <uv.h>

static void load_settings(void) {
  sleep(1); // expect: error sleep.sleep entries: on_hangup path: on_hangup > load_settings role: signal
}

static void on_hangup(uv_signal_t *handle, int number) {
  (void)handle, (void)number;
  load_settings();
}

int main(void) {
  uv_signal_t hangup;
  load_settings();
  uv_signal_init(uv_default_loop(), &hangup);
  uv_signal_start(&hangup, on_hangup, 1);
  return uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}

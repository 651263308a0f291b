// What a function leaves in a global, it finds there in its next turn; another
// may store by a pointer.
#include <unistd.h>
#include <uv.h>
static struct {
  int ready, quiet, off, far;
} st;
static int *quiet(void) { return &st.quiet; }
static void *all(void) { return &st; }
struct other {
  int ready, loud;
};
static struct other others, *now = &others;
static void on_timer(uv_timer_t *t) {
  (void)t;
  if (st.ready) sleep(5); // expect: error sleep.sleep
  if (st.quiet) sleep(6); // expect: error sleep.sleep
  if (st.off) sleep(7); // expect-none
  if (others.ready) sleep(8); // expect: error sleep.sleep
  if (others.loud) sleep(9); // expect-none
  st.ready = 1;
  now->ready = *quiet();
  (void)all;
}
int main(void) {
  uv_timer_t t;
  uv_timer_init(uv_default_loop(), &t);
  uv_timer_start(&t, on_timer, 10, 0);
  return uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}

// WNOHANG by a static const, an enum, a macro, a helper's default, a struct
// option.
#include <stdbool.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <uv.h>
static const int kFlags = WNOHANG;
enum { REAP = WNOHANG | WUNTRACED };
#define REAP_NOW (WNOHANG)
struct opt {
  int flags;
  bool wait;
};
static struct opt opts(bool wait) {
  struct opt o = {.flags = wait ? 0 : WNOHANG, .wait = wait};
  return o;
}
static pid_t reap(pid_t p, struct opt o) {
  int s;
  return waitpid(p, &s, o.flags); // expect: error process.waitpid
}
static pid_t reap_const(pid_t p, const struct opt *o) {
  int s, fl = 0;
  if (!o->wait) fl |= WNOHANG;
  return waitpid(p, &s, fl); // expect-none
}
static pid_t default_flags(pid_t p, int f) {
  int s;
  return waitpid(p, &s, f | WNOHANG);
}
static int flags(bool wait) { return wait ? 0 : WNOHANG; }
static void on_sig(uv_signal_t *h, int sig) {
  int s;
  (void)h;
  (void)sig;
  waitpid(-1, &s, kFlags);
  waitpid(-1, &s, REAP);
  waitpid(-1, &s, REAP_NOW);
  default_flags(-1, 0);
  waitpid(-1, &s, flags(false));
  waitpid(-1, &s, flags(true)); // expect: error process.waitpid certain
  reap(1, opts(true));
  struct opt o = opts(false);
  reap_const(2, &o);
  waitpid(-1, &s, o.flags);
  o = opts(true);
  waitpid(-1, &s, o.flags); // expect: error process.waitpid certain
}
int main(void) {
  uv_signal_t t;
  uv_signal_init(uv_default_loop(), &t);
  uv_signal_start(&t, on_sig, 17);
  return uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}

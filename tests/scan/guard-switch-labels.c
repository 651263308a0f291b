// What labels of a switch say of a field: one value, a range, none of the others.
#include <unistd.h>
#include <uv.h>
enum kind { KIND_A, KIND_B, KIND_C, KIND_D, KIND_E };
struct item {
  enum kind kind;
};
static void single(const struct item *i) {
  switch (i->kind) {
  case KIND_A: sleep(1); break; // expect-none
  case KIND_B: sleep(2); break; // expect: error sleep.sleep
  case KIND_C:
  case KIND_D: sleep(3); break; // expect-none
  default: sleep(4); break; // expect-none
  }
}
static void range(const struct item *i) {
  switch (i->kind) {
  case KIND_A: sleep(1); break; // expect-none
  case KIND_B:
  case KIND_C:
  case KIND_D: sleep(3); break; // expect: error sleep.sleep
  default: sleep(4); break; // expect-none
  }
}
static void rest(const struct item *i) {
  switch (i->kind) {
  case KIND_A: sleep(1); break; // expect-none
  case KIND_B: sleep(2); break; // expect-none
  default: sleep(4); break; // expect: error sleep.sleep
  }
}
static void falls(const struct item *i) {
  switch (i->kind) {
  case KIND_A: (void)i;
  case KIND_B: sleep(2); break; // expect: error sleep.sleep
  case KIND_E: sleep(5); // expect-none
  }
}
static void on_timer(uv_timer_t *t) {
  struct item b = {KIND_B}, c = {KIND_C}, e = {KIND_E}, a = {KIND_A};
  (void)t;
  single(&b);
  range(&c);
  rest(&e);
  falls(&a);
}
int main(void) {
  uv_timer_t t;
  uv_timer_init(uv_default_loop(), &t);
  uv_timer_start(&t, on_timer, 10, 0);
  return uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}

/* The same check of the handler that works on the loop: this fails, and says in which line the loop was held. */
#include "loop_test.h"
#include "thumbnail.h"

static void ignore(thumbnail *t) { (void)t; }

static void test_the_loop_is_free(void **state) {
  (void)state;
  uv_loop_t loop;
  thumbnail t = {.effort_ms = 400, .done = ignore};
  uv_loop_init(&loop);
  assert_loop_is_free("thumbnail", 200) {
    assert_int_equal(thumbnail_make_on_loop(&loop, &t), 0);
    uv_run(&loop, UV_RUN_DEFAULT);
  }
  uv_loop_close(&loop);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_the_loop_is_free)};
  return cmocka_run_group_tests(tests, start_recorder, stop_recorder);
}

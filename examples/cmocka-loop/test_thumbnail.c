/* The handler leaves the loop free while it works. */
#include "loop_test.h"
#include "thumbnail.h"

static int made;
static void count(thumbnail *t) { made += t->pixels != 0; }

static void test_the_loop_is_free(void **state) {
  (void)state;
  uv_loop_t loop;
  thumbnail t = {.effort_ms = 400, .done = count};
  uv_loop_init(&loop);
  made = 0;
  assert_loop_is_free("thumbnail", 200) {
    assert_int_equal(thumbnail_make(&loop, &t), 0);
    uv_run(&loop, UV_RUN_DEFAULT);
  }
  assert_int_equal(made, 1);
  uv_loop_close(&loop);
}

/* Known and accepted: the first image of all loads the decoder. The test fails when it no longer does. */
static void test_the_first_one_holds_it(void **state) {
  (void)state;
  uv_loop_t loop;
  thumbnail t = {.effort_ms = 400, .done = count};
  uv_loop_init(&loop);
  BS_EXPECT_STALL_CALL("first thumbnail", 200 * BS_MILLISECOND, fail_test, (void *)__func__) {
    assert_int_equal(thumbnail_make_on_loop(&loop, &t), 0);
    uv_run(&loop, UV_RUN_DEFAULT);
  }
  uv_close((uv_handle_t *)&t.idle, NULL);
  uv_run(&loop, UV_RUN_DEFAULT);
  uv_loop_close(&loop);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_the_loop_is_free),
      cmocka_unit_test(test_the_first_one_holds_it),
  };
  return cmocka_run_group_tests(tests, start_recorder, stop_recorder);
}

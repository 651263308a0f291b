#if !__has_include(<catch2/catch_all.hpp>)
#define CATCH_CONFIG_MAIN
#endif
#include <blockscan/catch2.hpp>

#include "ticks.h"

/* Busy machines take their time: three tenths of a second are a stall here. */
struct ticks : blockscan::loop_test {
  ticks() : loop_test(300 * BS_MILLISECOND) {}
};

TEST_CASE_METHOD(ticks, "the loop is free") { CHECK(run_ticks(1) == 3); }

/* It shows what a failure looks like. */
TEST_CASE_METHOD(ticks, "the loop is held") { CHECK(run_ticks(700) == 3); }

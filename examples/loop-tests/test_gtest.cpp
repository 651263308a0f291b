#include <blockscan/gtest.hpp>

#include "ticks.h"

/* Busy machines take their time: three tenths of a second are a stall here. */
class Ticks : public blockscan::loop_test {
protected:
  Ticks() : loop_test(300 * BS_MILLISECOND) {}
};

TEST_F(Ticks, KeepTheLoopFree) { EXPECT_EQ(run_ticks(1), 3); }

/* It shows what a failure looks like. */
TEST_F(Ticks, Held) { EXPECT_EQ(run_ticks(700), 3); }

/* A fixture for googletest: a test fails, with the stack, when an event loop was held in it.
 *
 *   using Upload = blockscan::loop_test;      // or a class of your own that is derived from it
 *   TEST_F(Upload, KeepsTheLoopFree) { … run the loop … }
 *
 * A derived class gives another threshold than 10 ms to its constructor. The recorder's own is that of the
 * first test: shorter ones that come later are as long as it. */
#ifndef BLOCKSCAN_GTEST_HPP
#define BLOCKSCAN_GTEST_HPP

#include <blockscan/testing.hpp>

#include <gtest/gtest.h>

namespace blockscan {

class loop_test : public ::testing::Test {
protected:
  explicit loop_test(uint64_t threshold_ns = 10 * BS_MILLISECOND) : threshold_ns_(threshold_ns) {}

  /* Who overrides these calls them. */
  void SetUp() override {
    const ::testing::TestInfo *test = ::testing::UnitTest::GetInstance()->current_test_info();
    std::string error = test_watch::instance().begin(
        std::string(test->test_suite_name()) + "." + test->name(), threshold_ns_);
    if (!error.empty()) FAIL() << "no recorder: " << error;
  }
  void TearDown() override {
    for (const std::string &stall : test_watch::instance().end()) ADD_FAILURE() << stall;
  }

private:
  uint64_t threshold_ns_;
};

} // namespace blockscan

#endif

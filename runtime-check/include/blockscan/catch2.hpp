/* A fixture for Catch2, versions 2 and 3: a test case fails, with the stack, when an event loop was held in
 * it.
 *
 *   TEST_CASE_METHOD(blockscan::loop_test, "an upload keeps the loop free") { … run the loop … }
 *
 * A derived class gives another threshold than 10 ms to its constructor. The recorder's own is that of the
 * first test case: shorter ones that come later are as long as it. */
#ifndef BLOCKSCAN_CATCH2_HPP
#define BLOCKSCAN_CATCH2_HPP

#include <blockscan/testing.hpp>

#if __has_include(<catch2/catch_all.hpp>)
#include <catch2/catch_all.hpp>
#else
#include <catch2/catch.hpp>
#endif

namespace blockscan {

class loop_test {
public:
  explicit loop_test(uint64_t threshold_ns = 10 * BS_MILLISECOND) {
    std::string error =
        test_watch::instance().begin(Catch::getResultCapture().getCurrentTestName(), threshold_ns);
    if (!error.empty()) FAIL("no recorder: " << error);
  }
  ~loop_test() {
    for (const std::string &stall : test_watch::instance().end()) FAIL_CHECK(stall);
  }
  loop_test(const loop_test &) = delete;
  loop_test &operator=(const loop_test &) = delete;
};

} // namespace blockscan

#endif

/* What <blockscan/gtest.hpp> and <blockscan/catch2.hpp> share: the stalls of the test that runs now.
 *
 * Link blockscan::runtime (pkg-config blockscan-runtime). One test runs at a time in a process; its event
 * loops may be in any thread. */
#ifndef BLOCKSCAN_TESTING_HPP
#define BLOCKSCAN_TESTING_HPP

#include <blockscan/runtime.h>

#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace blockscan {

class test_watch {
public:
  /* The one of the process. */
  static test_watch &instance() {
    static test_watch the_one;
    return the_one;
  }

  /* Starts the recorder with the first test. Returns why that failed; "" when it did not. */
  std::string begin(const std::string &test, uint64_t threshold_ns) {
    if (!started_) {
      bs_runtime_options options = bs_runtime_options();
      options.action = BS_CALLBACK;
      options.callback = take;
      options.data = this;
      options.threshold_ns = threshold_ns;
      if (bs_runtime_start(&options) != 0) return bs_runtime_error();
      started_ = true;
    }
    std::lock_guard<std::mutex> guard(lock_);
    test_ = test;
    threshold_ns_ = threshold_ns;
    stalls_.clear();
    return "";
  }

  /* What held an event loop since then, with stacks. */
  std::vector<std::string> end() {
    std::lock_guard<std::mutex> guard(lock_);
    test_.clear();
    return std::move(stalls_);
  }

  ~test_watch() {
    if (started_) bs_runtime_stop();
  }

private:
  test_watch() : started_(false), threshold_ns_(0) {}

  static void take(const bs_stall *stall, void *data) {
    test_watch *w = static_cast<test_watch *>(data);
    std::lock_guard<std::mutex> guard(w->lock_);
    if (w->test_.empty() || stall->duration_ns < w->threshold_ns_) return;
    w->stalls_.push_back(w->test_ + ": " + stall->text);
  }

  bool started_;
  std::mutex lock_;
  std::string test_;
  uint64_t threshold_ns_;
  std::vector<std::string> stalls_;
};

} // namespace blockscan

#endif

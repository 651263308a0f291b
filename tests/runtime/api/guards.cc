// The guards of C++: they end with their block, by an exception too, and a callback may throw.
#include "blockscan/runtime.h"

#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <stdexcept>
#include <string>

static int bad;
#define CHECK(condition) \
  do { \
    if (!(condition)) { \
      std::fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition); \
      bad++; \
    } \
  } while (0)

static const uint64_t threshold = 250 * BS_MILLISECOND;

__attribute__((noinline)) static void held() {
  struct timespec t = {0, 500000000};
  nanosleep(&t, NULL);
  __asm__ volatile("");
}

static void raise(const bs_stall *stall, void *) { throw std::runtime_error(stall->text); }

static unsigned calls;
static void count(const bs_stall *, void *) { calls++; }

static std::string caught(void (*run)()) {
  try {
    run();
  } catch (const std::runtime_error &e) {
    return e.what();
  }
  return "";
}

static void quick_scope() { blockscan::scope quick("quick", threshold, BS_CALLBACK, raise); }
static void held_scope() {
  blockscan::scope guard("guarded", threshold, BS_CALLBACK, raise);
  held();
}
static void thrown_through() {
  blockscan::scope guard("left", threshold, BS_CALLBACK, count);
  held();
  throw std::runtime_error("other");
}
static void not_stalling() { blockscan::expect_stall guard("expected", threshold, BS_CALLBACK, raise); }
static void block() {
  BS_NO_STALLS_CALL("block", threshold, raise, NULL) { held(); }
}

int main() {
  bs_runtime_options options = bs_runtime_options();
  options.threshold_ns = threshold;
  if (bs_runtime_start(&options) != 0) {
    std::fprintf(stderr, "%s\n", bs_runtime_error());
    return 2;
  }
  CHECK(caught(quick_scope).empty());
  CHECK(caught(held_scope).find("> held") != std::string::npos);
  CHECK(caught(not_stalling).find("'expected'") != std::string::npos);
  CHECK(caught(block).find("'block'") != std::string::npos);
  CHECK(caught(thrown_through) == "other" && calls == 1);
  {
    blockscan::scope outer("outer", threshold, BS_CALLBACK, count);
    blockscan::allow allowed;
    held();
  }
  CHECK(calls == 1);
  return bs_runtime_stop() != 0 || bad;
}

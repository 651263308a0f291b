// What transparent.c cannot say in C: exceptions and destructors that pass a wrapper, and marks in C++.
#include "blockscan/runtime.h"

#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <future>
#include <mutex>
#include <pthread.h>
#include <stdexcept>
#include <sys/epoll.h>
#include <thread>
#include <unistd.h>

namespace {

struct guard {
  const char *name;
  ~guard() { std::printf("destructor of %s\n", name); }
};

// A comparison that throws, out of the C library's scandir-like frames: fopencookie calls it inside of fread.
ssize_t throwing_read(void *, char *, size_t) {
  guard inner{"the read function"};
  throw std::runtime_error("from within fread");
}

void exception_through_fread() {
  cookie_io_functions_t functions = {throwing_read, nullptr, nullptr, nullptr};
  FILE *file = fopencookie(nullptr, "r", functions);
  setvbuf(file, nullptr, _IONBF, 0);
  char bytes[4];
  try {
    guard outer{"the caller"};
    std::printf("%zu\n", fread(bytes, 1, 4, file));
  } catch (const std::exception &error) {
    std::printf("caught: %s\n", error.what());
  }
}

void *cancelled(void *fd) {
  guard own{"a cancelled thread"};
  epoll_event event;
  int file = epoll_create1(EPOLL_CLOEXEC);
  for (int i = 0; i < 3; i++) epoll_wait(file, &event, 1, 1);
  char byte;
  if (read(*static_cast<int *>(fd), &byte, 1) > 0) std::printf("not reached\n");
  return nullptr;
}

void cancellation() {
  int ends[2];
  pthread_t thread;
  void *result;
  if (pipe(ends)) std::abort();
  pthread_create(&thread, nullptr, cancelled, &ends[0]);
  usleep(60000);
  pthread_cancel(thread);
  pthread_join(thread, &result);
  std::printf("cancelled: %d\n", result == PTHREAD_CANCELED);
}

void threads() {
  std::mutex mutex;
  std::condition_variable condition;
  bool ready = false;
  std::thread other([&] {
    usleep(60000);
    std::lock_guard<std::mutex> lock(mutex);
    ready = true;
    condition.notify_one();
  });
  std::unique_lock<std::mutex> lock(mutex);
  condition.wait(lock, [&] { return ready; });
  lock.unlock();
  other.join();
  std::printf("future: %d\n", std::async(std::launch::async, [] { return usleep(1000), 42; }).get());
}

void marks() {
  bs_scope scope;
  bs_scope_begin(&scope, "marks", 10 * BS_MILLISECOND);
  usleep(20000);
  bs_scope_end(&scope);
  bs_allow_begin();
  bs_allow_end();
  std::printf("marked\n");
}

} // namespace

int main() {
  void (*const steps[])() = {exception_through_fread, cancellation, threads, marks, exception_through_fread};
  epoll_event event;
  int file = epoll_create1(EPOLL_CLOEXEC), step = 0;
  for (int i = 0; i < 7; i++) {
    epoll_wait(file, &event, 1, 1);
    if (i >= 2) steps[step++]();
  }
  return 0;
}

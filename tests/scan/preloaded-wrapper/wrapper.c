// Preloaded by the tests: every third call fails.
#include <dlfcn.h>
#include <errno.h>

int fsync(int fd) {
  static int calls;
  int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, "fsync");
  if (++calls % 3) return real(fd);
  errno = EIO;
  return -1;
}

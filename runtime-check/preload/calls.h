/* The prototypes of the wrappers: hook_NAME has the type of NAME. */
#ifndef BLOCKSCAN_PRELOAD_CALLS_H
#define BLOCKSCAN_PRELOAD_CALLS_H

#include "runtime-check/preload/preload.h"

#include <aio.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <iconv.h>
#include <ifaddrs.h>
#include <locale.h>
#include <mqueue.h>
#include <net/if.h>
#include <netdb.h>
#include <nl_types.h>
#include <poll.h>
#include <pthread.h>
#include <pwd.h>
#include <semaphore.h>
#include <setjmp.h>
#include <shadow.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/sem.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <termios.h>
#include <threads.h>
#include <unistd.h>
#include <utime.h>
#include <utmp.h>
#include <utmpx.h>
#include <wchar.h>

static inline bool is_zero(const struct timespec *timeout) {
  return timeout && !timeout->tv_sec && !timeout->tv_nsec;
}

/* Whether the stream's buffer has so many bytes to read, or room for so many more: then the call only copies.
 * Another thread may use the stream at the same time; then the answer is old, and one call is counted or not.
 */
static inline bool buffer_holds(const FILE *file, size_t size) {
  return file->_IO_read_ptr < file->_IO_read_end && (size_t)(file->_IO_read_end - file->_IO_read_ptr) >= size;
}

static inline bool buffer_takes(const FILE *file, size_t size) {
  return file->_IO_write_ptr < file->_IO_write_end &&
         (size_t)(file->_IO_write_end - file->_IO_write_ptr) >= size;
}

/* A run function, whatever its type: the registers of its arguments and of its result are these. */
typedef long run_function(long a0, long a1, long a2, long a3, long a4, long a5);

#define WAIT(name, rule, kind, params, ...) int hook_##name params;
#define WAIT_LIBRARY(name, rule, kind, params, ...) int hook_##name params;
#define WAIT_OTHER(type, name, rule, kind, params, ...) type hook_##name params;
#define RUN(name, ...) run_function hook_##name;
#define HOOK(type, name, rule, params, ...) type hook_##name params;
#define HOOK_VOID(name, rule, params, ...) void hook_##name params;
#define HOOK_FORMAT(type, name, rule, params, ...) type hook_##name params;
#define HOOK_FORMAT_VOID(name, rule, params, ...) void hook_##name params;
#define HOOK_FD(type, name, rule, file_rule, params, ...) type hook_##name params;
#define HOOK_OPENS(type, name, rule, params, ...) type hook_##name params;
#define HOOK_LOCK(name, rule, params, ...) int hook_##name params;
#define HOOK_OWN(type, name, rule, params) type hook_##name params;
#define TRACKED(type, name, params) type hook_##name params;
#include "runtime-check/shared/hooks.def"

#endif

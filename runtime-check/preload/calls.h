/* The prototypes of the wrappers: hook_NAME has the type of NAME. */
#ifndef BLOCKSCAN_PRELOAD_CALLS_H
#define BLOCKSCAN_PRELOAD_CALLS_H

#include "preload.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <mqueue.h>
#include <netdb.h>
#include <poll.h>
#include <pthread.h>
#include <pwd.h>
#include <semaphore.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/sem.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <threads.h>
#include <unistd.h>

static inline bool is_zero(const struct timespec *timeout) {
  return timeout && !timeout->tv_sec && !timeout->tv_nsec;
}

#define WAIT(name, rule, kind, params, ...) int hook_##name params;
#define HOOK(type, name, rule, params, ...) type hook_##name params;
#define HOOK_FD(type, name, rule, file_rule, params, ...) type hook_##name params;
#define HOOK_OPENS(type, name, rule, params, ...) type hook_##name params;
#define HOOK_LOCK(name, rule, params, ...) int hook_##name params;
#define HOOK_OWN(type, name, rule, params) type hook_##name params;
#define TRACKED(type, name, params) type hook_##name params;
#include "shared/hooks.def"

#endif

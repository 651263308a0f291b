/* The wrappers whose bodies no row of hooks.def can say: they block now and then, or change what a descriptor
 * number means. */
#include "runtime-check/preload/calls.h"

#include <linux/netlink.h>
#include <sys/eventfd.h>
#include <sys/fanotify.h>
#include <sys/inotify.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>

#define NEXT_CALL(name, type, params) ((type(*) params)next_of(NEXT_##name))

/* Runs `expression` as a call of `hook`. */
#define RECORDED(self, hook_index, number, result, expression) \
  do { \
    call recorded = {.hook = (hook_index), .start = now_ns(), .value = (number)}; \
    call_begin(self, &recorded, CALLER_SP, CALLER_PC); \
    result = (expression); \
    call_end(self, &recorded); \
  } while (0)

#define ACCEPTING(name, params, args) \
  int hook_##name params { \
    thread_self *self = enter(CALLER_SP); \
    int result; \
    if (likely(!self) || is_nonblocking(fd)) \
      result = NEXT_CALL(name, int, params) args; \
    else \
      RECORDED(self, HOOK_##name, fd, result, NEXT_CALL(name, int, params) args); \
    descriptor_forget(result); \
    return result; \
  }
ACCEPTING(accept, (int fd, struct sockaddr *from, socklen_t *length), (fd, from, length))
ACCEPTING(accept4, (int fd, struct sockaddr *from, socklen_t *length, int flags), (fd, from, length, flags))

#define CLOSING(name) \
  int hook_##name(int fd) { \
    thread_self *self = enter(CALLER_SP); \
    int result; \
    descriptor_forget(fd); \
    if (likely(!self)) return NEXT_CALL(name, int, (int))(fd); \
    RECORDED(self, HOOK_##name, fd, result, NEXT_CALL(name, int, (int))(fd)); \
    return result; \
  }
CLOSING(close)
CLOSING(__close)

static void forget_stream(FILE *file) {
  if (!preload_view.head) return;
  int before = errno;
  descriptor_forget(fileno(file));
  errno = before;
}

int hook_fclose(FILE *file) {
  thread_self *self = enter(CALLER_SP);
  int result;
  forget_stream(file);
  if (likely(!self)) return NEXT_CALL(fclose, int, (FILE *))(file);
  RECORDED(self, HOOK_fclose, -1, result, NEXT_CALL(fclose, int, (FILE *))(file));
  return result;
}

int hook_pclose(FILE *file) {
  thread_self *self = enter(CALLER_SP);
  int result;
  forget_stream(file);
  if (likely(!self)) return NEXT_CALL(pclose, int, (FILE *))(file);
  RECORDED(self, HOOK_pclose, -1, result, NEXT_CALL(pclose, int, (FILE *))(file));
  return result;
}

/* The third argument is a number or a pointer: either fits a pointer's register. */
#define CONTROLLING(name) \
  int hook_##name(int fd, int command, void *argument) { \
    thread_self *self = enter(CALLER_SP); \
    int result; \
    if (unlikely(self && (command == F_SETLKW || command == F_OFD_SETLKW))) \
      RECORDED(self, HOOK_##name, fd, result, \
               NEXT_CALL(name, int, (int, int, void *))(fd, command, argument)); \
    else \
      result = NEXT_CALL(name, int, (int, int, void *))(fd, command, argument); \
    if (command == F_SETFL) descriptor_forget(fd); \
    if (command == F_DUPFD || command == F_DUPFD_CLOEXEC) descriptor_forget(result); \
    return result; \
  }
CONTROLLING(fcntl)
CONTROLLING(fcntl64)
CONTROLLING(__fcntl)

int hook_ioctl(int fd, unsigned long request, void *argument) {
  int result = NEXT_CALL(ioctl, int, (int, unsigned long, void *))(fd, request, argument);
  if (request == FIONBIO) descriptor_forget(fd);
  return result;
}

int hook_dup(int from) {
  int result = NEXT_CALL(dup, int, (int))(from);
  descriptor_forget(result);
  return result;
}

int hook_dup2(int from, int to) {
  int result = NEXT_CALL(dup2, int, (int, int))(from, to);
  descriptor_forget(result);
  return result;
}

int hook_dup3(int from, int to, int flags) {
  int result = NEXT_CALL(dup3, int, (int, int, int))(from, to, flags);
  descriptor_forget(result);
  return result;
}

int hook_socket(int domain, int type, int protocol) {
  int result = NEXT_CALL(socket, int, (int, int, int))(domain, type, protocol);
  descriptor_forget(result);
  return result;
}

static int forget_ends(int result, const int *ends) {
  if (result == 0) {
    descriptor_forget(ends[0]);
    descriptor_forget(ends[1]);
  }
  return result;
}

int hook_socketpair(int domain, int type, int protocol, int *ends) {
  return forget_ends(NEXT_CALL(socketpair, int, (int, int, int, int *))(domain, type, protocol, ends), ends);
}

int hook_pipe(int *ends) { return forget_ends(NEXT_CALL(pipe, int, (int *))(ends), ends); }

int hook_pipe2(int *ends, int flags) {
  return forget_ends(NEXT_CALL(pipe2, int, (int *, int))(ends, flags), ends);
}

static int brings_events_unless(int fd, bool nonblocking) {
  if (nonblocking)
    descriptor_forget(fd);
  else
    descriptor_brings_events(fd);
  return fd;
}

int hook_eventfd(unsigned value, int flags) {
  return brings_events_unless(NEXT_CALL(eventfd, int, (unsigned, int))(value, flags), flags & EFD_NONBLOCK);
}

int hook_timerfd_create(int clock, int flags) {
  return brings_events_unless(NEXT_CALL(timerfd_create, int, (int, int))(clock, flags), flags & TFD_NONBLOCK);
}

/* An old one only gets another mask. */
int hook_signalfd(int fd, const sigset_t *mask, int flags) {
  int result = NEXT_CALL(signalfd, int, (int, const sigset_t *, int))(fd, mask, flags);
  return fd < 0 ? brings_events_unless(result, flags & SFD_NONBLOCK) : result;
}

int hook_inotify_init(void) { return brings_events_unless(NEXT_CALL(inotify_init, int, (void))(), false); }

int hook_inotify_init1(int flags) {
  return brings_events_unless(NEXT_CALL(inotify_init1, int, (int))(flags), flags & IN_NONBLOCK);
}

int hook_fanotify_init(unsigned flags, unsigned file_flags) {
  int result = NEXT_CALL(fanotify_init, int, (unsigned, unsigned))(flags, file_flags);
  return brings_events_unless(result, flags & FAN_NONBLOCK);
}

/* A netlink socket brings events when it is told of those of a group, and answers else. */
static void joined_group(int fd) {
  if (!preload_view.head || preload_view.passive) return;
  if (descriptor_ask(fd) == DESCRIPTOR_BLOCKING) descriptor_brings_events(fd);
}

int hook_bind(int fd, const struct sockaddr *address, socklen_t length) {
  int result = NEXT_CALL(bind, int, (int, const struct sockaddr *, socklen_t))(fd, address, length);
  if (result == 0 && length >= sizeof(struct sockaddr_nl) && address->sa_family == AF_NETLINK &&
      ((const struct sockaddr_nl *)(const void *)address)->nl_groups)
    joined_group(fd);
  return result;
}

int hook_setsockopt(int fd, int level, int option, const void *value, socklen_t length) {
  int result =
      NEXT_CALL(setsockopt, int, (int, int, int, const void *, socklen_t))(fd, level, option, value, length);
  if (unlikely(level == SOL_NETLINK) && option == NETLINK_ADD_MEMBERSHIP && result == 0) joined_group(fd);
  return result;
}

/* The stack pointer that a jump restores. glibc keeps it xored with a word of the thread's and rotated:
 * PTR_MANGLE in its sysdeps/unix/sysv/linux/x86_64/pointer_guard.h, the order of the registers in its
 * sysdeps/x86_64/jmpbuf-offsets.h. */
static uintptr_t jump_sp(const struct __jmp_buf_tag *place) {
#if defined(__x86_64__) && defined(__LP64__)
  uintptr_t sp = (uintptr_t)place->__jmpbuf[6];
  __asm__("rorq $17, %0\n\txorq %%fs:0x30, %0" : "+r"(sp));
  return sp;
#else
  (void)place;
  return 0;
#endif
}

/* Scopes of the functions that it leaves are over. */
#define JUMPING(name) \
  void hook_##name(struct __jmp_buf_tag *place, int value) { \
    thread_self *self = &preload_self; \
    if (unlikely(self->marked) && self->epoch == current_epoch()) marks_jump(self, jump_sp(place)); \
    NEXT_CALL(name, void, (struct __jmp_buf_tag *, int))(place, value); \
  }
JUMPING(longjmp)
JUMPING(_longjmp)
JUMPING(siglongjmp)
JUMPING(__longjmp_chk)

static void become_passive(bool passive) {
  if (preload_view.passive == passive) return;
  bell_silence(passive);
  preload_view.passive = passive;
}

/* A filter of system calls may end the process for one that it does not expect: from before it is there, the
 * library makes none. */
int hook_prctl(int option, unsigned long a, unsigned long b, unsigned long c, unsigned long d) {
  bool before = preload_view.passive;
  if (option == PR_SET_SECCOMP) become_passive(true);
  int result = NEXT_CALL(prctl, int, (int, unsigned long, unsigned long, unsigned long, unsigned long))(
      option, a, b, c, d);
  if (option == PR_SET_SECCOMP && result != 0) become_passive(before);
  return result;
}

typedef long system_call(long, long, long, long, long, long, long);
static __attribute__((noinline)) long add_filter(system_call *next, long operation, long flags, long filter) {
  bool before = preload_view.passive;
  become_passive(true);
  long result = next(SYS_seccomp, operation, flags, filter, 0, 0, 0);
  if (result < 0) become_passive(before);
  return result;
}

/* Ends in a jump, for calls that return twice on one stack (vfork). */
long hook_syscall(long number, long a, long b, long c, long d, long e, long f) {
  system_call *next = (system_call *)next_of(NEXT_syscall);
  if (unlikely(number == SYS_seccomp)) return add_filter(next, a, b, c);
  return next(number, a, b, c, d, e, f);
}

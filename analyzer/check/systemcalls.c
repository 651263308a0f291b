/* syscall(SYS_fsync, fd): a call of fsync() in all but name. */
#include "analyzer/check/internal.h"

#include <string.h>
#include <sys/syscall.h>

#define CALL(name) {SYS_##name, "SYS_" #name, #name}
#define CALL_AS(name, function) {SYS_##name, "SYS_" #name, function}

/* Those that may wait, with the function whose arguments they have. */
static const struct {
  long number;
  const char *name, *function;
} system_calls[] = {
    CALL(read),
    CALL(write),
    CALL(readv),
    CALL(writev),
    CALL(openat),
    CALL(fsync),
    CALL(fdatasync),
    CALL(sync),
    CALL(syncfs),
    CALL(sync_file_range),
    CALL(fallocate),
    CALL(ftruncate),
    CALL(truncate),
    CALL(copy_file_range),
    CALL(sendfile),
    CALL(splice),
    CALL(tee),
    CALL(vmsplice),
    CALL(msync),
    CALL(mlock),
    CALL(mlock2),
    CALL(mlockall),
    CALL(madvise),
    CALL(readahead),
    CALL(flock),
    CALL(fcntl),
    CALL(ioctl),
    CALL(nanosleep),
    CALL(clock_nanosleep),
    CALL(ppoll),
    CALL(epoll_pwait),
    CALL(connect),
    CALL(accept),
    CALL(accept4),
    CALL(recvfrom),
    CALL(sendto),
    CALL(recvmsg),
    CALL(sendmsg),
    CALL(recvmmsg),
    CALL(sendmmsg),
    CALL(wait4),
    CALL(waitid),
    CALL(getrandom),
    CALL(mq_open),
    CALL(mq_timedreceive),
    CALL(mq_timedsend),
    CALL(msgrcv),
    CALL(msgsnd),
    CALL(semop),
    CALL(semtimedop),
    CALL(io_getevents),
    CALL(io_uring_enter),
    CALL(futex),
    CALL(unlinkat),
    CALL(renameat2),
    CALL(mkdirat),
    CALL(linkat),
    CALL(symlinkat),
    CALL(statx),
    CALL(mount),
    CALL(umount2),
    CALL(init_module),
    CALL(finit_module),
    CALL(delete_module),
    CALL(reboot),
    CALL(swapon),
    CALL(swapoff),
    CALL(openat2),
    CALL(epoll_pwait2),
    CALL(process_vm_readv),
    CALL(process_vm_writev),
    CALL(clone3),
    CALL(execveat),
    CALL(ptrace),
    CALL(close),
    CALL(mmap),
    CALL(futex_waitv),
    CALL_AS(pread64, "pread64"),
    CALL_AS(pwrite64, "pwrite64"),
    CALL_AS(fadvise64, "posix_fadvise"),
    CALL_AS(pselect6, "pselect"),
    CALL_AS(rt_sigtimedwait, "sigtimedwait"),
    CALL_AS(rt_sigsuspend, "sigsuspend"),
    CALL_AS(getdents64, "getdents64"),
    CALL_AS(preadv, "preadv"),
    CALL_AS(pwritev, "pwritev"),
#ifdef SYS_open
    CALL(open),
    CALL(creat),
    CALL(poll),
    CALL(select),
    CALL(epoll_wait),
    CALL(pause),
    CALL(unlink),
    CALL(rename),
    CALL(stat),
    CALL(lstat),
    CALL(mkdir),
    CALL(rmdir),
    CALL(link),
    CALL(symlink),
    CALL(fork),
    CALL(vfork),
#endif
};

const rule *const *systemcalls_rules(const checker *c, uint32_t call, const char **name) {
  const program_argument *number = eval_argument(c->p, call, 0);
  if (!number || number->kind != FACTS_ARGUMENT_INTEGER) return NULL;
  for (size_t i = 0; i < sizeof system_calls / sizeof *system_calls; i++) {
    if (system_calls[i].number != number->value) continue;
    *name = system_calls[i].name;
    return rule_set_for_function(c->rules, system_calls[i].function);
  }
  return NULL;
}

/* The words of the JSON contract, and the values of flags that conditions name. */
#include "rules/rules.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <syslog.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

const char *const rule_category_names[RULE_CATEGORIES] = {"sleep", "disk",     "network",     "dns",
                                                          "lock",  "process",  "cpu",         "database",
                                                          "ipc",   "terminal", "nested-loop", "unknown"};
const char *const rule_severity_names[RULE_SEVERITIES] = {"note", "warning", "error"};
const char *const rule_latency_names[RULE_LATENCIES] = {"microseconds", "milliseconds", "seconds",
                                                        "unbounded"};
const char *const rule_confidence_names[RULE_CONFIDENCES] = {"possible", "likely", "certain"};
const char *const rule_role_names[RULE_ROLES] = {"io",    "timer",     "idle",    "signal",
                                                 "async", "work-done", "request", "other"};

#define FLAG(name) {#name, name}
static const struct {
  const char *name;
  int64_t value;
} flags[] = {
    FLAG(AF_INET),
    FLAG(AF_INET6),
    FLAG(AF_NETLINK),
    FLAG(AF_UNIX),
    FLAG(AI_NUMERICHOST),
    FLAG(AI_NUMERICSERV),
    FLAG(AI_PASSIVE),
    FLAG(EFD_NONBLOCK),
    FLAG(FIONBIO),
    FLAG(F_GETFL),
    FLAG(F_GETLK),
    FLAG(F_OFD_SETLK),
    FLAG(F_OFD_SETLKW),
    FLAG(F_SETFL),
    FLAG(F_SETLK),
    FLAG(F_SETLKW),
    FLAG(F_DUPFD),
    FLAG(F_DUPFD_CLOEXEC),
    FLAG(F_LOCK),
    FLAG(F_TLOCK),
    FLAG(F_ULOCK),
    FLAG(F_TEST),
    FLAG(F_RDLCK),
    FLAG(F_UNLCK),
    FLAG(F_WRLCK),
    FLAG(GRND_NONBLOCK),
    FLAG(GRND_RANDOM),
    FLAG(IN_NONBLOCK),
    FLAG(IPC_NOWAIT),
    FLAG(LOCK_EX),
    FLAG(LOCK_NB),
    FLAG(LOCK_SH),
    FLAG(LOCK_UN),
    FLAG(LOG_CONS),
    FLAG(LOG_PERROR),
    FLAG(MAP_ANONYMOUS),
    FLAG(MAP_LOCKED),
    FLAG(MAP_NONBLOCK),
    FLAG(MAP_POPULATE),
    FLAG(MSG_DONTWAIT),
    FLAG(MSG_ERRQUEUE),
    FLAG(MSG_OOB),
    FLAG(MSG_PEEK),
    FLAG(MSG_WAITALL),
    FLAG(MS_ASYNC),
    FLAG(MS_INVALIDATE),
    FLAG(MS_SYNC),
    FLAG(NI_NUMERICHOST),
    FLAG(NI_NUMERICSERV),
    FLAG(NI_DGRAM),
    FLAG(O_APPEND),
    FLAG(O_CREAT),
    FLAG(O_DIRECT),
    FLAG(O_DIRECTORY),
    FLAG(O_DSYNC),
    FLAG(O_EXCL),
    FLAG(O_NDELAY),
    FLAG(O_NONBLOCK),
    FLAG(O_PATH),
    FLAG(O_RDONLY),
    FLAG(O_RDWR),
    FLAG(O_SYNC),
    FLAG(O_TMPFILE),
    FLAG(O_TRUNC),
    FLAG(O_WRONLY),
    FLAG(MADV_WILLNEED),
    FLAG(POSIX_FADV_WILLNEED),
    FLAG(PROT_EXEC),
    FLAG(PROT_READ),
    FLAG(PROT_WRITE),
    FLAG(RTLD_LAZY),
    FLAG(RTLD_NOLOAD),
    FLAG(RTLD_NOW),
    FLAG(SEEK_CUR),
    FLAG(SEEK_DATA),
    FLAG(SEEK_END),
    FLAG(SEEK_HOLE),
    FLAG(SEEK_SET),
    FLAG(SFD_NONBLOCK),
    FLAG(SOL_SOCKET),
    FLAG(SO_LINGER),
    FLAG(SO_RCVTIMEO),
    FLAG(SO_SNDTIMEO),
    FLAG(SOCK_CLOEXEC),
    FLAG(SOCK_DGRAM),
    FLAG(SOCK_NONBLOCK),
    FLAG(SOCK_RAW),
    FLAG(SOCK_SEQPACKET),
    FLAG(SOCK_STREAM),
    FLAG(SPLICE_F_NONBLOCK),
    FLAG(STDERR_FILENO),
    FLAG(STDIN_FILENO),
    FLAG(STDOUT_FILENO),
    FLAG(SYNC_FILE_RANGE_WAIT_AFTER),
    FLAG(SYNC_FILE_RANGE_WAIT_BEFORE),
    FLAG(SYNC_FILE_RANGE_WRITE),
    FLAG(TCSADRAIN),
    FLAG(TCSAFLUSH),
    FLAG(TCSANOW),
    FLAG(TFD_NONBLOCK),
    FLAG(TIMER_ABSTIME),
    FLAG(WCONTINUED),
    FLAG(WNOHANG),
    FLAG(WNOWAIT),
    FLAG(WUNTRACED),
    /* Of libraries whose headers are not needed to build; the values are part of their ABI. */
    {"BLKDISCARD", 0x1277},
    {"BLKFLSBUF", 0x1261},
    {"BLKSECDISCARD", 0x127d},
    {"BLKZEROOUT", 0x127f},
    {"BTRFS_IOC_SYNC", 0x9408},
    {"DBUS_TIMEOUT_INFINITE", 0x7fffffff},
    {"EVLOOP_NONBLOCK", 2},
    {"EVLOOP_ONCE", 1},
    {"EVRUN_NOWAIT", 1},
    {"EVRUN_ONCE", 2},
    {"FICLONE", 0x40049409},
    {"FICLONERANGE", 0x4020940d},
    {"FIDEDUPERANGE", 0xc0189436},
    {"FIFREEZE", 0xc0045877},
    {"FITHAW", 0xc0045878},
    {"FITRIM", 0xc0185879},
    {"FS_IOC_FIEMAP", 0xc020660b},
    {"FUTEX_LOCK_PI", 6},
    {"FUTEX_LOCK_PI2", 13},
    {"FUTEX_WAIT", 0},
    {"FUTEX_WAIT_BITSET", 9},
    {"FUTEX_WAIT_REQUEUE_PI", 11},
    {"G_SPAWN_DO_NOT_REAP_CHILD", 2},
    {"KVM_RUN", 0xae80},
    {"LIBSSH2_SESSION_BLOCKING", 1},
    {"MADV_COLLAPSE", 25},
    {"MADV_POPULATE_READ", 22},
    {"MADV_POPULATE_WRITE", 23},
    {"NN_DONTWAIT", 1},
    {"NNG_FLAG_NONBLOCK", 2},
    {"RWF_NOWAIT", 8},
    {"SG_IO", 0x2285},
    {"SND_PCM_NONBLOCK", 1},
    {"TCSBRK", 0x5409},
    {"TCSBRKP", 0x5425},
    {"TCSETSF", 0x5404},
    {"TCSETSW", 0x5403},
    {"USBDEVFS_BULK", 0xc0185502},
    {"USBDEVFS_CONTROL", 0xc0185500},
    {"USBDEVFS_REAPURB", 0x4008550c},
    {"UV_RUN_DEFAULT", 0},
    {"UV_RUN_NOWAIT", 2},
    {"UV_RUN_ONCE", 1},
    {"VIDIOC_DQBUF", 0xc0585611},
    {"ZMQ_DONTWAIT", 1},
};

static bool one_flag(const char *name, size_t length, int64_t *value) {
  for (size_t i = 0; i < sizeof flags / sizeof *flags; i++) {
    if (strncmp(flags[i].name, name, length) != 0 || flags[i].name[length]) continue;
    *value = flags[i].value;
    return true;
  }
  return false;
}

bool rule_flag_value(const char *name, int64_t *value) {
  int64_t bits = 0;
  for (const char *p = name;; p++) {
    size_t length = strcspn(p, "|");
    int64_t bit;
    if (!one_flag(p, length, &bit)) return false;
    bits |= bit;
    p += length;
    if (!*p) break;
  }
  *value = bits;
  return true;
}

/* A preloaded library that makes one kind of call fail: the n-th one, or all from the n-th on, over all
 * processes that are forked.
 *
 *   BLOCKSCAN_FAULT_FILE   a file of COUNTERS numbers of 8 bytes, zeros: how many calls of each kind there
 * were; the last one: that failed BLOCKSCAN_FAULT        KIND:N, or KIND:N+ for all from there on, or KIND:N!
 * to be killed there; without it calls are only counted BLOCKSCAN_FAULT_ONLY   the name of the program that
 * it is for; none: all
 *
 *   BLOCKSCAN_FAULT_SERVER  two descriptors, "IN,OUT": the program, loaded but not begun, waits for lines
 * "FAULT<tab>FOLDER<tab>FILE", begins in a child of its own for each, with FOLDER as its working directory
 * and its output in FOLDER/stdout and FOLDER/stderr, and says the child's id and, when it has ended, its
 * status. Most of the time of a short run is the loading of libLLVM, which is done once then.
 *
 * Counted are also SQLite's transactions that were acknowledged, and how many rows a table of stalls had
 * then.
 *
 * Counted are calls of the program and of its libraries, but for allocations of libclang, of LLVM and of the
 * C++ library, which end the process when they fail (a worker that died is another test's subject), and of
 * libdw, which follows a null pointer of its own after one (intern_cu of elfutils 0.188). */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

enum kind {
  ALLOC,
  WRITE,
  SYNC,
  OPEN,
  MMAP,
  FORK,
  PIPE,
  READ,
  RENAME,
  TRUNCATE,
  THREAD,
  KINDS,
  STALLS = 13,
  COMMITS,
  FAILED,
  COUNTERS
};
static const char *const names[KINDS] = {"alloc", "write", "sync",   "open",     "mmap",  "fork",
                                         "pipe",  "read",  "rename", "truncate", "thread"};

static _Atomic uint64_t *counters;
static enum kind wanted = KINDS;
static uint64_t at;
static int sticky, kills;

static struct {
  uintptr_t start, end;
} excused[64];
static int nexcused;

static int excuse(struct dl_phdr_info *info, size_t size, void *unused) {
  (void)size, (void)unused;
  if (!strstr(info->dlpi_name, "libclang") && !strstr(info->dlpi_name, "libLLVM") &&
      !strstr(info->dlpi_name, "libstdc++") && !strstr(info->dlpi_name, "libdw"))
    return 0;
  for (int i = 0; i < info->dlpi_phnum && nexcused < 64; i++) {
    const ElfW(Phdr) *p = &info->dlpi_phdr[i];
    if (p->p_type != PT_LOAD || !(p->p_flags & PF_X)) continue;
    excused[nexcused].start = info->dlpi_addr + p->p_vaddr;
    excused[nexcused++].end = info->dlpi_addr + p->p_vaddr + p->p_memsz;
  }
  return 0;
}

static void take_fault(const char *fault) {
  for (int i = 0; fault && i < KINDS; i++) {
    size_t length = strlen(names[i]);
    if (strncmp(fault, names[i], length) != 0 || fault[length] != ':') continue;
    char *end;
    at = strtoull(fault + length + 1, &end, 10);
    sticky = *end == '+';
    kills = *end == '!';
    wanted = (enum kind)i;
  }
}

/* ---- one program, loaded once, begun many times ---- */

static int read_line(int fd, char *line, size_t size) {
  for (size_t length = 0; length + 1 < size;) {
    if (syscall(SYS_read, fd, line + length, 1) != 1) return 0;
    if (line[length] == '\n') {
      line[length] = 0;
      return 1;
    }
    length++;
  }
  return 0;
}

static void redirect(const char *folder, const char *name, int to) {
  char path[4096];
  snprintf(path, sizeof path, "%s/%s", folder, name);
  int fd = (int)syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
  if (fd < 0 || dup2(fd, to) < 0) _exit(125);
  syscall(SYS_close, fd);
}

static void begin_run(char *fault, char *folder, char *file) {
  setsid();
  redirect(folder, "stdout", STDOUT_FILENO);
  redirect(folder, "stderr", STDERR_FILENO);
  if (chdir(folder) != 0) _exit(125);
  unsetenv("BLOCKSCAN_FAULT_SERVER");
  setenv("BLOCKSCAN_FAULT", fault, 1);
  setenv("BLOCKSCAN_FAULT_FILE", file, 1);
}

/* Returns in a child that shall go on. */
static void serve(const char *ends) {
  int in, out;
  char line[8192];
  if (sscanf(ends, "%d,%d", &in, &out) != 2) return;
  while (read_line(in, line, sizeof line)) {
    char *folder = strchr(line, '\t'), *file = folder ? strchr(folder + 1, '\t') : NULL;
    if (!file) _exit(125);
    *folder++ = *file++ = 0;
    pid_t child = fork();
    if (child == 0) {
      syscall(SYS_close, in);
      syscall(SYS_close, out);
      begin_run(line, folder, file);
      return;
    }
    int status = 0;
    dprintf(out, "%d\n", child);
    waitpid(child, &status, 0);
    dprintf(out, "%d\n", status);
  }
  _exit(0);
}

__attribute__((constructor)) static void begin(void) {
  const char *only = getenv("BLOCKSCAN_FAULT_ONLY"), *server = getenv("BLOCKSCAN_FAULT_SERVER");
  if (only && strcmp(only, program_invocation_short_name) != 0) return;
  if (server) serve(server);
  const char *file = getenv("BLOCKSCAN_FAULT_FILE");
  if (!file) return;
  dl_iterate_phdr(excuse, NULL);
  take_fault(getenv("BLOCKSCAN_FAULT"));
  int fd = (int)syscall(SYS_openat, AT_FDCWD, file, O_RDWR | O_CLOEXEC);
  void *page =
      fd < 0 ? MAP_FAILED : (void *)syscall(SYS_mmap, NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (fd >= 0) syscall(SYS_close, fd);
  if (page != MAP_FAILED) counters = page;
}

static __thread int is_looking; /* what this library does itself is no call of the program */

static int fails(enum kind kind, int error) {
  if (!counters || is_looking) return 0;
  uint64_t n = atomic_fetch_add(&counters[kind], 1) + 1;
  if (kind != wanted || (sticky ? n < at : n != at)) return 0;
  atomic_fetch_add(&counters[FAILED], 1);
  if (kills) raise(SIGKILL);
  errno = error;
  return 1;
}

static int alloc_fails(const void *caller) {
  for (int i = 0; i < nexcused; i++)
    if ((uintptr_t)caller >= excused[i].start && (uintptr_t)caller < excused[i].end) return 0;
  return fails(ALLOC, ENOMEM);
}

/* glibc's own, which need no look-up that would allocate. */
extern void *__libc_malloc(size_t), *__libc_calloc(size_t, size_t), *__libc_realloc(void *, size_t),
    *__libc_memalign(size_t, size_t);

#define CALLER __builtin_return_address(0)
void *malloc(size_t size) { return alloc_fails(CALLER) ? NULL : __libc_malloc(size); }
void *calloc(size_t count, size_t size) { return alloc_fails(CALLER) ? NULL : __libc_calloc(count, size); }
void *realloc(void *old, size_t size) { return alloc_fails(CALLER) ? NULL : __libc_realloc(old, size); }
void *aligned_alloc(size_t align, size_t size) {
  return alloc_fails(CALLER) ? NULL : __libc_memalign(align, size);
}
int posix_memalign(void **out, size_t align, size_t size) {
  if (alloc_fails(CALLER)) return ENOMEM;
  *out = __libc_memalign(align, size);
  return *out ? 0 : ENOMEM;
}

/* The next definition of the function that stands here. */
#define NEXT(name) \
  static __typeof__(&name) next; \
  if (!next) next = (__typeof__(&name))dlsym(RTLD_NEXT, #name)
#define FAULTY(kind, error, failure, result, name, parameters, ...) \
  result name parameters { \
    NEXT(name); \
    return fails(kind, error) ? (failure) : next(__VA_ARGS__); \
  }

FAULTY(WRITE, ENOSPC, -1, ssize_t, write, (int fd, const void *bytes, size_t size), fd, bytes, size)
FAULTY(WRITE, ENOSPC, -1, ssize_t, writev, (int fd, const struct iovec *v, int count), fd, v, count)
FAULTY(WRITE, ENOSPC, -1, ssize_t, pwrite, (int fd, const void *bytes, size_t size, off_t to), fd, bytes,
       size, to)
FAULTY(WRITE, ENOSPC, -1, ssize_t, pwrite64, (int fd, const void *bytes, size_t size, off64_t to), fd, bytes,
       size, to)
FAULTY(READ, EIO, -1, ssize_t, read, (int fd, void *bytes, size_t size), fd, bytes, size)
FAULTY(READ, EIO, -1, ssize_t, pread, (int fd, void *bytes, size_t size, off_t from), fd, bytes, size, from)
FAULTY(READ, EIO, -1, ssize_t, pread64, (int fd, void *bytes, size_t size, off64_t from), fd, bytes, size,
       from)
FAULTY(SYNC, EIO, -1, int, fsync, (int fd), fd)
FAULTY(SYNC, EIO, -1, int, fdatasync, (int fd), fd)
FAULTY(RENAME, EIO, -1, int, rename, (const char *from, const char *to), from, to)
FAULTY(TRUNCATE, EIO, -1, int, ftruncate, (int fd, off_t size), fd, size)
FAULTY(TRUNCATE, EIO, -1, int, ftruncate64, (int fd, off64_t size), fd, size)
FAULTY(FORK, EAGAIN, -1, pid_t, fork, (void), )
FAULTY(PIPE, EMFILE, -1, int, pipe, (int ends[2]), ends)
FAULTY(PIPE, EMFILE, -1, int, pipe2, (int ends[2], int flags), ends, flags)
FAULTY(PIPE, EMFILE, -1, int, socketpair, (int domain, int type, int protocol, int ends[2]), domain, type,
       protocol, ends)
FAULTY(PIPE, EMFILE, -1, int, memfd_create, (const char *name, unsigned flags), name, flags)
FAULTY(OPEN, EMFILE, NULL, FILE *, fopen, (const char *path, const char *mode), path, mode)
FAULTY(OPEN, EMFILE, NULL, FILE *, fopen64, (const char *path, const char *mode), path, mode)
FAULTY(OPEN, EMFILE, NULL, DIR *, opendir, (const char *path), path)
FAULTY(OPEN, EMFILE, -1, int, mkostemp, (char *path, int flags), path, flags)
FAULTY(OPEN, EMFILE, -1, int, mkostemp64, (char *path, int flags), path, flags)
FAULTY(MMAP, ENOMEM, MAP_FAILED, void *, mmap,
       (void *to, size_t size, int protection, int flags, int fd, off_t from), to, size, protection, flags,
       fd, from)
FAULTY(MMAP, ENOMEM, MAP_FAILED, void *, mmap64,
       (void *to, size_t size, int protection, int flags, int fd, off64_t from), to, size, protection, flags,
       fd, from)
FAULTY(THREAD, EAGAIN, EAGAIN, int, pthread_create,
       (pthread_t * thread, const pthread_attr_t *how, void *(*run)(void *), void *with), thread, how, run,
       with)

/* The mode is there when the file is made. */
#define MODE(last) \
  va_list more; \
  va_start(more, last); \
  mode_t mode = (flags & (O_CREAT | __O_TMPFILE)) ? va_arg(more, mode_t) : 0; \
  va_end(more)
#define FAULTY_OPEN(name) \
  int name(const char *path, int flags, ...) { \
    NEXT(name); \
    MODE(flags); \
    return fails(OPEN, EMFILE) ? -1 : next(path, flags, mode); \
  }
#define FAULTY_OPENAT(name) \
  int name(int folder, const char *path, int flags, ...) { \
    NEXT(name); \
    MODE(flags); \
    return fails(OPEN, EMFILE) ? -1 : next(folder, path, flags, mode); \
  }
FAULTY_OPEN(open)
FAULTY_OPEN(open64)
FAULTY_OPENAT(openat)
FAULTY_OPENAT(openat64)

/* Of SQLite, which is not a library of every program that has this one. */
struct sqlite3;
typedef int visitor(void *, int, char **, char **);
int sqlite3_exec(struct sqlite3 *db, const char *sql, visitor *visit, void *to, char **error);

static int take_count(void *unused, int columns, char **values, char **names_of_columns) {
  (void)unused, (void)names_of_columns;
  if (columns == 1 && values[0]) atomic_store(&counters[STALLS], strtoull(values[0], NULL, 10));
  return 0;
}

int sqlite3_exec(struct sqlite3 *db, const char *sql, visitor *visit, void *to, char **error) {
  NEXT(sqlite3_exec);
  int status = next(db, sql, visit, to, error);
  if (status || !counters || strcmp(sql, "COMMIT") != 0) return status;
  is_looking = 1;
  next(db, "SELECT count(*) FROM stalls WHERE duration_ns > 39000000", take_count, NULL, NULL);
  is_looking = 0;
  atomic_fetch_add(&counters[COMMITS], 1);
  return status;
}

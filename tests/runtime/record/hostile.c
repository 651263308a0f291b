/* Programs that mean harm to the recorder, or to what it watches beside them: what tests/cli/record-hostile.sh records.
 *
 *   hostile leak            a loop with a secret on its stack; a child by fork, and one by exec as another user, look for
 *                           it in all memory and all descriptors that they got
 *   hostile scribble SEED   one process writes random bytes over its own shared memory for a second; another one beside
 *                           it has a loop that is held twice
 *   hostile offers          a child offers the recorder all kinds of nonsense over the socket that it inherited
 */
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { DESCRIPTORS = 2048, MS = 1000000 };

static void rest(unsigned ms) { nanosleep(&(struct timespec){ms / 1000, (long)(ms % 1000) * MS}, NULL); }

/* The good loop: 40 waits, held for 60 ms in two of them. */
static void hold(void) { rest(60); }
static void run_loop(void) {
  struct epoll_event event;
  int set = epoll_create1(EPOLL_CLOEXEC);
  for (int i = 0; i < 40; i++) {
    epoll_wait(set, &event, 1, 5);
    if (i == 15 || i == 30) hold();
  }
  close(set);
}

/* ---- leak ---- */

static char pattern[] = "SECRET-0123456789-abcdefghij-SECRET"; /* never as a whole in a child: see below */

static int holds_secret(const char *bytes, size_t length) {
  return memmem(bytes, length, pattern, sizeof pattern - 1) != NULL;
}

/* The shared mappings of the process, without the one that the library may have made for it: "own" there counts as its
 * own when nothing of the parent is in it. */
static unsigned look_in_mappings(void) {
  unsigned found = 0;
  char line[512];
  FILE *maps = fopen("/proc/self/maps", "r");
  while (maps && fgets(line, sizeof line, maps)) {
    unsigned long start, end;
    char access[5];
    if (sscanf(line, "%lx-%lx %4s", &start, &end, access) != 3 || access[0] != 'r' || access[3] != 's') continue;
    if (strstr(line, "memfd:blockscan")) found += holds_secret((const char *)start, end - start);
  }
  if (maps) fclose(maps);
  return found;
}

static unsigned look_in_descriptors(void) {
  unsigned found = 0;
  for (int fd = 3; fd < DESCRIPTORS; fd++) {
    struct stat st;
    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) || !st.st_size) continue;
    const char *bytes = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_SHARED, fd, 0);
    if (bytes == MAP_FAILED) continue;
    found += holds_secret(bytes, (size_t)st.st_size);
    munmap((void *)bytes, (size_t)st.st_size);
  }
  return found;
}

static unsigned count_memory(void) {
  unsigned count = 0;
  for (int fd = 3; fd < DESCRIPTORS; fd++) {
    char link[64], name[64] = "";
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    if (readlink(link, name, sizeof name - 1) > 0 && !strncmp(name, "/memfd:", 7)) count++;
  }
  return count;
}

static int helper(const char *mask) {
  for (size_t i = 0; i < sizeof pattern - 1; i++) pattern[i] = (char)(mask[i] ^ 1);
  printf("exec: memory %u, secrets %u\n", count_memory(), look_in_mappings() + look_in_descriptors());
  return 0;
}

static int leak(char *self) {
  char secret[sizeof pattern], mask[sizeof pattern] = "";
  memcpy(secret, pattern, sizeof secret);
  for (size_t i = 0; i < sizeof pattern - 1; i++) mask[i] = (char)(pattern[i] ^ 1);
  __asm__ volatile("" ::"r"(secret) : "memory");
  run_loop(); /* its new places have their stacks copied */
  fflush(stdout);
  if (fork() == 0) {
    printf("fork: memory %u, secrets %u\n", count_memory(), look_in_mappings() + look_in_descriptors());
    fflush(stdout);
    _exit(0);
  }
  wait(NULL);
  if (fork() == 0) {
    if (getuid() == 0 && (setgid(65534) != 0 || setuid(65534) != 0)) _exit(1);
    execl("/proc/self/exe", self, "helper", mask, NULL);
    _exit(1);
  }
  wait(NULL);
  __asm__ volatile("" ::"r"(secret) : "memory");
  return 0;
}

/* ---- scribble ---- */

static uint64_t state;
static uint64_t next_random(void) {
  state ^= state << 13;
  state ^= state >> 7;
  return state ^= state << 17;
}

static int scribble(const char *seed) {
  unsigned long start = 0, end = 0;
  char line[512];
  pid_t good = fork();
  if (good == 0) {
    run_loop();
    fflush(stdout);
    _exit(0);
  }
  for (int i = 0; i < 3; i++) poll(NULL, 0, 1); /* a loop like any other, at first */
  FILE *maps = fopen("/proc/self/maps", "r");
  while (maps && fgets(line, sizeof line, maps))
    if (strstr(line, "memfd:blockscan") && sscanf(line, "%lx-%lx", &start, &end) == 2) break;
  if (maps) fclose(maps);
  if (!start) return 1;
  state = strtoull(seed, NULL, 10) * 0x9e3779b97f4a7c15 + 1;
  time_t until = time(NULL) + 2;
  /* Where it hurts most: the head and the first slots that are taken, then anywhere. */
  while (time(NULL) < until) {
    for (int i = 0; i < 20000; i++) {
      uint64_t r = next_random(), room = r & 7 ? (end - start) : 16384;
      char *at = (char *)start + (next_random() % (room - 8) & ~UINT64_C(7));
      uint64_t value = next_random();
      if (r & 8) value &= 0xff;
      if (r & 16) value = value & 1 ? UINT64_MAX : 0;
      memcpy(at, &value, r & 32 ? 8 : 1);
    }
    if (next_random() % 4 == 0) poll(NULL, 0, 1);
  }
  waitpid(good, NULL, 0);
  printf("scribbled\n");
  fflush(stdout);
  _exit(0);
}

/* ---- offers ---- */

static int find_socket(void) {
  const char *text = getenv("BLOCKSCAN_RECORD");
  return text ? atoi(text) : -1;
}

static void offer(int to, const int *fds, size_t count, size_t length) {
  char bytes[64] = "";
  union {
    struct cmsghdr align;
    char bytes[CMSG_SPACE(16 * sizeof(int))];
  } control = {0};
  struct iovec text = {bytes, length};
  struct msghdr message = {.msg_iov = &text, .msg_iovlen = 1};
  if (count) {
    message.msg_control = control.bytes;
    message.msg_controllen = CMSG_SPACE(count * sizeof(int));
    struct cmsghdr *c = CMSG_FIRSTHDR(&message);
    c->cmsg_level = SOL_SOCKET;
    c->cmsg_type = SCM_RIGHTS;
    c->cmsg_len = CMSG_LEN(count * sizeof(int));
    memcpy(CMSG_DATA(c), fds, count * sizeof(int));
  }
  sendmsg(to, &message, MSG_NOSIGNAL);
}

static int memory_of(off_t size, int seals) {
  int fd = memfd_create("blockscan", MFD_ALLOW_SEALING);
  if (ftruncate(fd, size) != 0 || fcntl(fd, F_ADD_SEALS, seals) != 0) abort();
  return fd;
}

/* The size of the memory that the library made for this process. */
static off_t right_size(void) {
  char line[512];
  unsigned long start = 0, end = 0;
  FILE *maps = fopen("/proc/self/maps", "r");
  while (maps && fgets(line, sizeof line, maps))
    if (strstr(line, "memfd:blockscan") && sscanf(line, "%lx-%lx", &start, &end) == 2) break;
  if (maps) fclose(maps);
  return (off_t)(end - start);
}

static int offers(void) {
  const int to = find_socket(), sealed = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL;
  const off_t size = right_size();
  if (to < 0 || !size) return 1;
  pid_t child = fork();
  if (child == 0) {
    int fds[16];
    for (int i = 0; i < 16; i++) fds[i] = open("/dev/null", O_RDONLY);
    const int memories[] = {memory_of(size, 0), memory_of(size / 2, sealed), memory_of(size, sealed), memory_of(0, sealed)};
    for (int round = 0; round < 100; round++) {
      offer(to, NULL, 0, 1);
      offer(to, NULL, 0, 0);
      offer(to, fds, 1, 64);
      offer(to, fds, 16, 1);
      for (int i = 0; i < 4; i++) offer(to, &memories[i], 1, 1);
      offer(to, &to, 1, 1); /* the socket itself */
    }
    shutdown(to, SHUT_RDWR); /* for all who have it */
    _exit(0);
  }
  run_loop();
  waitpid(child, NULL, 0);
  return 0;
}

int main(int count, char **arguments) {
  const char *kind = count > 1 ? arguments[1] : "";
  if (!strcmp(kind, "helper") && count > 2) return helper(arguments[2]);
  if (!strcmp(kind, "leak")) return leak(arguments[0]);
  if (!strcmp(kind, "scribble") && count > 2) return scribble(arguments[2]);
  if (!strcmp(kind, "offers")) return offers();
  return 2;
}

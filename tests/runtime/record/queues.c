/* Loops that wait for signals or for messages of System V or POSIX: what tests/cli/record-queues.sh watches.
 *
 *   queues sigwait|sigwaitinfo|sigtimedwait|msgrcv|mq_receive|mq_timedreceive
 * serves 12 of them; the 8th holds the loop for 60 ms
 */
#include <fcntl.h>
#include <mqueue.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

enum { SERVED = 12, HELD = 8 };
static const char *kind;
static sigset_t set;
static int queue;
static mqd_t posix = -1;
static pthread_t server;

static void *send_all(void *unused) {
  const struct {
    long type;
    char text[1];
  } message = {1, "x"};
  for (int i = 0; i < SERVED; i++) {
    usleep(8000);
    if (!strcmp(kind, "msgrcv"))
      msgsnd(queue, &message, 1, 0);
    else if (posix >= 0)
      mq_send(posix, "x", 1, 0);
    else
      pthread_kill(server, SIGUSR1);
  }
  return unused;
}

__attribute__((noinline)) static void handle(int number) {
  if (number == HELD) usleep(60000);
  __asm__("");
}

__attribute__((noinline)) static void receive(void) {
  static const struct timespec second = {1, 0};
  struct {
    long type;
    char text[1];
  } message;
  int number;
  if (!strcmp(kind, "sigwait")) sigwait(&set, &number);
  if (!strcmp(kind, "sigwaitinfo")) sigwaitinfo(&set, NULL);
  if (!strcmp(kind, "sigtimedwait")) sigtimedwait(&set, NULL, &second);
  char byte;
  if (!strcmp(kind, "mq_receive") && mq_receive(posix, &byte, 1, NULL) < 0) exit(1);
  if (!strcmp(kind, "mq_timedreceive")) {
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += 10;
    if (mq_timedreceive(posix, &byte, 1, NULL, &until) < 0) exit(1);
  }
  if (!strcmp(kind, "msgrcv") && msgrcv(queue, &message, 1, 0, 0) < 0) exit(1);
}

int main(int count, char **arguments) {
  pthread_t sender;
  kind = arguments[count - 1];
  sigemptyset(&set);
  sigaddset(&set, SIGUSR1);
  pthread_sigmask(SIG_BLOCK, &set, NULL);
  queue = msgget(IPC_PRIVATE, 0600);
  if (!strncmp(kind, "mq_", 3)) {
    char name[32];
    struct mq_attr attributes = {.mq_maxmsg = 10, .mq_msgsize = 1};
    snprintf(name, sizeof name, "/blockscan-%d", (int)getpid());
    posix = mq_open(name, O_CREAT | O_EXCL | O_RDWR, 0600, &attributes);
    if (posix < 0) return 77;
    mq_unlink(name);
  }
  server = pthread_self();
  pthread_create(&sender, NULL, send_all, NULL);
  /* Signals that come while the 8th is handled are one. */
  int served = strstr(kind, "sig") ? HELD + 1 : SERVED;
  for (int i = 1; i <= served; i++) {
    receive();
    handle(i);
  }
  pthread_join(sender, NULL);
  msgctl(queue, IPC_RMID, NULL);
  return 0;
}

/* Loops that wait for signals or for messages of System V: what tests/cli/record-queues.sh watches.
 *
 *   queues sigwait|sigwaitinfo|sigtimedwait|msgrcv   serves 12 of them; the 8th holds the loop for 60 ms
 */
#include <pthread.h>
#include <signal.h>
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
  if (!strcmp(kind, "msgrcv") && msgrcv(queue, &message, 1, 0, 0) < 0) exit(1);
}

int main(int count, char **arguments) {
  pthread_t sender;
  kind = arguments[count - 1];
  sigemptyset(&set);
  sigaddset(&set, SIGUSR1);
  pthread_sigmask(SIG_BLOCK, &set, NULL);
  queue = msgget(IPC_PRIVATE, 0600);
  server = pthread_self();
  pthread_create(&sender, NULL, send_all, NULL);
  /* Signals that come while the 8th is handled are one. */
  int served = strcmp(kind, "msgrcv") ? HELD + 1 : SERVED;
  for (int i = 1; i <= served; i++) {
    receive();
    handle(i);
  }
  pthread_join(sender, NULL);
  msgctl(queue, IPC_RMID, NULL);
  return 0;
}

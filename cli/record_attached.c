/* `blockscan record --attach PID`: the recorder that a program starts by bs_runtime_start(). It has the
 * shared memory and a socket from the program, tells it over the socket that it watches or why it cannot, and
 * ends with it or when it is told to. */
#include "cli/record.h"

#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { MEMORY_FD = 3, CONTROL_FD = 4 /* as runtime-check/preload/start.c hands them down */ };

static void send_text(const char *text) { send(CONTROL_FD, text, strlen(text), MSG_NOSIGNAL); }

static bool open_store(recording *r, const record_options *o, bs_error *error) {
  if (!o->file) return true;
  struct timespec t;
  const char *const command[] = {r->processes.items[0].executable, NULL};
  r->store = store_create(o->file, error);
  if (!r->store) return false;
  clock_gettime(CLOCK_REALTIME, &t);
  r->session =
      store_session(r->store, command, (int64_t)t.tv_sec * 1000000000 + t.tv_nsec, r->options.threshold_ns);
  return true;
}

static void finish(recording *r) {
  if (!r->store) return;
  verdict v;
  verdict_init(&v, r);
  recording_flush(r, true);
  verdict_store(&v);
  store_symbolise(r->store, r->symbols);
  store_close(r->store);
  verdict_fini(&v);
}

int record_attached(const record_options *o) {
  recording r = {.memory = -1, .control = -1};
  record_knowledge knowledge;
  bs_error error = BS_ERROR_INIT;
  bs_arena arena = {0};
  int code = EXIT_ERROR, signals = -1;
  if (!record_knowledge_open(&knowledge, o, &error) ||
      !recording_join(&r, &o->recording, o->attach, MEMORY_FD, CONTROL_FD, &error) ||
      !open_store(&r, o, &error))
    goto out;
  signals = program_signals(&r, &error);
  if (signals < 0) goto out;
  send_text(bs_arena_printf(&arena, "R%d", (int)getpid()));
  watch(&r, signals);
  close(signals);
  char word; /* an unread one would be an error to the program's side */
  while (recv(CONTROL_FD, &word, sizeof word, MSG_DONTWAIT) > 0) {
  }
  finish(&r);
  send_text("D");
  code = 0;
out:
  if (bs_error_is_set(&error)) send_text(bs_arena_printf(&arena, "E%s", error.text.text));
  bs_arena_fini(&arena);
  recording_fini(&r);
  record_knowledge_close(&knowledge);
  bs_error_fini(&error);
  return code;
}

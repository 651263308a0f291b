/* `blockscan record --attach PID`: the recorder that a program starts by bs_runtime_start(). It has the
 * shared memory and a socket from the program, says over the socket that it watches or why it cannot, and
 * ends with the program or when it is asked to (runtime-check/shared/attach.h). */
#include "cli/record.h"

#include "runtime-check/collect/clock.h"
#include "runtime-check/shared/attach.h"

#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static void tell(enum attach_message message, const char *text) {
  bs_strbuf bytes = BS_STRBUF_INIT;
  bs_strbuf_addf(&bytes, "%c%s", message, text);
  send(ATTACH_CONTROL_FD, bytes.text, bytes.length, MSG_NOSIGNAL);
  bs_strbuf_fini(&bytes);
}

static bool open_store(recording *r, const record_options *o, bs_error *error) {
  if (!o->file) return true;
  struct timespec t;
  const char *const command[] = {r->processes.items[0].executable, NULL};
  r->store = store_create(o->file, error);
  if (!r->store) return false;
  clock_gettime(CLOCK_REALTIME, &t);
  r->session =
      store_session(r->store, command, (int64_t)t.tv_sec * 1000000000 + t.tv_nsec, r->options.threshold_ns);
  store_flush(r->store);
  return !store_error(r->store) || bs_error_set(error, "cannot begin a recording: %s", store_error(r->store));
}

static void finish(recording *r) {
  if (!r->store) return;
  account v;
  account_init(&v, r);
  recording_store(r, &v);
  store_close(r->store);
  account_fini(&v);
}

int record_attached(const record_options *o) {
  recording r = {.offers = -1, .handed_down = -1, .control = -1};
  static const recording_ends ends = {ATTACH_MEMORY_FD, ATTACH_CONTROL_FD, ATTACH_OFFERS_FD};
  record_knowledge knowledge = {0};
  bs_error error = BS_ERROR_INIT;
  bs_arena arena = {0};
  int code = EXIT_ERROR, signals = -1;
  if (!clock_check(&error) || !record_knowledge_open(&knowledge, o, &error) ||
      !recording_join(&r, &o->recording, o->attach, &ends, &error) || !open_store(&r, o, &error))
    goto out;
  signals = launch_signals(&r, &error);
  if (signals < 0) goto out;
  tell(ATTACH_READY, bs_arena_printf(&arena, "%d", (int)getpid()));
  watch(&r, signals);
  close(signals);
  char word; /* an unread one would be an error to the program's side */
  while (recv(ATTACH_CONTROL_FD, &word, sizeof word, MSG_DONTWAIT) > 0) {
  }
  finish(&r);
  tell(ATTACH_DONE, "");
  code = 0;
out:
  if (bs_error_is_set(&error)) tell(ATTACH_FAILED, error.text.text);
  bs_arena_fini(&arena);
  recording_fini(&r);
  record_knowledge_close(&knowledge);
  bs_error_fini(&error);
  return code;
}

# A recording has one document: the one that `record` makes when the program has ended and the one that `report` makes of its file are the
# same bytes, in every format, for libuv, GLib and a loop of the program's own, with and without rules of the project. Text and JUnit of
# `record` also tell of the run (how it ended, its bounds), which no file knows; what they say of the recording is what the document says.
set -eu
. "$(dirname "$0")/record-helpers"
cd "$TMP"
cat >work.h <<'END_C'
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
static int rounds;
static void keep(const char *name) {
  int fd = open(name, O_CREAT | O_WRONLY, 0600);
  if (write(fd, "x", 1) != 1) abort();
  fsync(fd);
  usleep(22000);
  close(fd);
}
static void count(void) { for (volatile long i = 0; i < 20000000; i++) {} }
static int work(void) {
  if (rounds % 3 == 0) usleep(25000);
  if (rounds % 3 == 1) keep("kept");
  if (rounds % 3 == 2) count();
  return ++rounds < 9;
}
END_C
cat >own.c <<'END_C'
#include "work.h"
#include <sys/epoll.h>
#include <sys/timerfd.h>
typedef struct watch { int fd; void (*ready)(struct watch *); } watch;
static void on_tick(watch *w) {
  unsigned long long n;
  if (read(w->fd, &n, sizeof n) == sizeof n) work();
}
int main(void) {
  const struct itimerspec often = {{0, 5000000}, {0, 5000000}};
  watch w = {timerfd_create(CLOCK_MONOTONIC, 0), on_tick};
  struct epoll_event e = {.events = EPOLLIN, .data.ptr = &w};
  int set = epoll_create1(0);
  timerfd_settime(w.fd, 0, &often, NULL);
  epoll_ctl(set, EPOLL_CTL_ADD, w.fd, &e);
  while (rounds < 9)
    if (epoll_wait(set, &e, 1, -1) == 1) ((watch *)e.data.ptr)->ready(e.data.ptr);
}
END_C
cat >libuv.c <<'END_C'
#include "work.h"
#include <uv.h>
static void on_tick(uv_timer_t *t) { if (!work()) uv_timer_stop(t); }
int main(void) {
  uv_timer_t t;
  uv_timer_init(uv_default_loop(), &t);
  uv_timer_start(&t, on_tick, 5, 5);
  return uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}
END_C
cat >glib.c <<'END_C'
#include "work.h"
#include <glib.h>
static gboolean on_tick(gpointer loop) {
  if (work()) return TRUE;
  g_main_loop_quit(loop);
  return FALSE;
}
int main(void) {
  GMainLoop *loop = g_main_loop_new(NULL, FALSE);
  g_timeout_add(5, on_tick, loop);
  g_main_loop_run(loop);
}
END_C
cat >mine.json <<'END_J'
{"kind": "blocking", "rules": [{"id": "sleep.usleep", "functions": ["usleep"], "category": "sleep", "latency": "seconds",
 "message": "OURS", "manual": "x", "advice": {"any": "MINE"},
 "examples": {"declare": "int usleep(unsigned);", "blocks": "usleep(1);", "offloaded": true}}]}
END_J

# same PROGRAM: what is made at once and what is made of the file.
formats='json html sarif markdown gitlab github rdjsonl speedscope folded dot'
same() {
  for format in $formats text junit; do set -- "$@" --output "$format=live.$format"; done
  program=$1
  shift
  "$BLOCKSCAN" record --threshold 10ms -o stalls.db "$@" -- "./$program" 2>err || fail "$program: record"
  mkdir -p file
  for format in $formats; do
    "$BLOCKSCAN" report -q --runtime stalls.db --output "$format=file/$format" 2>err || [ $? = 1 ] || fail "$program: report"
    cmp "live.$format" "file/$format" || fail "$program: two documents as $format"
  done
  grep -q "^$(jq .recording.stalls live.json) stalls in 1 loop" live.text || fail "$program: the text counts other stalls"
  iterations=$(jq '.loops[0].iterations' live.json)
  grep -q ": $iterations iterations, .* $(jq '.loops[0].stalls' live.json) stalls$" live.text || fail "$program: the text tells of another loop"
  jq -r '.stalls[0] | (.callback, .api) | strings' live.json | while read -r name; do
    grep -qF "$name" live.text || fail "$program: the text of the longest stall lacks $name"
  done
  seconds=$(jq -r '.recording.duration_ms / 1000' live.json)
  grep -q "name=\"blockscan record\" .*time=\"$(printf %.3f "$seconds")\"" live.junit || fail "$program: JUnit tells of another time"
  cp live.json report.json
  holds '[.stalls[] | select(.duration_ms >= 24)] | length >= 3'
  holds '[.findings[] | select(.rule == "sleep.usleep")] | length >= 1'
}

for program in own libuv glib; do
  case $program in
  libuv) needs=libuv ;;
  glib) needs=glib-2.0 ;;
  *) needs= ;;
  esac
  [ -z "$needs" ] || pkg-config --exists $needs || continue
  # shellcheck disable=SC2046 # words
  cc -g -O1 -fno-optimize-sibling-calls -o $program $program.c ${needs:+$(pkg-config --cflags --libs $needs)}
  rm -f .blockscan.yaml
  same $program
  holds '[.findings[] | select(.rule == "sleep.usleep")]| all(.advice != "MINE")'
  # A line is charged with what is called in it.
  holds '[.findings[] | select(.sink.line == 9)] | all(.rule == "disk.fsync")'

  printf 'rules: [mine.json]\nlevels:\n  disk.*: off\n' >.blockscan.yaml
  same $program
  holds '[.findings[] | select(.rule == "sleep.usleep")] | all(.advice == "MINE" and .manual == "x")'
  holds '[.findings[] | select(.rule | startswith("disk."))] | length == 0'
done

# The same rules by options, from another folder.
mkdir elsewhere
(cd elsewhere && "$BLOCKSCAN" record -q --root .. --config ../.blockscan.yaml --output json=live.json -- ../own) || fail "another folder"
jq -e '.findings[] | select(.rule == "sleep.usleep") | .advice == "MINE" and .sink.file == "work.h"' elsewhere/live.json >/dev/null ||
  fail "--root and --config"

# A wrong configuration is told before the program runs.
printf 'levels:\n  no.such: off\n' >.blockscan.yaml
code=0
"$BLOCKSCAN" record -- sh -c 'echo ran' >out 2>err || code=$?
[ "$code" = 2 ] && [ ! -s out ] || fail "a wrong configuration: exit code $code"
grep -q "there is no rule 'no.such'" err || fail "a wrong configuration is not told"

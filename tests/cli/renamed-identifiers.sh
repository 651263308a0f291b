# Names say nothing: a small server whose every identifier is renamed gets the same findings at the same places.
set -eu
. "$(dirname "$0")/helpers"
mkdir -p "$TMP/told" "$TMP/mute"
cat >"$TMP/told/server.c" <<'END'
#include <netdb.h>
#include <sys/epoll.h>
#include <stdlib.h>
#include <unistd.h>

struct connection;
typedef void read_handler(struct connection *connection);
struct connection {
  int socket;
  read_handler *on_read;
  read_handler *on_close;
};
struct command {
  const char *name;
  read_handler *run;
};
static int event_loop, log_file;

static void write_log(int level) {
  if (level > 2) fsync(log_file);
}
static void run_lookup(struct connection *connection) {
  struct addrinfo *address;
  if (getaddrinfo("peer.example", "80", NULL, &address)) connection->on_close(connection);
}
static void run_pause(struct connection *connection) {
  (void)connection;
  sleep(3);
}
static const struct command commands[] = {{"lookup", run_lookup}, {"pause", run_pause}};

static void handle_read(struct connection *connection) {
  for (unsigned i = 0; i < 2; i++) commands[i].run(connection);
}
static void handle_close(struct connection *connection) {
  write_log(connection->socket);
  free(connection);
}
static void add_connection(int socket) {
  struct connection *connection = calloc(1, sizeof *connection);
  struct epoll_event wanted = {EPOLLIN, {.ptr = connection}};
  connection->on_read = handle_read;
  connection->on_close = handle_close;
  epoll_ctl(event_loop, EPOLL_CTL_ADD, socket, &wanted);
}
static int poll_events(struct epoll_event *found) { return epoll_wait(event_loop, found, 16, 1000); }
static void process_events(void) {
  struct epoll_event found[16];
  int count = poll_events(found);
  for (int i = 0; i < count; i++) {
    struct connection *connection = found[i].data.ptr;
    connection->on_read(connection);
  }
}
int main(void) {
  event_loop = epoll_create1(0);
  sleep(1);
  add_connection(0);
  for (;;) process_events();
}
END
cp "$TMP/told/server.c" "$TMP/mute/server.c"
number=0
for name in connection read_handler on_read on_close command commands event_loop log_file write_log level run_lookup run_pause \
  handle_read handle_close add_connection poll_events process_events found count wanted address run; do
  number=$((number + 1))
  sed -i "s/\\b$name\\b/x$number/g" "$TMP/mute/server.c"
done
for kind in told mute; do
  cd "$TMP/$kind"
  echo '[{"directory": ".", "file": "server.c", "arguments": ["cc", "-c", "server.c"]}]' >compile_commands.json
  "$BLOCKSCAN" scan -q --no-cache --output json=report.json || [ $? = 1 ]
  jq -r '.findings[] | [.rule, .severity, .confidence, .sink.line, (.entries | length), (.entries[0].path | length)] | @tsv' \
    report.json >findings
done
[ "$(wc -l <"$TMP/told/findings")" = 3 ] || { cat "$TMP/told/findings"; fail "not three findings"; }
diff -u "$TMP/told/findings" "$TMP/mute/findings" || fail "the names decide"

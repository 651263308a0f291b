/* What an earlier call says of an object bounds the later ones on it: a transfer of 0.2 s is a warning, one of 10 s
 * an error; 0 is no limit, and the limit of another object counts for nothing. */
#include <sys/socket.h>
#include <sys/time.h>
#include <stddef.h>

typedef struct uv_timer_s uv_timer_t;
int uv_timer_start(uv_timer_t *, void (*)(uv_timer_t *), unsigned long, unsigned long);
void *curl_easy_init(void);
int curl_easy_setopt(void *curl, int option, ...);
int curl_easy_perform(void *curl);
typedef struct MYSQL MYSQL;
MYSQL *mysql_init(MYSQL *);
int mysql_options(MYSQL *, int option, const void *value);
int mysql_query(MYSQL *, const char *);
int redisSetTimeout(void *c, struct timeval tv);
void *redisConnect(const char *host, int port);
void *redisCommand(void *c, const char *format, ...);
void *PQconnectdb(const char *);
void *zmq_socket(void *, int);
int zmq_setsockopt(void *, int, const void *, size_t);
int zmq_recv(void *, void *, size_t, int);
int zmq_send(void *, const void *, size_t, int);

static void short_transfer(void) {
  void *c = curl_easy_init();
  curl_easy_setopt(c, 155, 200L); /* CURLOPT_TIMEOUT_MS */
  curl_easy_perform(c); // expect: warning libcurl.perform certain path: on_timer > short_transfer loop: libuv role: timer
}

static void long_transfer(void) {
  void *c = curl_easy_init();
  curl_easy_setopt(c, 13, 10L); /* CURLOPT_TIMEOUT */
  curl_easy_perform(c); // expect: error libcurl.perform certain path: on_timer > long_transfer loop: libuv role: timer
}

static void unlimited_transfer(void) {
  void *c = curl_easy_init();
  curl_easy_setopt(c, 155, 0L);
  curl_easy_perform(c); // expect: error libcurl.perform certain path: on_timer > unlimited_transfer loop: libuv role: timer
}

static void *kept;
static void set_up(void) {
  kept = curl_easy_init();
  curl_easy_setopt(kept, 155, 100L);
}
static void kept_transfer(void) { curl_easy_perform(kept); } // expect: warning libcurl.perform certain path: on_timer > kept_transfer loop: libuv role: timer

struct client {
  void *redis;
  MYSQL *db;
};
static struct client client;
static void connect_all(struct client *c) {
  static const unsigned seconds = 30;
  c->redis = redisConnect("::1", 6379);
  redisSetTimeout(c->redis, (struct timeval){0, 50000});
  c->db = mysql_init(NULL);
  mysql_options(c->db, 11, &seconds);
}
static void ask_all(struct client *c) {
  redisCommand(c->redis, "PING"); // expect: warning hiredis.command certain path: on_timer > ask_all loop: libuv role: timer
  mysql_query(c->db, "SELECT 1"); // expect: error mysql.query certain path: on_timer > ask_all loop: libuv role: timer
}

static void receive(void) {
  char byte;
  int fd = socket(AF_INET, SOCK_STREAM, 0), other = socket(AF_INET, SOCK_STREAM, 0);
  struct timeval quick = {.tv_sec = 0, .tv_usec = 20000};
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &quick, sizeof quick);
  recv(fd, &byte, 1, 0); // expect: warning network.recv certain path: on_timer > receive loop: libuv role: timer
  send(fd, &byte, 1, 0); // expect: error network.send certain path: on_timer > receive loop: libuv role: timer
  recv(other, &byte, 1, 0); // expect: error network.recv certain path: on_timer > receive loop: libuv role: timer
}

static void messages(void *context) {
  char byte;
  int milliseconds = 100;
  void *socket = zmq_socket(context, 3);
  zmq_setsockopt(socket, 27, &milliseconds, sizeof milliseconds); /* ZMQ_RCVTIMEO */
  zmq_recv(socket, &byte, 1, 0); // expect: warning zmq.message certain path: on_timer > messages loop: libuv role: timer
  zmq_send(socket, &byte, 1, 0); // expect: error zmq.message-send certain path: on_timer > messages loop: libuv role: timer
}

static void on_timer(uv_timer_t *timer) {
  (void)timer;
  short_transfer();
  long_transfer();
  unlimited_transfer();
  kept_transfer();
  ask_all(&client);
  receive();
  messages(timer);
  PQconnectdb("host=db connect_timeout=2"); // expect: error libpq.connect certain path: on_timer loop: libuv role: timer
}

int main(void);
int main(void) {
  uv_timer_t *timer = NULL;
  set_up();
  connect_all(&client);
  return uv_timer_start(timer, on_timer, 1, 0);
}

/* What the arguments say, in pairs: objects and times of libraries whose prototypes stand here. */
// flags: -w
#include <stddef.h>
#include <stdint.h>

typedef struct uv_timer_s uv_timer_t;
int uv_timer_start(uv_timer_t *, void (*)(uv_timer_t *), uint64_t, uint64_t);

struct L;
int uv_run(struct L *, int);
struct R;
int uv_fs_close(struct L *, struct R *, int, void (*)(struct R *));
struct addrinfo;
int uv_getaddrinfo(struct L *, struct R *, void (*)(void), const char *, const char *,
                   const struct addrinfo *);
int uv_try_write(void *, void *, unsigned);
int uv_mutex_trylock(void *);
int uv_sem_trywait(void *);
void uv_sem_wait(void *);
void uv_sleep(unsigned);
typedef struct xcb_connection_t xcb_connection_t;
void *xcb_poll_for_event(xcb_connection_t *);
void *xcb_wait_for_event(xcb_connection_t *);
typedef struct D Display;
int XPending(Display *);
int XNextEvent(Display *, void *);
int XEventsQueued(Display *, int);
int XCheckMaskEvent(Display *, long, void *);
typedef struct s *gnutls_session_t;
int gnutls_init(gnutls_session_t *, unsigned);
int gnutls_handshake(gnutls_session_t);
typedef struct {
  unsigned id;
} nng_socket;
int nng_recv(nng_socket, void *, void *, int);
int rd_kafka_poll(void *, int);
int rd_kafka_commit(void *, const void *, int);
int mosquitto_loop(void *, int, int);
int mosquitto_connect_async(void *, const char *, int, int);
typedef struct redisContext redisContext;
redisContext *redisConnectNonBlock(const char *, int);
int redisBufferWrite(redisContext *, int *);
redisContext *redisConnect(const char *, int);
int redisGetReply(redisContext *, void **);
int redisAppendCommand(void *, const char *, ...);
void *hid_open(unsigned short, unsigned short, const void *);
int hid_set_nonblocking(void *, int);
int hid_read(void *, unsigned char *, unsigned long);
struct timeval {
  long a, b;
};
int libusb_handle_events_timeout_completed(void *, struct timeval *, int *);
int libusb_bulk_transfer(void *, unsigned char, unsigned char *, int, int *, unsigned);
typedef struct p snd_pcm_t;
int snd_pcm_open(snd_pcm_t **, const char *, int, int);
long snd_pcm_writei(snd_pcm_t *, const void *, unsigned long);
typedef struct p pcap_t;
pcap_t *pcap_open_live(const char *, int, int, int, char *);
int pcap_setnonblock(pcap_t *, int, char *);
int pcap_dispatch(pcap_t *, int, void *, unsigned char *);
struct nl_sock;
struct nl_sock *nl_socket_alloc(void);
int nl_socket_set_nonblocking(struct nl_sock *);
int nl_recvmsgs_default(struct nl_sock *);
int sqlite3_step(void *);
int sqlite3_open(const char *, void **);
int sqlite3_prepare_v2(void *, const char *, int, void **, const char **);
int sqlite3_exec(void *, const char *, void *, void *, char **);
int gst_element_get_state(void *, int *, int *, unsigned long long);
int pa_mainloop_iterate(void *, int, int *);
int SDL_WaitEventTimeout(void *, int);
int SDL_PollEvent(void *);
int glClientWaitSync(void *, unsigned, unsigned long);
int mdb_txn_begin(void *, void *, unsigned, void **);
int mdb_txn_commit(void *);
int amqp_simple_wait_frame_noblock(void *, void *, const struct timeval *);
int apr_socket_create(void **, int, int, int, void *);
int apr_socket_timeout_set(void *, long);
int apr_socket_recv(void *, char *, unsigned long *);
int apr_socket_opt_set(void *, int, int);

static void on_uvrun_num(uv_timer_t *timer) {
  (void)timer;
  static struct L *l;
  uv_run(l, 2);
}

static void on_uvrun_once(uv_timer_t *timer) {
  (void)timer;
  static struct L *l;
  uv_run(l, 1); // expect: error libuv.run certain path: on_uvrun_once loop: libuv role: timer
}

static void on_uvfs_close_null(uv_timer_t *timer) {
  (void)timer;
  uv_fs_close(0, 0, 3, 0); // expect: warning libuv.fs-3 certain path: on_uvfs_close_null loop: libuv role: timer
}

static void on_uv_gai_null(uv_timer_t *timer) {
  (void)timer;
  uv_getaddrinfo(0, 0, 0, "a", "b", 0); // expect: error libuv.getaddrinfo certain path: on_uv_gai_null loop: libuv role: timer
}

static void on_uv_trywrite(uv_timer_t *timer) {
  (void)timer;
  uv_try_write(0, 0, 1);
}

static void on_uv_mutex_try(uv_timer_t *timer) {
  (void)timer;
  uv_mutex_trylock(0);
}

static void on_uv_sem_try(uv_timer_t *timer) {
  (void)timer;
  uv_sem_trywait(0);
}

static void on_uv_sem_wait(uv_timer_t *timer) {
  (void)timer;
  uv_sem_wait(0); // expect: error libuv.wait certain path: on_uv_sem_wait loop: libuv role: timer
}

static void on_uv_sleep0(uv_timer_t *timer) {
  (void)timer;
  uv_sleep(0);
}

static void on_xcb_poll(uv_timer_t *timer) {
  (void)timer;
  xcb_poll_for_event(0);
}

static void on_xcb_wait(uv_timer_t *timer) {
  (void)timer;
  xcb_wait_for_event(0); // expect: error wayland.x11-event certain path: on_xcb_wait loop: libuv role: timer
}

static void on_xpending_next(uv_timer_t *timer) {
  (void)timer;
  static Display *d;
  char e[192];
  while (XPending(d)) XNextEvent(d, e);
}

static void on_xnext(uv_timer_t *timer) {
  (void)timer;
  static Display *d;
  char e[192];
  XNextEvent(d, e); // expect: error wayland.x11-event certain path: on_xnext loop: libuv role: timer
}

static void on_xqueued(uv_timer_t *timer) {
  (void)timer;
  static Display *d;
  char e[192];
  if (XEventsQueued(d, 0) > 0) XNextEvent(d, e);
}

static void on_xcheck(uv_timer_t *timer) {
  (void)timer;
  static Display *d;
  char e[192];
  XCheckMaskEvent(d, 1, e);
}

static void on_gnutls_nb(uv_timer_t *timer) {
  (void)timer;
  gnutls_session_t s;
  gnutls_init(&s, (1 << 1) | (1 << 3));
  gnutls_handshake(s);
}

static void on_gnutls_b(uv_timer_t *timer) {
  (void)timer;
  gnutls_session_t s;
  gnutls_init(&s, 1 << 1);
  gnutls_handshake(s); // expect: error gnutls.handshake certain path: on_gnutls_b loop: libuv role: timer
}

static void on_nng_flag(uv_timer_t *timer) {
  (void)timer;
  static nng_socket s;
  nng_recv(s, 0, 0, 1 | 2);
}

static void on_nng_f(uv_timer_t *timer) {
  (void)timer;
  static nng_socket s;
  nng_recv(s, 0, 0, 1); // expect: error nng.message certain path: on_nng_f loop: libuv role: timer
}

static void on_kafka0(uv_timer_t *timer) {
  (void)timer;
  rd_kafka_poll(0, 0);
}

static void on_kafka_f(uv_timer_t *timer) {
  (void)timer;
  rd_kafka_poll(0, 100); // expect: warning rdkafka.poll certain path: on_kafka_f loop: libuv role: timer
}

static void on_kafka_commit_async(uv_timer_t *timer) {
  (void)timer;
  rd_kafka_commit(0, 0, 1);
}

static void on_kafka_commit(uv_timer_t *timer) {
  (void)timer;
  rd_kafka_commit(0, 0, 0); // expect: error rdkafka.commit certain path: on_kafka_commit loop: libuv role: timer
}

static void on_mosq_loop0(uv_timer_t *timer) {
  (void)timer;
  mosquitto_loop(0, 0, 1);
}

static void on_mosq_connect_async(uv_timer_t *timer) {
  (void)timer;
  mosquitto_connect_async(0, "h", 1, 1);
}

static void on_redis_nb(uv_timer_t *timer) {
  (void)timer;
  redisContext *c = redisConnectNonBlock("h", 1);
  int d;
  redisBufferWrite(c, &d);
}

static void on_redis_b(uv_timer_t *timer) {
  (void)timer;
  redisContext *c = redisConnect("127.0.0.1", 1); // expect: error hiredis.connect certain path: on_redis_b loop: libuv role: timer
  void *r;
  redisGetReply(c, &r); // expect: error hiredis.reply certain path: on_redis_b loop: libuv role: timer
}

static void on_redis_append(uv_timer_t *timer) {
  (void)timer;
  static void *c;
  redisAppendCommand(c, "GET x");
}

static void on_hid_nb(uv_timer_t *timer) {
  (void)timer;
  void *d = hid_open(1, 2, 0); // expect: warning hidapi.device certain path: on_hid_nb loop: libuv role: timer
  unsigned char b[9];
  hid_set_nonblocking(d, 1);
  hid_read(d, b, 9);
}

static void on_usb_to0(uv_timer_t *timer) {
  (void)timer;
  struct timeval t = {0, 0};
  libusb_handle_events_timeout_completed(0, &t, 0);
}

static void on_usb_bulk(uv_timer_t *timer) {
  (void)timer;
  libusb_bulk_transfer(0, 1, 0, 0, 0, 1000); // expect: error libusb.transfer certain path: on_usb_bulk loop: libuv role: timer
}

static void on_alsa_nb(uv_timer_t *timer) {
  (void)timer;
  snd_pcm_t *p;
  snd_pcm_open(&p, "d", 0, 1);
  snd_pcm_writei(p, 0, 9);
}

static void on_pcap_nb(uv_timer_t *timer) {
  (void)timer;
  char e[256];
  pcap_t *p = pcap_open_live("e", 9, 1, 9, e); // expect: warning libpcap.open certain path: on_pcap_nb loop: libuv role: timer
  pcap_setnonblock(p, 1, e);
  pcap_dispatch(p, 1, 0, 0);
}

static void on_nl_nb(uv_timer_t *timer) {
  (void)timer;
  struct nl_sock *s = nl_socket_alloc();
  nl_socket_set_nonblocking(s);
  nl_recvmsgs_default(s);
}

static void on_sqlite_busy0(uv_timer_t *timer) {
  (void)timer;
  void *db, *st;
  sqlite3_open("a.db", &db); // expect: warning sqlite.open certain path: on_sqlite_busy0 loop: libuv role: timer
  sqlite3_prepare_v2(db, "select 1", -1, &st, 0); // expect: note sqlite.prepare certain path: on_sqlite_busy0 loop: libuv role: timer
  sqlite3_step(st); // expect: warning sqlite.step certain path: on_sqlite_busy0 loop: libuv role: timer
}

static void on_sqlite_memory(uv_timer_t *timer) {
  (void)timer;
  void *d;
  sqlite3_open(":memory:", &d);
  sqlite3_exec(d, "x", 0, 0, 0);
}

static void on_gst_state_async(uv_timer_t *timer) {
  (void)timer;
  gst_element_get_state(0, 0, 0, 0);
}

static void on_gst_state_f(uv_timer_t *timer) {
  (void)timer;
  gst_element_get_state(0, 0, 0, (unsigned long long)-1); // expect: error gstreamer.state certain path: on_gst_state_f loop: libuv role: timer
}

static void on_pa_iter0(uv_timer_t *timer) {
  (void)timer;
  pa_mainloop_iterate(0, 0, 0);
}

static void on_sdl_ev0(uv_timer_t *timer) {
  (void)timer;
  SDL_WaitEventTimeout(0, 0);
}

static void on_sdl_poll(uv_timer_t *timer) {
  (void)timer;
  SDL_PollEvent(0);
}

static void on_fence0(uv_timer_t *timer) {
  (void)timer;
  glClientWaitSync(0, 0, 0);
}

static void on_lmdb_rdonly(uv_timer_t *timer) {
  (void)timer;
  void *t;
  mdb_txn_begin(0, 0, 0x20000, &t);
  mdb_txn_commit(t);
}

static void on_rabbit0(uv_timer_t *timer) {
  (void)timer;
  struct timeval t = {0, 0};
  amqp_simple_wait_frame_noblock(0, 0, &t);
}

static void on_apr_nb(uv_timer_t *timer) {
  (void)timer;
  void *s;
  apr_socket_create(&s, 2, 1, 6, 0);
  apr_socket_timeout_set(s, 0);
  apr_socket_recv(s, 0, 0);
}

static void on_apr_opt_nb(uv_timer_t *timer) {
  (void)timer;
  void *s;
  apr_socket_create(&s, 2, 1, 6, 0);
  apr_socket_opt_set(s, 8, 1);
  apr_socket_recv(s, 0, 0);
}

static void on_apr_b(uv_timer_t *timer) {
  (void)timer;
  void *s;
  apr_socket_create(&s, 2, 1, 6, 0);
  apr_socket_timeout_set(s, -1);
  apr_socket_recv(s, 0, 0); // expect: warning apr.socket certain path: on_apr_b loop: libuv role: timer
}

void start(uv_timer_t *t);
void start(uv_timer_t *t) {
  uv_timer_start(t, on_uvrun_num, 1, 0);
  uv_timer_start(t, on_uvrun_once, 1, 0);
  uv_timer_start(t, on_uvfs_close_null, 1, 0);
  uv_timer_start(t, on_uv_gai_null, 1, 0);
  uv_timer_start(t, on_uv_trywrite, 1, 0);
  uv_timer_start(t, on_uv_mutex_try, 1, 0);
  uv_timer_start(t, on_uv_sem_try, 1, 0);
  uv_timer_start(t, on_uv_sem_wait, 1, 0);
  uv_timer_start(t, on_uv_sleep0, 1, 0);
  uv_timer_start(t, on_xcb_poll, 1, 0);
  uv_timer_start(t, on_xcb_wait, 1, 0);
  uv_timer_start(t, on_xpending_next, 1, 0);
  uv_timer_start(t, on_xnext, 1, 0);
  uv_timer_start(t, on_xqueued, 1, 0);
  uv_timer_start(t, on_xcheck, 1, 0);
  uv_timer_start(t, on_gnutls_nb, 1, 0);
  uv_timer_start(t, on_gnutls_b, 1, 0);
  uv_timer_start(t, on_nng_flag, 1, 0);
  uv_timer_start(t, on_nng_f, 1, 0);
  uv_timer_start(t, on_kafka0, 1, 0);
  uv_timer_start(t, on_kafka_f, 1, 0);
  uv_timer_start(t, on_kafka_commit_async, 1, 0);
  uv_timer_start(t, on_kafka_commit, 1, 0);
  uv_timer_start(t, on_mosq_loop0, 1, 0);
  uv_timer_start(t, on_mosq_connect_async, 1, 0);
  uv_timer_start(t, on_redis_nb, 1, 0);
  uv_timer_start(t, on_redis_b, 1, 0);
  uv_timer_start(t, on_redis_append, 1, 0);
  uv_timer_start(t, on_hid_nb, 1, 0);
  uv_timer_start(t, on_usb_to0, 1, 0);
  uv_timer_start(t, on_usb_bulk, 1, 0);
  uv_timer_start(t, on_alsa_nb, 1, 0);
  uv_timer_start(t, on_pcap_nb, 1, 0);
  uv_timer_start(t, on_nl_nb, 1, 0);
  uv_timer_start(t, on_sqlite_busy0, 1, 0);
  uv_timer_start(t, on_sqlite_memory, 1, 0);
  uv_timer_start(t, on_gst_state_async, 1, 0);
  uv_timer_start(t, on_gst_state_f, 1, 0);
  uv_timer_start(t, on_pa_iter0, 1, 0);
  uv_timer_start(t, on_sdl_ev0, 1, 0);
  uv_timer_start(t, on_sdl_poll, 1, 0);
  uv_timer_start(t, on_fence0, 1, 0);
  uv_timer_start(t, on_lmdb_rdonly, 1, 0);
  uv_timer_start(t, on_rabbit0, 1, 0);
  uv_timer_start(t, on_apr_nb, 1, 0);
  uv_timer_start(t, on_apr_opt_nb, 1, 0);
  uv_timer_start(t, on_apr_b, 1, 0);
}

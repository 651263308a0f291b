/* What the arguments say, in pairs: libraries with their own headers. Where an object has a mode, its setter
 * is called on it. */
// flags: -w pkg:libpq pkg:gio-unix-2.0
#include <curl/curl.h>
#include <ev.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/dns.h>
#include <event2/event.h>
#include <event2/util.h>
#include <gio/gio.h>
#include <glib.h>
#include <libpq-fe.h>
#include <liburing.h>
#include <netdb.h>
#include <openssl/bio.h>
#include <openssl/ssl.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <systemd/sd-bus.h>
#include <systemd/sd-event.h>
#include <systemd/sd-journal.h>
#include <wayland-client.h>
#include <wayland-server.h>

typedef struct uv_timer_s uv_timer_t;
int uv_timer_start(uv_timer_t *, void (*)(uv_timer_t *), uint64_t, uint64_t);

static int async = 1;
static void cb(int e, struct evutil_addrinfo *a, void *p) {}

static void on_curl_num_t(uv_timer_t *timer) {
  (void)timer;
  static CURL *h;
  curl_easy_setopt(h, 13, 2L);
  curl_easy_perform(h); // expect: error libcurl.perform certain path: on_curl_num_t loop: libuv role: timer
}

static void on_curl_multi_wait0(uv_timer_t *timer) {
  (void)timer;
  static CURLM *h;
  int n;
  curl_multi_wait(h, 0, 0, 0, &n);
}

static void on_curl_multi_wait1(uv_timer_t *timer) {
  (void)timer;
  static CURLM *h;
  int n;
  curl_multi_wait(h, 0, 0, 1000, &n); // expect: error libcurl.wait certain path: on_curl_multi_wait1 loop: libuv role: timer
}

static void on_curl_socket_action(uv_timer_t *timer) {
  (void)timer;
  static CURLM *h;
  int n;
  curl_multi_socket_action(h, CURL_SOCKET_TIMEOUT, 0, &n);
}

static void on_curl_upkeep(uv_timer_t *timer) {
  (void)timer;
  static CURL *h;
  curl_easy_send(h, "x", 1, &(size_t){0});
}

static void on_pq_nb_flush(uv_timer_t *timer) {
  (void)timer;
  static PGconn *c;
  PQsetnonblocking(c, 1);
  PQputCopyData(c, "x", 1);
}

static void on_pq_b_put(uv_timer_t *timer) {
  (void)timer;
  PGconn *c = PQconnectStart("host=b");
  PQputCopyData(c, "x", 1); // expect: warning libpq.send certain path: on_pq_b_put loop: libuv role: timer
}

static void on_pq_flush(uv_timer_t *timer) {
  (void)timer;
  static PGconn *c;
  PQflush(c);
}

static void on_pq_start(uv_timer_t *timer) {
  (void)timer;
  PGconn *c = PQconnectStart("host=a");
  PQconnectPoll(c);
}

static void on_pq_connect(uv_timer_t *timer) {
  (void)timer;
  PQconnectdb("host=a"); // expect: error libpq.connect certain path: on_pq_connect loop: libuv role: timer
}

static void on_pq_copy_var(uv_timer_t *timer) {
  (void)timer;
  static PGconn *c;
  char *b;
  PQgetCopyData(c, &b, async);
}

static void on_pq_busy_goto(uv_timer_t *timer) {
  (void)timer;
  static PGconn *c;
  PQconsumeInput(c);
  if (PQisBusy(c)) return;
  PQgetResult(c);
}

static void on_pq_busy_while(uv_timer_t *timer) {
  (void)timer;
  static PGconn *c;
  PGresult *r;
  while (!PQisBusy(c)) {
    r = PQgetResult(c);
    if (!r) break;
    PQclear(r);
  }
}

static void on_pq_busy_yes(uv_timer_t *timer) {
  (void)timer;
  static PGconn *c;
  if (PQisBusy(c)) PQgetResult(c); // expect: error libpq.query-result certain path: on_pq_busy_yes loop: libuv role: timer
}

static void on_pq_notifies(uv_timer_t *timer) {
  (void)timer;
  static PGconn *c;
  PQnotifies(c);
}

static void on_pq_cancel(uv_timer_t *timer) {
  (void)timer;
  static PGcancel *c;
  static char b[9];
  PQcancel(c, b, 9); // expect: error libpq.query certain path: on_pq_cancel loop: libuv role: timer
}

static void on_pq_reset(uv_timer_t *timer) {
  (void)timer;
  static PGconn *c;
  PQreset(c); // expect: error libpq.connect certain path: on_pq_reset loop: libuv role: timer
}

static void on_pq_resetstart(uv_timer_t *timer) {
  (void)timer;
  static PGconn *c;
  PQresetStart(c);
}

static void on_pq_sendprep(uv_timer_t *timer) {
  (void)timer;
  static PGconn *c;
  PQsendPrepare(c, "a", "b", 0, 0);
}

static void on_sd_bus_process(uv_timer_t *timer) {
  (void)timer;
  static sd_bus *b;
  sd_bus_process(b, 0);
}

static void on_sd_bus_wait_inf(uv_timer_t *timer) {
  (void)timer;
  static sd_bus *b;
  sd_bus_wait(b, UINT64_MAX); // expect: error sd-bus.wait certain path: on_sd_bus_wait_inf loop: libuv role: timer
}

static void on_sd_bus_flush(uv_timer_t *timer) {
  (void)timer;
  static sd_bus *b;
  sd_bus_flush(b); // expect: warning sd-bus.flush certain path: on_sd_bus_flush loop: libuv role: timer
}

static void on_sd_bus_send(uv_timer_t *timer) {
  (void)timer;
  static sd_bus *b;
  static sd_bus_message *m;
  sd_bus_send(b, m, 0);
}

static void on_sd_bus_prop(uv_timer_t *timer) {
  (void)timer;
  static sd_bus *b;
  sd_bus_get_property_trivial(b, "a", "b", "c", "d", 0, 's', 0); // expect: error sd-bus.call certain path: on_sd_bus_prop loop: libuv role: timer
}

static void on_sd_bus_req(uv_timer_t *timer) {
  (void)timer;
  static sd_bus *b;
  sd_bus_request_name(b, "x", 0); // expect: warning sd-bus.name certain path: on_sd_bus_req loop: libuv role: timer
}

static void on_sd_bus_req_async(uv_timer_t *timer) {
  (void)timer;
  static sd_bus *b;
  sd_bus_request_name_async(b, 0, "x", 0, 0, 0);
}

static void on_sd_bus_match_async(uv_timer_t *timer) {
  (void)timer;
  static sd_bus *b;
  sd_bus_match_signal_async(b, 0, "x", 0, 0, 0, 0, 0, 0);
}

static void on_sd_bus_match(uv_timer_t *timer) {
  (void)timer;
  static sd_bus *b;
  sd_bus_match_signal(b, 0, "x", 0, 0, 0, 0, 0); // expect: warning sd-bus.name certain path: on_sd_bus_match loop: libuv role: timer
}

static void on_sd_event_run0(uv_timer_t *timer) {
  (void)timer;
  static sd_event *e;
  sd_event_run(e, 0);
}

static void on_sd_event_run_f(uv_timer_t *timer) {
  (void)timer;
  static sd_event *e;
  sd_event_run(e, (uint64_t)-1); // expect: error sd-event.run certain path: on_sd_event_run_f loop: libuv role: timer
}

static void on_sd_event_loop(uv_timer_t *timer) {
  (void)timer;
  static sd_event *e;
  sd_event_loop(e); // expect: error sd-event.loop certain path: on_sd_event_loop loop: libuv role: timer
}

static void on_sd_event_dispatch(uv_timer_t *timer) {
  (void)timer;
  static sd_event *e;
  sd_event_dispatch(e);
}

static void on_sd_journal_wait0(uv_timer_t *timer) {
  (void)timer;
  static sd_journal *j;
  sd_journal_wait(j, 0);
}

static void on_sd_journal_process(uv_timer_t *timer) {
  (void)timer;
  static sd_journal *j;
  sd_journal_process(j);
}

static void on_ev_once(uv_timer_t *timer) {
  (void)timer;
  static struct ev_loop *l;
  ev_run(l, EVRUN_ONCE); // expect: error libev.run certain path: on_ev_once loop: libuv role: timer
}

static void on_ev_nowait_num(uv_timer_t *timer) {
  (void)timer;
  static struct ev_loop *l;
  ev_run(l, 1);
}

static void on_ev_sleep(uv_timer_t *timer) {
  (void)timer;
  ev_sleep(0.5); // expect: warning libev.sleep likely path: on_ev_sleep loop: libuv role: timer
}

static void on_ev_break(uv_timer_t *timer) {
  (void)timer;
  static struct ev_loop *l;
  ev_break(l, EVBREAK_ALL);
}

static void on_event_loop_or(uv_timer_t *timer) {
  (void)timer;
  static struct event_base *l;
  event_base_loop(l, EVLOOP_ONCE | EVLOOP_NONBLOCK);
}

static void on_event_loop_num(uv_timer_t *timer) {
  (void)timer;
  static struct event_base *l;
  event_base_loop(l, 2);
}

static void on_event_dispatch(uv_timer_t *timer) {
  (void)timer;
  static struct event_base *l;
  event_base_dispatch(l); // expect: error libevent.dispatch certain path: on_event_dispatch loop: libuv role: timer
}

static void on_evdns_gai(uv_timer_t *timer) {
  (void)timer;
  static struct evdns_base *b;
  evdns_getaddrinfo(b, "x", "1", 0, cb, 0);
}

static void on_evutil_gai(uv_timer_t *timer) {
  (void)timer;
  static struct evutil_addrinfo *r;
  evutil_getaddrinfo("x", "1", 0, &r); // expect: error libevent.getaddrinfo certain path: on_evutil_gai loop: libuv role: timer
}

static void on_evutil_gai_num(uv_timer_t *timer) {
  (void)timer;
  static struct evutil_addrinfo *r;
  struct evutil_addrinfo h = {.ai_flags = AI_NUMERICHOST};
  evutil_getaddrinfo("x", "1", &h, &r);
}

static void on_evb_read_nb(uv_timer_t *timer) {
  (void)timer;
  static struct evbuffer *b;
  int s = socket(2, 1, 0);
  evutil_make_socket_nonblocking(s);
  evbuffer_read(b, s, 99);
}

static void on_evb_read_b(uv_timer_t *timer) {
  (void)timer;
  static struct evbuffer *b;
  int s = socket(2, 1, 0);
  evbuffer_read(b, s, 99); // expect: warning libevent.buffer-read certain path: on_evb_read_b loop: libuv role: timer
}

static void on_bev_hostname_null(uv_timer_t *timer) {
  (void)timer;
  static struct bufferevent *b;
  bufferevent_socket_connect_hostname(b, NULL, 2, "x", 80); // expect: error libevent.connect-name certain path: on_bev_hostname_null loop: libuv role: timer
}

static void on_g_iter_false(uv_timer_t *timer) {
  (void)timer;
  static GMainContext *c;
  while (g_main_context_pending(c)) g_main_context_iteration(c, FALSE);
}

static void on_g_iter_true(uv_timer_t *timer) {
  (void)timer;
  static GMainContext *c;
  g_main_context_iteration(c, TRUE); // expect: error glib.iteration certain path: on_g_iter_true loop: libuv role: timer
}

static void on_g_mutex_try(uv_timer_t *timer) {
  (void)timer;
  static GMutex m;
  g_mutex_trylock(&m);
}

static void on_g_socket_nb(uv_timer_t *timer) {
  (void)timer;
  static char b[9];
  GSocket *s = g_socket_new(2, 1, 0, 0);
  g_socket_set_blocking(s, FALSE);
  g_socket_receive(s, b, 9, 0, 0);
}

static void on_g_socket_bl(uv_timer_t *timer) {
  (void)timer;
  static char b[9];
  GSocket *s = g_socket_new(2, 1, 0, 0);
  g_socket_set_blocking(s, TRUE);
  g_socket_receive(s, b, 9, 0, 0); // expect: warning glib.socket likely path: on_g_socket_bl loop: libuv role: timer
}

static void on_g_socket_with_false(uv_timer_t *timer) {
  (void)timer;
  static char b[9];
  static GSocket *s;
  g_socket_receive_with_blocking(s, b, 9, FALSE, 0, 0);
}

static void on_g_socket_with_true(uv_timer_t *timer) {
  (void)timer;
  static char b[9];
  static GSocket *s;
  g_socket_receive_with_blocking(s, b, 9, TRUE, 0, 0); // expect: warning glib.socket-with-blocking certain path: on_g_socket_with_true loop: libuv role: timer
}

static void on_g_pollable_nb(uv_timer_t *timer) {
  (void)timer;
  static char b[9];
  static GPollableInputStream *s;
  g_pollable_input_stream_read_nonblocking(s, b, 9, 0, 0);
}

static void on_g_spawn_async(uv_timer_t *timer) {
  (void)timer;
  static char *v[1];
  g_spawn_async(0, v, 0, G_SPAWN_DO_NOT_REAP_CHILD, 0, 0, 0, 0);
}

static void on_g_spawn_sync(uv_timer_t *timer) {
  (void)timer;
  static char *v[1];
  g_spawn_sync(0, v, 0, 0, 0, 0, 0, 0, 0, 0); // expect: error glib.process certain path: on_g_spawn_sync loop: libuv role: timer
}

static void on_g_dbus_call(uv_timer_t *timer) {
  (void)timer;
  static GDBusConnection *c;
  g_dbus_connection_call(c, "a", "b", "c", "d", 0, 0, 0, -1, 0, 0, 0);
}

static void on_g_dbus_call_sync(uv_timer_t *timer) {
  (void)timer;
  static GDBusConnection *c;
  g_dbus_connection_call_sync(c, "a", "b", "c", "d", 0, 0, 0, -1, 0, 0); // expect: error glib.dbus-call certain path: on_g_dbus_call_sync loop: libuv role: timer
}

static void on_g_proxy_noauto(uv_timer_t *timer) {
  (void)timer;
  g_dbus_proxy_new_for_bus_sync(G_BUS_TYPE_SESSION, G_DBUS_PROXY_FLAGS_DO_NOT_LOAD_PROPERTIES, 0, "a", "b", // expect: error glib.dbus certain path: on_g_proxy_noauto loop: libuv role: timer
                                "c", 0, 0);
}

static void on_g_pool_free_nowait(uv_timer_t *timer) {
  (void)timer;
  static GThreadPool *p;
  g_thread_pool_free(p, TRUE, FALSE);
}

static void on_g_pool_free_wait(uv_timer_t *timer) {
  (void)timer;
  static GThreadPool *p;
  g_thread_pool_free(p, FALSE, TRUE); // expect: error glib.wait-pool certain path: on_g_pool_free_wait loop: libuv role: timer
}

static void on_g_timeout_pop(uv_timer_t *timer) {
  (void)timer;
  static GAsyncQueue *q;
  g_async_queue_timeout_pop(q, G_USEC_PER_SEC); // expect: error glib.wait-queue certain path: on_g_timeout_pop loop: libuv role: timer
}

static void on_g_usleep0(uv_timer_t *timer) {
  (void)timer;
  g_usleep(0);
}

static void on_g_sub_nonblock(uv_timer_t *timer) {
  (void)timer;
  static GSubprocess *p;
  g_subprocess_wait_async(p, 0, 0, 0);
}

static void on_g_sub_comm(uv_timer_t *timer) {
  (void)timer;
  static GSubprocess *p;
  g_subprocess_communicate(p, 0, 0, 0, 0, 0); // expect: error glib.process certain path: on_g_sub_comm loop: libuv role: timer
}

static void on_wl_roundtrip(uv_timer_t *timer) {
  (void)timer;
  static struct wl_display *d;
  wl_display_roundtrip(d); // expect: error wayland.roundtrip certain path: on_wl_roundtrip loop: libuv role: timer
}

static void on_wl_prepare(uv_timer_t *timer) {
  (void)timer;
  static struct wl_display *d;
  while (wl_display_prepare_read(d) != 0) wl_display_dispatch_pending(d);
  wl_display_flush(d);
  wl_display_read_events(d);
  wl_display_dispatch_pending(d);
}

static void on_wl_ev0(uv_timer_t *timer) {
  (void)timer;
  static struct wl_event_loop *l;
  wl_event_loop_dispatch(l, 0);
}

static void on_wl_ev_f(uv_timer_t *timer) {
  (void)timer;
  static struct wl_event_loop *l;
  wl_event_loop_dispatch(l, -1); // expect: error wayland.loop-dispatch certain path: on_wl_ev_f loop: libuv role: timer
}

static void on_uring_wait_timeout0(uv_timer_t *timer) {
  (void)timer;
  static struct io_uring r;
  static struct io_uring_cqe *c;
  struct __kernel_timespec t = {0, 0};
  io_uring_wait_cqe_timeout(&r, &c, &t);
}

static void on_uring_wait_timeout(uv_timer_t *timer) {
  (void)timer;
  static struct io_uring r;
  static struct io_uring_cqe *c;
  io_uring_wait_cqe_timeout(&r, &c, 0); // expect: warning disk.io-getevents-ring-timeout certain path: on_uring_wait_timeout loop: libuv role: timer
}

static void on_uring_submit(uv_timer_t *timer) {
  (void)timer;
  static struct io_uring r;
  io_uring_submit(&r);
}

static void on_uring_wait_nr0(uv_timer_t *timer) {
  (void)timer;
  static struct io_uring r;
  static struct io_uring_cqe *c;
  io_uring_wait_cqe_nr(&r, &c, 0);
}

static void on_uring_sw1(uv_timer_t *timer) {
  (void)timer;
  static struct io_uring r;
  io_uring_submit_and_wait(&r, 1); // expect: warning disk.io-getevents-ring-submit certain path: on_uring_sw1 loop: libuv role: timer
}

static void on_uring_wait_cqes0(uv_timer_t *timer) {
  (void)timer;
  static struct io_uring r;
  static struct io_uring_cqe *c;
  struct __kernel_timespec t = {0, 0};
  io_uring_wait_cqes(&r, &c, 1, &t, 0);
}

static void on_uring_swt0(uv_timer_t *timer) {
  (void)timer;
  static struct io_uring r;
  static struct io_uring_cqe *c;
  struct __kernel_timespec t = {0, 0};
  io_uring_submit_and_wait_timeout(&r, &c, 1, &t, 0);
}

static void on_ssl_nb_fd(uv_timer_t *timer) {
  (void)timer;
  static SSL *s;
  static char b[9];
  int f = socket(2, 1 | SOCK_NONBLOCK, 0);
  SSL_set_fd(s, f);
  SSL_read(s, b, 9);
}

static void on_ssl_b_fd(uv_timer_t *timer) {
  (void)timer;
  static SSL *s;
  static char b[9];
  int f = socket(2, 1, 0);
  SSL_set_fd(s, f);
  SSL_read(s, b, 9); // expect: error openssl.handshake certain path: on_ssl_b_fd loop: libuv role: timer
}

static void on_ssl_membio(uv_timer_t *timer) {
  (void)timer;
  static SSL *s;
  BIO *r = BIO_new(BIO_s_mem()), *w = BIO_new(BIO_s_mem());
  SSL_set_bio(s, r, w);
  SSL_do_handshake(s);
}

static void on_bio_nbio(uv_timer_t *timer) {
  (void)timer;
  static char b[9];
  BIO *r = BIO_new_connect("h:1");
  BIO_set_nbio(r, 1);
  BIO_read(r, b, 9);
}

static void on_bio_bl(uv_timer_t *timer) {
  (void)timer;
  static char b[9];
  BIO *r = BIO_new_connect("h:1");
  BIO_read(r, b, 9); // expect: error openssl.bio certain path: on_bio_bl loop: libuv role: timer
}

static void on_bio_sock_nb(uv_timer_t *timer) {
  (void)timer;
  static char b[9];
  int f = socket(2, 1 | SOCK_NONBLOCK, 0);
  BIO *r = BIO_new_socket(f, BIO_NOCLOSE);
  BIO_read(r, b, 9);
}

static void on_ssl_pending(uv_timer_t *timer) {
  (void)timer;
  static SSL *s;
  static char b[9];
  if (SSL_pending(s) > 0) SSL_read(s, b, 9);
}

void start(uv_timer_t *t);
void start(uv_timer_t *t) {
  uv_timer_start(t, on_curl_num_t, 1, 0);
  uv_timer_start(t, on_curl_multi_wait0, 1, 0);
  uv_timer_start(t, on_curl_multi_wait1, 1, 0);
  uv_timer_start(t, on_curl_socket_action, 1, 0);
  uv_timer_start(t, on_curl_upkeep, 1, 0);
  uv_timer_start(t, on_pq_nb_flush, 1, 0);
  uv_timer_start(t, on_pq_b_put, 1, 0);
  uv_timer_start(t, on_pq_flush, 1, 0);
  uv_timer_start(t, on_pq_start, 1, 0);
  uv_timer_start(t, on_pq_connect, 1, 0);
  uv_timer_start(t, on_pq_copy_var, 1, 0);
  uv_timer_start(t, on_pq_busy_goto, 1, 0);
  uv_timer_start(t, on_pq_busy_while, 1, 0);
  uv_timer_start(t, on_pq_busy_yes, 1, 0);
  uv_timer_start(t, on_pq_notifies, 1, 0);
  uv_timer_start(t, on_pq_cancel, 1, 0);
  uv_timer_start(t, on_pq_reset, 1, 0);
  uv_timer_start(t, on_pq_resetstart, 1, 0);
  uv_timer_start(t, on_pq_sendprep, 1, 0);
  uv_timer_start(t, on_sd_bus_process, 1, 0);
  uv_timer_start(t, on_sd_bus_wait_inf, 1, 0);
  uv_timer_start(t, on_sd_bus_flush, 1, 0);
  uv_timer_start(t, on_sd_bus_send, 1, 0);
  uv_timer_start(t, on_sd_bus_prop, 1, 0);
  uv_timer_start(t, on_sd_bus_req, 1, 0);
  uv_timer_start(t, on_sd_bus_req_async, 1, 0);
  uv_timer_start(t, on_sd_bus_match_async, 1, 0);
  uv_timer_start(t, on_sd_bus_match, 1, 0);
  uv_timer_start(t, on_sd_event_run0, 1, 0);
  uv_timer_start(t, on_sd_event_run_f, 1, 0);
  uv_timer_start(t, on_sd_event_loop, 1, 0);
  uv_timer_start(t, on_sd_event_dispatch, 1, 0);
  uv_timer_start(t, on_sd_journal_wait0, 1, 0);
  uv_timer_start(t, on_sd_journal_process, 1, 0);
  uv_timer_start(t, on_ev_once, 1, 0);
  uv_timer_start(t, on_ev_nowait_num, 1, 0);
  uv_timer_start(t, on_ev_sleep, 1, 0);
  uv_timer_start(t, on_ev_break, 1, 0);
  uv_timer_start(t, on_event_loop_or, 1, 0);
  uv_timer_start(t, on_event_loop_num, 1, 0);
  uv_timer_start(t, on_event_dispatch, 1, 0);
  uv_timer_start(t, on_evdns_gai, 1, 0);
  uv_timer_start(t, on_evutil_gai, 1, 0);
  uv_timer_start(t, on_evutil_gai_num, 1, 0);
  uv_timer_start(t, on_evb_read_nb, 1, 0);
  uv_timer_start(t, on_evb_read_b, 1, 0);
  uv_timer_start(t, on_bev_hostname_null, 1, 0);
  uv_timer_start(t, on_g_iter_false, 1, 0);
  uv_timer_start(t, on_g_iter_true, 1, 0);
  uv_timer_start(t, on_g_mutex_try, 1, 0);
  uv_timer_start(t, on_g_socket_nb, 1, 0);
  uv_timer_start(t, on_g_socket_bl, 1, 0);
  uv_timer_start(t, on_g_socket_with_false, 1, 0);
  uv_timer_start(t, on_g_socket_with_true, 1, 0);
  uv_timer_start(t, on_g_pollable_nb, 1, 0);
  uv_timer_start(t, on_g_spawn_async, 1, 0);
  uv_timer_start(t, on_g_spawn_sync, 1, 0);
  uv_timer_start(t, on_g_dbus_call, 1, 0);
  uv_timer_start(t, on_g_dbus_call_sync, 1, 0);
  uv_timer_start(t, on_g_proxy_noauto, 1, 0);
  uv_timer_start(t, on_g_pool_free_nowait, 1, 0);
  uv_timer_start(t, on_g_pool_free_wait, 1, 0);
  uv_timer_start(t, on_g_timeout_pop, 1, 0);
  uv_timer_start(t, on_g_usleep0, 1, 0);
  uv_timer_start(t, on_g_sub_nonblock, 1, 0);
  uv_timer_start(t, on_g_sub_comm, 1, 0);
  uv_timer_start(t, on_wl_roundtrip, 1, 0);
  uv_timer_start(t, on_wl_prepare, 1, 0);
  uv_timer_start(t, on_wl_ev0, 1, 0);
  uv_timer_start(t, on_wl_ev_f, 1, 0);
  uv_timer_start(t, on_uring_wait_timeout0, 1, 0);
  uv_timer_start(t, on_uring_wait_timeout, 1, 0);
  uv_timer_start(t, on_uring_submit, 1, 0);
  uv_timer_start(t, on_uring_wait_nr0, 1, 0);
  uv_timer_start(t, on_uring_sw1, 1, 0);
  uv_timer_start(t, on_uring_wait_cqes0, 1, 0);
  uv_timer_start(t, on_uring_swt0, 1, 0);
  uv_timer_start(t, on_ssl_nb_fd, 1, 0);
  uv_timer_start(t, on_ssl_b_fd, 1, 0);
  uv_timer_start(t, on_ssl_membio, 1, 0);
  uv_timer_start(t, on_bio_nbio, 1, 0);
  uv_timer_start(t, on_bio_bl, 1, 0);
  uv_timer_start(t, on_bio_sock_nb, 1, 0);
  uv_timer_start(t, on_ssl_pending, 1, 0);
}

/* The SSL of a bufferevent never waits; one over a blocking socket does. */
#include <sys/socket.h>

typedef struct uv_timer_s uv_timer_t;
int uv_timer_start(uv_timer_t *, void (*)(uv_timer_t *), unsigned long, unsigned long);
typedef struct ssl SSL;
SSL *SSL_new(void *);
int SSL_set_fd(SSL *, int);
int SSL_shutdown(SSL *);
SSL *bufferevent_openssl_get_ssl(void *);

static void *events;

static void close_both(void) {
  SSL *own = SSL_new(0);
  SSL_set_fd(own, socket(AF_INET, SOCK_STREAM, 0));
  SSL_shutdown(own); // expect: error openssl.handshake certain path: on_timer > close_both loop: libuv role: timer
  SSL *of_events = bufferevent_openssl_get_ssl(events);
  SSL_shutdown(of_events);
}

static void on_timer(uv_timer_t *timer) {
  (void)timer;
  close_both();
}

int main(void) { return uv_timer_start(0, on_timer, 1, 0); }

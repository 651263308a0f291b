// A session of libssh2 waits until it is told not to; its channels do as it does. Two sessions are told apart.
typedef struct uv_timer_s uv_timer_t;
int uv_timer_start(uv_timer_t *timer, void (*callback)(uv_timer_t *timer), unsigned long timeout, unsigned long repeat);
typedef struct session session;
typedef struct channel channel;
session *libssh2_session_init_ex(void *a, void *b, void *c, void *d);
void libssh2_session_set_blocking(session *s, int on);
channel *libssh2_channel_open_ex(session *s, const char *type, unsigned n, unsigned w, unsigned p, const char *m, unsigned l);
long libssh2_channel_read_ex(channel *c, int stream, char *into, unsigned long size);

static channel *quick, *slow;
static char bytes[64];

static void on_timer(uv_timer_t *timer) {
  (void)timer;
  libssh2_channel_read_ex(quick, 0, bytes, sizeof bytes);
  libssh2_channel_read_ex(slow, 0, bytes, sizeof bytes); // expect: error libssh2.call path: on_timer
}

void set_up(uv_timer_t *timer);
void set_up(uv_timer_t *timer) {
  session *one = libssh2_session_init_ex(0, 0, 0, 0), *two = libssh2_session_init_ex(0, 0, 0, 0);
  libssh2_session_set_blocking(one, 0);
  quick = libssh2_channel_open_ex(one, "session", 7, 0, 0, 0, 0);
  slow = libssh2_channel_open_ex(two, "session", 7, 0, 0, 0, 0);
  uv_timer_start(timer, on_timer, 1, 0);
}

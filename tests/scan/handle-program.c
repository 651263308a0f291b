// expect-none
// Which session it is cannot be told, but the program has made all of them quick.
typedef struct uv_timer_s uv_timer_t;
int uv_timer_start(uv_timer_t *timer, void (*callback)(uv_timer_t *timer), unsigned long timeout, unsigned long repeat);
typedef struct session session;
void libssh2_session_set_blocking(session *s, int on);
long libssh2_sftp_read(void *file, char *into, unsigned long size);
void *find_file(void);

static char bytes[64];

static void on_timer(uv_timer_t *timer) {
  (void)timer;
  libssh2_sftp_read(find_file(), bytes, sizeof bytes);
}

void set_up(uv_timer_t *timer, session *s);
void set_up(uv_timer_t *timer, session *s) {
  libssh2_session_set_blocking(s, 0);
  uv_timer_start(timer, on_timer, 1, 0);
}

int main(void) {
  set_up(0, 0);
  return 0;
}

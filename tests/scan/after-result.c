// A test of what another function gave says that there is something to take.
typedef struct uv_timer_s uv_timer_t;
int uv_timer_start(uv_timer_t *timer, void (*callback)(uv_timer_t *timer), unsigned long timeout, unsigned long repeat);
int PQconsumeInput(void *connection);
int PQisBusy(void *connection);
void *PQgetResult(void *connection);

static void *connection;

static void on_timer(uv_timer_t *timer) {
  (void)timer;
  if (PQconsumeInput(connection) && !PQisBusy(connection)) PQgetResult(connection);
}

static void on_early_exit(uv_timer_t *timer) {
  (void)timer;
  int busy = PQisBusy(connection);
  if (busy) return;
  PQgetResult(connection);
}

static void on_other_timer(uv_timer_t *timer) {
  (void)timer;
  if (PQconsumeInput(connection)) PQgetResult(connection); // expect: error libpq.query-result path: on_other_timer
}

void set_up(uv_timer_t *timer);
void set_up(uv_timer_t *timer) {
  uv_timer_start(timer, on_timer, 1, 0);
  uv_timer_start(timer, on_early_exit, 1, 0);
  uv_timer_start(timer, on_other_timer, 1, 0);
}

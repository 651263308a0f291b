// Rows that are stored already are there; those that the server keeps are waited for.
typedef struct uv_timer_s uv_timer_t;
int uv_timer_start(uv_timer_t *timer, void (*callback)(uv_timer_t *timer), unsigned long timeout, unsigned long repeat);
typedef struct result result;
result *mysql_store_result(void *connection);
result *mysql_use_result(void *connection);
char **mysql_fetch_row(result *r);

static result *stored, *kept;

static void on_timer(uv_timer_t *timer) {
  (void)timer;
  mysql_fetch_row(stored);
  mysql_fetch_row(kept); // expect: error mysql.query-row path: on_timer
}

void set_up(uv_timer_t *timer, void *connection);
void set_up(uv_timer_t *timer, void *connection) {
  stored = mysql_store_result(connection);
  kept = mysql_use_result(connection);
  uv_timer_start(timer, on_timer, 1, 0);
}

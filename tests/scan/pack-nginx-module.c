// A handler of a phase, of a location and of an upstream, as nginx modules hand them over; a task runs on the pool.
#include <unistd.h>

typedef struct ngx_http_request_s ngx_http_request_t;
typedef long (*ngx_http_handler_pt)(ngx_http_request_t *r);
struct ngx_http_core_loc_conf_s {
  ngx_http_handler_pt handler;
};
struct ngx_http_upstream_s {
  long (*create_request)(ngx_http_request_t *r);
};
struct ngx_thread_task_s {
  void (*handler)(void *data, void *log);
};
void *ngx_array_push(void *array);

static long in_location(ngx_http_request_t *r) {
  (void)r;
  return sleep(1); // expect: error sleep.sleep path: in_location loop: nginx-module role: request
}

static long in_phase(ngx_http_request_t *r) {
  (void)r;
  return sleep(2); // expect: error sleep.sleep path: in_phase loop: nginx-module role: request
}

static long make_request(ngx_http_request_t *r) {
  (void)r;
  return sleep(3); // expect: error sleep.sleep path: make_request loop: nginx-module role: io
}

static void on_pool(void *data, void *log) {
  (void)data, (void)log;
  sleep(4); // on a thread of the pool
}

int set_up(struct ngx_http_core_loc_conf_s *conf, struct ngx_http_upstream_s *u, struct ngx_thread_task_s *task, void *phases);
int set_up(struct ngx_http_core_loc_conf_s *conf, struct ngx_http_upstream_s *u, struct ngx_thread_task_s *task, void *phases) {
  ngx_http_handler_pt *h = ngx_array_push(phases);
  *h = in_phase;
  conf->handler = in_location;
  u->create_request = make_request;
  task->handler = on_pool;
  return 0;
}

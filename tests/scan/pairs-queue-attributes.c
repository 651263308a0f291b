/* mq_setattr() makes a queue wait or not, as fcntl() does with a descriptor. */
#include <fcntl.h>
#include <mqueue.h>
#include <stddef.h>

typedef struct uv_timer_s uv_timer_t;
int uv_timer_start(uv_timer_t *, void (*)(uv_timer_t *), unsigned long, unsigned long);

static char text[8192];

static void waits(void) {
  mqd_t q = mq_open("/q", O_RDONLY | O_NONBLOCK);
  struct mq_attr attributes = {.mq_flags = 0};
  mq_setattr(q, &attributes, NULL);
  mq_receive(q, text, sizeof text, NULL); // expect: error ipc.mq_receive certain path: on_timer > waits loop: libuv role: timer
}

static void does_not_wait(void) {
  mqd_t q = mq_open("/q", O_RDONLY); // expect: note ipc.mq_open certain path: on_timer > does_not_wait loop: libuv role: timer
  struct mq_attr attributes = {.mq_flags = O_NONBLOCK};
  mq_setattr(q, &attributes, NULL);
  mq_receive(q, text, sizeof text, NULL);
}

static void adds_the_flag(void) {
  mqd_t q = mq_open("/q", O_RDONLY); // expect: note ipc.mq_open certain path: on_timer > adds_the_flag loop: libuv role: timer
  struct mq_attr attributes;
  mq_getattr(q, &attributes);
  attributes.mq_flags |= O_NONBLOCK;
  mq_setattr(q, &attributes, NULL);
  mq_receive(q, text, sizeof text, NULL);
}

static void on_timer(uv_timer_t *timer) {
  (void)timer;
  waits();
  does_not_wait();
  adds_the_flag();
}

int main(void) { return uv_timer_start(NULL, on_timer, 1, 0); }

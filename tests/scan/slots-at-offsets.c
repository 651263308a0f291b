// Functions in slots at byte offsets of one block: found through structs of the same shape, likely at best.
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>
#include <uv.h>

typedef void (*any_function)(void);
typedef void (*save_function)(int file, void *data);
struct any_slot {
  any_function call;
  void *data;
};
struct save_slot {
  save_function call;
  void *data;
};
struct name_slot {
  void *data;
  int (*call)(int number);
};

static char *block;

static void save(int file, void *data) {
  (void)data;
  fsync(file); // expect: error disk.fsync likely path: on_timer > run_save > save
}
static int wait_long(int number) {
  sleep(5); // expect-none
  return number;
}

static void add(size_t offset, any_function call) {
  struct any_slot *slot = (struct any_slot *)((uintptr_t)block + offset);
  slot->call = call;
}
static void add_name(size_t offset, int (*call)(int)) {
  struct name_slot *slot = (void *)(block + offset);
  slot->call = call;
}

static void run_save(int file, const uint16_t *offsets) {
  const struct save_slot *slot = (const void *)(block + offsets[0]);
  slot->call(file, slot->data);
}

static void on_timer(uv_timer_t *timer) { run_save(1, timer->data); }

int main(void) {
  uv_timer_t timer;
  block = calloc(1, 4096);
  add(64, (any_function)save);
  add_name(128, wait_long);
  uv_timer_init(uv_default_loop(), &timer);
  uv_timer_start(&timer, on_timer, 10, 0);
  return uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}

// A table of commands that are looked up by name.
#include <string.h>
#include <unistd.h>
#include <uv.h>

typedef int command_proc(int argc);
struct command {
  const char *name;
  command_proc *proc;
  int arity;
};

static int cmd_get(int argc) { return argc; }
static int cmd_save(int argc) {
  sync(); // expect: error disk.sync path: on_timer > execute > cmd_save loop: libuv
  return argc;
}
static int cmd_wait(int argc) {
  return (int)sleep((unsigned)argc); // expect: error sleep.sleep path: on_timer > execute > cmd_wait loop: libuv
}

static const struct command commands[] = {{"get", cmd_get, 2}, {"save", cmd_save, 1}, {"wait", cmd_wait, 2}};

static const struct command *find(const char *name) {
  for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
    if (!strcmp(commands[i].name, name)) return &commands[i];
  return NULL;
}

static void execute(const char *name) {
  const struct command *command = find(name);
  if (command) command->proc(command->arity);
}

static void on_timer(uv_timer_t *timer) { execute(timer->data); }

int main(void) {
  uv_timer_t timer;
  uv_timer_init(uv_default_loop(), &timer);
  uv_timer_start(&timer, on_timer, 10, 0);
  return uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}

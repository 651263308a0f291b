// Paths of /proc and /sys that are put together, by a helper too, and that a
// flags: -O2 -D_FORTIFY_SOURCE=2
// flags: -DPLAIN
// constant names.
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <uv.h>

static const char forwarding[] = "/proc/sys/net/ipv4/ip_forward";
static const char *const state_file = "/var/lib/app/state";

static void sysctl_name(char *to, const char *name) {
  strcpy(to, "/proc/sys/");
  strcat(to, name);
}
static void state_name(char *to, const char *name) {
  strcpy(to, "/var/lib/");
  strcat(to, name);
}

static void formatted(int pid) {
  char path[64], line[64];
  snprintf(path, sizeof path, "/proc/%d/stat", pid);
  int fd = open(path, O_RDONLY); // expect-none
  read(fd, line, sizeof line);   // expect-none
  close(fd);
  snprintf(path, sizeof path, "/var/run/%d.pid", pid);
  fd = open(path, O_RDONLY);   // expect: warning disk.open
  read(fd, line, sizeof line); // expect: warning disk.read
  close(fd); // expect: note disk.close
}
static void by_helper(const char *name) {
  char path[64];
  sysctl_name(path, name);
  close(open(path, O_RDONLY)); // expect-none
  state_name(path, name);
  close(open(path, O_RDONLY)); // expect: warning disk.open; note disk.close
}
static void by_root(const char *name) {
  char path[64];
  snprintf(path, sizeof path, "%s/%s", "/sys/class/net", name);
  close(open(path, O_RDONLY)); // expect-none
  if (name)
    snprintf(path, sizeof path, "/proc/%s", name);
  else
    state_name(path, "x");
  close(open(path, O_RDONLY)); // expect: warning disk.open; note disk.close
}
static void on_timer(uv_timer_t *t) {
  close(open(forwarding, O_RDONLY)); // expect-none
  close(open(state_file, O_RDONLY)); // expect: warning disk.open; note disk.close
  formatted(1);
  by_helper(t->data);
  by_root(t->data);
}
int main(void) {
  uv_timer_t t;
  uv_timer_init(uv_default_loop(), &t);
  uv_timer_start(&t, on_timer, 10, 0);
  return uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}

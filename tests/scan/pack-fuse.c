// What FUSE calls, one function for each role; what it runs elsewhere, and what nobody registers, stays silent.
#include <unistd.h>

struct fuse_lowlevel_ops {
  int (*handle)(void *);
};


static int on_field_1(void *data) {
  (void)data;
  return (int)sleep(1); // expect: error sleep.sleep path: on_field_1 loop: fuse role: request
}

static int on_nothing(void *data) {
  (void)data;
  return (int)sleep(99);
}

int set_up(struct fuse_lowlevel_ops *fuse_lowlevel_ops);
int set_up(struct fuse_lowlevel_ops *fuse_lowlevel_ops) {
  fuse_lowlevel_ops->handle = on_field_1;
  return on_nothing != 0;
}

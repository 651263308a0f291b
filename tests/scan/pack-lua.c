// What Lua C functions (OpenResty and others) calls, one function for each role; what it runs elsewhere, and what nobody registers, stays silent.
#include <unistd.h>

struct luaL_Reg {
  int (*func)(void *);
};
struct table {
  int (*entry)(void *);
};
int lua_pushcclosure(void *a0, int (*f1)(void *), void *a2);
int luaL_setfuncs(void *a0, const struct table *t);

static int on_request_1(void *data) {
  (void)data;
  return (int)sleep(1); // expect: error sleep.sleep path: on_request_1 loop: lua role: request
}

static int on_field_2(void *data) {
  (void)data;
  return (int)sleep(2); // expect: error sleep.sleep path: on_field_2 loop: lua role: request
}

static int on_table_3(void *data) {
  (void)data;
  return (int)sleep(3); // expect: error sleep.sleep path: on_table_3 loop: lua role: request
}

static int on_nothing(void *data) {
  (void)data;
  return (int)sleep(99);
}

static const struct table functions = {on_table_3};

int set_up(struct luaL_Reg *lual_reg);
int set_up(struct luaL_Reg *lual_reg) {
  lua_pushcclosure(0, on_request_1, 0);
  lual_reg->func = on_field_2;
  luaL_setfuncs(0, &functions);
  return on_nothing != 0;
}

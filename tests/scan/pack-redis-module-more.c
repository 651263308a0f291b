/* More of what Redis modules hand over: a descriptor keeps its mode on its way to the callback, RedisModule_Fork() gives
 * 0 in the child, configuration and information are asked for on the main thread. */
#include <fcntl.h>
#include <stddef.h>
#include <unistd.h>

typedef struct RedisModuleCtx RedisModuleCtx;
typedef struct RedisModuleString RedisModuleString;
int (*RedisModule_CreateCommand)(RedisModuleCtx *, const char *, int (*)(RedisModuleCtx *, RedisModuleString **, int),
                                 const char *, int, int, int);
int (*RedisModule_EventLoopAdd)(int fd, int mask, void (*f)(int, void *, int), void *data);
int (*RedisModule_Fork)(void (*done)(int, int, void *), void *data);
int (*RedisModule_ExitFromChild)(int code);
int (*RedisModule_RegisterInfoFunc)(RedisModuleCtx *, void (*f)(void *, int));
int (*RedisModule_RegisterBoolConfig)(RedisModuleCtx *, const char *, int, unsigned, int (*get)(const char *, void *),
                                      int (*set)(const char *, int, void *, RedisModuleString **),
                                      int (*apply)(RedisModuleCtx *, void *, RedisModuleString **), void *);
int (*RedisModule_Scan)(RedisModuleCtx *, void *, void (*f)(RedisModuleCtx *, void *), void *);

static void on_quick(int fd, void *data, int mask) {
  char buffer[64];
  (void)data, (void)mask;
  while (read(fd, buffer, sizeof buffer) > 0) continue; // expect-none
}

static void on_slow(int fd, void *data, int mask) {
  char buffer[64];
  (void)data, (void)mask;
  while (read(fd, buffer, sizeof buffer) > 0) continue; // expect: error network.read certain path: on_slow loop: redis-module role: io
}

static void on_done(int code, int signal, void *data) {
  (void)code, (void)signal, (void)data;
  sleep(1); // expect: error sleep.sleep certain path: on_done loop: redis-module role: other
}

static int on_fork(RedisModuleCtx *ctx, RedisModuleString **argv, int argc) {
  (void)ctx, (void)argv, (void)argc;
  int pid = RedisModule_Fork(on_done, NULL);
  if (pid < 0) {
    return 1;
  } else if (pid > 0) {
    sleep(2); // expect: error sleep.sleep certain path: on_fork loop: redis-module role: request
    return 0;
  }
  sleep(3);
  RedisModule_ExitFromChild(0);
  return 0;
}

static void on_info(void *info, int crash) {
  (void)info, (void)crash;
  sleep(4); // expect: error sleep.sleep certain path: on_info loop: redis-module role: other
}

static int on_get(const char *name, void *data) { return (void)name, (void)data, (int)sleep(5); } // expect: error sleep.sleep certain path: on_get loop: redis-module role: other
static int on_set(const char *name, int value, void *data, RedisModuleString **error) {
  (void)name, (void)value, (void)data, (void)error;
  return (int)sleep(6); // expect: error sleep.sleep certain path: on_set loop: redis-module role: other
}

static void on_key(RedisModuleCtx *ctx, void *key) {
  (void)ctx, (void)key;
  sleep(7); // expect: error sleep.sleep certain path: on_key loop: redis-module role: request
}
static int on_scan(RedisModuleCtx *ctx, RedisModuleString **argv, int argc) {
  (void)argv, (void)argc;
  return RedisModule_Scan(ctx, NULL, on_key, NULL);
}

int RedisModule_OnLoad(RedisModuleCtx *ctx, RedisModuleString **argv, int argc);
int RedisModule_OnLoad(RedisModuleCtx *ctx, RedisModuleString **argv, int argc) {
  int quick[2], slow[2];
  (void)argv, (void)argc;
  if (pipe2(quick, O_NONBLOCK) < 0 || pipe(slow) < 0) return 1;
  RedisModule_EventLoopAdd(quick[0], 1, on_quick, NULL);
  RedisModule_EventLoopAdd(slow[0], 1, on_slow, NULL);
  RedisModule_CreateCommand(ctx, "m.fork", on_fork, "", 0, 0, 0);
  RedisModule_CreateCommand(ctx, "m.scan", on_scan, "", 0, 0, 0);
  RedisModule_RegisterInfoFunc(ctx, on_info);
  return RedisModule_RegisterBoolConfig(ctx, "quick", 1, 0, on_get, on_set, NULL, NULL);
}

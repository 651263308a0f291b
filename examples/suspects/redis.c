/* A command that waits at the server. SUSPECT_REDIS is the path of its socket. */
#include "suspect.h"

#include <hiredis/hiredis.h>
#include <stdio.h>
#include <stdlib.h>

static redisContext *context;

bool suspect_prepare(void) {
  const char *path = getenv("SUSPECT_REDIS");
  context = path ? redisConnectUnix(path) : NULL;
  if (context && !context->err) return true;
  fprintf(stderr, "redis: %s\n", context ? context->errstr : "SUSPECT_REDIS is not set");
  return false;
}

bool suspect_work(void) {
  redisReply *reply = redisCommand(context, "BLPOP nothing 0.06");
  bool right = reply && reply->type == REDIS_REPLY_NIL;
  freeReplyObject(reply);
  return right;
}

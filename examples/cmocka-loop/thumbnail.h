/* Makes thumbnails for a libuv program, in two ways: on the loop, which is held meanwhile, and on the thread pool. */
#ifndef THUMBNAIL_H
#define THUMBNAIL_H

#include <uv.h>

typedef struct thumbnail thumbnail;
typedef void thumbnail_done(thumbnail *made);

struct thumbnail {
  uv_work_t work;
  uv_idle_t idle;
  unsigned effort_ms; /* how long the image takes */
  unsigned long pixels; /* the result */
  thumbnail_done *done; /* on the loop */
};

/* Both return 0 or libuv's error; `t`, whose effort_ms and done are set, must live until `done` was called. */
int thumbnail_make(uv_loop_t *loop, thumbnail *t);
int thumbnail_make_on_loop(uv_loop_t *loop, thumbnail *t);

#endif

/* A recording that never ends, in files that do: when a file is large or old enough it is finished, as at the
 * end of a recording, and named FILE.1; the one that had that name becomes FILE.2, and so on.
 *
 * Each file is a recording by itself: what the program's memory counts from its start is stored as what was
 * added since the file began. */
#include "runtime-check/collect/rotate.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

bool rotation_is_due(const recording *r, uint64_t now) {
  const recording_options *o = &r->options;
  struct stat s;
  if (!r->store || (!o->rotate_bytes && !o->rotate_ns)) return false;
  if (o->rotate_ns && now >= r->began + o->rotate_ns) return true;
  return o->rotate_bytes && stat(o->file, &s) == 0 && (uint64_t)s.st_size >= o->rotate_bytes;
}

/* FILE.2 becomes FILE.3, FILE.1 becomes FILE.2, FILE becomes FILE.1; the last one goes. */
static void shift_names(const recording_options *o) {
  bs_strbuf from = BS_STRBUF_INIT, to = BS_STRBUF_INIT;
  for (unsigned i = o->keep ? o->keep : 1; i-- > 0;) {
    bs_strbuf_clear(&from);
    bs_strbuf_clear(&to);
    bs_strbuf_adds(&from, o->file);
    if (i) bs_strbuf_addf(&from, ".%u", i);
    bs_strbuf_addf(&to, "%s.%u", o->file, i + 1);
    rename(from.text, to.text);
  }
  bs_strbuf_fini(&from);
  bs_strbuf_fini(&to);
}

static void finish_file(recording *r) {
  account v;
  r->ended = clock_now();
  account_init(&v, r);
  recording_store(r, &v);
  account_fini(&v);
  store_close(r->store);
  r->store = NULL;
  r->undo.count = 0; /* of rows that are in a file by now */
}

/* What is counted from the program's start on begins anew. */
static void set_bases(recording *r) {
  for (uint32_t i = 0; i < r->loops.count; i++) {
    recorded_loop *l = &r->loops.items[i];
    if (!l->base) l->base = bs_calloc(1, sizeof *l->base);
    recorded_loop *base = l->base;
    *base = *l;
    base->base = NULL;
    memset(&base->calls, 0, sizeof base->calls); /* the loop's own */
    l->stored = 0;
    l->stored_totals = 0;
  }
  for (uint32_t i = 0; i < r->sites.count; i++) {
    recorded_site *s = &r->sites.items[i];
    if (!s->base_histogram) s->base_histogram = bs_calloc(LAYOUT_CALL_BUCKETS, sizeof(uint32_t));
    memcpy(s->base_histogram, s->histogram, LAYOUT_CALL_BUCKETS * sizeof(uint32_t));
    s->base_count = s->count;
    s->base_total_ns = s->total_ns;
    s->stored_count = s->count;
    s->stored_stack = s->stack;
    s->stored = 0;
    s->dropped = false;
  }
}

/* Keeps the stalls that are not over; *moved says where each went. */
static uint32_t *forget_stalls(recording *r) {
  uint32_t *moved = bs_malloc((r->stalls.count + 1) * sizeof *moved), kept = 0;
  for (uint32_t i = 0; i < r->stalls.count; i++) {
    recorded_stall *s = &r->stalls.items[i];
    moved[i] = NO_INDEX;
    if (s->settled) {
      bs_vec_fini(&s->samples);
      bs_vec_fini(&s->calls);
      continue;
    }
    s->dropped = false;
    s->stored = 0;
    moved[i] = kept;
    r->stalls.items[kept++] = *s;
  }
  r->stalls.count = kept;
  r->stalls_flushed = r->next_fold = 0;
  for (uint32_t i = 0; i < r->scopes.count; i++) bs_vec_fini(&r->scopes.items[i].samples);
  r->scopes.count = r->scopes_flushed = 0;
  return moved;
}

uint32_t *recording_rotate(recording *r, bs_error *error) {
  struct timespec t;
  finish_file(r);
  shift_names(&r->options);
  uint32_t *moved = forget_stalls(r);
  set_bases(r);
  for (uint32_t i = 0; i < r->processes.count; i++) r->processes.items[i].stored = 0;
  for (uint32_t i = 0; i < r->stacks.count; i++) r->stacks.items[i].stored = 0;
  r->store = store_create(r->options.file, error);
  r->began = clock_now();
  clock_gettime(CLOCK_REALTIME, &t);
  int64_t wall = (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
  if (r->store) r->session = store_session(r->store, r->options.command, wall, r->options.threshold_ns);
  return moved;
}

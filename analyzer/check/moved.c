/* Objects that live on another thread: worker->moveToThread(thread). What such an object is called back for
 * runs in that thread's own loop, which may block. Told by classes: the one object that is moved stands for
 * all of its class. */
#include "analyzer/check/internal.h"

#include <string.h>

static const pack_row *moving_row(const checker *c, uint32_t call) {
  const program_call *row = &c->p->calls.items[call];
  const pack_row *const *rows = row->kind == FACTS_CALL_INDIRECT ? NULL : c->function_rows[row->callee];
  while (rows && *rows && !(*rows)->object) rows++;
  return rows ? *rows : NULL;
}

/* "net::Server" of "net::Server::poll", and of the record's key "net::Server@server.h". */
static const char *class_of(const char *function, size_t *length) {
  const char *end = function;
  for (const char *at = function; (at = strstr(at, "::")); at += 2) end = at;
  *length = (size_t)(end - function);
  return function;
}

void moved_find(checker *c) {
  const program *p = c->p;
  for (uint32_t call = 0; call < p->calls.count; call++) {
    const pack_row *row = moving_row(c, call);
    const program_call *at = &p->calls.items[call];
    if (!row || check_is_outside(p, at->caller)) continue;
    size_t length;
    const char *name = at->object ? check_record_tag(program_text(p, at->object), &length)
                                  : class_of(program_text(p, p->functions.items[at->caller].name), &length);
    if (length) *bs_vec_push(&c->moved) = (moved_class){row->pack, name, length};
  }
}

static bool is_moved(const checker *c, const loop_pack *pack, const char *name, size_t length) {
  for (uint32_t i = 0; i < c->moved.count; i++) {
    const moved_class *m = &c->moved.items[i];
    if (m->pack == pack && m->length == length && !memcmp(m->name, name, length)) return true;
  }
  return false;
}

bool moved_is_method(const checker *c, const loop_pack *pack, uint32_t function) {
  size_t length;
  const char *name = class_of(program_text(c->p, c->p->functions.items[function].name), &length);
  return c->moved.count && is_moved(c, pack, name, length);
}

bool moved_is_object(const checker *c, const loop_pack *pack, const program_argument *a) {
  size_t length;
  const char *name = check_record_tag(program_text(c->p, a->record), &length);
  return c->moved.count && is_moved(c, pack, name, length);
}

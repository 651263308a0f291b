/* Objects of libraries that wait or not: an SSH session, a window of curses, a result that MySQL sends row by
 * row.
 *
 * As with descriptors, an object is known by the call that made it, and its mode comes from that call and
 * from the setters that it reaches. Where the value flow does not say which object it is, the library's
 * objects are taken together: first as the calling function set them, then as the whole program does.
 */
#include "analyzer/check/internal.h"

#include <string.h>

enum { MAX_DERIVED = 4 }; /* a channel of a session of a connection */

static enum truth object_mode(const checker *c, uint32_t call, const program_argument *a, const char *handle,
                              uint32_t context, bool made_blocking, int depth);

static bool same(const char *a, const char *b) { return a == b || strcmp(a, b) == 0; }

void handles_note_creation(checker *c, uint32_t call, const descriptor_row *row) {
  if (!descriptors_row_is_for(c, call, row, 0)) return;
  const program_argument *flags = eval_argument(c->p, call, row->flags_argument);
  descriptor_state d = {.row = row, .from_argument = row->from_argument, .call = call};
  enum truth on = flags ? eval_has(c, call, flags, row->nonblock_bit, 0) : TRUTH_NO;
  d.created_nonblocking = row->always_nonblocking || on == TRUTH_YES;
  d.created_unknown = on == TRUTH_UNKNOWN;
  d.surely_blocking = row->always_blocking;
  bs_map_set(&c->descriptors, call, c->descriptor_states.count);
  *bs_vec_push(&c->descriptor_states) = d;
}

/* The state of an object by its atom, or NULL for another kind of thing. */
static descriptor_state *state_of(const checker *c, program_atom atom, const char *handle) {
  uint32_t i;
  if (program_atom_kind_of(atom) != PROGRAM_ATOM_DESCRIPTOR ||
      !bs_map_find(&c->descriptors, program_atom_id(atom), &i))
    return NULL;
  descriptor_state *d = &c->descriptor_states.items[i];
  return d->row && same(d->row->handle, handle) ? d : NULL;
}

/* `set_session_mode(s, on)` of the project says nothing itself: its callers do, and they are not asked. */
void handles_note_set(checker *c, uint32_t call, const descriptor_row *row) {
  const program_argument *object = eval_argument(c->p, call, row->descriptor_argument);
  const program_argument *command = eval_argument(c->p, call, row->command_argument);
  if (command && eval_equals(c, call, command, row->command, 0) == TRUTH_NO) return;
  const program_argument *only = row->only_bits ? eval_argument(c->p, call, row->only_argument) : NULL;
  if (row->only_bits && (!only || eval_has(c, call, only, row->only, 0) != TRUTH_YES)) return;
  enum truth on = descriptors_setter_says(c, call, row);
  if (on == TRUTH_UNKNOWN && row->from_argument < 0) return;
  *bs_vec_push(&c->handle_sets) =
      (handle_set){row->handle, call, on == TRUTH_NO, row->from_argument, row->descriptor_argument};
  if (row->from_argument >= 0 || !object || object->kind != FACTS_ARGUMENT_NODE) return;
  const program_points *points = program_points_of(c->p, object->ref);
  for (uint32_t i = 0; i < points->count; i++) {
    descriptor_state *d = state_of(c, points->items[i].atom, row->handle);
    if (d) *(on == TRUTH_NO ? &d->set_blocking : &d->set_nonblocking) = true;
  }
}

static enum truth mode_of_set(const checker *c, const handle_set *s, bool made_blocking, int depth) {
  if (s->taken < 0) return s->blocking ? TRUTH_NO : TRUTH_YES;
  const program_argument *a = eval_argument(c->p, s->call, s->taken);
  if (!a || depth >= MAX_DERIVED) return TRUTH_UNKNOWN;
  enum truth by_descriptor = descriptors_test(c, s->call, a, RULE_FD_NONBLOCKING, 0, made_blocking);
  return by_descriptor != TRUTH_UNKNOWN ? by_descriptor
                                        : object_mode(c, s->call, a, NULL, 0, made_blocking, depth + 1);
}

static bool is_argument(const checker *c, const handle_set *s, const char *handle, uint32_t node) {
  const descriptor_row *const *rows = rule_set_descriptors(
      c->rules, program_text(c->p, c->p->functions.items[c->p->calls.items[s->call].callee].symbol));
  for (; rows && *rows; rows++) {
    if ((*rows)->kind != DESCRIPTOR_SET || !(*rows)->handle || !same((*rows)->handle, handle)) continue;
    const program_argument *a = eval_argument(c->p, s->call, (*rows)->descriptor_argument);
    if (a && a->kind == FACTS_ARGUMENT_NODE && a->ref == node) return true;
  }
  return false;
}

/* The last setter before the call in its function: of this variable, or (node 0) of any object of the
 * library. */
static bool set_before(const checker *c, uint32_t call, const char *handle, uint32_t node, bool made_blocking,
                       int depth, enum truth *mode) {
  uint32_t caller = c->p->calls.items[call].caller;
  bool found = false;
  for (uint32_t i = 0; i < c->handle_sets.count; i++) {
    const handle_set *s = &c->handle_sets.items[i];
    if (s->call >= call || c->p->calls.items[s->call].caller != caller || !same(s->handle, handle)) continue;
    if (node && !is_argument(c, s, handle, node)) continue;
    *mode = mode_of_set(c, s, made_blocking, depth);
    found = true;
  }
  return found;
}

static enum truth state_mode(const checker *c, const descriptor_state *d, bool made_blocking, int depth) {
  if (d->set_nonblocking != d->set_blocking) return d->set_nonblocking ? TRUTH_YES : TRUTH_NO;
  if (d->set_nonblocking || d->created_unknown) return TRUTH_UNKNOWN;
  if (d->created_nonblocking) return TRUTH_YES;
  const program_argument *from = eval_argument(c->p, d->call, d->from_argument);
  if (!from || depth >= MAX_DERIVED) return TRUTH_NO;
  enum truth by_descriptor = descriptors_test(c, d->call, from, RULE_FD_NONBLOCKING, 0, made_blocking);
  return by_descriptor != TRUTH_UNKNOWN
             ? by_descriptor
             : object_mode(c, d->call, from, d->row->handle, 0, made_blocking, depth + 1);
}

/* As the objects that reach a node were made and set. False when none is known. */
static bool by_objects(const checker *c, uint32_t node, const char *handle, bool made_blocking, int depth,
                       enum truth *mode) {
  const program_points *points = program_points_of(c->p, node);
  uint32_t yes = 0, no = 0, all = 0;
  for (uint32_t i = 0; i < points->count; i++) {
    uint32_t row;
    const program_atom atom = points->items[i].atom;
    if (!handle && program_atom_kind_of(atom) == PROGRAM_ATOM_DESCRIPTOR &&
        bs_map_find(&c->descriptors, program_atom_id(atom), &row) && c->descriptor_states.items[row].row)
      handle = c->descriptor_states.items[row].row->handle;
    const descriptor_state *d = handle ? state_of(c, atom, handle) : NULL;
    if (!d) continue;
    enum truth t = state_mode(c, d, made_blocking, depth);
    all++;
    yes += t == TRUTH_YES;
    no += t == TRUTH_NO;
  }
  if (!all) return false;
  *mode = yes == all ? TRUTH_YES : no == all ? TRUTH_NO : TRUTH_UNKNOWN;
  return true;
}

/* Whether a setter is about an object that the value flow knows. */
static bool knows_object(const checker *c, const handle_set *s) {
  const program_argument *a = eval_argument(c->p, s->call, s->object);
  if (!a || a->kind != FACTS_ARGUMENT_NODE) return false;
  const program_points *points = program_points_of(c->p, a->ref);
  for (uint32_t i = 0; i < points->count; i++)
    if (state_of(c, points->items[i].atom, s->handle)) return true;
  return false;
}

static bool share_a_program(const program *p, uint32_t call, uint32_t other) {
  uint64_t here = p->functions.items[p->calls.items[call].caller].programs;
  return here & p->functions.items[p->calls.items[other].caller].programs;
}

static enum truth by_family(const checker *c, const char *handle) {
  const descriptor_row *const *family = rule_set_descriptors(c->rules, handle);
  if (!family || (!(*family)->always_blocking && !(*family)->always_nonblocking)) return TRUTH_UNKNOWN;
  return (*family)->always_blocking ? TRUTH_NO : TRUTH_YES;
}

/* As the program treats all of the library's objects; without an argument, those that no call made: the
 * standard window. */
static enum truth by_program(const checker *c, uint32_t call, bool named, const char *handle,
                             bool made_blocking, int depth) {
  bool on = false, off = false, unknown = false;
  const descriptor_row *const *family = rule_set_descriptors(c->rules, handle);
  if (family && (*family)->each) return (*family)->always_blocking ? TRUTH_NO : TRUTH_YES;
  for (uint32_t i = 0; i < c->handle_sets.count; i++) {
    const handle_set *s = &c->handle_sets.items[i];
    if (!same(s->handle, handle) || !share_a_program(c->p, call, s->call)) continue;
    if (!named && knows_object(c, s)) continue;
    enum truth t = mode_of_set(c, s, made_blocking, depth);
    on |= t == TRUTH_YES;
    off |= t == TRUTH_NO;
    unknown |= t == TRUTH_UNKNOWN;
  }
  for (uint32_t i = 0; i < c->descriptor_states.count; i++) {
    const descriptor_state *d = &c->descriptor_states.items[i];
    if (!d->row || !same(d->row->handle, handle) || d->from_argument >= 0) continue;
    if (!named || !share_a_program(c->p, call, d->call)) continue;
    on |= d->created_nonblocking;
    off |= d->surely_blocking;
  }
  if (unknown || (on && off)) return TRUTH_UNKNOWN;
  if (on || off) return on ? TRUTH_YES : TRUTH_NO;
  return by_family(c, handle);
}

static enum truth object_mode(const checker *c, uint32_t call, const program_argument *a, const char *handle,
                              uint32_t context, bool made_blocking, int depth) {
  enum truth mode;
  if (a && a->kind == FACTS_ARGUMENT_NODE) {
    uint32_t param = eval_parameter_of(c, a->ref), node = a->ref;
    bound_value bound = param ? eval_bound(c, param, context) : (bound_value){0};
    if (bound.kind == BOUND_NODE) node = bound.ref;
    if (handle && set_before(c, call, handle, a->ref, made_blocking, depth, &mode)) return mode;
    if (by_objects(c, node, handle, made_blocking, depth, &mode)) return mode;
  }
  if (!handle) return TRUTH_UNKNOWN;
  if (set_before(c, call, handle, 0, made_blocking, depth, &mode)) return mode;
  return by_program(c, call, a != NULL, handle, made_blocking, depth);
}

enum truth handles_test(const checker *c, uint32_t call, const program_argument *a, const char *handle,
                        uint32_t context, bool made_blocking) {
  return object_mode(c, call, a, handle, context, made_blocking, 0);
}

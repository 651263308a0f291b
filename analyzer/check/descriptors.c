/* Descriptors: where they were made, and whether a read or write on them waits.
 *
 * A descriptor is known by the call that made it. Its mode comes from that call's flags and from every setter
 * that it reaches: fcntl(F_SETFL), ioctl(FIONBIO), a library's, or a function of the project that forwards to
 * one and takes the mode as a parameter. One that is switched both ways is unknown, except on a path that
 * switched it to blocking before.
 */
#include "analyzer/check/internal.h"

#include <stdlib.h>
#include <string.h>

/* A function of the project that sets or clears O_NONBLOCK on one parameter as another one says. */
enum { MODE_ON = 1000, MODE_OFF }; /* instead of a parameter: what the wrapper always does */
typedef struct mode_wrapper {
  uint32_t function, descriptor, mode;
} mode_wrapper;

typedef struct mode_finder {
  checker *c;
  BS_VEC(mode_wrapper) wrappers;
} mode_finder;

static unsigned bits_of(const descriptor_state *d, bool made_blocking) {
  bool nonblocking = d->created_nonblocking || d->set_nonblocking;
  if (made_blocking && d->set_blocking) return d->bits | RULE_FD_BLOCKING;
  bool surely = d->created_nonblocking || d->surely_nonblocking;
  if (nonblocking && (!d->set_blocking || (surely && !d->surely_blocking)))
    return d->bits | RULE_FD_NONBLOCKING;
  return !nonblocking && !d->created_unknown ? d->bits | RULE_FD_BLOCKING : d->bits;
}

enum { MODES = RULE_FD_NONBLOCKING | RULE_FD_BLOCKING };

/* Whether what holds at `outer` holds at `inner` too: it stands under the same conditions, or more. */
static bool is_under(const program *p, uint32_t inner, uint32_t outer) {
  uint32_t wanted = p->calls.items[outer].guard, guard = p->calls.items[inner].guard;
  while (guard && guard != wanted) guard = p->guards.items[guard].outer;
  return guard == wanted;
}

/* What the last setter before the call, in the same function and on the same variable, made of it; 0
 * without one. */
static unsigned mode_before(const checker *c, uint32_t call, uint32_t node) {
  uint32_t i, last = PROGRAM_NONE;
  if (!bs_map_find(&c->mode_sets_of, bs_map_key(c->p->calls.items[call].caller, node), &i)) return 0;
  for (; i != PROGRAM_NONE && c->mode_sets.items[i].call < call; i = c->mode_sets.items[i].next) last = i;
  if (last == PROGRAM_NONE || !is_under(c->p, call, c->mode_sets.items[last].call)) return 0;
  return c->mode_sets.items[last].blocking ? RULE_FD_BLOCKING : RULE_FD_NONBLOCKING;
}

enum truth descriptors_test(const checker *c, uint32_t call, const program_argument *a, unsigned wanted,
                            uint32_t context, bool made_blocking) {
  if (a->kind != FACTS_ARGUMENT_NODE || !a->ref)
    return wanted == RULE_FD_LINGERING ? TRUTH_NO : TRUTH_UNKNOWN;
  uint32_t param = eval_parameter_of(c, a->ref), node = a->ref;
  unsigned mode = mode_before(c, call, a->ref);
  bool decided = mode && wanted & MODES;
  if (mode && wanted & mode) return TRUTH_YES;
  if (decided) wanted &= ~(unsigned)MODES;
  bound_value bound = param ? eval_bound(c, param, context) : (bound_value){0};
  if (bound.kind == BOUND_NODE) node = bound.ref;
  const program_points *points = program_points_of(c->p, node);
  uint32_t yes = 0, all = 0, unsettled = 0;
  for (uint32_t i = 0; i < points->count; i++) {
    uint32_t row, atom = points->items[i].atom;
    if (program_atom_kind_of(atom) != PROGRAM_ATOM_DESCRIPTOR ||
        !bs_map_find(&c->descriptors, program_atom_id(atom), &row) || c->descriptor_states.items[row].row)
      continue;
    all++;
    unsigned bits = bits_of(&c->descriptor_states.items[row], made_blocking);
    if (bits & wanted)
      yes++;
    else
      unsettled += wanted & MODES && !(bits & MODES); /* switched both ways, or by flags that are not known */
  }
  if (yes == 0 && wanted == RULE_FD_LINGERING) return TRUTH_NO; /* only a setter that is seen makes it so */
  if (yes == 0 && unsettled) return TRUTH_UNKNOWN;
  if (!all) return decided ? TRUTH_NO : TRUTH_UNKNOWN;
  return eval_truth_of(yes, all, false);
}

/* Whether an argument is a number, or has its bits; a parameter that is passed on as all callers say. */
static bool surely_is(const checker *c, uint32_t call, int index, int64_t value, bool bits, int depth) {
  const program *p = c->p;
  const program_argument *a = eval_argument(p, call, index);
  if (!a) return false;
  enum truth t = bits ? eval_has(c, call, a, value, 0) : eval_equals(c, call, a, value, 0);
  uint32_t param =
      a->kind == FACTS_ARGUMENT_NODE || a->kind == FACTS_ARGUMENT_FLAGS ? eval_parameter_of(c, a->ref) : 0;
  if (t != TRUTH_UNKNOWN || !param || depth == 0) return t == TRUTH_YES;
  uint32_t function = p->nodes.items[param].a, callers = 0;
  if (p->functions.items[function].address_taken) return false;
  for (uint32_t i = 0; i < p->calls.count; i++) {
    if (p->calls.items[i].kind != FACTS_CALL_DIRECT || p->calls.items[i].callee != function) continue;
    callers++;
    if (!surely_is(c, i, (int)p->nodes.items[param].b, value, bits, depth - 1)) return false;
  }
  return callers > 0;
}

static bool row_is_for(const checker *c, uint32_t call, const descriptor_row *row) {
  enum { CALLERS = 2 };
  if (surely_is(c, call, row->unless_argument, row->unless, false, CALLERS)) return false;
  return row->only_argument < 0 || surely_is(c, call, row->only_argument, row->only, row->only_bits, CALLERS);
}

static void note_creation(checker *c, uint32_t call, const descriptor_row *row) {
  descriptor_state d = {.bits = row->bits & ~(unsigned)(RULE_FD_NONBLOCKING | RULE_FD_BLOCKING)};
  uint32_t known;
  if (!row_is_for(c, call, row)) return;
  if (bs_map_find(&c->descriptors, call, &known)) {
    c->descriptor_states.items[known].bits |= d.bits;
    return;
  }
  const program_argument *flags = eval_argument(c->p, call, row->flags_argument);
  if (row->always_nonblocking)
    d.created_nonblocking = true;
  else if (flags) {
    enum truth t = eval_has(c, call, flags, row->nonblock_bit, 0);
    d.created_nonblocking = t == TRUTH_YES;
    d.created_unknown = t == TRUTH_UNKNOWN;
  }
  bs_map_set(&c->descriptors, call, c->descriptor_states.count);
  *bs_vec_push(&c->descriptor_states) = d;
}

/* Setters on one variable in one function are kept in the order of their calls. */
static void note_set(checker *c, uint32_t call, uint32_t node, bool blocking) {
  uint64_t key = bs_map_key(c->p->calls.items[call].caller, node);
  uint32_t fresh = c->mode_sets.count, i;
  *bs_vec_push(&c->mode_sets) = (mode_set){call, PROGRAM_NONE, blocking};
  if (!bs_map_find(&c->mode_sets_of, key, &i) || c->mode_sets.items[i].call > call) {
    if (bs_map_find(&c->mode_sets_of, key, &i)) c->mode_sets.items[fresh].next = i;
    bs_map_set(&c->mode_sets_of, key, fresh);
    return;
  }
  while (c->mode_sets.items[i].next != PROGRAM_NONE &&
         c->mode_sets.items[c->mode_sets.items[i].next].call < call)
    i = c->mode_sets.items[i].next;
  c->mode_sets.items[fresh].next = c->mode_sets.items[i].next;
  c->mode_sets.items[i].next = fresh;
}

static void mark_mode(checker *c, uint32_t call, uint32_t node, bool blocking) {
  const program_points *points = program_points_of(c->p, node);
  const program_call *row = &c->p->calls.items[call];
  uint32_t *line = &c->blocking_line[row->caller];
  if (blocking && (!*line || row->place.line < *line)) *line = row->place.line;
  uint32_t kind = c->p->nodes.items[node].kind;
  bool surely = kind != FACTS_NODE_PARAM && (kind != FACTS_NODE_FIELD || points->count == 1);
  for (uint32_t i = 0; i < points->count; i++) {
    uint32_t state;
    if (program_atom_kind_of(points->items[i].atom) != PROGRAM_ATOM_DESCRIPTOR) continue;
    if (!bs_map_find(&c->descriptors, program_atom_id(points->items[i].atom), &state)) continue;
    descriptor_state *d = &c->descriptor_states.items[state];
    *(blocking ? &d->set_blocking : &d->set_nonblocking) = true;
    if (surely) *(blocking ? &d->surely_blocking : &d->surely_nonblocking) = true;
  }
}

/* The only integer parameter besides the descriptor: what decides the mode in a wrapper. */
static bool find_mode_parameter(const program *p, uint32_t function, uint32_t descriptor, uint32_t *mode) {
  const char *type = program_text(p, p->functions.items[function].type), *open = strchr(type, '(');
  uint32_t index = 0, found = 0;
  for (const char *s = open ? open + 1 : ""; *s; index++) {
    size_t length = strcspn(s, ",()");
    bool integer = !memchr(s, '*', length) && s[length] != '(';
    if (integer && index != descriptor && ++found) *mode = index;
    s += length;
    if (*s == '(') return false; /* a function pointer among them: not such a wrapper */
    if (*s == ')') break;
    s += strspn(s, ", ");
  }
  return found == 1;
}

/* ioctl(fd, FIONBIO, &on): what the variable was given. */
static enum truth holds_true(const checker *c, uint32_t node) {
  const program *p = c->p;
  uint32_t yes = 0, all = 0;
  for (uint32_t f = program_first_flow(p, node); f != PROGRAM_NONE; f = p->flow_next[f], all++)
    yes +=
        p->flows.items[f].kind != FACTS_FLOW_INTEGER || p->integers.items[p->flows.items[f].src].value != 0;
  return all ? eval_truth_of(yes, all, false) : TRUTH_UNKNOWN;
}

enum truth descriptors_setter_says(const checker *c, uint32_t call, const descriptor_row *row) {
  const program_argument *value = eval_argument(c->p, call, row->value_argument);
  enum truth on = TRUTH_YES;
  if (value && row->nonblock_bit)
    on = eval_has(c, call, value, row->nonblock_bit, 0);
  else if (value && value->kind == FACTS_ARGUMENT_ADDRESS)
    on = holds_true(c, value->ref);
  else if (value)
    on = eval_not(eval_equals(c, call, value, 0, 0));
  return row->value_inverted ? eval_not(on) : on;
}

static void note_mode(mode_finder *f, uint32_t call, const descriptor_row *row) {
  checker *c = f->c;
  const program_argument *fd = eval_argument(c->p, call, row->descriptor_argument);
  const program_argument *command = eval_argument(c->p, call, row->command_argument);
  const program_argument *value = eval_argument(c->p, call, row->value_argument);
  if (!fd || fd->kind != FACTS_ARGUMENT_NODE) return;
  if (command && eval_equals(c, call, command, row->command, 0) == TRUTH_NO) return;
  enum truth on = descriptors_setter_says(c, call, row);
  uint32_t param = eval_parameter_of(c, fd->ref), mode = on == TRUTH_NO ? MODE_OFF : MODE_ON;
  const program_node *n = &c->p->nodes.items[param];
  bool decided =
      on != TRUTH_UNKNOWN || (value && row->nonblock_bit && eval_may_set(c, call, value, row->nonblock_bit));
  bool by_caller = on == TRUTH_UNKNOWN && param && find_mode_parameter(c->p, n->a, n->b, &mode);
  if (param && (by_caller || decided)) *bs_vec_push(&f->wrappers) = (mode_wrapper){n->a, n->b, mode};
  if (!decided || by_caller) return;
  note_set(c, call, fd->ref, on == TRUTH_NO);
  mark_mode(c, call, fd->ref, on == TRUTH_NO);
}

static void note_wrapped(mode_finder *f, uint32_t call) {
  checker *c = f->c;
  for (uint32_t i = 0; i < f->wrappers.count; i++) {
    const mode_wrapper *w = &f->wrappers.items[i];
    if (c->p->calls.items[call].callee != w->function) continue;
    const program_argument *fd = eval_argument(c->p, call, (int)w->descriptor);
    const program_argument *mode = eval_argument(c->p, call, (int)w->mode);
    if (!fd || fd->kind != FACTS_ARGUMENT_NODE || (!mode && w->mode < MODE_ON)) continue;
    enum truth off = w->mode == MODE_OFF  ? TRUTH_YES
                     : w->mode == MODE_ON ? TRUTH_NO
                                          : eval_equals(c, call, mode, 0, 0);
    if (off != TRUTH_UNKNOWN) note_set(c, call, fd->ref, off == TRUTH_YES);
    if (off != TRUTH_YES) mark_mode(c, call, fd->ref, false);
    if (off != TRUTH_NO) mark_mode(c, call, fd->ref, true);
  }
}

/* Gives what a node holds one more property. */
static void mark_bits(checker *c, uint32_t node, unsigned bits) {
  const program_points *points = program_points_of(c->p, node);
  for (uint32_t i = 0; i < points->count; i++) {
    uint32_t state, atom = points->items[i].atom;
    if (program_atom_kind_of(atom) == PROGRAM_ATOM_DESCRIPTOR &&
        bs_map_find(&c->descriptors, program_atom_id(atom), &state))
      c->descriptor_states.items[state].bits |= bits;
  }
}

/* Descriptors that a loop watches. */
static void mark_watched(checker *c, uint32_t node) { mark_bits(c, node, RULE_FD_WATCHED); }

static void note_mark(checker *c, uint32_t call, const descriptor_row *row) {
  const program_argument *fd = eval_argument(c->p, call, row->descriptor_argument);
  if (!fd || fd->kind != FACTS_ARGUMENT_NODE) return;
  for (uint32_t i = 0; i < row->nconditions; i++)
    if (eval_condition(c, call, &row->conditions[i], 0, false) != TRUTH_YES) return;
  mark_bits(c, fd->ref, row->bits);
}

static void each_row(mode_finder *f, enum descriptor_kind kind) {
  checker *c = f->c;
  const program *p = c->p;
  for (uint32_t call = 0; call < p->calls.count; call++) {
    const program_call *row = &p->calls.items[call];
    if (row->kind != FACTS_CALL_DIRECT || !check_is_outside(p, row->callee)) continue;
    const descriptor_row *const *rows =
        rule_set_descriptors(c->rules, program_text(p, p->functions.items[row->callee].symbol));
    for (; rows && *rows; rows++) {
      if ((*rows)->kind != kind) continue;
      const program_argument *watched = eval_argument(p, call, (*rows)->descriptor_argument);
      if ((*rows)->handle)
        (kind == DESCRIPTOR_CREATE ? handles_note_creation : handles_note_set)(c, call, *rows);
      else if (kind == DESCRIPTOR_MARK)
        note_mark(c, call, *rows);
      else if (kind == DESCRIPTOR_CREATE)
        note_creation(c, call, *rows);
      else if (kind == DESCRIPTOR_WATCH && watched && watched->kind == FACTS_ARGUMENT_NODE)
        mark_watched(c, watched->ref);
      else if (kind == DESCRIPTOR_SET)
        note_mode(f, call, *rows);
    }
  }
}

static void mark_watched_fields(checker *c) {
  const program *p = c->p;
  bs_strbuf key = BS_STRBUF_INIT;
  for (uint32_t n = 1; n < p->nodes.count; n++) {
    if (p->nodes.items[n].kind != FACTS_NODE_FIELD || !program_points_of(p, n)->count) continue;
    size_t length;
    const char *tag = check_record_tag(program_text(p, p->nodes.items[n].a), &length);
    bs_strbuf_clear(&key);
    bs_strbuf_addf(&key, "%.*s.%s", (int)length, tag, program_text(p, p->nodes.items[n].b));
    const descriptor_row *const *rows = rule_set_descriptors(c->rules, key.text);
    if (rows && (*rows)->kind == DESCRIPTOR_WATCH) mark_watched(c, n);
  }
  bs_strbuf_fini(&key);
}

void descriptors_find(checker *c) {
  mode_finder f = {.c = c};
  c->blocking_line = bs_calloc(c->p->functions.count + 1, sizeof(uint32_t));
  each_row(&f, DESCRIPTOR_CREATE);
  each_row(&f, DESCRIPTOR_WATCH);
  mark_watched_fields(c);
  each_row(&f, DESCRIPTOR_SET);
  each_row(&f, DESCRIPTOR_MARK);
  for (uint32_t call = 0; f.wrappers.count && call < c->p->calls.count; call++)
    if (c->p->calls.items[call].kind == FACTS_CALL_DIRECT) note_wrapped(&f, call);
  bs_vec_fini(&f.wrappers);
}

bool descriptors_made_blocking(const checker *c, uint32_t call) {
  const program_call *row = &c->p->calls.items[call];
  uint32_t line = c->blocking_line[row->caller];
  return line && line < row->place.line;
}

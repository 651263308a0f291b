/* Which descriptors a program makes, which of them a loop watches, and who sets their mode: fcntl(F_SETFL),
 * ioctl(FIONBIO), a library's function, or one of the project that forwards to one and takes the mode as a
 * parameter.
 */
#include "analyzer/check/descriptors_internal.h"

#include <stdlib.h>
#include <string.h>

/* A function of the project that sets or clears O_NONBLOCK on one parameter as another one says. */
enum { MODE_ON = 1000, MODE_OFF }; /* instead of a parameter: what the wrapper always does */
typedef struct mode_wrapper {
  uint32_t function, descriptor, mode;
  uint32_t field; /* of what the parameter `descriptor` points to; 0: it is the descriptor */
  bool inverted; /* the parameter asks for a blocking descriptor */
} mode_wrapper;

typedef struct mode_finder {
  checker *c;
  BS_VEC(mode_wrapper) wrappers;
} mode_finder;

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

/* The same in a context; of no context all callers are asked. */
static bool argument_is(const checker *c, uint32_t call, int index, int64_t value, bool bits, uint32_t x) {
  enum { CALLERS = 2 };
  const program_argument *a = x ? eval_argument(c->p, call, index) : NULL;
  enum truth t = !a     ? TRUTH_UNKNOWN
                 : bits ? eval_has(c, call, a, value, x)
                        : eval_equals(c, call, a, value, x);
  return t == TRUTH_UNKNOWN ? surely_is(c, call, index, value, bits, CALLERS) : t == TRUTH_YES;
}

static bool has_path(const checker *c, uint32_t call, const descriptor_row *row) {
  const program_argument *a = eval_argument(c->p, call, row->path_argument);
  const char *text = a ? texts_beginning(c, call, a) : NULL;
  if (!text) return false;
  for (const char *const *path = row->paths; *path; path++)
    if (**path == '*' ? strstr(text, *path + 1) != NULL : !strncmp(text, *path, strlen(*path))) return true;
  return false;
}

/* Whether a row says by the path, which comes first, what this call makes. */
static bool is_by_path(const checker *c, uint32_t call, const descriptor_row *row) {
  const descriptor_row *const *rows = rule_set_descriptors(c->rules, row->function);
  for (; rows && *rows; rows++)
    if ((*rows)->kind == DESCRIPTOR_CREATE && (*rows)->paths && has_path(c, call, *rows)) return true;
  return false;
}

bool descriptors_row_is_for(const checker *c, uint32_t call, const descriptor_row *row, uint32_t x) {
  if (row->paths ? !has_path(c, call, row) : is_by_path(c, call, row)) return false;
  if (argument_is(c, call, row->unless_argument, row->unless, false, x)) return false;
  return row->only_argument < 0 || argument_is(c, call, row->only_argument, row->only, row->only_bits, x);
}

/* What a row says of the descriptor that a call makes in a context. */
static void create(const checker *c, uint32_t call, const descriptor_row *row, uint32_t x, bool first,
                   descriptor_state *d) {
  d->bits |= row->bits & ~(unsigned)(RULE_FD_NONBLOCKING | RULE_FD_BLOCKING);
  if (!first) return;
  const program_argument *flags = eval_argument(c->p, call, row->flags_argument);
  enum truth t = row->always_nonblocking ? TRUTH_YES
                 : flags                 ? eval_has(c, call, flags, row->nonblock_bit, x)
                                         : TRUTH_NO;
  d->created_nonblocking = t == TRUTH_YES;
  d->created_unknown = t == TRUTH_UNKNOWN;
}

static void note_creation(checker *c, uint32_t call, const descriptor_row *row) {
  uint32_t known;
  if (!descriptors_row_is_for(c, call, row, 0)) return;
  bool first = !bs_map_find(&c->descriptors, call, &known);
  if (first) {
    known = c->descriptor_states.count;
    *bs_vec_push(&c->descriptor_states) = (descriptor_state){.from_argument = -1, .call = call};
    bs_map_set(&c->descriptors, call, known);
  }
  create(c, call, row, 0, first, &c->descriptor_states.items[known]);
}

/* ---- wrappers: each call of a function that returns a descriptor of its own makes another one ---- */

static void add_clone(checker *c, uint32_t call, descriptor_state d) {
  uint32_t head;
  *bs_vec_push(&c->descriptor_states) = d;
  uint32_t fresh = c->descriptor_states.count - 1;
  if (bs_map_find(&c->descriptors, call, &head)) {
    c->descriptor_states.items[fresh].next = c->descriptor_states.items[head].next;
    c->descriptor_states.items[head].next = fresh + 1;
  } else {
    bs_map_set(&c->descriptors, call, fresh);
  }
}

static void clone_one(checker *c, uint32_t call, uint32_t made, uint32_t state, uint32_t x,
                      uint32_t entered) {
  descriptor_state d = c->descriptor_states.items[state];
  d.next = 0;
  d.source = state + 1;
  d.holder = call;
  d.context = entered;
  d.inner = x;
  d.set_blocking = d.set_nonblocking = d.surely_blocking = d.surely_nonblocking = false;
  const program_call *row = &c->p->calls.items[made];
  bool first = true;
  if (check_is_outside(c->p, row->callee)) {
    const descriptor_row *const *rows =
        rule_set_descriptors(c->rules, program_text(c->p, c->p->functions.items[row->callee].symbol));
    d.bits = 0;
    for (; rows && *rows; rows++) {
      if ((*rows)->kind != DESCRIPTOR_CREATE || !descriptors_row_is_for(c, made, *rows, x)) continue;
      create(c, made, *rows, x, first, &d);
      first = false;
    }
  }
  add_clone(c, call, d);
}

static bool makes_clones(const program *p, uint32_t call) {
  const program_call *row = &p->calls.items[call];
  return row->kind == FACTS_CALL_DIRECT && row->result && p->functions.items[row->callee].defined &&
         program_points_has(program_points_of(p, row->result),
                            program_atom_make(PROGRAM_ATOM_DESCRIPTOR, call));
}

enum { MAX_WRAPPERS = 6 };

static void clone_for(checker *c, uint32_t call, int depth);

/* What a wrapper made for one of its own calls begins as what it is there. */
static uint32_t source_in(const checker *c, uint32_t made, uint32_t first) {
  uint32_t state;
  if (!bs_map_find(&c->descriptors, made, &state)) return PROGRAM_NONE;
  for (uint32_t s = state + 1; s; s = c->descriptor_states.items[s - 1].next)
    if (c->descriptor_states.items[s - 1].call == first) return s - 1;
  return state;
}

/* Adds to a call what a function makes in a context, through the wrappers that it calls; `outer` is the call
 * in the outermost wrapper. */
static void clone_made(checker *c, uint32_t call, uint32_t function, uint32_t outer, uint32_t x,
                       uint32_t entered, int depth) {
  const program *p = c->p;
  const program_points *points = program_points_of(p, program_find_node(p, FACTS_NODE_RETURN, function, 0));
  for (uint32_t i = 0; i < points->count; i++) {
    uint32_t made = program_atom_id(points->items[i].atom), state;
    if (program_atom_kind_of(points->items[i].atom) != PROGRAM_ATOM_DESCRIPTOR ||
        p->calls.items[made].caller != function || made == call || !eval_reachable(c, made, x))
      continue;
    uint32_t first = outer == PROGRAM_NONE ? made : outer;
    if (makes_clones(p, made)) {
      clone_for(c, made, depth + 1);
      if (depth < MAX_WRAPPERS)
        clone_made(c, call, p->calls.items[made].callee, first,
                   eval_enter_for_values(c, made, p->calls.items[made].callee, x), entered, depth + 1);
      continue;
    }
    if (!bs_map_find(&c->descriptors, made, &state) || c->descriptor_states.items[state].row) continue;
    state = source_in(c, first, made);
    if (state != PROGRAM_NONE) clone_one(c, call, made, state, x, entered);
  }
}

static void clone_for(checker *c, uint32_t call, int depth) {
  uint32_t known, function = c->p->calls.items[call].callee;
  if (depth > MAX_WRAPPERS || bs_map_find(&c->descriptors, call, &known)) return;
  uint32_t x = eval_enter_for_values(c, call, function, 0);
  clone_made(c, call, function, PROGRAM_NONE, x, x, depth);
}

static void clone_all(checker *c) {
  for (uint32_t call = 0; call < c->p->calls.count; call++)
    if (makes_clones(c->p, call)) clone_for(c, call, 0);
}

/* Setters on one variable in one function are kept in the order of their calls. */
static void note_set(checker *c, uint32_t call, descriptor_name name, bool blocking, bool unknown) {
  uint64_t key = descriptors_sets_key(c, call, name);
  uint32_t fresh = c->mode_sets.count, i;
  *bs_vec_push(&c->mode_sets) = (mode_set){call, PROGRAM_NONE, blocking, unknown};
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

static void mark_mode(checker *c, uint32_t call, descriptor_name name, bool blocking) {
  const program_call *row = &c->p->calls.items[call];
  descriptor_list list = {.count = 0};
  uint32_t param = eval_parameter_of(c, name.object ? name.object : name.node);
  uint32_t *line = &c->blocking_line[row->caller];
  if (blocking && (!*line || row->place.line < *line)) *line = row->place.line;
  /* Each caller of such a wrapper is asked what it hands over, and when. */
  if (param && !c->p->functions.items[c->p->nodes.items[param].a].address_taken) return;
  const descriptor_origin from = descriptors_states_of(c, call, name, &list);
  uint32_t kind = c->p->nodes.items[name.node].kind;
  bool surely = kind != FACTS_NODE_PARAM && (kind != FACTS_NODE_FIELD || from.told || list.count == 1);
  bool is_local = kind == FACTS_NODE_LOCAL || (kind == FACTS_NODE_FIELD && from.direct);
  for (uint32_t i = 0; i < list.count; i++)
    for (uint32_t s = list.item[i] + 1; s; s = c->descriptor_states.items[s - 1].next) {
      descriptor_state *d = &c->descriptor_states.items[s - 1];
      *(blocking ? &d->set_blocking : &d->set_nonblocking) = true;
      d->set_elsewhere |= !is_local || c->p->calls.items[list.holder[i]].caller != row->caller;
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

/* 1 where a guard asks for a parameter that is true, -1 for one that is 0; 0 where it does not ask. */
static int asks_for(const program *p, uint32_t guard, uint32_t param) {
  for (; guard; guard = p->guards.items[guard].outer) {
    const program_guard *g = &p->guards.items[guard];
    if (g->node != param || (g->op != FACTS_GUARD_EQ && g->op != FACTS_GUARD_NE)) continue;
    return (g->op == FACTS_GUARD_NE) == (g->value == 0) ? 1 : -1;
  }
  return 0;
}

/* if (blocking) flags &= ~O_NONBLOCK; else flags |= O_NONBLOCK; */
static bool is_inverted(const program *p, uint32_t function, uint32_t mode, const program_argument *value,
                        int64_t bit) {
  const program_function *f = &p->functions.items[function];
  uint32_t param = program_find_node(p, FACTS_NODE_PARAM, function, mode);
  if (!param || !value || value->kind != FACTS_ARGUMENT_NODE) return false;
  for (uint32_t i = f->first_store; i < f->first_store + f->nstores; i++) {
    const program_store *s = &p->stores.items[i];
    bool sets = s->op == FACTS_STORE_OR || (s->op == FACTS_STORE_SET && s->kind == FACTS_ARGUMENT_FLAGS);
    bool clears =
        s->op == FACTS_STORE_CLEAR || (s->op == FACTS_STORE_SET && s->kind == FACTS_ARGUMENT_MASKED);
    if (s->base != value->ref || s->field || !(sets || clears)) continue;
    if (s->op != FACTS_STORE_SET && (s->value & bit) != bit) continue;
    int asked = asks_for(p, s->guard, param);
    if (asked) return sets ? asked < 0 : asked > 0;
  }
  return false;
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
  values fields = {0};
  if (value && row->value_field)
    on = eval_field(c, call, value, row->value_field, 0, &fields)
             ? values_have_all(&fields, row->nonblock_bit)
             : TRUTH_UNKNOWN;
  else if (value && row->nonblock_bit)
    on = eval_has(c, call, value, row->nonblock_bit, 0);
  else if (value && value->kind == FACTS_ARGUMENT_ADDRESS)
    on = holds_true(c, value->ref);
  else if (value)
    on = truth_not(eval_equals(c, call, value, 0, 0));
  return row->value_inverted ? truth_not(on) : on;
}

static void note_mode(mode_finder *f, uint32_t call, const descriptor_row *row) {
  checker *c = f->c;
  const program_argument *fd = eval_argument(c->p, call, row->descriptor_argument);
  const program_argument *command = eval_argument(c->p, call, row->command_argument);
  const program_argument *value = eval_argument(c->p, call, row->value_argument);
  if (!fd || fd->kind != FACTS_ARGUMENT_NODE) return;
  if (command && eval_equals(c, call, command, row->command, 0) == TRUTH_NO) return;
  enum truth on = descriptors_setter_says(c, call, row);
  const descriptor_name name = descriptors_name_of(c, fd);
  uint32_t param = eval_parameter_of(c, name.object ? name.object : name.node);
  uint32_t mode = on == TRUTH_NO ? MODE_OFF : MODE_ON, field = name.object ? name.node : 0;
  const program_node *n = &c->p->nodes.items[param];
  bool decided = on != TRUTH_UNKNOWN || (value && !row->value_field && row->nonblock_bit &&
                                         eval_may_set(c, call, value, row->nonblock_bit));
  bool by_caller = on == TRUTH_UNKNOWN && param && find_mode_parameter(c->p, n->a, n->b, &mode);
  bool inverted = by_caller && is_inverted(c->p, n->a, mode, value, row->nonblock_bit);
  if (param && (by_caller || decided))
    *bs_vec_push(&f->wrappers) = (mode_wrapper){n->a, n->b, mode, field, inverted};
  if (!decided || by_caller) return;
  note_set(c, call, name, on == TRUTH_NO, on == TRUTH_UNKNOWN);
  mark_mode(c, call, name, on == TRUTH_NO);
}

/* A function that hands its parameter to such a wrapper is one. */
static void add_wrapper(mode_finder *f, uint32_t param, uint32_t mode, uint32_t field) {
  const program_node *n = &f->c->p->nodes.items[param];
  for (uint32_t i = 0; i < f->wrappers.count; i++) {
    const mode_wrapper *w = &f->wrappers.items[i];
    if (w->function == n->a && w->descriptor == n->b && w->field == field) return;
  }
  *bs_vec_push(&f->wrappers) = (mode_wrapper){n->a, n->b, mode, field, false};
}

/* What a wrapper's call sets the mode of. False where that has no name. */
static bool wrapped_name(const checker *c, uint32_t call, const mode_wrapper *w, descriptor_name *name) {
  const program_argument *a = eval_argument(c->p, call, (int)w->descriptor);
  if (!a) return false;
  if (w->field)
    *name = (descriptor_name){w->field, order_object(c, a)};
  else if (a->kind == FACTS_ARGUMENT_NODE)
    *name = descriptors_name_of(c, a);
  else
    return false;
  return true;
}

static void note_wrapped(mode_finder *f, uint32_t call, uint32_t from, uint32_t end) {
  checker *c = f->c;
  for (uint32_t i = from; i < end; i++) {
    const mode_wrapper wrapper = f->wrappers.items[i], *w = &wrapper;
    if (c->p->calls.items[call].callee != w->function) continue;
    const program_argument *mode = eval_argument(c->p, call, (int)w->mode);
    descriptor_name name;
    if ((!mode && w->mode < MODE_ON) || !wrapped_name(c, call, w, &name)) continue;
    enum truth off = w->mode == MODE_OFF  ? TRUTH_YES
                     : w->mode == MODE_ON ? TRUTH_NO
                                          : eval_equals(c, call, mode, 0, 0);
    if (w->inverted) off = truth_not(off);
    note_set(c, call, name, off == TRUTH_YES, off == TRUTH_UNKNOWN);
    uint32_t param = eval_parameter_of(c, name.object ? name.object : name.node);
    if (param && off != TRUTH_UNKNOWN)
      add_wrapper(f, param, off == TRUTH_YES ? MODE_OFF : MODE_ON, name.object ? name.node : 0);
    if (off != TRUTH_YES) mark_mode(c, call, name, false);
    if (off != TRUTH_NO) mark_mode(c, call, name, true);
  }
}

/* Gives what a node holds one more property. */
static void mark_bits(checker *c, uint32_t node, unsigned bits) {
  descriptor_list list = {.count = 0};
  descriptors_add_states(c, node, &list);
  for (uint32_t i = 0; i < list.count; i++)
    for (uint32_t s = list.item[i] + 1; s; s = c->descriptor_states.items[s - 1].next)
      c->descriptor_states.items[s - 1].bits |= bits;
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

/* zloop_reader(loop, socket, on_message): what `on_message` gets has something to read. */
static void note_ready_parameter(checker *c, uint32_t call, const descriptor_row *row) {
  const program_argument *callback = eval_argument(c->p, call, row->callback_argument);
  if (!callback || callback->kind != FACTS_ARGUMENT_FUNCTION || row->callback_parameter < 0) return;
  uint32_t node = program_find_node(c->p, FACTS_NODE_PARAM, callback->ref, (uint32_t)row->callback_parameter);
  if (node) c->is_handed_ready[node] = true;
}

/* What a call, which is one of an API with these rows, says by those of one kind. */
static void note_rows(mode_finder *f, uint32_t call, const descriptor_row *const *rows,
                      enum descriptor_kind kind) {
  checker *c = f->c;
  for (; rows && *rows; rows++) {
    if ((*rows)->kind != kind) continue;
    const program_argument *watched = eval_argument(c->p, call, (*rows)->descriptor_argument);
    if (kind == DESCRIPTOR_LIMIT)
      limits_note(c, call, *rows);
    else if (kind == DESCRIPTOR_HAND_ON)
      note_ready_parameter(c, call, *rows);
    else if ((*rows)->handle)
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

static void each_row(mode_finder *f, enum descriptor_kind kind) {
  checker *c = f->c;
  const program *p = c->p;
  for (uint32_t i = 0; i < c->outside_calls.count; i++) {
    uint32_t call = c->outside_calls.items[i];
    const program_call *row = &p->calls.items[call];
    const descriptor_row *const *rows =
        rule_set_descriptors(c->rules, program_text(p, p->functions.items[row->callee].symbol));
    if (!rows) /* C++ */
      rows = rule_set_descriptors(c->rules, program_text(p, p->functions.items[row->callee].name));
    note_rows(f, call, rows, kind);
  }
}

/* The same of APIs that are reached through pointers: they are given descriptors, and make none. */
static void each_pointer_row(mode_finder *f, enum descriptor_kind kind) {
  checker *c = f->c;
  bs_strbuf name = BS_STRBUF_INIT;
  for (uint32_t call = 0; call < c->p->calls.count; call++) {
    const program_call *row = &c->p->calls.items[call];
    if (row->kind == FACTS_CALL_INDIRECT && row->callee && check_pointer_name(c->p, row->callee, &name))
      note_rows(f, call, rule_set_descriptors(c->rules, name.text), kind);
  }
  bs_strbuf_fini(&name);
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
  c->assumed = bs_calloc(1, sizeof *c->assumed);
  each_row(&f, DESCRIPTOR_CREATE);
  clone_all(c);
  each_row(&f, DESCRIPTOR_WATCH);
  each_pointer_row(&f, DESCRIPTOR_WATCH);
  mark_watched_fields(c);
  each_row(&f, DESCRIPTOR_SET);
  each_row(&f, DESCRIPTOR_MARK);
  each_row(&f, DESCRIPTOR_LIMIT);
  c->is_handed_ready = bs_calloc(c->p->nodes.count + 1, sizeof(bool));
  each_row(&f, DESCRIPTOR_HAND_ON);
  each_pointer_row(&f, DESCRIPTOR_HAND_ON);
  for (uint32_t from = 0, end; from < f.wrappers.count; from = end) {
    end = f.wrappers.count;
    for (uint32_t call = 0; call < c->p->calls.count; call++)
      if (c->p->calls.items[call].kind == FACTS_CALL_DIRECT) note_wrapped(&f, call, from, end);
  }
  bs_vec_fini(&f.wrappers);
}

/* Which functions are entry points of a loop. */
static bool *entry_functions(const checker *c) {
  bool *is_entry = bs_calloc((size_t)c->p->functions.count + 1, sizeof *is_entry);
  for (uint32_t i = 0; i < c->entries.count; i++) is_entry[c->entries.items[i].function] = true;
  return is_entry;
}

void descriptors_watch_registered(checker *c) {
  const program *p = c->p;
  bool *is_entry = entry_functions(c);
  for (uint32_t call = 0; call < p->calls.count; call++) {
    const program_call *row = &p->calls.items[call];
    bool hands_callback = false;
    if (row->kind != FACTS_CALL_DIRECT || check_is_outside(p, row->callee)) continue;
    for (uint32_t i = 0; i < row->narguments; i++) {
      const program_argument *a = &p->arguments.items[row->first_argument + i];
      hands_callback |= a->kind == FACTS_ARGUMENT_FUNCTION && is_entry[a->ref];
    }
    for (uint32_t i = 0; hands_callback && i < row->narguments; i++) {
      const program_argument *a = &p->arguments.items[row->first_argument + i];
      if (a->kind == FACTS_ARGUMENT_NODE && a->ref) mark_watched(c, a->ref);
    }
  }
  free(is_entry);
}

bool descriptors_made_blocking(const checker *c, uint32_t call) {
  const program_call *row = &c->p->calls.items[call];
  uint32_t line = c->blocking_line[row->caller];
  return line && line < row->place.line;
}

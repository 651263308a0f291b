/* Descriptors: where they were made, and whether a read or write on them waits.
 *
 * A descriptor is known by the call that made it. Its mode comes from that call's flags and from every setter
 * that it reaches (descriptors_find.c). Where a function makes one and sets its mode under one name, in
 * order, that counts alone. One that is switched both ways is unknown, except on a path that switched it to
 * blocking before.
 */
#include "analyzer/check/descriptors_internal.h"

#include "base/hash.h"

/* Whether a function sets this mode in a context at all: not when each setter is under a condition that the
 * caller decides otherwise, as in `if (nonblocking) set_nonblocking(fd)`. */
static bool sets_mode(const checker *c, uint32_t function, uint32_t context, bool blocking) {
  bool none = true;
  for (uint32_t i = 0; i < c->mode_sets.count; i++) {
    const mode_set *set = &c->mode_sets.items[i];
    const program_call *row = &c->p->calls.items[set->call];
    if (row->caller != function || (set->blocking != blocking && !set->unknown)) continue;
    if (order_guards(c, row->guard, function, context) != TRUTH_NO) return true;
    none = false;
  }
  return none;
}

/* The state with what the wrapper that made it has done, until somebody else sets the mode. */
static descriptor_state whole_state(const checker *c, const descriptor_state *d) {
  descriptor_state whole = *d;
  uint32_t function = c->p->calls.items[d->holder].callee, context = d->context;
  for (uint32_t i = d->source; i; i = c->descriptor_states.items[i - 1].source) {
    const descriptor_state *source = &c->descriptor_states.items[i - 1];
    if (!source->source) {
      function = c->p->calls.items[source->call].caller;
      context = d->inner;
    }
    bool asked = !source->set_elsewhere && context;
    whole.bits |= source->bits & RULE_FD_WATCHED;
    if (whole.set_blocking || whole.set_nonblocking) continue;
    whole.set_blocking = source->set_blocking && (!asked || sets_mode(c, function, context, true));
    whole.set_nonblocking = source->set_nonblocking && (!asked || sets_mode(c, function, context, false));
    whole.surely_blocking = source->surely_blocking && whole.set_blocking;
    whole.surely_nonblocking = source->surely_nonblocking && whole.set_nonblocking;
    function = c->p->calls.items[source->holder].callee;
    context = source->context;
  }
  return whole;
}

static unsigned bits_of(const checker *c, const descriptor_state *state, bool made_blocking) {
  descriptor_state whole = whole_state(c, state);
  const descriptor_state *d = &whole;
  /* No loop can watch a file on a disk: what was opened is a device or a FIFO. Its path may tell. */
  if (whole.bits & (RULE_FD_WATCHED | RULE_FD_MEMORY | RULE_FD_TTY)) whole.bits &= ~(unsigned)RULE_FD_FILE;
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
  return moment_implies(p, p->calls.items[inner].guard, p->calls.items[outer].guard);
}

descriptor_name descriptors_name_of(const checker *c, const program_argument *a) {
  bool is_field = c->p->nodes.items[a->ref].kind == FACTS_NODE_FIELD;
  return (descriptor_name){a->ref, is_field && a->base ? order_canonical(c, a->base) : 0};
}

/* The stores to a variable or field that count when a call is made, and the first call behind the last of
 * them. */
static uint32_t last_stores(const checker *c, uint32_t call, descriptor_name name, const uint32_t **stores,
                            uint32_t *since) {
  *since = 0;
  if (!name.object && c->p->nodes.items[name.node].kind != FACTS_NODE_LOCAL) return 0;
  uint32_t variable = name.object ? name.object : name.node, field = name.object ? name.node : 0;
  uint32_t count = order_last_stores(c, call, variable, field, stores);
  for (uint32_t i = 0; i < count; i++) {
    uint32_t position = c->p->stores.items[(*stores)[i]].position;
    if (position <= call && position > *since) *since = position;
  }
  return count;
}

/* What the setters before the call, in the same function and on the same variable, made of it: the modes that
 * it may have been given, and whether it may still be as it was. */
typedef struct set_modes {
  unsigned modes;
  bool untouched;
} set_modes;

static enum truth was_made(const checker *c, uint32_t setter, uint32_t call, uint32_t context) {
  const program_call *row = &c->p->calls.items[setter];
  if (is_under(c->p, call, setter)) return TRUTH_YES;
  return order_guards(c, row->guard, row->caller, context);
}

uint64_t descriptors_sets_key(const checker *c, uint32_t call, descriptor_name name) {
  return bs_hash_mix(bs_map_key(c->p->calls.items[call].caller, name.node), name.object);
}

static set_modes modes_before(const checker *c, uint32_t call, descriptor_name name, uint32_t since,
                              uint32_t context) {
  uint32_t i;
  set_modes result = {0, true};
  if (!bs_map_find(&c->mode_sets_of, descriptors_sets_key(c, call, name), &i)) return result;
  for (; i != PROGRAM_NONE && c->mode_sets.items[i].call < call; i = c->mode_sets.items[i].next) {
    const mode_set *set = &c->mode_sets.items[i];
    enum truth made = set->call < since ? TRUTH_NO : was_made(c, set->call, call, context);
    if (made == TRUTH_NO) continue;
    if (made == TRUTH_YES) result = (set_modes){0, false};
    if (set->unknown)
      result.modes |= MODES;
    else
      result.modes |= set->blocking ? RULE_FD_BLOCKING : RULE_FD_NONBLOCKING;
  }
  return result;
}

void descriptors_add_states(const checker *c, uint32_t node, descriptor_list *out) {
  const program_points *points = program_points_of(c->p, node);
  for (uint32_t i = 0; i < points->count && out->count < DESCRIPTOR_STATES; i++) {
    uint32_t state, known = 0, atom = points->items[i].atom;
    if (program_atom_kind_of(atom) != PROGRAM_ATOM_DESCRIPTOR ||
        !bs_map_find(&c->descriptors, program_atom_id(atom), &state) || c->descriptor_states.items[state].row)
      continue;
    while (known < out->count && out->item[known] != state) known++;
    if (known < out->count) continue;
    out->holder[out->count] = program_atom_id(atom);
    out->item[out->count++] = state;
  }
}

enum { MAX_MAKERS = 64, MAKERS_DEPTH = 3 };

/* A function and what it calls: the functions that make a new object. */
typedef struct makers {
  uint32_t function[MAX_MAKERS], count;
} makers;

static bool is_maker(const makers *m, uint32_t function) {
  for (uint32_t i = 0; i < m->count; i++)
    if (m->function[i] == function) return true;
  return false;
}

/* False when there are too many. */
static bool add_makers(const program *p, makers *m, uint32_t function, int depth) {
  if (is_maker(m, function) || check_is_outside(p, function)) return true;
  if (m->count == MAX_MAKERS) return false;
  m->function[m->count++] = function;
  const program_function *f = &p->functions.items[function];
  for (uint32_t call = f->first_call; call < f->first_call + f->ncalls; call++) {
    const program_call *row = &p->calls.items[call];
    if (row->kind == FACTS_CALL_INDIRECT || row->kind == FACTS_CALL_VIRTUAL) return false;
    if (depth && !add_makers(p, m, row->callee, depth - 1)) return false;
  }
  return true;
}

/* `c = conn_new()`, which makes the object and its descriptor: the function that was called; else
 * PROGRAM_NONE. */
static uint32_t maker_of(const checker *c, uint32_t call, descriptor_name name, uint32_t *since) {
  const program *p = c->p;
  const uint32_t *stores;
  uint32_t function = p->calls.items[call].caller;
  if (!name.object || p->nodes.items[name.object].kind != FACTS_NODE_LOCAL ||
      order_last_stores(c, call, name.object, 0, &stores) != 1)
    return PROGRAM_NONE;
  for (uint32_t s = order_first_field(c, name.object); s != PROGRAM_NONE; s = order_next_field(c, s))
    if (p->stores.items[s].field == name.node && p->stores.items[s].function == function) return PROGRAM_NONE;
  const program_store *s = &p->stores.items[*stores];
  if (check_ref_kind(p, s->kind, s->ref) != FACTS_NODE_RESULT) return PROGRAM_NONE;
  const program_call *made = &p->calls.items[p->nodes.items[s->ref].a];
  *since = s->position;
  return made->kind == FACTS_CALL_DIRECT && !check_is_outside(p, made->callee) ? made->callee : PROGRAM_NONE;
}

/* The descriptors of an object that a call has just made, when nothing in there has set their mode. */
static bool find_made(const checker *c, uint32_t call, descriptor_name name, descriptor_list *out,
                      descriptor_origin *from) {
  const program *p = c->p;
  uint32_t function = maker_of(c, call, name, &from->since), kept = 0;
  makers m = {.count = 0};
  if (function == PROGRAM_NONE || !add_makers(p, &m, function, MAKERS_DEPTH)) return false;
  for (uint32_t i = 0; i < c->mode_sets.count; i++)
    if (is_maker(&m, p->calls.items[c->mode_sets.items[i].call].caller)) return false;
  descriptors_add_states(c, name.node, out);
  for (uint32_t i = 0; i < out->count; i++) {
    if (!is_maker(&m, p->calls.items[out->holder[i]].caller)) continue;
    out->item[kept] = out->item[i];
    out->holder[kept++] = out->holder[i];
  }
  out->count = kept;
  from->told = from->direct = from->is_new = kept > 0;
  return kept > 0;
}

static descriptor_origin find_states_below(const checker *c, uint32_t call, descriptor_name name,
                                           descriptor_list *out, int depth) {
  enum { NAMES = 3 }; /* s = socket(); t = s; c->fd = t; */
  const program *p = c->p;
  const uint32_t *stores;
  descriptor_origin from = {.told = false};
  uint32_t count = last_stores(c, call, name, &stores, &from.since);
  if (!count && find_made(c, call, name, out, &from)) return from;
  from.told = from.direct = count > 0;
  for (uint32_t i = 0; i < count; i++) {
    const program_store *s = &p->stores.items[stores[i]];
    uint32_t kind = check_ref_kind(p, s->kind, s->ref);
    if (count == 1 && (kind == FACTS_NODE_LOCAL || kind == FACTS_NODE_FIELD))
      from.alias =
          (descriptor_name){s->ref, kind == FACTS_NODE_FIELD && s->from ? order_canonical(c, s->from) : 0};
    if (count == 1 && kind == FACTS_NODE_LOCAL && depth < NAMES) {
      const descriptor_origin inner = find_states_below(c, call, from.alias, out, depth + 1);
      from.direct = inner.direct;
      from.is_new = inner.is_new;
      continue;
    }
    if (s->kind == FACTS_ARGUMENT_NODE && s->ref)
      descriptors_add_states(c, s->ref, out);
    else
      from.told &= s->kind == FACTS_ARGUMENT_INTEGER;
    from.direct &= kind == FACTS_NODE_RESULT || s->kind == FACTS_ARGUMENT_INTEGER;
  }
  if (from.told) return from;
  out->count = 0;
  descriptors_add_states(c, name.node, out);
  return (descriptor_origin){.told = false};
}

descriptor_origin descriptors_states_of(const checker *c, uint32_t call, descriptor_name name,
                                        descriptor_list *out) {
  return find_states_below(c, call, name, out, 0);
}

/* As it came from the call that gave it: what this function makes of it is known in order. */
static unsigned created_bits(const checker *c, const descriptor_state *state) {
  descriptor_state d = *state;
  d.set_blocking = d.set_nonblocking = d.surely_blocking = d.surely_nonblocking = false;
  return bits_of(c, &d, false);
}

static void add_modes(unsigned is, const set_modes *set, unsigned *bits, uint32_t *count) {
  static const unsigned modes[] = {RULE_FD_NONBLOCKING, RULE_FD_BLOCKING};
  if (set->untouched && *count < DESCRIPTOR_STATES) bits[(*count)++] = is;
  for (int m = 0; m < 2; m++)
    if (set->modes & modes[m] && *count < DESCRIPTOR_STATES)
      bits[(*count)++] = (is & ~(unsigned)MODES) | modes[m];
}

/* Whether a variable of this function alone knows it. */
static bool is_own(const checker *c, const descriptor_state *d, uint32_t holder, uint32_t function) {
  return !d->set_elsewhere && c->p->calls.items[holder].caller == function;
}

/* What an argument may be, each as its bits; the bits of a mode that the function has just set itself. */
static uint32_t find_bits(const checker *c, uint32_t call, const program_argument *a, uint32_t context,
                          bool made_blocking, unsigned *bits, unsigned *mode) {
  descriptor_list list = {.count = 0};
  const descriptor_name name = descriptors_name_of(c, a);
  uint32_t param = eval_parameter_of(c, a->ref), count = 0, caller = c->p->calls.items[call].caller;
  bound_value bound = param         ? eval_bound(c, param, context)
                      : name.object ? eval_bound_field(c, name.object, name.node, context)
                                    : (bound_value){0};
  descriptor_origin from = {.told = false};
  if (bound.kind == BOUND_NODE)
    descriptors_add_states(c, bound.ref, &list);
  else
    from = descriptors_states_of(c, call, name, &list);
  set_modes set = modes_before(c, call, name, from.since, context);
  if (set.untouched && from.alias.node) set = modes_before(c, call, from.alias, 0, context);
  bool has_mode = (bound.kind == BOUND_NODE || bound.kind == BOUND_MODE) && !from.told && !made_blocking;
  unsigned given = has_mode ? (unsigned)bound.value & MODES : 0;
  *mode = set.untouched || set.modes == MODES ? 0 : set.modes;
  for (uint32_t i = 0; i < list.count; i++)
    for (uint32_t s = list.item[i] + 1; s; s = c->descriptor_states.items[s - 1].next) {
      const descriptor_state *d = &c->descriptor_states.items[s - 1];
      bool own = from.direct && !made_blocking && (from.is_new || is_own(c, d, list.holder[i], caller));
      unsigned is = own ? created_bits(c, d) : bits_of(c, d, made_blocking);
      add_modes(given ? (is & ~(unsigned)MODES) | given : is, &set, bits, &count);
    }
  return count;
}

unsigned descriptors_mode(const checker *c, uint32_t call, const program_argument *a, uint32_t context) {
  unsigned bits[DESCRIPTOR_STATES], mode;
  order_aside outer = order_begin_aside(c);
  uint32_t count = find_bits(c, call, a, context, false, bits, &mode);
  order_end_aside(c, outer);
  unsigned all = count ? bits[0] & MODES : 0;
  for (uint32_t i = 1; i < count; i++)
    if ((bits[i] & MODES) != all) return 0;
  return all;
}

enum truth descriptors_test(const checker *c, uint32_t call, const program_argument *a, unsigned wanted,
                            uint32_t context, bool made_blocking) {
  unsigned all_bits[DESCRIPTOR_STATES] = {0}, mode = 0;
  uint32_t yes = 0, all = 1, unsettled = 0;
  if (a->kind != FACTS_ARGUMENT_NODE || !a->ref)
    return wanted == RULE_FD_LINGERING ? TRUTH_NO : TRUTH_UNKNOWN;
  if (c->assumed->argument == a)
    all_bits[0] = c->assumed->bits;
  else
    all = find_bits(c, call, a, context, made_blocking, all_bits, &mode);
  if (mode & wanted) return TRUTH_YES;
  if (!all && wanted == RULE_FD_LINGERING) return TRUTH_NO;
  if (!all) return mode && wanted & MODES && !(wanted & ~(unsigned)MODES) ? TRUTH_NO : TRUTH_UNKNOWN;
  for (uint32_t i = 0; i < all; i++) {
    if (all_bits[i] & wanted)
      yes++;
    else
      unsettled += wanted & MODES && !(all_bits[i] & MODES); /* both ways, or by flags that are not known */
  }
  if (yes == 0 && wanted == RULE_FD_LINGERING) return TRUTH_NO; /* only a setter that is seen makes it so */
  if (yes == 0 && unsettled) return TRUTH_UNKNOWN;
  return eval_truth_of(yes, all, false);
}

static int asked_for(const rule_condition *conditions, uint32_t count) {
  for (uint32_t i = 0; i < count; i++)
    if (conditions[i].test == RULE_TEST_DESCRIPTOR) return conditions[i].argument;
  return -1;
}

uint32_t descriptors_alternatives(const checker *c, uint32_t call, const rule *const *rules, uint32_t context,
                                  bool made_blocking, unsigned *bits, uint32_t max,
                                  const program_argument **asked) {
  int index = -1;
  for (; rules && *rules && index < 0; rules++) {
    index = asked_for((*rules)->unless.items, (*rules)->unless.count);
    if (index < 0) index = asked_for((*rules)->only_if.items, (*rules)->only_if.count);
  }
  *asked = index < 0 || c->is_system_call[call] ? NULL : eval_argument(c->p, call, index);
  if (!*asked || (*asked)->kind != FACTS_ARGUMENT_NODE || !(*asked)->ref) return 0;
  unsigned found[DESCRIPTOR_STATES], mode;
  uint32_t count = find_bits(c, call, *asked, context, made_blocking, found, &mode), different = 0;
  for (uint32_t i = 0; i < count; i++) {
    uint32_t known = 0;
    while (known < different && bits[known] != found[i]) known++;
    if (known < different) continue;
    if (different == max) return 0;
    bits[different++] = found[i];
  }
  return different;
}

void descriptors_assume(const checker *c, const program_argument *asked, unsigned bits) {
  c->assumed->argument = asked;
  c->assumed->bits = bits;
}

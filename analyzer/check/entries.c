/* Which functions a loop calls, by the loop packs: registrations, tables and field stores. */
#include "analyzer/check/internal.h"

#include <ctype.h>
#include <fnmatch.h>
#include <string.h>

static entry_point *add(checker *c, uint32_t function, uint32_t cycle, const char *loop,
                        enum rule_role role) {
  const program_function *f = &c->p->functions.items[function];
  program_set programs = program_set_meet(c->p, f->programs, c->wanted);
  if (check_is_outside(c->p, function) || programs == PROGRAM_NOWHERE) return NULL;
  bool fresh;
  bs_map_add(&c->entry_ids, bs_map_key(cycle, function), c->entries.count, &fresh);
  if (!fresh) return NULL;
  entry_point *e = bs_vec_push(&c->entries);
  e->function = function;
  e->loop = loop;
  e->role = role;
  e->registered_in = PROGRAM_NONE;
  e->via = "";
  e->strength = PROGRAM_CERTAIN;
  e->programs = programs;
  e->cycle = cycle;
  return e;
}

entry_point *entries_add(checker *c, uint32_t function, const char *loop, enum rule_role role) {
  return add(c, function, 0, loop, role);
}

entry_point *entries_add_body(checker *c, uint32_t function, uint32_t cycle, const char *loop) {
  return add(c, function, cycle, loop, RULE_ROLE_OTHER);
}

bool entries_row_applies(const checker *c, uint32_t call, const pack_row *row) {
  for (uint32_t i = 0; i < row->unless.count; i++)
    if (eval_condition(c, call, &row->unless.items[i], 0, false) == TRUTH_YES) return false;
  return true;
}

/* Where the entries of one registration come from. */
typedef struct registration {
  checker *c;
  const pack_row *row;
  program_place place;
  uint32_t function;
  const char *via;
} registration;

/* The entry that a function has already, when all that its loop library said of it was "other". */
static entry_point *find_vague(const registration *r, uint32_t function) {
  uint32_t id;
  if (r->row->role == RULE_ROLE_OTHER || !bs_map_find(&r->c->entry_ids, function, &id)) return NULL;
  entry_point *e = &r->c->entries.items[id];
  if (e->role != RULE_ROLE_OTHER || strcmp(e->loop, r->row->pack->name) != 0) return NULL;
  e->role = r->row->role;
  return e;
}

static void register_one(const registration *r, uint32_t function, program_place place, uint32_t in) {
  if (moved_is_method(r->c, r->row->pack, function)) return;
  entry_point *e = entries_add(r->c, function, r->row->pack->name, r->row->role);
  if (!e && r->row->argument >= 0) unchecked_note(r->c, function, place); /* not one that a class inherits */
  if (!e) e = find_vague(r, function);
  if (!e) return;
  e->has_registered = place.line != 0;
  e->registered = place;
  e->registered_in = in;
  e->via = r->via;
}

/* &Base::on_ready registers what overrides it as well. */
static void register_function(const registration *r, uint32_t function, program_place place, uint32_t in) {
  const program *p = r->c->p;
  register_one(r, function, place, in);
  if (!(p->functions.items[function].flags & FACTS_FUNCTION_VIRTUAL) || r->row->argument < 0) return;
  for (uint32_t i = 0; i < p->overrides.count; i++)
    if (p->overrides.items[i].overridden == function &&
        program_makes_class_of(p, p->overrides.items[i].function))
      register_one(r, p->overrides.items[i].function, place, in);
}

/* The functions that an initialised variable holds. */
static void register_initialiser(const registration *r, uint32_t variable) {
  const program *p = r->c->p;
  for (uint32_t w = p->first_in_table[variable]; w != PROGRAM_NONE; w = p->next_in_table[w])
    register_function(r, p->flows.items[w].src, r->place, r->function);
}

/* Every function that reaches a node; the place is where it was handed over. */
static void register_points(const registration *r, uint32_t node) {
  const program *p = r->c->p;
  const program_points *points = program_points_of(p, node);
  for (uint32_t i = 0; i < points->count; i++) {
    program_atom atom = points->items[i].atom;
    if (program_atom_kind_of(atom) != PROGRAM_ATOM_FUNCTION) continue;
    program_place place = r->place;
    uint32_t in = r->function;
    program_origin(p, node, atom, &place, &in);
    register_function(r, program_atom_id(atom), place, in);
  }
}

static void register_record(const registration *r, uint32_t record) {
  const program *p = r->c->p;
  for (uint32_t n = 1; record && n < p->nodes.count; n++)
    if (p->nodes.items[n].kind == FACTS_NODE_FIELD && p->nodes.items[n].a == record) register_points(r, n);
}

static void register_table(const registration *r, const program_argument *a) {
  checker *c = r->c;
  uint32_t before = c->entries.count;
  if (a->kind == FACTS_ARGUMENT_ADDRESS && a->ref) register_initialiser(r, a->ref);
  if (a->kind == FACTS_ARGUMENT_NODE) {
    const program_points *points = program_points_of(c->p, a->ref);
    for (uint32_t i = 0; i < points->count; i++)
      if (program_atom_kind_of(points->items[i].atom) == PROGRAM_ATOM_ADDRESS)
        register_initialiser(r, program_atom_id(points->items[i].atom));
  }
  if (c->entries.count == before) register_record(r, a->record);
}

static bool ends_with(const char *text, const char *end) {
  size_t a = strlen(text), b = strlen(end);
  return a >= b && strcmp(text + a - b, end) == 0;
}

/* The length of the slot's name in "1onData(int)", as Qt's SLOT() gives it, or in "onData", as
 * QMetaObject::invokeMethod() takes it; 0 when it is no such text. */
static size_t slot_name(const char **text) {
  bool marked = **text == '1' || **text == '2';
  *text += marked;
  if (!isalpha((unsigned char)**text) && **text != '_') return 0;
  size_t length = 0;
  while (isalnum((unsigned char)(*text)[length]) || (*text)[length] == '_') length++;
  return (*text)[length] == (marked ? '(' : 0) ? length : 0;
}

/* The member of that name, of the receiver's class or of its only base that has it. PROGRAM_NONE without. */
static uint32_t find_slot(const checker *c, const char *text, const char *record) {
  size_t name_length = slot_name(&text), length;
  if (!name_length) return PROGRAM_NONE;
  const char *tag = check_record_tag(record, &length);
  bs_strbuf whole = BS_STRBUF_INIT, member = BS_STRBUF_INIT;
  bs_strbuf_addf(&whole, "%.*s::%.*s", (int)length, tag, (int)name_length, text);
  bs_strbuf_addf(&member, "::%.*s", (int)name_length, text);
  uint32_t found = PROGRAM_NONE, others = 0, other = PROGRAM_NONE;
  for (uint32_t f = 0; f < c->p->functions.count && found == PROGRAM_NONE; f++) {
    const char *name = program_text(c->p, c->p->functions.items[f].name);
    if (check_is_outside(c->p, f) || !ends_with(name, member.text)) continue;
    if (strcmp(name, whole.text) == 0) found = f;
    others++;
    other = f;
  }
  bs_strbuf_fini(&whole);
  bs_strbuf_fini(&member);
  return found != PROGRAM_NONE ? found : others == 1 ? other : PROGRAM_NONE;
}

static void register_slot(const registration *r, const program_argument *a) {
  const program *p = r->c->p;
  const char *receiver = r->row->argument > 0 ? program_text(p, a[-1].record) : "";
  uint32_t slot = find_slot(r->c, program_text(p, a->text), receiver);
  if (slot != PROGRAM_NONE) register_function(r, slot, r->place, r->function);
}

/* "MainWindow::on_saveButton_clicked" of the class MainWindow. */
static bool is_named_slot(const char *name, const char *class, size_t length) {
  static const char mark[] = "::on_";
  if (strncmp(name, class, length) != 0 || strncmp(name + length, mark, sizeof mark - 1) != 0) return false;
  name += length + sizeof mark - 1;
  return !strstr(name, "::") && strchr(name, '_') && *name != '_';
}

static void register_named_slots(const registration *r, uint32_t record) {
  const program *p = r->c->p;
  size_t length;
  const char *class = check_record_tag(program_text(p, record), &length);
  for (uint32_t f = 0; length && f < p->functions.count; f++)
    if (is_named_slot(program_text(p, p->functions.items[f].name), class, length))
      register_function(r, f, r->place, r->function);
}

/* The object's class is known where it is given as a parameter: setupUi(this). */
static void register_slots(const registration *r, const program_argument *a) {
  const program *p = r->c->p;
  uint32_t parameter = a->kind == FACTS_ARGUMENT_NODE ? eval_parameter_of(r->c, a->ref) : 0;
  register_named_slots(r, a->record);
  if (!parameter) return;
  const program_node *n = &p->nodes.items[parameter];
  for (uint32_t call = 0; call < p->calls.count; call++) {
    const program_call *row = &p->calls.items[call];
    const program_argument *given = eval_argument(p, call, (int)n->b);
    if (row->kind == FACTS_CALL_DIRECT && row->callee == n->a && given)
      register_named_slots(&(registration){r->c, r->row, row->place, row->caller, r->via}, given->record);
  }
}

/* The argument before a callback is its context: the object on whose thread it runs. */
static void register_argument(const registration *r, const program_argument *a) {
  if (r->row->argument > 0 && moved_is_object(r->c, r->row->pack, a - 1)) return;
  if (r->row->slots)
    register_slots(r, a);
  else if (r->row->table)
    register_table(r, a);
  else if (a->kind == FACTS_ARGUMENT_FUNCTION)
    register_function(r, a->ref, r->place, r->function);
  else if (a->kind == FACTS_ARGUMENT_NODE)
    register_points(r, a->ref);
  else if (a->kind == FACTS_ARGUMENT_STRING)
    register_slot(r, a);
}

/* Whether a type of this name calls on threads of its own. The name has the executors of a class. */
static bool is_offload_type(const checker *c, const loop_pack *pack, uint32_t record) {
  const char *name = program_text(c->p, record);
  for (uint32_t i = 0; i < pack->offload_types.count; i++)
    if (memmem(name, strcspn(name, "@"), pack->offload_types.items[i], strlen(pack->offload_types.items[i])))
      return true;
  return false;
}

/* post(pool, f), strand_of_pool.post(f), timer.async_wait(bind_executor(pool, f)). */
static bool runs_elsewhere(const checker *c, uint32_t call, const pack_row *row) {
  const program_argument *first = eval_argument(c->p, call, 0);
  const program_argument *callback = eval_argument(c->p, call, row->argument);
  return is_offload_type(c, row->pack, c->p->calls.items[call].object) ||
         (first && is_offload_type(c, row->pack, first->record)) ||
         (callback && is_offload_type(c, row->pack, callback->record));
}

static void register_call(checker *c, uint32_t call, const pack_row *const *rows, const char *via) {
  program *p = c->p;
  const program_call *row = &p->calls.items[call];
  for (; rows && *rows; rows++) {
    const pack_row *k = *rows;
    if (k->kind != PACK_REGISTER || k->argument < 0 || (uint32_t)k->argument >= row->narguments) continue;
    if (!entries_row_applies(c, call, k) || runs_elsewhere(c, call, k)) continue;
    registration r = {c, k, row->place, row->caller, via};
    register_argument(&r, &p->arguments.items[row->first_argument + (uint32_t)k->argument]);
  }
}

/* APIs that are reached through pointers. */
static void scan_pointer_call(checker *c, uint32_t call) {
  bs_strbuf name = BS_STRBUF_INIT;
  if (check_pointer_name(c->p, c->p->calls.items[call].callee, &name)) {
    const pack_row *const *rows = rule_set_rows_for_function(c->rules, name.text);
    if (rows) register_call(c, call, rows, bs_arena_printf(&c->arena, "%s", name.text));
  }
  bs_strbuf_fini(&name);
}

static void scan_call(checker *c, uint32_t call) {
  program *p = c->p;
  const program_call *row = &p->calls.items[call];
  if (row->kind == FACTS_CALL_INDIRECT && row->callee) scan_pointer_call(c, call);
  for (uint32_t e = row->first_edge; e < row->first_edge + row->nedges; e++) {
    if (p->edges.items[e].how == PROGRAM_CALLBACK) continue;
    uint32_t callee = p->edges.items[e].callee;
    register_call(c, call, c->function_rows[callee], program_text(p, p->functions.items[callee].name));
  }
}

static bool is_dispatcher_of(const pack_row *const *rows, const char *record) {
  for (; rows && *rows; rows++)
    if ((*rows)->kind == PACK_DISPATCH && (*rows)->record && !strcmp((*rows)->record, record)) return true;
  return false;
}

static bool takes_record(const program *p, const program_call *call, const char *record) {
  for (uint32_t i = 0; i < call->narguments; i++) {
    size_t length;
    const char *tag =
        check_record_tag(program_text(p, p->arguments.items[call->first_argument + i].record), &length);
    if (length == strlen(record) && !strncmp(tag, record, length)) return true;
  }
  return false;
}

/* Whether the project itself calls what stands in such a record, by the library's dispatcher, and hands none
 * of them to the library: then they run where the project says, and not on the loop by themselves. */
static bool is_emitted_here(const checker *c, const pack_row *row, const char *record) {
  const program *p = c->p;
  bool emitted = false;
  if (!row->record) return false;
  for (uint32_t i = 0; i < p->calls.count; i++) {
    const program_call *call = &p->calls.items[i];
    if (call->kind != FACTS_CALL_DIRECT || check_is_outside(p, call->caller)) continue;
    emitted |= is_dispatcher_of(c->function_rows[call->callee], record);
    if (!p->functions.items[call->callee].defined && takes_record(p, call, record)) return false;
  }
  return emitted;
}

/* Rows about what is stored in a field, in memory of a type that has a name, or in a variable ("*"). */
static void scan_store(checker *c, uint32_t node, const char *record, const char *field, const char *via) {
  const pack_row *const *rows = rule_set_rows_for_field(c->rules, record, field);
  for (; rows && *rows; rows++) {
    if ((*rows)->kind != PACK_REGISTER || libraries_is_host(c, (*rows)->pack)) continue;
    registration r = {c, *rows, {0}, PROGRAM_NONE, via};
    uint32_t before = c->entries.count;
    register_points(&r, node);
    bool elsewhere = c->entries.count > before && is_emitted_here(c, *rows, record);
    for (uint32_t n = before; n < c->entries.count; n++) c->entries.items[n].elsewhere = elsewhere;
  }
}

static void scan_field(checker *c, uint32_t node) {
  program *p = c->p;
  const program_node *n = &p->nodes.items[node];
  size_t length;
  bs_strbuf record = BS_STRBUF_INIT;
  const char *tag = check_record_tag(program_text(p, n->a), &length), *field = program_text(p, n->b);
  bs_strbuf_add(&record, tag, length);
  if (rule_set_rows_for_field(c->rules, record.text, field))
    scan_store(c, node, bs_arena_strdup(&c->arena, record.text), field,
               bs_arena_printf(&c->arena, "field %s of %s", field, record.text));
  bs_strbuf_fini(&record);
}

static void scan_node(checker *c, uint32_t node) {
  const program_node *n = &c->p->nodes.items[node];
  if (!program_points_of(c->p, node)->count) return;
  if (n->kind == FACTS_NODE_FIELD) scan_field(c, node);
  if (n->kind != FACTS_NODE_GLOBAL && n->kind != PROGRAM_NODE_POOL) return;
  const char *name = program_text(c->p, n->a);
  scan_store(c, node, name, "*", name);
}

/* Methods that override those of a library's classes: the library calls them. */
static void scan_override(checker *c, const program_override *o) {
  const program *p = c->p;
  const program_function *base = &p->functions.items[o->overridden], *own = &p->functions.items[o->function];
  const char *name = program_text(p, base->name);
  const pack_row *const *rows = rule_set_rows_for_function(c->rules, name);
  for (; rows && *rows; rows++) {
    if ((*rows)->kind != PACK_REGISTER || (*rows)->argument >= 0) continue;
    registration r = {c, *rows, own->place, PROGRAM_NONE, name};
    uint32_t before = c->entries.count;
    register_function(&r, o->function, own->place, PROGRAM_NONE);
    if (c->entries.count > before && !program_makes_class_of(p, o->function))
      c->entries.items[before].strength = PROGRAM_POSSIBLE;
  }
}

/* Functions that are said to be called from outside: by an annotation, by a glob of the options. */
static void scan_named(checker *c, uint32_t function) {
  const program_function *f = &c->p->functions.items[function];
  bool named = f->flags & FACTS_FUNCTION_ENTRY;
  for (uint32_t i = 0; i < c->options.nentries && !named; i++)
    named = f->defined && fnmatch(c->options.entries[i], program_text(c->p, f->name), 0) == 0;
  entry_point *e = named ? entries_add(c, function, "outside", RULE_ROLE_REQUEST) : NULL;
  if (e) e->via = f->flags & FACTS_FUNCTION_ENTRY ? "BLOCKSCAN_ENTRY" : "--entry";
}

void entries_find(checker *c) {
  moved_find(c);
  for (uint32_t call = 0; call < c->p->calls.count; call++) scan_call(c, call);
  for (uint32_t node = 1; node < c->p->nodes.count; node++) scan_node(c, node);
  for (uint32_t i = 0; i < c->p->overrides.count; i++) scan_override(c, &c->p->overrides.items[i]);
  for (uint32_t f = 0; f < c->p->functions.count; f++) scan_named(c, f);
}

/* `blockscan why FUNCTION`: the best path from each entry point, or which unresolved calls could lead
 * there. */
#include "analyzer/check/internal.h"

#include <stdlib.h>
#include <string.h>

typedef struct route_search {
  document_filler filler;
  const bool *wanted; /* of a function */
  check_route *route;
} route_search;

static void reached(void *context, uint32_t entry, uint32_t function, uint8_t strength, const uint32_t *edges,
                    uint32_t nedges) {
  route_search *s = context;
  report_entry *e = bs_vec_push(&s->route->entries);
  filler_entry(&s->filler, &s->filler.c->entries.items[entry], strength, e);
  filler_path(&s->filler, edges, nedges, e);
  report_step *last = report_add_step(&s->filler.document->arena, e); /* the function itself */
  last->place = filler_place(&s->filler, function, s->filler.c->p->functions.items[function].place);
}

static int compare_entries(const void *a, const void *b) {
  const report_entry *x = a, *y = b;
  if (x->confidence != y->confidence) return x->confidence > y->confidence ? -1 : 1;
  if (x->path.count != y->path.count) return x->path.count < y->path.count ? -1 : 1;
  int names = strcmp(x->function, y->function);
  return names ? names : strcmp(x->file, y->file);
}

/* "name", the linker's symbol, or "file:name" as `blockscan graph` prints it. */
static bool is_named(const program *p, uint32_t function, const char *name) {
  const program_function *f = &p->functions.items[function];
  const char *file = program_text(p, f->place.file);
  size_t length = strlen(file);
  if (f->defined && !strncmp(name, file, length) && name[length] == ':') name += length + 1;
  return !strcmp(program_text(p, f->name), name) || !strcmp(program_text(p, f->symbol), name);
}

/* Functions of the name; one outside the project is reached where something calls it. */
static void mark_wanted(const checker *c, const char *name, bool *wanted, check_route *route) {
  const program *p = c->p;
  for (uint32_t f = 0; f < p->functions.count; f++) {
    if (!is_named(p, f, name)) continue;
    route->exists = true;
    route->address_taken |= p->functions.items[f].address_taken;
    if (p->functions.items[f].defined) wanted[f] = true;
    for (uint32_t e = 0; !p->functions.items[f].defined && e < check_edge_count(c); e++)
      if (check_edge(c, e)->callee == f) wanted[p->calls.items[check_edge(c, e)->call].caller] = true;
  }
}

static void add_unresolved(route_search *s, uint32_t max, check_route *route) {
  const program *p = s->filler.c->p;
  for (uint32_t call = 0; call < p->calls.count && route->unresolved.count < max; call++) {
    const program_call *row = &p->calls.items[call];
    bool weak = row->kind == FACTS_CALL_INDIRECT &&
                (!row->nedges || p->edges.items[row->first_edge].how == PROGRAM_TYPE);
    if (!weak) continue;
    for (uint32_t f = 0; f < p->functions.count; f++) {
      if (!s->wanted[f] || !p->functions.items[f].address_taken || p->functions.items[f].type != row->type)
        continue;
      *bs_vec_push(&route->unresolved) = filler_place(&s->filler, row->caller, row->place);
      break;
    }
  }
}

static bool is_undefined(const checker *c, uint32_t function) {
  const program_function *f = &c->p->functions.items[function];
  return !f->defined && !(f->flags & FACTS_FUNCTION_SYSTEM) && f->declared.file &&
         !c->function_rules[function] && !c->function_rows[function];
}

void check_undefined(checker *c, check_undefined_found *found, void *context) {
  const program *p = c->p;
  uint32_t count = 0;
  for (uint32_t f = 0; f < p->functions.count && !count; f++) count += is_undefined(c, f);
  if (!count) return;
  bool *reached = bs_calloc((size_t)p->functions.count + 1, sizeof *reached);
  bool *told = bs_calloc((size_t)p->functions.count + 1, sizeof *told);
  check_reached(c, reached);
  for (uint32_t i = 0; i < p->calls.count; i++) {
    const program_call *call = &p->calls.items[i];
    if (call->kind != FACTS_CALL_DIRECT || !reached[call->caller] || told[call->callee]) continue;
    if (!is_undefined(c, call->callee)) continue;
    told[call->callee] = true;
    const program_function *f = &p->functions.items[call->callee];
    found(context, program_text(p, f->name), program_text(p, f->declared.file));
  }
  free(reached);
  free(told);
}

void check_why(checker *c, const char *function, uint32_t max, report_document *d, check_route *route) {
  bool *wanted = bs_calloc(c->p->functions.count + 1, sizeof *wanted);
  mark_wanted(c, function, wanted, route);
  route_search s = {.wanted = wanted, .route = route};
  filler_init(&s.filler, c, d);
  bool *leads = bs_malloc((c->p->functions.count + 1) * sizeof *leads);
  memcpy(leads, wanted, (c->p->functions.count + 1) * sizeof *leads);
  search_find_leading(c, leads);
  route->more = search_ways(c, wanted, leads, reached, &s);
  free(leads);
  bs_vec_sort(&route->entries, compare_entries);
  if (!route->entries.count) add_unresolved(&s, max, route);
  filler_fini(&s.filler);
  free(wanted);
}

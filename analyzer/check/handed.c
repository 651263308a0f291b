/* Functions of the project that are handed to code outside it which no pack knows: perhaps callbacks of a
 * loop, perhaps not. They are not followed, and the ledger lists who gets them. */
#include "analyzer/check/internal.h"
#include "reports/model/completeness.h"

#include <string.h>

enum { MOST_NAMED = 6 };

typedef struct receiver {
  uint32_t api, argument, functions;
  uint32_t call; /* the first one */
  program_set programs; /* that hand it something */
} receiver;

typedef struct receivers {
  BS_VEC(receiver) items;
  bs_map ids;   /* (api, argument) -> index */
  bs_map known; /* (index, function) that are counted */
} receivers;

/* Code that is not seen, and of which no rule and no pack says what it does with a function. */
static bool is_unknown(const checker *c, uint32_t function) {
  const program_function *f = &c->p->functions.items[function];
  if (f->defined || c->function_rows[function] || c->function_rules[function]) return false;
  return strncmp(program_text(c->p, f->name), "__builtin_", strlen("__builtin_")) != 0;
}

/* The programs that make a call. */
static program_set programs_of(const checker *c, uint32_t call) {
  const program_call *row = &c->p->calls.items[call];
  program_set programs = program_set_meet(c->p, row->programs, c->p->functions.items[row->caller].programs);
  return program_set_meet(c->p, programs, c->wanted);
}

static void count(const checker *c, receivers *r, uint32_t call, uint32_t argument, uint32_t function) {
  bool fresh;
  if (check_is_outside(c->p, function)) return;
  uint32_t api = c->p->calls.items[call].callee;
  uint32_t i = bs_map_add(&r->ids, bs_map_key(api, argument), r->items.count, &fresh);
  if (fresh) *bs_vec_push(&r->items) = (receiver){.api = api, .argument = argument, .call = call};
  receiver *x = &r->items.items[i];
  x->programs = program_set_join(c->p, x->programs, programs_of(c, call));
  bs_map_add(&r->known, bs_map_key(i, function), 1, &fresh);
  r->items.items[i].functions += fresh;
}

/* A variable counts with what of its values the graph takes for handed over here. */
static void count_node(const checker *c, receivers *r, uint32_t call, uint32_t argument, uint32_t node) {
  const program_call *row = &c->p->calls.items[call];
  const program_points *points = program_points_of(c->p, node);
  for (uint32_t e = row->first_edge; e < row->first_edge + row->nedges; e++) {
    const program_edge *edge = &c->p->edges.items[e];
    if (edge->how != PROGRAM_CALLBACK) continue;
    if (program_points_has(points, program_atom_make(PROGRAM_ATOM_FUNCTION, edge->callee)))
      count(c, r, call, argument, edge->callee);
  }
}

static void look_at(const checker *c, receivers *r, uint32_t call) {
  const program_call *row = &c->p->calls.items[call];
  if (row->kind != FACTS_CALL_DIRECT || !is_unknown(c, row->callee) || check_is_outside(c->p, row->caller))
    return;
  for (uint32_t i = 0; i < row->narguments; i++) {
    const program_argument *a = &c->p->arguments.items[row->first_argument + i];
    if (a->kind == FACTS_ARGUMENT_FUNCTION) count(c, r, call, i, a->ref);
    if (a->kind == FACTS_ARGUMENT_NODE) count_node(c, r, call, i, a->ref);
  }
}

static int compare_receivers(const void *a, const void *b, void *context) {
  const receiver *x = a, *y = b;
  const program *p = context;
  if (x->functions != y->functions) return x->functions > y->functions ? -1 : 1;
  int names = strcmp(program_text(p, p->functions.items[x->api].symbol),
                     program_text(p, p->functions.items[y->api].symbol));
  if (names) return names;
  return x->argument < y->argument ? -1 : x->argument > y->argument;
}

/* "14 functions were handed to 3 external functions that no pack knows: subscribe (9), …" */
static void note(report_document *d) {
  bs_strbuf words = BS_STRBUF_INIT, names = BS_STRBUF_INIT;
  uint32_t count = d->handed_over.count, all = 0;
  for (uint32_t i = 0; i < count; i++) {
    const report_handed_over *h = &d->handed_over.items[i];
    all += h->functions;
    if (i < MOST_NAMED) bs_strbuf_addf(&names, "%s%s (%u)", i ? ", " : "", h->api, h->functions);
  }
  if (count > MOST_NAMED) bs_strbuf_addf(&names, " and %u more", count - MOST_NAMED);
  bs_strbuf_addf(&words, "%u function%s handed to %u external function%s that no pack knows: %s", all,
                 all == 1 ? " was" : "s were", count, count == 1 ? "" : "s", names.text);
  *bs_vec_push(&d->notes) = bs_arena_strdup(&d->arena, words.text);
  bs_strbuf_fini(&words);
  bs_strbuf_fini(&names);
}

/* A program of the database that is no test and no tool, has no callback, and hands its functions to code
 * that nobody knows: the others' findings say nothing of it. */
static void judge_programs(const checker *c, report_document *d, const receivers *r) {
  const program *p = c->p;
  for (uint32_t k = 0; k < p->executables.count && c->entries.count; k++) {
    const receiver *first = NULL;
    if (p->executables.items[k].use != PROGRAM_PRODUCT || c->program_entries[k]) continue;
    for (uint32_t i = 0; i < r->items.count && !first; i++)
      if (r->items.items[i].programs != PROGRAM_ANY && program_set_has(p, r->items.items[i].programs, k))
        first = &r->items.items[i];
    if (!first) continue;
    const char *name = program_text(p, p->executables.items[k].name);
    const char *api = program_text(p, p->functions.items[first->api].symbol);
    report_add_gap(d, REPORT_PROGRAM_UNCHECKED,
                   bs_arena_printf(&d->arena,
                                   "nothing of the program %s was checked: it has no callback of an event "
                                   "loop, and hands functions to %s(), which no loop pack knows",
                                   name, api))
        ->hint =
        "`blockscan learn --static DATABASE` drafts a pack, to be reviewed. --if-no-loops=ok accepts "
        "a program without a loop";
  }
}

void handed_report(document_filler *filler) {
  const checker *c = filler->c;
  report_document *d = filler->document;
  program *p = c->p;
  receivers r = {0};
  for (uint32_t call = 0; call < p->calls.count; call++) look_at(c, &r, call);
  if (r.items.count) qsort_r(r.items.items, r.items.count, sizeof *r.items.items, compare_receivers, p);
  for (uint32_t i = 0; i < r.items.count; i++) {
    const receiver *x = &r.items.items[i];
    const program_call *row = &p->calls.items[x->call];
    const char *api = program_text(p, p->functions.items[x->api].symbol);
    *bs_vec_push(&d->handed_over) =
        (report_handed_over){bs_arena_strdup(&d->arena, api), x->argument, x->functions,
                             filler_place(filler, row->caller, row->place)};
  }
  if (d->handed_over.count) note(d);
  judge_programs(c, d, &r);
  bs_vec_fini(&r.items);
  bs_map_fini(&r.ids);
  bs_map_fini(&r.known);
}

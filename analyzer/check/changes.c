/* The comparison of two programs: which functions are the same, which edges the older one had, and what is
 * new about a hit. It searches nothing itself. */
#include "analyzer/check/internal.h"

#include "base/hash.h"

#include <stdlib.h>
#include <string.h>

/* A loop as a caller, beside functions: what calls the entry points. */
#define LOOP_BIT (UINT32_C(1) << 31)

typedef BS_VEC(uint32_t) id_list;

struct check_changes {
  const checker *older;
  checker *newer;
  uint32_t *to_older; /* of a newer function, PROGRAM_NONE: it is new */
  uint32_t *to_newer; /* of an older one, PROGRAM_NONE: it is gone */
  bs_map old_edges;   /* pairs of older functions or loops */
  check_line_test *is_changed;
  void *context;
};

/* ---- functions ---- */

static bool is_own(const program *p, uint32_t function) { return !check_is_outside(p, function); }

static uint64_t mix_text(uint64_t hash, const program *p, program_str text) {
  const char *string = program_text(p, text);
  return bs_hash_mix(hash, bs_hash(string, strlen(string)));
}

typedef uint64_t function_key(const program *p, const program_function *f);

static uint64_t by_symbol_and_file(const program *p, const program_function *f) {
  return mix_text(mix_text(1, p, f->symbol), p, f->place.file);
}
static uint64_t by_symbol(const program *p, const program_function *f) { return mix_text(2, p, f->symbol); }
static uint64_t by_name(const program *p, const program_function *f) { return mix_text(3, p, f->name); }

/* The functions without a partner by key; one that several have leads to PROGRAM_NONE - 1. */
static void index_functions(const program *p, const uint32_t *partner, function_key *key, bs_map *index) {
  for (uint32_t f = 0; f < p->functions.count; f++) {
    if (partner[f] != PROGRAM_NONE || !is_own(p, f)) continue;
    bool fresh;
    uint64_t k = key(p, &p->functions.items[f]);
    bs_map_add(index, k, f, &fresh);
    if (!fresh) bs_map_set(index, k, PROGRAM_NONE - 1);
  }
}

static void match_by(check_changes *ch, function_key *key) {
  bs_map old = {0}, new = {0};
  const program *p = ch->newer->p;
  index_functions(ch->older->p, ch->to_newer, key, &old);
  index_functions(p, ch->to_older, key, &new);
  for (uint32_t f = 0; f < p->functions.count; f++) {
    uint32_t from, to;
    if (ch->to_older[f] != PROGRAM_NONE || !is_own(p, f)) continue;
    uint64_t k = key(p, &p->functions.items[f]);
    if (!bs_map_find(&new, k, &to) || to != f || !bs_map_find(&old, k, &from) || from == PROGRAM_NONE - 1)
      continue;
    ch->to_older[f] = from;
    ch->to_newer[from] = f;
  }
  bs_map_fini(&old);
  bs_map_fini(&new);
}

static uint32_t *unmatched(const program *p) {
  uint32_t *partner = bs_malloc((p->functions.count + 1) * sizeof *partner);
  for (uint32_t f = 0; f <= p->functions.count; f++) partner[f] = PROGRAM_NONE;
  return partner;
}

/* ---- edges of the older program ---- */

static uint32_t loop_id(const char *loop) { return LOOP_BIT | (uint32_t)bs_hash(loop, strlen(loop)); }

typedef struct old_walk {
  check_changes *ch;
  uint32_t *visited, stamp; /* of functions that are gone */
  id_list work;
} old_walk;

/* Notes that `from` called `to`; when that is gone, that it called what that called. */
static void note_edge(old_walk *w, uint32_t from, uint32_t to) {
  const program *p = w->ch->older->p;
  if (!is_own(p, to)) return;
  if (w->ch->to_newer[to] != PROGRAM_NONE) {
    bs_map_set(&w->ch->old_edges, bs_map_key(from, to), 1);
  } else if (w->visited[to] != w->stamp) {
    w->visited[to] = w->stamp;
    *bs_vec_push(&w->work) = to;
  }
}

static void note_callees(old_walk *w, uint32_t from, uint32_t function) {
  const program *p = w->ch->older->p;
  const program_function *f = &p->functions.items[function];
  for (uint32_t call = f->first_call; call < f->first_call + f->ncalls; call++) {
    const program_call *row = &p->calls.items[call];
    for (uint32_t e = row->first_edge; e < row->first_edge + row->nedges; e++)
      note_edge(w, from, p->edges.items[e].callee);
    uint32_t extra, end = check_dispatch_edges(w->ch->older, call, &extra);
    for (; extra < end; extra++) note_edge(w, from, check_edge(w->ch->older, extra)->callee);
  }
}

static void note_gone(old_walk *w, uint32_t from) {
  while (w->work.count) note_callees(w, from, w->work.items[--w->work.count]);
}

static void note_old_edges(check_changes *ch) {
  const checker *c = ch->older;
  old_walk w = {.ch = ch, .visited = bs_calloc(c->p->functions.count + 1, sizeof *w.visited)};
  for (uint32_t f = 0; f < c->p->functions.count; f++) {
    if (ch->to_newer[f] == PROGRAM_NONE) continue;
    w.stamp++;
    note_callees(&w, f, f);
    note_gone(&w, f);
  }
  for (uint32_t i = 0; i < c->entries.count; i++) {
    w.stamp++;
    uint32_t loop = loop_id(c->entries.items[i].loop);
    note_edge(&w, loop, c->entries.items[i].function);
    note_gone(&w, loop);
  }
  bs_vec_fini(&w.work);
  free(w.visited);
}

check_changes *check_changes_new(const checker *older, checker *newer, check_line_test *is_changed,
                                 void *context) {
  check_changes *ch = bs_calloc(1, sizeof *ch);
  ch->is_changed = is_changed;
  ch->context = context;
  ch->older = older;
  ch->newer = newer;
  ch->to_older = unmatched(newer->p);
  ch->to_newer = unmatched(older->p);
  match_by(ch, by_symbol_and_file);
  match_by(ch, by_symbol);
  match_by(ch, by_name);
  note_old_edges(ch);
  return ch;
}

void check_changes_free(check_changes *ch) {
  if (!ch) return;
  bs_map_fini(&ch->old_edges);
  free(ch->to_older);
  free(ch->to_newer);
  free(ch);
}

/* ---- what the search asks ---- */

checker *changes_newer(const check_changes *ch) { return ch->newer; }

bool changes_is_new_function(const check_changes *ch, uint32_t function) {
  return ch->to_older[function] == PROGRAM_NONE;
}

uint32_t changes_loop(const check_changes *ch, uint32_t entry) {
  return loop_id(ch->newer->entries.items[entry].loop);
}

bool changes_step(const check_changes *ch, uint32_t *base, uint32_t function) {
  uint32_t older = ch->to_older[function], known;
  if (older == PROGRAM_NONE) return false;
  bool is_new = !bs_map_find(&ch->old_edges, bs_map_key(*base, older), &known);
  *base = older;
  return is_new;
}

/* ---- findings ---- */

static uint32_t find_function(const program *p, const char *name, const char *file) {
  uint32_t found = PROGRAM_NONE;
  for (uint32_t f = 0; f < p->functions.count; f++) {
    const program_function *row = &p->functions.items[f];
    if (strcmp(program_text(p, row->name), name) != 0) continue;
    if (!strcmp(program_text(p, row->place.file), file)) return f;
    if (found == PROGRAM_NONE && row->defined) found = f; /* a header's function: its sink is elsewhere */
  }
  return found;
}

bool check_changes_knows(const check_changes *ch, const char *function, const char *file) {
  uint32_t f = find_function(ch->newer->p, function, file);
  return f != PROGRAM_NONE && ch->to_older[f] != PROGRAM_NONE;
}

/* The nearest callers that both programs have, as older functions or loops; of one that both have, itself. */
static void find_bases(const checker *c, const uint32_t *partner, bool is_older, uint32_t function,
                       id_list *bases) {
  const program *p = c->p;
  bool *seen = bs_calloc(p->functions.count + 1, sizeof *seen);
  id_list work = {0};
  *bs_vec_push(&work) = function;
  seen[function] = true;
  while (work.count) {
    uint32_t f = work.items[--work.count];
    if (partner[f] != PROGRAM_NONE) {
      *bs_vec_push(bases) = is_older ? f : partner[f];
      continue;
    }
    for (uint32_t i = 0; i < c->entries.count; i++)
      if (c->entries.items[i].function == f) *bs_vec_push(bases) = loop_id(c->entries.items[i].loop);
    for (uint32_t e = 0; e < check_edge_count(c); e++) {
      const program_edge *edge = check_edge(c, e);
      uint32_t caller = p->calls.items[edge->call].caller;
      if (edge->callee != f || seen[caller]) continue;
      seen[caller] = true;
      *bs_vec_push(&work) = caller;
    }
  }
  bs_vec_fini(&work);
  free(seen);
}

bool check_changes_related(const check_changes *ch, const report_place *older, const report_place *newer) {
  uint32_t from = find_function(ch->older->p, older->function, older->file);
  uint32_t to = find_function(ch->newer->p, newer->function, newer->file);
  if (from == PROGRAM_NONE || to == PROGRAM_NONE) return false;
  id_list before = {0}, after = {0};
  find_bases(ch->older, ch->to_newer, true, from, &before);
  find_bases(ch->newer, ch->to_older, false, to, &after);
  bool related = false;
  for (uint32_t i = 0; i < before.count && !related; i++)
    for (uint32_t k = 0; k < after.count && !related; k++) related = before.items[i] == after.items[k];
  bs_vec_fini(&before);
  bs_vec_fini(&after);
  return related;
}

/* ---- anchors ---- */

static bool has_changed(const check_changes *ch, program_place place) {
  return place.line && ch->is_changed(ch->context, program_text(ch->newer->p, place.file), place.line);
}

/* What is new about a hit: the first such place on a changed line, else the first one at all. */
static bool find_spot(const check_changes *ch, const hit *h, bool only_changed, changes_spot *found) {
  const checker *c = ch->newer;
  const entry_point *e = &c->entries.items[h->entry];
  uint32_t base = changes_loop(ch, h->entry);
  if (changes_step(ch, &base, e->function) && e->has_registered) {
    *found = (changes_spot){e->registered, e->registered_in};
    if (!only_changed || has_changed(ch, found->place)) return true;
  }
  for (uint32_t i = 0; i < h->nedges; i++) {
    const program_edge *edge = check_edge(c, h->edges[i]);
    const program_call *call = &c->p->calls.items[edge->call];
    if (!changes_step(ch, &base, edge->callee)) continue;
    *found = (changes_spot){call->place, call->caller};
    if (!only_changed || has_changed(ch, found->place)) return true;
    *found = (changes_spot){edge->because, edge->because_function};
    if (has_changed(ch, found->place)) return true;
  }
  return false;
}

bool changes_anchor(const check_changes *ch, const hit *hits, uint32_t count, changes_spot *anchor) {
  bool there = false;
  for (uint32_t i = 0; i < count && !there; i++) there = find_spot(ch, &hits[i], true, anchor);
  for (uint32_t i = 0; i < count && !there; i++) there = find_spot(ch, &hits[i], false, anchor);
  return there;
}

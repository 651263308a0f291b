/* The calls that lead nowhere: through pointers that no known function reaches. A list, so that a person can
 * judge what the analysis does not see: where, through what, of which type, and how many callbacks come
 * there. */
#include "analyzer/check/internal.h"

#include <stdlib.h>
#include <string.h>

/* How many entry points reach a function. */
static uint32_t count_entries(const program *p, const caller_index *c, uint32_t *seen, uint32_t walk,
                              const uint32_t *entries_of, uint32_t function) {
  BS_VEC(uint32_t) work = {0};
  uint32_t count = 0;
  seen[function] = walk;
  *bs_vec_push(&work) = function;
  while (work.count) {
    uint32_t f = work.items[--work.count];
    count += entries_of[f];
    for (uint32_t i = c->first[f]; i < c->first[f + 1]; i++) {
      uint32_t caller = p->calls.items[p->edges.items[c->edges[i]].call].caller;
      if (seen[caller] == walk) continue;
      seen[caller] = walk;
      *bs_vec_push(&work) = caller;
    }
  }
  bs_vec_fini(&work);
  return count;
}

/* A call in a template as written that no unit has made a function of: nothing of it runs. */
static bool is_of_pattern(const program *p, const program_call *call) {
  static const char *const parts[] = {"<dependent type>", "type-parameter-", "<bound member function type>"};
  const char *type = program_text(p, call->type);
  for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
    if (strstr(type, parts[i])) return true;
  return false;
}

static int compare_rows(const void *a, const void *b) {
  const report_unresolved *x = a, *y = b;
  if (x->entries != y->entries) return x->entries > y->entries ? -1 : 1;
  int files = strcmp(x->place.file, y->place.file);
  if (files) return files;
  if (x->place.line != y->place.line) return x->place.line < y->place.line ? -1 : 1;
  return x->place.column < y->place.column ? -1 : x->place.column > y->place.column;
}

static report_unresolved row_of(document_filler *filler, const program_call *call, uint32_t entries) {
  bs_strbuf words = BS_STRBUF_INIT;
  report_unresolved row = {.place = filler_place(filler, call->caller, call->place), .entries = entries};
  if (call->callee)
    program_describe_node(filler->c->p, call->callee, &words);
  else
    bs_strbuf_adds(&words, "an expression");
  row.through = bs_arena_strdup(&filler->document->arena, words.text);
  row.type = filler_string(filler, call->type);
  bs_strbuf_fini(&words);
  return row;
}

void unresolved_report(document_filler *filler) {
  const checker *c = filler->c;
  const program *p = c->p;
  caller_index back = {0};
  uint32_t *entries_of = bs_calloc((size_t)p->functions.count + 1, sizeof *entries_of), last = PROGRAM_NONE,
           entries = 0, *seen = bs_calloc((size_t)p->functions.count + 1, sizeof *seen), walk = 0;
  for (uint32_t i = 0; i < c->entries.count; i++) entries_of[c->entries.items[i].function]++;
  callers_find(p, &back);
  for (uint32_t call = 0; call < p->calls.count; call++) { /* in the order of their callers */
    const program_call *row = &p->calls.items[call];
    if (row->kind != FACTS_CALL_INDIRECT || row->nedges) continue;
    if (row->caller != last) entries = count_entries(p, &back, seen, ++walk, entries_of, row->caller);
    last = row->caller;
    if (!entries && is_of_pattern(p, row)) continue;
    *bs_vec_push(&filler->document->unresolved) = row_of(filler, row, entries);
  }
  if (filler->document->unresolved.count) bs_vec_sort(&filler->document->unresolved, compare_rows);
  callers_fini(&back);
  free(seen);
  free(entries_of);
}

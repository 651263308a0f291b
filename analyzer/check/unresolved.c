/* The calls that lead nowhere: through pointers that no known function reaches. A list, so that a person can
 * judge what the analysis does not see: where, through what, of which type, and how many callbacks come
 * there. */
#include "analyzer/check/internal.h"

#include <stdlib.h>
#include <string.h>

static bool is_unresolved(const program_call *row) {
  return row->kind == FACTS_CALL_INDIRECT && !row->nedges;
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
  BS_VEC(uint32_t) callers = {0};
  for (uint32_t call = 0; call < p->calls.count; call++) { /* in the order of their callers */
    const program_call *row = &p->calls.items[call];
    bool is_same = callers.count && callers.items[callers.count - 1] == row->caller;
    if (is_unresolved(row) && !is_same) *bs_vec_push(&callers) = row->caller;
  }
  uint32_t *entries = bs_calloc((size_t)callers.count + 1, sizeof *entries), at = 0;
  if (callers.count) arrivals_count(c, callers.items, callers.count, entries);
  for (uint32_t call = 0; call < p->calls.count; call++) {
    const program_call *row = &p->calls.items[call];
    if (!is_unresolved(row)) continue;
    while (callers.items[at] != row->caller) at++;
    if (!entries[at] && is_of_pattern(p, row)) continue;
    *bs_vec_push(&filler->document->unresolved) = row_of(filler, row, entries[at]);
  }
  if (filler->document->unresolved.count) bs_vec_sort(&filler->document->unresolved, compare_rows);
  bs_vec_fini(&callers);
  free(entries);
}

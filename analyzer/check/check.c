/* Puts a check together: which functions are known APIs, then entry points, loops and sinks. */
#include "analyzer/check/internal.h"

#include <stdlib.h>
#include <string.h>

static const char *wrapped(const checker *c, const char *name) {
  for (uint32_t i = 0; i < c->options.nwrappers; i++)
    if (!strcmp(c->options.wrappers[i].function, name)) return c->options.wrappers[i].like;
  return NULL;
}

static bool is_startup(const checker *c, const char *name) {
  for (uint32_t i = 0; i < c->options.nstartup; i++)
    if (!strcmp(c->options.startup[i], name)) return true;
  return false;
}

/* A function that the project defines itself under an API's name is not that API. */
static void find_apis(checker *c) {
  const program *p = c->p;
  for (uint32_t f = 0; f < p->functions.count; f++) {
    const program_function *row = &p->functions.items[f];
    const char *name = program_text(p, row->name), *symbol = program_text(p, row->symbol);
    const char *like = wrapped(c, name);
    c->is_skipped[f] = is_startup(c, name) || row->flags & FACTS_FUNCTION_NONBLOCKING;
    if (!like && !check_is_outside(p, f)) continue;
    if (!strcmp(symbol, "syscall")) c->system_call = f + 1;
    c->function_rules[f] = rule_set_for_function(c->rules, like ? like : symbol);
    c->function_rows[f] = rule_set_rows_for_function(c->rules, like ? like : symbol);
    if (!c->function_rules[f] && !like) c->function_rules[f] = rule_set_for_function(c->rules, name);
    if (!c->function_rows[f] && !like) c->function_rows[f] = rule_set_rows_for_function(c->rules, name);
  }
}

static void find_system_calls(checker *c) {
  c->is_system_call = bs_calloc(c->p->calls.count + 1, sizeof(bool));
  for (uint32_t call = 0; c->system_call && call < c->p->calls.count; call++) {
    const program_call *row = &c->p->calls.items[call];
    c->is_system_call[call] = row->kind == FACTS_CALL_DIRECT && row->callee == c->system_call - 1;
  }
}

static void find_outside_calls(checker *c) {
  const program *p = c->p;
  bool *is_outside = bs_calloc((size_t)p->functions.count + 1, sizeof *is_outside);
  for (uint32_t f = 0; f < p->functions.count; f++) is_outside[f] = check_is_outside(p, f);
  for (uint32_t call = 0; call < p->calls.count; call++) {
    const program_call *row = &p->calls.items[call];
    if (row->kind == FACTS_CALL_DIRECT && is_outside[row->callee]) *bs_vec_push(&c->outside_calls) = call;
  }
  free(is_outside);
}

/* The programs of the name that is asked for; of a name that none has, none. */
static program_set wanted_programs(const checker *c) {
  program *p = c->p;
  program_set wanted = PROGRAM_NOWHERE;
  if (!c->options.program) return PROGRAM_ANY;
  for (uint32_t k = 0; k < p->executables.count; k++)
    if (!strcmp(program_text(p, p->executables.items[k].name), c->options.program))
      wanted = program_set_join(p, wanted, program_set_of(p, k));
  return wanted;
}

checker *check_new(program *p, const rule_set *rules, const check_options *options) {
  checker *c = bs_calloc(1, sizeof *c);
  c->p = p;
  c->rules = rules;
  c->options = *options;
  c->function_rules = bs_calloc(p->functions.count + 1, sizeof *c->function_rules);
  c->function_rows = bs_calloc(p->functions.count + 1, sizeof *c->function_rows);
  c->is_dispatch = bs_calloc(p->calls.count + 1, sizeof(bool));
  c->is_loop_wait = bs_calloc(p->calls.count + 1, sizeof(bool));
  c->is_chain = bs_calloc(p->calls.count + 1, sizeof(bool));
  c->is_cut_short = bs_calloc(p->calls.count + 1, sizeof(bool));
  c->dispatches = bs_calloc(p->functions.count + 1, sizeof(bool));
  c->is_turn = bs_calloc(p->functions.count + 1, sizeof(bool));
  c->is_skipped = bs_calloc(p->functions.count + 1, sizeof(bool));
  c->wanted = wanted_programs(c);
  find_apis(c);
  find_system_calls(c);
  find_outside_calls(c);
  libraries_find(c);
  eval_prepare(c);
  once_prepare(c);
  entries_find(c);
  ownloop_find(c);
  descriptors_watch_registered(c);
  groups_prepare(c);
  search_prepare(c);
  return c;
}

void check_free(checker *c) {
  if (!c) return;
  free(c->function_rules);
  free(c->function_rows);
  free(c->is_dispatch);
  free(c->is_loop_wait);
  free(c->is_handed_ready);
  free(c->is_chain);
  free(c->is_cut_short);
  free(c->program_entries);
  free(c->program_rank);
  free(c->dispatches);
  free(c->is_turn);
  free(c->is_skipped);
  free(c->node_address_taken);
  free(c->parameter_of);
  bs_vec_fini(&c->fifos);
  free(c->in_child);
  free(c->is_system_call);
  free(c->is_host);
  bs_vec_fini(&c->handle_sets);
  bs_vec_fini(&c->limit_sets);
  free(c->leads);
  free(c->is_closed);
  bs_vec_fini(&c->outside_calls);
  free(c->blocking_line);
  free(c->assumed);
  free(c->first_key);
  bs_vec_fini(&c->keys);
  order_free(c->order);
  once_free(c->once);
  objects_free(c->objects);
  free(c->first_sink);
  bs_vec_fini(&c->entries);
  bs_vec_fini(&c->sinks);
  bs_vec_fini(&c->dispatch_edges);
  bs_vec_fini(&c->contexts);
  bs_vec_fini(&c->descriptor_states);
  bs_vec_fini(&c->mode_sets);
  locks_free(c->locks);
  bs_map_fini(&c->mode_sets_of);
  bs_vec_fini(&c->next_suppression);
  bs_vec_fini(&c->loop_lines);
  bs_vec_fini(&c->missing);
  bs_vec_fini(&c->moved);
  bs_map_fini(&c->entry_ids);
  bs_map_fini(&c->context_ids);
  bs_map_fini(&c->entered);
  bs_map_fini(&c->bound);
  bs_vec_fini(&c->bound_values);
  bs_map_fini(&c->descriptors);
  bs_map_fini(&c->suppressed_lines);
  bs_map_fini(&c->dispatched);
  bs_arena_fini(&c->arena);
  free(c);
}

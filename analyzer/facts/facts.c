/* The tables' memory, and how nodes and strings come to be in them once. */
#include "analyzer/facts/facts.h"

void facts_unit_init(facts_unit *unit) {
  *unit = (facts_unit){0};
  bs_intern_init(&unit->strings);
  bs_vec_push(&unit->nodes);
  bs_vec_push(&unit->guards);
  bs_vec_push(&unit->cycles);
}

void facts_unit_fini(facts_unit *unit) {
  bs_intern_fini(&unit->strings);
  bs_vec_fini(&unit->files);
  bs_vec_fini(&unit->functions);
  bs_vec_fini(&unit->nodes);
  bs_vec_fini(&unit->flows);
  bs_vec_fini(&unit->integers);
  bs_vec_fini(&unit->calls);
  bs_vec_fini(&unit->arguments);
  bs_vec_fini(&unit->guards);
  bs_vec_fini(&unit->stores);
  bs_vec_fini(&unit->cycles);
  bs_vec_fini(&unit->overrides);
  bs_vec_fini(&unit->classes);
  bs_vec_fini(&unit->suppressions);
  bs_vec_fini(&unit->layouts);
  bs_vec_fini(&unit->casts);
  *unit = (facts_unit){0};
}

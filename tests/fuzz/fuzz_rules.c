/* Any bytes as a rule file: errors or rules, never anything else; and checking says what loading says. */
#include "rules/rules.h"

#include <stdlib.h>
#include <string.h>

static void count(void *context, const char *error) {
  unsigned *errors = context;
  if (!*error) abort();
  (*errors)++;
}

static void use(const rule_set *set) {
  bs_strbuf program = BS_STRBUF_INIT;
  for (uint32_t i = 0; i < set->rules.count; i++) {
    const rule *r = set->rules.items[i];
    if (rule_set_find(set, r->id) != r || !rule_set_for_function(set, r->functions.items[0])) abort();
    rule_advice_for(set, r, "libuv");
    rule_example(r, i % 2, &program);
  }
  for (uint32_t i = 0; i < set->packs.count; i++) {
    for (uint32_t j = 0; j < set->packs.items[i]->rows.count; j++) {
      const pack_row *row = &set->packs.items[i]->rows.items[j];
      if (row->function && !rule_set_rows_for_function(set, row->function)) abort();
      if (!row->function && !rule_set_rows_for_field(set, row->record, row->field)) abort();
    }
  }
  bs_strbuf_fini(&program);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  char *text = bs_malloc(size + 1); /* files are read with a zero byte behind them */
  memcpy(text, data, size);
  text[size] = 0;
  rule_set set;
  bs_error error = BS_ERROR_INIT;
  rule_set_init(&set);
  bool good = rule_set_load_text(&set, "rules.json", text, size, &error);
  unsigned errors = 0;
  rule_set_check_text("rules.json", text, size, count, &errors);
  if (good != (errors == 0) || good == bs_error_is_set(&error)) abort();
  rule_set_index(&set);
  use(&set);
  rule_set_fini(&set);
  bs_error_fini(&error);
  free(text);
  return 0;
}

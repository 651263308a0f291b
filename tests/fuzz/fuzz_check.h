/* From facts to a report, for fuzzers: link, solve, search, write. */
#ifndef BLOCKSCAN_FUZZ_CHECK_H
#define BLOCKSCAN_FUZZ_CHECK_H

#include "analyzer/check/check.h"
#include "evidence/cut.h"
#include "fuzz.h"

/* The bundled rules, once. */
static inline const rule_set *fuzz_rules(void) {
  static rule_set rules;
  static bool loaded;
  if (loaded) return &rules;
  bs_arena arena = {0};
  bs_error error = BS_ERROR_INIT;
  rule_set_init(&rules);
  const char *folder = rule_set_find_folder(&arena, &error);
  if (!folder || !rule_set_load_folder(&rules, folder, &error)) {
    fprintf(stderr, "%s\n", error.text.text);
    abort();
  }
  rule_set_index(&rules);
  bs_arena_fini(&arena);
  loaded = true;
  return &rules;
}

/* Facts that can be decoded can be linked; what comes of it can be written, and is the same when it is done
 * again. */
static inline void fuzz_check_program(const program_input *inputs, uint32_t count) {
  const rule_set *rules = fuzz_rules();
  const program_oracle oracle = check_oracle(rules);
  const program_limits limits = {1024, 64};
  const check_options options = {.max_paths = 3};
  bs_error error = BS_ERROR_INIT;
  bs_strbuf edges = BS_STRBUF_INIT;
  program p;
  program_init(&p);
  if (program_link(&p, inputs, count, &error)) {
    program_solve(&p, &oracle, &limits);
    program_build_edges(&p, &limits);
    program_print(&p, true, &edges);
    report_document document;
    report_document_init(&document);
    document.root = document.root_path = "/src";
    document.tool_version = document.libclang_version = "";
    checker *c = check_new(&p, rules, &options);
    check_report(c, &document);
    report_find_cuts(&document, rules);
    fuzz_check_document(&document);
    check_free(c);
    report_document_fini(&document);
  } else if (!bs_error_is_set(&error)) {
    abort();
  }
  program_fini(&p);
  bs_strbuf_fini(&edges);
  bs_error_fini(&error);
}

#endif

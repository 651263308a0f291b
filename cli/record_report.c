/* The recording as a document of the finding model, by the project's rules: from its file, as `blockscan
 * report` makes it, or from memory when the file is not whole. */
#include "cli/record.h"

#include "base/path.h"
#include "evidence/observed.h"
#include "reports/text.h"

bool record_knowledge_open(record_knowledge *k, const record_options *o, bs_error *error) {
  *k = (record_knowledge){0};
  rule_set_init(&k->rules);
  rule_set_init(&k->unlevelled);
  const char *cwd = bs_path_cwd(&k->arena);
  k->root = o->analysis.root ? bs_path_normalise(&k->arena, cwd, o->analysis.root) : cwd;
  if (!project_load_config(&o->analysis, k->root, &k->config, error)) return false;
  if (!project_load_rules(&o->analysis, &k->config, &k->rules, error)) return false;
  k->all_rules = project_load_all_rules(&o->analysis, &k->config, &k->rules, &k->unlevelled, error);
  if (!k->all_rules) return false;
  loop_libraries_use(&k->rules);
  return true;
}

void record_knowledge_close(record_knowledge *k) {
  loop_libraries_use(NULL);
  rule_set_fini(&k->rules);
  rule_set_fini(&k->unlevelled);
  project_config_fini(&k->config);
  bs_arena_fini(&k->arena);
}

void record_report_init(record_report *report) {
  *report = (record_report){0};
  report_document_init(&report->document);
}

void record_report_fini(record_report *report) {
  report_document_fini(&report->document);
  store_reader_close(report->reader);
  if (report->has_memory) memory_observation_fini(&report->memory);
}

static bool make(record_report *report, const record_knowledge *k, const observation *o, bs_error *error) {
  report->document.root_path = k->root;
  return observed_alone(o, &k->rules, k->all_rules, &report->document, error);
}

static bool make_from_file(record_report *report, const record_knowledge *k, recording *r, bs_error *error) {
  if (store_error(r->store)) return false;
  store_close(r->store);
  r->store = NULL;
  report->reader = store_reader_open(r->options.file, error);
  return report->reader && make(report, k, store_reader_observation(report->reader), error);
}

static void make_from_memory(record_report *report, const record_knowledge *k, const account *v,
                             const char *reason) {
  bs_error none = BS_ERROR_INIT;
  report_document *document = &report->document;
  report_document_fini(document);
  report_document_init(document);
  memory_observation_init(&report->memory, v);
  report->has_memory = true;
  make(report, k, &report->memory.made, &none);
  bs_error_fini(&none);
  if (!reason) return;
  const char *note = bs_arena_printf(&document->arena, "the report is made from memory: %s", reason);
  *bs_vec_push(&document->notes) = note;
  *bs_vec_push(&document->unobserved) = note;
}

void record_report_so_far(record_report *report, const record_knowledge *k, const account *v) {
  make_from_memory(report, k, v, NULL);
}

void record_report_make(record_report *report, const record_knowledge *k, recording *r, const account *v) {
  bs_error error = BS_ERROR_INIT;
  if (!make_from_file(report, k, r, &error))
    make_from_memory(report, k, v, bs_error_is_set(&error) ? error.text.text : NULL);
  bs_error_fini(&error);
}

void record_tell(const observation *one, bs_strbuf *out) {
  report_document document;
  bs_error none = BS_ERROR_INIT;
  report_document_init(&document);
  document.root_path = bs_path_cwd(&document.arena);
  if (observed_only(one, &document, &none)) text_write_moments(&(painter){out, false, 0}, &document);
  report_document_fini(&document);
  bs_error_fini(&none);
}

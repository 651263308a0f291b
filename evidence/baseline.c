/* The file is JSON, one entry a line; entries meet findings as two reports do (compare.h). */
#include "evidence/baseline.h"

#include "base/file.h"
#include "base/path.h"
#include "evidence/compare.h"
#include "reports/model/json.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define SCHEMA "blockscan/baseline/1"
enum { STALE_NAMED = 5 };

/* ---- the file ---- */

static const char *text_at(report_document *d, const json_t *object, const char *key) {
  const char *text = json_string_value(json_object_get(object, key));
  return text ? bs_arena_strdup(&d->arena, text) : NULL;
}

static bool read_entry(report_document *entries, const json_t *object, size_t i, const char *file,
                       bs_error *error) {
  report_finding *f = report_add_finding(entries);
  const char *id = text_at(entries, object, "id"), *rule_id = text_at(entries, object, "rule");
  const char *in = text_at(entries, object, "file"), *function = text_at(entries, object, "function");
  const char *api = text_at(entries, object, "api"), *reason = text_at(entries, object, "reason");
  if (!id || strlen(id) != 16 || !rule_id || !in || !function || !api)
    return bs_error_set(error, "%s: findings[%zu]: expected id (16 digits), rule, file, function and api",
                        file, i);
  memcpy(f->id, id, sizeof f->id);
  f->rule = rule_id;
  f->sink.file = in;
  f->sink.function = function;
  f->api = api;
  f->suppressed = (report_suppression){"baseline", reason ? reason : ""};
  return true;
}

bool baseline_parse(report_document *entries, const char *file, const char *text, size_t length,
                    bs_error *error) {
  json_error_t wrong;
  json_t *root = json_loadb(text, length, JSON_REJECT_DUPLICATES, &wrong);
  const char *schema = json_string_value(json_object_get(root, "schema"));
  const json_t *list = json_object_get(root, "findings");
  bool good = true;
  if (!root)
    good = bs_error_set(error, "%s:%d:%d: not JSON: %s", file, wrong.line, wrong.column, wrong.text);
  else if (!schema || strcmp(schema, SCHEMA) != 0)
    good = bs_error_set(error, "%s: not a baseline: 'schema' is not " SCHEMA, file);
  else if (!json_is_array(list))
    good = bs_error_set(error, "%s: not a baseline: there is no list of findings", file);
  for (size_t i = 0; good && i < json_array_size(list); i++)
    good = read_entry(entries, json_array_get(list, i), i, file, error);
  json_decref(root);
  return good;
}

static int compare_entries(const void *a, const void *b) {
  const report_finding *x = *(const report_finding *const *)a, *y = *(const report_finding *const *)b;
  int order = strcmp(x->sink.file, y->sink.file);
  if (!order) order = strcmp(x->sink.function, y->sink.function);
  if (!order) order = strcmp(x->rule, y->rule);
  if (!order) order = strcmp(x->api, y->api);
  return order ? order : strcmp(x->id, y->id);
}

/* One entry is one line, in the order of the files: branches that change different ones merge. */
void baseline_write(const report_document *entries, bs_strbuf *out) {
  BS_VEC(const report_finding *) sorted = {0};
  for (uint32_t i = 0; i < entries->findings.count; i++) *bs_vec_push(&sorted) = &entries->findings.items[i];
  bs_vec_sort(&sorted, compare_entries);
  bs_strbuf_adds(out, "{\n  \"schema\": \"" SCHEMA "\",\n  \"findings\": [");
  for (uint32_t i = 0; i < sorted.count; i++) {
    const report_finding *f = sorted.items[i];
    report_json_text(out, i ? ",\n    {\"file\": " : "\n    {\"file\": ", f->sink.file);
    report_json_text(out, ", \"function\": ", f->sink.function);
    report_json_text(out, ", \"rule\": ", f->rule);
    report_json_text(out, ", \"api\": ", f->api);
    report_json_text(out, ", \"id\": ", f->id);
    if (f->suppressed.reason && *f->suppressed.reason)
      report_json_text(out, ", \"reason\": ", f->suppressed.reason);
    bs_strbuf_addc(out, '}');
  }
  bs_strbuf_adds(out, sorted.count ? "\n  ]\n}\n" : "]\n}\n");
  bs_vec_fini(&sorted);
}

/* ---- what it means for a report ---- */

typedef struct baseline {
  const char *file;
  const char *root; /* of the project, whose usual file it is; NULL: the user named it */
  report_document entries;
  report_pairs pairs; /* of the entries with the findings */
} baseline;

/* Of a file that a symbolic link has put there nothing is quoted. */
static bool parse(baseline *b, const bs_strbuf *text, bs_error *error) {
  bool foreign = b->root && bs_path_leaves(b->root, b->file);
  bool good = baseline_parse(&b->entries, b->file, text->text, text->length, foreign ? NULL : error);
  if (!good && foreign) bs_error_set(error, "%s: not a baseline; a link leads outside the project", b->file);
  return good;
}

static bool read_file(baseline *b, bool required, bs_error *error) {
  bs_strbuf text = BS_STRBUF_INIT;
  bool good = true;
  if (access(b->file, F_OK) == 0 && !bs_path_is_file(b->file) && !bs_path_is_folder(b->file))
    good = bs_error_set(error, "%s: not a regular file", b->file);
  else if (bs_strbuf_read_file(&text, b->file) == 0)
    good = parse(b, &text, error);
  else if (errno != ENOENT || required)
    good = bs_error_set(error, "%s: %s", b->file, strerror(errno));
  bs_strbuf_fini(&text);
  return good;
}

static void suppress(const baseline *b, report_document *document) {
  for (uint32_t i = 0; i < document->findings.count; i++) {
    report_finding *f = &document->findings.items[i];
    if (f->suppressed.by || b->pairs.earlier[i] == REPORT_ALONE) continue;
    const char *reason = b->entries.findings.items[b->pairs.earlier[i]].suppressed.reason;
    f->suppressed = (report_suppression){"baseline", bs_arena_strdup(&document->arena, reason)};
  }
}

static void note_stale(const baseline *b, const char *root, report_document *document) {
  bs_strbuf names = BS_STRBUF_INIT;
  unsigned stale = 0;
  for (uint32_t i = 0; i < b->entries.findings.count; i++) {
    const report_finding *f = &b->entries.findings.items[i];
    if (b->pairs.later[i] != REPORT_ALONE || stale++ >= STALE_NAMED) continue;
    bs_strbuf_addf(&names, "%s%s() in %s [%s]", names.length ? ", " : "", f->sink.function, f->sink.file,
                   f->rule);
  }
  if (stale > STALE_NAMED) bs_strbuf_addf(&names, " and %u more", stale - STALE_NAMED);
  if (stale)
    *bs_vec_push(&document->notes) = bs_arena_printf(
        &document->arena, "%s: %u of its findings %s no longer found (--prune-baseline removes %s): %s",
        bs_path_relative(root, b->file), stale, stale == 1 ? "is" : "are", stale == 1 ? "it" : "them",
        names.text);
  bs_strbuf_fini(&names);
}

/* Whether a finding stands in the new baseline. */
static bool is_taken(const report_finding *f, bool known, bool update, enum rule_confidence min_confidence) {
  if (f->suppressed.by) return false;
  return known || (update && f->confidence >= min_confidence);
}

static bool write_file(baseline *b, report_document *document, bool update,
                       enum rule_confidence min_confidence, const char **said, bs_error *error) {
  report_document kept;
  unsigned added = 0;
  report_document_init(&kept);
  for (uint32_t i = 0; i < document->findings.count; i++) {
    uint32_t entry = b->pairs.earlier[i];
    bool known = entry != REPORT_ALONE;
    if (!is_taken(&document->findings.items[i], known, update, min_confidence)) continue;
    report_finding *f = report_add_finding(&kept);
    *f = document->findings.items[i];
    memset(&f->entries, 0, sizeof f->entries); /* they stay the document's */
    memset(&f->callers, 0, sizeof f->callers);
    f->suppressed =
        (report_suppression){"baseline", known ? b->entries.findings.items[entry].suppressed.reason : ""};
    added += !known;
  }
  unsigned gone = b->entries.findings.count - (kept.findings.count - added);
  bs_strbuf text = BS_STRBUF_INIT;
  baseline_write(&kept, &text);
  bool good = bs_file_replace(b->file, &text, error);
  *said = bs_arena_printf(&document->arena, "%s: %u findings, %u of them new, %u gone", b->file,
                          kept.findings.count, added, gone);
  bs_strbuf_fini(&text);
  report_document_fini(&kept);
  return good;
}

bool baseline_apply(report_document *document, const char *root, const baseline_options *options,
                    enum rule_confidence min_confidence, const char **said, bs_error *error) {
  *said = NULL;
  if (options->none) return true;
  bs_arena arena = {0};
  baseline b = {.file = options->file ? options->file : bs_path_normalise(&arena, root, BASELINE_FILE),
                .root = options->file ? NULL : root};
  report_document_init(&b.entries);
  bool good = read_file(&b, options->file && !options->update, error);
  if (good) {
    report_pair(&b.entries, document, &b.pairs);
    report_pair_moved(&b.entries, document, &b.pairs);
    bool writes = options->update || options->prune;
    good = !writes || write_file(&b, document, options->update, min_confidence, said, error);
    if (good && writes) {
      report_pairs_fini(&b.pairs);
      report_document_fini(&b.entries);
      report_document_init(&b.entries);
      good = read_file(&b, true, error);
      report_pair(&b.entries, document, &b.pairs);
    }
    suppress(&b, document);
    note_stale(&b, root, document);
    report_pairs_fini(&b.pairs);
  }
  report_document_fini(&b.entries);
  bs_arena_fini(&arena);
  return good;
}

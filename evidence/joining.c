/* Tells inputs apart, reads them, and hands a recording's stacks, calls and stalls to the join. */
#include "evidence/joining.h"

#include "analyzer/driver/project.h"
#include "base/hash.h"
#include "base/path.h"
#include "evidence/builds.h"
#include "evidence/joining_graph.h"
#include "evidence/observed.h"
#include "reports/model/read_json.h"
#include "runtime-check/collect/store_read.h"
#include "version.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct joining {
  report_document *document;
  BS_VEC(report_document *) others; /* their findings were taken, their texts are still used */
  BS_VEC(analysis *) analyses;
  BS_VEC(store_reader *) readers;
  joining_graph graph;
  project_config config;
  rule_set rules, unlevelled;
  const rule_set *all_rules; /* one of the two */
  join *join;
  builds builds;
};

/* ---- options ---- */

void joining_options_init(joining_options *options) {
  *options = (joining_options){0};
  analysis_options_init(&options->analysis);
}

void joining_options_fini(joining_options *options) {
  analysis_options_fini(&options->analysis);
  bs_vec_fini(&options->files);
  bs_vec_fini(&options->sources);
  bs_vec_fini(&options->recordings);
  bs_arena_fini(&options->arena);
}

/* ---- what a file is ---- */

enum input_kind { INPUT_UNREADABLE, INPUT_DATABASE, INPUT_REPORT, INPUT_RECORDING, INPUT_UNKNOWN };

static enum input_kind kind_of(const char *path) {
  char head[64] = "";
  if (bs_path_is_folder(path)) return INPUT_DATABASE;
  int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  ssize_t length = fd < 0 ? -1 : read(fd, head, sizeof head - 1);
  if (fd >= 0) close(fd);
  if (length < 0) return INPUT_UNREADABLE;
  if (!strcmp(head, "SQLite format 3")) return INPUT_RECORDING;
  char first = head[strspn(head, " \t\r\n")];
  return first == '[' ? INPUT_DATABASE : first == '{' ? INPUT_REPORT : INPUT_UNKNOWN;
}

static bool fail_kind(const char *path, enum input_kind kind, bs_error *error) {
  if (kind == INPUT_UNREADABLE) return bs_error_set(error, "%s: cannot be read: %s", path, strerror(errno));
  return bs_error_set(error, "%s: neither a compile database, nor a JSON report, nor a recording", path);
}

static bool sort_files(joining_options *o, bs_error *error) {
  for (uint32_t i = 0; i < o->files.count; i++) {
    const char *path = o->files.items[i];
    enum input_kind kind = kind_of(path);
    if (kind == INPUT_RECORDING)
      *bs_vec_push(&o->recordings) = path;
    else if (kind == INPUT_DATABASE || kind == INPUT_REPORT)
      *bs_vec_push(&o->sources) = path;
    else
      return fail_kind(path, kind, error);
  }
  return true;
}

/* Takes a recording that was not named, and says so: one of another user is anybody's. */
static void take_found(joining_options *o, const char *path) {
  struct stat st;
  if (stat(path, &st) != 0) return;
  if (st.st_uid != geteuid()) {
    analysis_warn(&o->analysis,
                  bs_arena_printf(
                      &o->arena,
                      "%s is not used: another user owns it; give it with --runtime to use it anyway", path));
    return;
  }
  *bs_vec_push(&o->recordings) = path;
  if (!o->analysis.quiet)
    analysis_warn(&o->analysis, bs_arena_printf(&o->arena, "the recording is %s", path));
}

/* Where a recording is found that was not named: where `record` puts it. */
static bool find_recording(joining_options *o, bs_error *error) {
  static const char *const usual[] = {"stalls.db", "build/stalls.db", "out/stalls.db"};
  for (size_t i = 0; i < sizeof usual / sizeof *usual && !o->recordings.count; i++) take_found(o, usual[i]);
  return o->recordings.count ||
         bs_error_set(error,
                      "there is no stalls.db here, in build or in out; `blockscan record -- PROGRAM` writes "
                      "one, --runtime names another");
}

/* ---- the static half ---- */

static bool scan(joining *g, const joining_options *o, const char *path, unsigned max_paths,
                 report_document *document, bs_error *error) {
  analysis *a = bs_calloc(1, sizeof *a);
  analysis_options options = o->analysis;
  analysis_init(a);
  *bs_vec_push(&g->analyses) = a;
  options.database = path;
  if (!analysis_read(a, &options, error) || !analysis_report(a, max_paths, document, error)) return false;
  joining_graph_add(&g->graph, a);
  return true;
}

/* A root that isn't the one that was scanned costs every excerpt: how many files are not there. */
static void note_missing_sources(report_document *document) {
  bs_map seen = {0};
  bs_arena *arena = &document->arena;
  unsigned files = 0, missing = 0;
  for (uint32_t i = 0; i < document->findings.count; i++) {
    const char *file = document->findings.items[i].sink.file;
    bool is_new;
    bs_map_add(&seen, bs_hash(file, strlen(file)), 0, &is_new);
    if (!is_new || *file == '/') continue;
    files++;
    missing += access(bs_arena_printf(arena, "%s/%s", document->root_path, file), R_OK) != 0;
  }
  bs_map_fini(&seen);
  if (missing)
    *bs_vec_push(&document->notes) =
        bs_arena_printf(arena,
                        "%u of the %u source files of the findings cannot be read, so there are no excerpts "
                        "of them: --root=DIR says where they are",
                        missing, files);
}

static bool read_report(const joining_options *o, const char *path, report_document *document,
                        bs_error *error) {
  if (!report_read_json(document, path, error)) return false;
  document->root_path = bs_path_normalise(&document->arena, bs_path_cwd(&document->arena),
                                          o->analysis.root ? o->analysis.root : ".");
  note_missing_sources(document);
  return true;
}

static bool same_finding(const report_finding *a, const report_finding *b) {
  return !strcmp(a->id, b->id) && !strcmp(a->sink.file, b->sink.file) && a->sink.line == b->sink.line;
}

static bool has_finding(const report_document *document, uint32_t count, const report_finding *f) {
  for (uint32_t i = 0; i < count; i++)
    if (same_finding(&document->findings.items[i], f)) return true;
  return false;
}

/* Takes what the other document has and this one has not. */
static void merge(report_document *document, report_document *other) {
  uint32_t count = document->findings.count;
  for (uint32_t i = 0; i < other->findings.count; i++) {
    report_finding *f = &other->findings.items[i];
    if (has_finding(document, count, f)) continue;
    *report_add_finding(document) = *f;
    memset(f, 0, sizeof *f);
  }
  for (uint32_t i = 0; i < other->broken_units.count; i++)
    *bs_vec_push(&document->broken_units) = other->broken_units.items[i];
  for (uint32_t i = 0; i < other->handed_over.count; i++)
    *bs_vec_push(&document->handed_over) = other->handed_over.items[i];
  for (uint32_t i = 0; i < other->unreached_units.count; i++)
    *bs_vec_push(&document->unreached_units) = other->unreached_units.items[i];
  for (uint32_t i = 0; i < other->unresolved.count; i++)
    *bs_vec_push(&document->unresolved) = other->unresolved.items[i];
  for (uint32_t i = 0; i < other->limits.count; i++) *bs_vec_push(&document->limits) = other->limits.items[i];
  for (uint32_t i = 0; i < other->incomplete.count; i++)
    *bs_vec_push(&document->incomplete) = other->incomplete.items[i];
  for (uint32_t i = 0; i < other->notes.count; i++) *bs_vec_push(&document->notes) = other->notes.items[i];
  for (uint32_t i = 0; i < other->loops.count; i++) *bs_vec_push(&document->loops) = other->loops.items[i];
  document->units += other->units;
  document->functions += other->functions;
  document->entry_points += other->entry_points;
  document->unresolved_indirect_calls += other->unresolved_indirect_calls;
  document->capped_indirect_calls += other->capped_indirect_calls;
}

/* Findings of an earlier join or recording are made anew. */
static void drop_runtime_only(report_document *document) {
  uint32_t kept = 0;
  for (uint32_t i = 0; i < document->findings.count; i++) {
    report_finding *f = &document->findings.items[i];
    if (f->runtime.verdict == REPORT_RUNTIME_ONLY)
      report_finding_fini(f);
    else
      document->findings.items[kept++] = *f;
  }
  document->findings.count = kept;
}

static bool read_source(joining *g, const joining_options *o, const char *path, unsigned max_paths,
                        report_document *document, bs_error *error) {
  enum input_kind kind = kind_of(path);
  if (kind == INPUT_DATABASE) return scan(g, o, path, max_paths, document, error);
  if (kind == INPUT_REPORT) return read_report(o, path, document, error);
  if (kind == INPUT_RECORDING)
    return bs_error_set(
        error, "%s is a recording: give it with --runtime; --static takes a report or a compile database",
        path);
  return fail_kind(path, kind, error);
}

static bool read_sources(joining *g, const joining_options *o, unsigned max_paths, bs_error *error) {
  if (!read_source(g, o, o->sources.items[0], max_paths, g->document, error)) return false;
  for (uint32_t i = 1; i < o->sources.count; i++) {
    report_document *other = bs_calloc(1, sizeof *other);
    report_document_init(other);
    *bs_vec_push(&g->others) = other;
    if (!read_source(g, o, o->sources.items[i], max_paths, other, error)) return false;
    merge(g->document, other);
  }
  drop_runtime_only(g->document);
  report_clear_cuts(g->document); /* findings get another order */
  return true;
}

/* The rules as they were for the scan, and those that the configuration turned off as well. */
static bool load_rules(joining *g, const joining_options *o, bs_error *error) {
  if (!project_load_config(&o->analysis, g->document->root_path, &g->config, error)) return false;
  if (!project_load_rules(&o->analysis, &g->config, &g->rules, error)) return false;
  g->all_rules = project_load_all_rules(&o->analysis, &g->config, &g->rules, &g->unlevelled, error);
  return g->all_rules != NULL;
}

/* ---- the recordings ---- */

static bool read_recording(joining *g, const char *path, bs_error *error) {
  store_reader *reader = store_reader_open(path, error);
  if (!reader) return false;
  *bs_vec_push(&g->readers) = reader;
  const observation *o = store_reader_observation(reader);
  uint64_t stalls = g->document->all_stalls, ns = g->document->stalls_ns;
  if (!observed_join(g->join, o, g->document, error)) return false;
  builds_add(&g->builds, o, g->document->all_stalls - stalls, g->document->stalls_ns - ns);
  return true;
}

/* ---- all of it ---- */

/* Without a compile database the recordings are told alone. */
static void find_source(joining_options *o) {
  bs_error none = BS_ERROR_INIT;
  const char *path;
  if (project_find_database(&o->arena, NULL, &path, &none)) *bs_vec_push(&o->sources) = path;
  bs_error_fini(&none);
}

static bool find_inputs(joining_options *o, bs_error *error) {
  if (!sort_files(o, error)) return false;
  if (!o->sources.count) find_source(o);
  return o->recordings.count || find_recording(o, error);
}

static bool read_all(joining *g, joining_options *o, unsigned max_paths, bs_error *error) {
  if (!find_inputs(o, error)) return false;
  if (o->sources.count && !read_sources(g, o, max_paths, error)) return false;
  if (!*g->document->root_path) g->document->root_path = bs_path_cwd(&g->document->arena);
  if (!*g->document->tool_version) g->document->tool_version = BLOCKSCAN_VERSION;
  if (!load_rules(g, o, error)) return false;
  const join_graph *graph = joining_graph_of(&g->graph);
  g->join = join_new(g->document, &(join_options){&g->rules, g->all_rules, graph, o->sources.count != 0});
  for (uint32_t i = 0; i < o->recordings.count; i++)
    if (!read_recording(g, o->recordings.items[i], error)) return false;
  join_finish(g->join);
  builds_note(&g->builds, g->document);
  return true;
}

bool joining_run(joining *g, joining_options *options, unsigned max_paths, report_document *document,
                 bs_error *error) {
  g->document = document;
  return read_all(g, options, max_paths, error);
}

joining *joining_new(void) {
  joining *g = bs_calloc(1, sizeof *g);
  rule_set_init(&g->rules);
  rule_set_init(&g->unlevelled);
  return g;
}

void joining_free(joining *g) {
  join_free(g->join);
  builds_fini(&g->builds);
  joining_graph_fini(&g->graph);
  for (uint32_t i = 0; i < g->readers.count; i++) store_reader_close(g->readers.items[i]);
  for (uint32_t i = 0; i < g->analyses.count; i++) {
    analysis_fini(g->analyses.items[i]);
    free(g->analyses.items[i]);
  }
  for (uint32_t i = 0; i < g->others.count; i++) {
    report_document_fini(g->others.items[i]);
    free(g->others.items[i]);
  }
  rule_set_fini(&g->rules);
  rule_set_fini(&g->unlevelled);
  project_config_fini(&g->config);
  bs_vec_fini(&g->readers);
  bs_vec_fini(&g->analyses);
  bs_vec_fini(&g->others);
  free(g);
}

const join_proposal *joining_proposals(const joining *g, uint32_t *count) {
  *count = 0;
  return g->join ? join_proposals(g->join, count) : NULL;
}

bool joining_was_interrupted(const joining *g) {
  uint32_t last = g->analyses.count;
  return last && g->analyses.items[last - 1]->units.interrupted;
}

const rule_set *joining_rules(const joining *g) { return &g->rules; }

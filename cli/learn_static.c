/* Drafts a loop pack from the source alone: who gets functions of the project and is known to nothing. Each
 * row is a guess for a person to review, and the draft says so. */
#include "cli/learn_static.h"

#include "analyzer/driver/analysis.h"
#include "reports/model/read_json.h"

#include <fcntl.h>
#include <jansson.h>
#include <string.h>
#include <unistd.h>

/* The first bytes of a file; "" for what cannot be read. */
static void read_head(const char *path, char head[static 64]) {
  memset(head, 0, 64);
  int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) return;
  if (read(fd, head, 63) < 0) head[0] = 0;
  close(fd);
}

bool learn_is_static(const joining_options *options) {
  char head[64];
  if (!options->asks_static || options->recordings.count) return false;
  for (uint32_t i = 0; i < options->files.count; i++) {
    read_head(options->files.items[i], head);
    if (!strncmp(head, "SQLite format 3", 15)) return false;
  }
  return true;
}

typedef struct draft {
  bs_arena arena;
  BS_VEC(report_handed_over) rows;
} draft;

/* Takes the document's rows; one that is there already counts once. */
static void take(draft *d, const report_document *document) {
  for (uint32_t i = 0; i < document->handed_over.count; i++) {
    report_handed_over row = document->handed_over.items[i];
    bool known = false;
    for (uint32_t k = 0; k < d->rows.count && !known; k++)
      known = !strcmp(d->rows.items[k].api, row.api) && d->rows.items[k].argument == row.argument;
    if (known) continue;
    row.api = bs_arena_strdup(&d->arena, row.api);
    row.place.function = bs_arena_strdup(&d->arena, row.place.function);
    row.place.file = bs_arena_strdup(&d->arena, row.place.file);
    *bs_vec_push(&d->rows) = row;
  }
}

static bool scan(draft *d, const joining_options *o, const char *path, bs_error *error) {
  analysis a;
  analysis_options options = o->analysis;
  report_document document;
  analysis_init(&a);
  report_document_init(&document);
  options.database = path;
  bool good = analysis_read(&a, &options, error) && analysis_report(&a, 1, &document, error);
  if (good) take(d, &document);
  report_document_fini(&document);
  analysis_fini(&a);
  return good;
}

static bool read_source(draft *d, const joining_options *o, const char *path, bs_error *error) {
  char head[64];
  read_head(path, head);
  if (head[strspn(head, " \t\r\n")] != '{') return scan(d, o, path, error);
  report_document document;
  report_document_init(&document);
  bool good = report_read_json(&document, path, error);
  if (good) take(d, &document);
  report_document_fini(&document);
  return good;
}

static bool read_sources(draft *d, const joining_options *o, bs_error *error) {
  bool good = true;
  if (!o->sources.count && !o->files.count) return scan(d, o, NULL, error);
  for (uint32_t i = 0; i < o->sources.count && good; i++)
    good = read_source(d, o, o->sources.items[i], error);
  for (uint32_t i = 0; i < o->files.count && good; i++) good = read_source(d, o, o->files.items[i], error);
  return good;
}

/* ---- the file ---- */

static json_t *text(const char *string) { return json_stringn_nocheck(string, strlen(string)); }

/* "mosquitto" when all names begin so, up to their first underscore; else "draft". */
static const char *name_of(draft *d) {
  const char *first = d->rows.items[0].api;
  size_t length = strcspn(first, "_");
  for (uint32_t i = 0; i < d->rows.count; i++)
    if (strncmp(d->rows.items[i].api, first, length) != 0 || d->rows.items[i].api[length] != '_')
      return "draft";
  for (size_t i = 0; i < length; i++)
    if (!(first[i] >= 'a' && first[i] <= 'z') && !(first[i] >= '0' && first[i] <= '9')) return "draft";
  return bs_arena_strndup(&d->arena, first, length);
}

static const char *about(draft *d) {
  bs_strbuf words = BS_STRBUF_INIT;
  bs_strbuf_adds(
      &words,
      "A DRAFT of `blockscan learn --static`, to be reviewed. Each function below gets functions of the "
      "project. Keep it in `register` only if a loop calls them later, and give it its role; move it to "
      "`call` if it calls them before it returns, to `offload` if a thread does, to `defer` if nobody "
      "does while the loop runs. Seen:");
  for (uint32_t i = 0; i < d->rows.count; i++) {
    const report_handed_over *h = &d->rows.items[i];
    bs_strbuf_addf(&words, "%s %s, argument %u: %u function%s, first at %s:%u", i ? ";" : "", h->api,
                   h->argument, h->functions, h->functions == 1 ? "" : "s", h->place.file, h->place.line);
  }
  const char *copy = bs_arena_strndup(&d->arena, words.text, words.length);
  bs_strbuf_fini(&words);
  return copy;
}

static void write_pack(draft *d, bs_strbuf *out) {
  json_t *file = json_object(), *rows = json_array();
  const char *name = name_of(d);
  for (uint32_t i = 0; i < d->rows.count; i++)
    json_array_append_new(rows, json_pack("{s:[o], s:[i], s:s}", "functions", text(d->rows.items[i].api),
                                          "callbacks", (int)d->rows.items[i].argument, "role", "other"));
  json_object_set_new(file, "kind", text("loop"));
  json_object_set_new(file, "name", text(name));
  json_object_set_new(file, "title", text(bs_arena_printf(&d->arena, "%s (a draft, to be reviewed)", name)));
  json_object_set_new(file, "about", text(about(d)));
  json_object_set_new(file, "register", rows);
  char *dumped = json_dumps(file, JSON_INDENT(2));
  bs_strbuf_addf(out, "%s\n", dumped ? dumped : "");
  free(dumped);
  json_decref(file);
}

bool learn_draft(const joining_options *options, bs_strbuf *out, uint32_t *count, bs_error *error) {
  draft d = {0};
  bool good = read_sources(&d, options, error);
  *count = d.rows.count;
  if (good && d.rows.count) write_pack(&d, out);
  bs_vec_fini(&d.rows);
  bs_arena_fini(&d.arena);
  return good;
}

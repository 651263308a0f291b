/* Compares the places of a finding's ways with the files, as the report names both. */
#include "evidence/files.h"

#include "base/path.h"
#include "evidence/changes.h"
#include "reports/model/completeness.h"

#include <string.h>
#include <unistd.h>

typedef struct wanted {
  bs_arena arena;
  BS_VEC(const char *) files; /* as the report names them */
} wanted;

static bool is_wanted(void *context, const report_place *place) {
  const wanted *w = context;
  for (uint32_t i = 0; i < w->files.count; i++)
    if (!strcmp(w->files.items[i], place->file)) return true;
  return false;
}

static bool concerns(const report_finding *f, wanted *w) {
  if (is_wanted(w, &f->sink) || changes_on_the_way(f, is_wanted, w)) return true;
  for (uint32_t i = 0; i < f->entries.count; i++)
    if (is_wanted(w, &(report_place){.file = f->entries.items[i].file})) return true;
  return false;
}

static bool is_header(const char *file) {
  const char *dot = strrchr(bs_path_basename(file), '.');
  return dot && (dot[1] == 'h' || dot[1] == 'H' || !strncmp(dot, ".in", 3) || !strncmp(dot, ".t", 2));
}

static bool is_unit(const analysis *a, const char *path) {
  for (uint32_t i = 0; i < a->db.entries.count; i++)
    if (!strcmp(a->db.entries.items[i].file, path)) return true;
  return false;
}

static bool add_file(const analysis *a, wanted *w, const char *file, report_document *document,
                     bs_error *error) {
  const char *path = bs_path_normalise(&w->arena, bs_path_cwd(&w->arena), file);
  if (access(path, F_OK) != 0) return bs_error_set(error, "%s: no such file", file);
  *bs_vec_push(&w->files) = bs_path_relative(a->root, path);
  if (is_unit(a, path) || is_header(path)) return true;
  report_gap *gap = report_add_gap(
      document, "lost-input",
      bs_arena_printf(&document->arena, "%s is not in the compile database and was not checked", file));
  gap->unit = bs_arena_strdup(&document->arena, bs_path_relative(a->root, path));
  gap->hint = "Make the database again, or leave the file out";
  return true;
}

/* Whether a callback reaches something in one of the files that are units. Of a header nothing is known. */
static bool is_reached(const wanted *w, const report_document *document) {
  uint32_t unreached = 0;
  for (uint32_t i = 0; i < w->files.count; i++)
    for (uint32_t k = 0; k < document->unreached_units.count; k++)
      if (!strcmp(w->files.items[i], document->unreached_units.items[k])) {
        unreached++;
        break;
      }
  return unreached < w->files.count;
}

/* A report of files in which nothing was checked must not be taken for one of clean files. */
static void judge_files(const wanted *w, report_document *document) {
  if (is_reached(w, document)) return;
  const char *first = w->files.items[0];
  report_gap *gap = report_add_gap(
      document, REPORT_PROGRAM_UNCHECKED,
      bs_arena_printf(
          &document->arena, "no callback reaches anything in %s%s, so nothing in %s was checked", first,
          w->files.count > 1 ? bs_arena_printf(&document->arena, " and %u more files", w->files.count - 1)
                             : "",
          w->files.count > 1 ? "them" : "it"));
  gap->hint = "--if-no-loops=ok accepts that";
}

bool files_keep(const analysis *a, report_document *document, bs_error *error) {
  wanted w = {0};
  bool good = true;
  uint32_t kept = 0;
  for (uint32_t i = 0; i < a->options.files.count && good; i++)
    good = add_file(a, &w, a->options.files.items[i], document, error);
  for (uint32_t i = 0; i < document->findings.count && good; i++) {
    report_finding *f = &document->findings.items[i];
    if (concerns(f, &w))
      document->findings.items[kept++] = *f;
    else
      report_finding_fini(f);
  }
  if (good) document->findings.count = kept;
  if (good) judge_files(&w, document);
  bs_vec_fini(&w.files);
  bs_arena_fini(&w.arena);
  return good;
}

/* What a patch or the files of a commit leave of a report. */
#include "evidence/changes.h"

#include "base/path.h"
#include "evidence/commit_hook.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

void changes_options_fini(changes_options *options) { bs_vec_fini(&options->files); }

/* ---- patches ---- */

static const report_place *on_the_way_of(const report_entry *e, changes_test *touched, void *context) {
  for (uint32_t k = 0; k < e->path.count; k++) {
    const report_step *s = e->path.items[k];
    if (touched(context, &s->place)) return &s->place;
    if (s->has_because && touched(context, &s->because)) return &s->because;
  }
  return e->has_registered && touched(context, &e->registered) ? &e->registered : NULL;
}

const report_place *changes_on_the_way(const report_finding *finding, changes_test *touched, void *context) {
  const report_place *place = NULL;
  for (uint32_t i = 0; i < finding->entries.count && !place; i++)
    place = on_the_way_of(&finding->entries.items[i], touched, context);
  return place;
}

void changes_set_anchor(report_finding *finding, const report_place *place) {
  if (!place || finding->has_anchor) return;
  finding->has_anchor = true;
  finding->anchor = *place;
}

static bool is_on_line(void *context, const report_place *place) {
  return patch_has(context, place->file, place->line);
}

static void keep_touched(report_document *document, patch *lines) {
  uint32_t kept = 0;
  for (uint32_t i = 0; i < document->findings.count; i++) {
    report_finding *f = &document->findings.items[i];
    bool at_sink = is_on_line(lines, &f->sink);
    const report_place *place = at_sink ? NULL : changes_on_the_way(f, is_on_line, lines);
    changes_set_anchor(f, place);
    if (at_sink || place)
      document->findings.items[kept++] = *f;
    else
      report_finding_fini(f);
  }
  document->findings.count = kept;
}

typedef struct folders {
  const char *root;
  const char *of[3]; /* in which a path is looked for */
} folders;

static const char *name_in_report(void *context, bs_arena *arena, const char *path) {
  const folders *f = context;
  for (size_t i = 0; i < sizeof f->of / sizeof *f->of; i++) {
    if (!f->of[i]) continue;
    const char *whole = bs_path_normalise(arena, f->of[i], path), *without = strchr(path, '/');
    if (access(whole, F_OK) == 0) return bs_path_relative(f->root, whole);
    whole = without ? bs_path_normalise(arena, f->of[i], without + 1) : whole; /* diff -u old/a.c new/a.c */
    if (access(whole, F_OK) == 0) return bs_path_relative(f->root, whole);
  }
  return path;
}

bool changes_keep_patch(report_document *document, const char *root, const char *file, bs_error *error) {
  bs_arena arena = {0};
  bs_strbuf text = BS_STRBUF_INIT;
  git_repository git;
  patch lines;
  patch_init(&lines);
  bool has_git = git_open(&git, root, NULL);
  folders where = {root, {has_git ? git.seen_as : NULL, root, bs_path_cwd(&arena)}};
  const char *name = strcmp(file, "-") ? file : "/dev/stdin";
  bool good =
      bs_strbuf_read_file(&text, name) == 0 || bs_error_set(error, "--diff: %s: %s", file, strerror(errno));
  if (good && !patch_is_one(text.text)) good = bs_error_set(error, "--diff: %s: not a patch", file);
  if (good && !patch_read(&lines, text.text, name_in_report, &where, error))
    good = bs_error_context(error, "--diff: %s", file);
  if (good) keep_touched(document, &lines);
  git_close(&git);
  patch_fini(&lines);
  bs_strbuf_fini(&text);
  bs_arena_fini(&arena);
  return good;
}

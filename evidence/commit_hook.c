/* The files of a commit, the index as an overlay, and what of a report concerns them. */
#include "evidence/commit_hook.h"

#include "analyzer/frontend/language.h"
#include "base/path.h"
#include "evidence/checkout.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool commit_hook_is_database(const char *argument) {
  return !strcmp(language_extension(argument), ".json") || bs_path_is_folder(argument);
}

static bool is_unit(const char *file) { return language_of_file(file) != LANGUAGE_OTHER; }

static bool is_source(const char *file) { return is_unit(file) || language_is_header(file); }

/* pre-commit has put away what is not staged, and may be asked for a range of commits instead of what is
 * staged. */
static bool is_pre_commit(void) { return getenv("PRE_COMMIT") != NULL; }

static const char *range(bs_arena *arena) {
  const char *from = getenv("PRE_COMMIT_FROM_REF"), *to = getenv("PRE_COMMIT_TO_REF");
  return is_pre_commit() && from && to && *from && *to ? bs_arena_printf(arena, "%s...%s", from, to) : NULL;
}

const char *commit_hook_revision(const char *given) {
  const char *from = getenv("PRE_COMMIT_FROM_REF");
  return is_pre_commit() && from && *from ? from : given;
}

static bool list_staged(commit_hook *h, bs_error *error) {
  static const char *const cached[] = {"--cached", NULL};
  git_changes changes = {0};
  bool good = git_diff_files(&h->git, &h->arena, cached, &changes, error);
  for (uint32_t i = 0; i < changes.count; i++)
    if (changes.items[i].kind != GIT_DELETED)
      *bs_vec_push(&h->files) = git_path(&h->git, &h->arena, changes.items[i].path);
  bs_vec_fini(&changes);
  return good;
}

static void list_named(commit_hook *h, const changes_options *options) {
  const char *here = bs_path_cwd(&h->arena);
  for (uint32_t i = 0; i < options->files.count; i++)
    *bs_vec_push(&h->files) = bs_path_normalise(&h->arena, here, options->files.items[i]);
}

bool commit_hook_prepare(commit_hook *h, const changes_options *options, bool *needed, bs_error *error) {
  *h = (commit_hook){0};
  if (!git_open(&h->git, bs_path_cwd(&h->arena), error)) return false;
  bool good = true;
  if (options->files.count)
    list_named(h, options);
  else
    good = list_staged(h, error);
  *needed = false;
  for (uint32_t i = 0; i < h->files.count; i++) *needed |= is_source(h->files.items[i]);
  if (good && *needed && !is_pre_commit()) good = checkout_index(&h->index, &h->git, error);
  return good;
}

void commit_hook_fini(commit_hook *h) {
  overlay_fini(&h->index);
  bs_vec_fini(&h->files);
  git_close(&h->git);
  bs_arena_fini(&h->arena);
}

const overlay *commit_hook_overlay(const commit_hook *h) {
  return overlay_is_empty(&h->index) ? NULL : &h->index;
}

static bool is_named(const commit_hook *h, const char *root, const char *file) {
  for (uint32_t i = 0; i < h->files.count; i++)
    if (!strcmp(bs_path_relative(root, h->files.items[i]), file)) return true;
  return false;
}

/* The staged lines, or those of the range that pre-commit was asked for; before the first commit all are. */
static bool staged_lines(commit_hook *h, const char *root, patch *lines, bs_error *error) {
  const char *commits = range(&h->arena);
  return revision_lines(&h->git, root, commits, !commits, lines, error);
}

typedef struct staged_test {
  const commit_hook *hook;
  const char *root;
  patch lines;
} staged_test;

static bool is_staged(void *context, const report_place *place) {
  const staged_test *t = context;
  return patch_has(&t->lines, place->file, place->line) && is_named(t->hook, t->root, place->file);
}

bool commit_hook_keep(commit_hook *h, const char *root, report_document *document, bs_error *error) {
  staged_test t = {.hook = h, .root = root};
  patch_init(&t.lines);
  bool good = staged_lines(h, root, &t.lines, error);
  uint32_t kept = 0;
  for (uint32_t i = 0; good && i < document->findings.count; i++) {
    report_finding *f = &document->findings.items[i];
    bool in_file = is_named(h, root, f->sink.file);
    const report_place *place = in_file ? NULL : changes_on_the_way(f, is_staged, &t);
    changes_set_anchor(f, place);
    if (in_file || place)
      document->findings.items[kept++] = *f;
    else
      report_finding_fini(f);
  }
  if (good) document->findings.count = kept;
  patch_fini(&t.lines);
  return good;
}

void commit_hook_show_sources(commit_hook *h, const char *root, report_document *document) {
  if (!h->index.folder.path) return;
  const char *folder = bs_arena_printf(&document->arena, "%s/shown", h->index.folder.path);
  for (uint32_t i = 0; i < document->findings.count; i++) {
    const report_finding *f = &document->findings.items[i];
    overlay_link(&h->index, folder, root, f->sink.file);
    for (uint32_t k = 0; k < f->entries.count; k++)
      for (uint32_t s = 0; s < f->entries.items[k].path.count; s++)
        overlay_link(&h->index, folder, root, f->entries.items[k].path.items[s]->place.file);
  }
  document->root_path = folder;
}

void commit_hook_warn_unlisted(const commit_hook *h, const analysis *a) {
  bs_strbuf text = BS_STRBUF_INIT;
  for (uint32_t i = 0; i < h->files.count; i++) {
    bool listed = !is_unit(h->files.items[i]);
    for (uint32_t k = 0; k < a->db.entries.count && !listed; k++)
      listed = !strcmp(a->db.entries.items[k].file, h->files.items[i]);
    if (listed) continue;
    bs_strbuf_clear(&text);
    bs_strbuf_addf(&text, "%s is not in the compile database and was not checked",
                   bs_path_relative(a->root, h->files.items[i]));
    analysis_warn(&a->options, text.text);
  }
  bs_strbuf_fini(&text);
}

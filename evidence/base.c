/* Asks git what stood in the base: the contents of files, and which lines are new since then. */
#include "evidence/base.h"

#include "base/file.h"
#include "base/path.h"
#include "evidence/revision.h"

#include <string.h>

/* The path relative to the top, or NULL for a file outside of the repository. */
static const char *path_in_git(const base_revision *b, const char *path) {
  const char *inside = bs_path_relative(b->git.seen_as, path);
  if (inside == path) inside = bs_path_relative(b->git.top, path);
  return inside == path ? NULL : inside;
}

static const char *copy_file(base_revision *b, const char *object, bs_error *error) {
  bs_strbuf text = BS_STRBUF_INIT;
  const char *copy = NULL;
  bool good = git_ask(&b->git, &text, error, "cat-file", "blob", object);
  if (good && !b->folder.path) good = scratch_make(&b->folder, &b->arena, error);
  if (good) {
    copy = bs_arena_printf(&b->arena, "%s/%u", b->folder.path, b->copies++);
    if (!bs_file_replace(copy, &text, error)) copy = NULL;
  }
  bs_strbuf_fini(&text);
  return copy;
}

/* Files outside of the repository are nobody's change. */
static const char *base_file(void *context, const char *path) {
  base_revision *b = context;
  const char *inside = path_in_git(b, path);
  if (!inside) return path;
  return copy_file(b, bs_arena_printf(&b->arena, "%s:%s", b->commit, inside), NULL);
}

/* Lines that cannot be asked for count as new. */
static void read_lines(base_revision *b, const char *root) {
  bs_strbuf untracked = BS_STRBUF_INIT;
  b->has_lines = true;
  git_close(&b->git); /* paths are named below this root now */
  bool good = git_open(&b->git, root, NULL) &&
              revision_lines(&b->git, root, b->commit, false, &b->changed, NULL) &&
              git_ask(&b->git, &untracked, NULL, "ls-files", "-z", "--others");
  for (const char *at = untracked.text; good && at < untracked.text + untracked.length; at += strlen(at) + 1)
    patch_add_file(&b->changed, bs_path_relative(root, git_path(&b->git, &b->arena, at)));
  if (!good) b->commit = NULL;
  bs_strbuf_fini(&untracked);
}

static bool has_line(void *context, const char *root, const char *file, unsigned line) {
  base_revision *b = context;
  if (!b->has_lines) read_lines(b, root);
  return b->commit && *file != '/' && !patch_has(&b->changed, file, line);
}

bool base_open(base_revision *b, const char *name, bs_error *error) {
  *b = (base_revision){.trusted = {base_file, has_line, b}};
  patch_init(&b->changed);
  return git_open(&b->git, bs_path_cwd(&b->arena), error) &&
         git_commit(&b->git, &b->arena, name, &b->commit, error);
}

void base_close(base_revision *b) {
  if (!b->trusted.context) return;
  patch_fini(&b->changed);
  git_close(&b->git);
  scratch_remove(&b->folder);
  bs_arena_fini(&b->arena);
}

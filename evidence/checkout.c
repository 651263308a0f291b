/* git writes the files of the other state below a scratch folder; the overlay lays them over the disk. */
#include "evidence/checkout.h"

#include "base/hash.h"

#include <string.h>
#include <sys/stat.h>

static bool is_wanted(const git_change *change) { return change->kind != GIT_ADDED; }

static void list_wanted(const git_changes *changes, bs_strbuf *paths) {
  for (uint32_t i = 0; i < changes->count; i++)
    if (is_wanted(&changes->items[i]))
      bs_strbuf_add(paths, changes->items[i].path, strlen(changes->items[i].path) + 1);
}

/* Writes the index' version of the paths below the scratch folder, with the conversions that git does on a
 * check-out. */
static bool check_out(overlay *o, const git_repository *git, const char *index, const git_changes *changes,
                      bs_error *error) {
  bs_strbuf paths = BS_STRBUF_INIT, out = BS_STRBUF_INIT;
  const char *prefix = bs_arena_printf(&o->arena, "--prefix=%s/files/", o->folder.path);
  const char *const words[] = {"checkout-index", "-q", "-f", "-z", "--stdin", prefix, NULL};
  list_wanted(changes, &paths);
  bool good = !paths.length ||
              git_run(git, &(git_command){.arguments = words, .index = index, .input = &paths}, &out, error);
  bs_strbuf_fini(&paths);
  bs_strbuf_fini(&out);
  return good;
}

static bool add_file(overlay *o, const git_repository *git, const char *path) {
  const char *contents = bs_arena_printf(&o->arena, "%s/files/%s", o->folder.path, path);
  bs_strbuf text = BS_STRBUF_INIT;
  struct stat st;
  bool good = lstat(contents, &st) == 0 && S_ISREG(st.st_mode) && bs_strbuf_read_file(&text, contents) == 0;
  if (good)
    *bs_vec_push(&o->files) =
        (overlay_file){git_path(git, &o->arena, path), contents, bs_hash(text.text, text.length)};
  bs_strbuf_fini(&text);
  return good;
}

static bool fill(overlay *o, const git_repository *git, const char *index, const git_changes *changes,
                 bs_error *error) {
  if (!check_out(o, git, index, changes, error)) return false;
  for (uint32_t i = 0; i < changes->count; i++) {
    const git_change *c = &changes->items[i];
    if (c->kind == GIT_ADDED)
      *bs_vec_push(&o->absent) = (overlay_absence){git_path(git, &o->arena, c->path),
                                                   c->was ? git_path(git, &o->arena, c->was) : NULL};
    else if (add_file(o, git, c->path) && c->kind == GIT_DELETED)
      *bs_vec_push(&o->gone) = o->files.items[o->files.count - 1].path;
  }
  return overlay_describe(o, error);
}

bool checkout_commit(overlay *o, const git_repository *git, const char *commit, const git_changes *changes,
                     const bs_strbuf *added, bs_error *error) {
  *o = (overlay){0};
  for (const char *at = added->text; at < added->text + added->length; at += strlen(at) + 1)
    *bs_vec_push(&o->absent) = (overlay_absence){git_path(git, &o->arena, at), NULL};
  if (!scratch_make(&o->folder, &o->arena, error)) return false;
  const char *index = bs_arena_printf(&o->arena, "%s/index", o->folder.path);
  const char *const words[] = {"read-tree", commit, NULL};
  bs_strbuf out = BS_STRBUF_INIT;
  bool good = git_run(git, &(git_command){.arguments = words, .index = index}, &out, error) &&
              fill(o, git, index, changes, error);
  bs_strbuf_fini(&out);
  return good;
}

bool checkout_index(overlay *o, const git_repository *git, bs_error *error) {
  static const char *const none[] = {NULL};
  git_changes changes = {0};
  *o = (overlay){0};
  bool good = git_diff_files(git, &o->arena, none, &changes, error);
  if (good && changes.count)
    good = scratch_make(&o->folder, &o->arena, error) && fill(o, git, NULL, &changes, error);
  bs_vec_fini(&changes);
  return good;
}

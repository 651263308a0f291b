/* Asks git: each question is one command, whose output is read whole. */
#ifndef BLOCKSCAN_EVIDENCE_GIT_H
#define BLOCKSCAN_EVIDENCE_GIT_H

#include "base/error.h"
#include "base/mem.h"
#include "base/vec.h"

/* Nothing that a change brings may run: git is started on the repository of the working directory, never on
 * one that is found below the project's root, with its hooks, monitors and filters off (git-config(1):
 * safe.bareRepository, core.fsmonitor, core.hooksPath, filter.<driver>.process). */
typedef struct git_repository {
  bs_arena arena;
  BS_VEC(const char *) filters; /* the filter drivers that the user's configuration names */
  const char *top;     /* the working tree, as git names it: absolute, without symbolic links */
  const char *folder;  /* the repository's own one, absolute */
  const char *seen_as; /* the working tree as paths below `root` name it */
} git_repository;

/* Finds the repository of the process' working directory, or the one that git has set in the environment of a
 * hook. `root` (absolute, normalised) must lie in it or above it. False with an error that says why when
 * there is none, when the root is elsewhere, or when git's own folder is a part of the working tree under
 * another name than .git: a change could have brought it. */
bool git_open(git_repository *git, const char *root, bs_error *error);
void git_close(git_repository *git);

typedef struct git_command {
  const char *const *arguments; /* behind "git"; NULL-terminated */
  const char *index; /* another index than the repository's, or NULL */
  const bs_strbuf *input; /* its standard input, or NULL: nothing */
  bool configured; /* with the repository's own hooks and filters: to be asked where they are, never to run
                      anything */
} git_command;
/* Runs it in the working tree's top folder and appends its output. False with what git said when it fails. */
bool git_run(const git_repository *git, const git_command *command, bs_strbuf *output, bs_error *error);
/* The same for words without input: git_ask(git, &out, error, "rev-parse", …). */
#define git_ask(git, output, error, ...) \
  git_run(git, &(git_command){.arguments = (const char *const[]){__VA_ARGS__, NULL}}, output, error)

/* Whether a file at or below `path` is in the index of the repository of the working directory. */
bool git_tracks(const char *path);

/* A path as git gives it (relative to the top), absolute as the analysis names it. In the arena. */
const char *git_path(const git_repository *git, bs_arena *arena, const char *path);
/* The full name of the commit that `revision` names. In the arena. */
bool git_commit(const git_repository *git, bs_arena *arena, const char *revision, const char **commit,
                bs_error *error);

/* How a file differs between two states of the tree. */
enum git_difference { GIT_CHANGED, GIT_ADDED, GIT_DELETED };
typedef struct git_change {
  enum git_difference kind;
  const char *path; /* relative to the top */
  const char
      *was; /* of an added one: the path that it was renamed from, which is listed as deleted too; or NULL */
} git_change;
typedef BS_VEC(git_change) git_changes;
/* The files that differ, by `git diff ARGUMENTS` (a revision, --cached …); texts in the arena. Submodules are
 * left out. */
bool git_diff_files(const git_repository *git, bs_arena *arena, const char *const *arguments,
                    git_changes *changes, bs_error *error);
/* The same from what `git diff --raw -z` wrote, with a zero byte behind it. */
void git_read_changes(bs_arena *arena, const char *text, size_t length, git_changes *changes);

#endif

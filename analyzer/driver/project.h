/* What an analysis needs beside the sources: the compile database, the root that paths are relative to, the
 * project's configuration, and the rules that it changes. */
#ifndef BLOCKSCAN_DRIVER_PROJECT_H
#define BLOCKSCAN_DRIVER_PROJECT_H

#include "analyzer/driver/options.h"
#include "analyzer/frontend/frontend.h"
#include "base/error.h"
#include "base/mem.h"
#include "rules/config.h"
#include "rules/rules.h"

/* Finds the database that was meant: the given path, else compile_commands.json in `.`, else the newest one
 * in its build folders (`build*`, `_build*`, `cmake-build-*`, `out*`) and the folders in those, else the same
 * in the parents. False with an error that says how to make one for the build system that is seen (CMake,
 * Meson, Make, Bazel, Autotools). */
bool project_find_database(bs_arena *arena, const char *given, const char **path, bs_error *error);
/* Reads the database that was meant, the project's configuration and what both say of command lines: entries
 * are as they will be parsed. `db` and `config` are the caller's to end, whatever is returned. */
bool project_read_database(bs_arena *arena, const analysis_options *options, compdb *db, const char **root,
                           project_config *config, bs_error *error);
/* The same for one compile command that is run in the current folder, which is the usual root. */
bool project_read_command(bs_arena *arena, const analysis_options *options, const char *const *words,
                          uint32_t count, compdb *db, const char **root, project_config *config,
                          bs_error *error);
/* The absolute folder that paths are relative to: the options' root, which must be there, else the usual
 * one. */
bool project_find_root(bs_arena *arena, const analysis_options *options, const char *usual, const char **root,
                       bs_error *error);
/* The options' configuration, else .blockscan.yaml in `root`, else none (everything empty). */
bool project_load_config(const analysis_options *options, const char *root, project_config *config,
                         bs_error *error);
/* Loads the bundled rules, those of the configuration and those of the options, applies the configuration's
 * levels (a rule that is off is dropped) and indexes them. A level or wrapper that names no rule is an
 * error. */
bool project_load_rules(const analysis_options *options, const project_config *config, rule_set *rules,
                        bs_error *error);
/* The rules with those that the configuration turned off: `rules` themselves, which were loaded as above,
 * when it turned none off; else `room`, filled. NULL with an error. */
const rule_set *project_load_all_rules(const analysis_options *options, const project_config *config,
                                       const rule_set *rules, rule_set *room, bs_error *error);

#endif

/* .blockscan.yaml: the project's own settings. libyaml reads it; unknown keys are errors with their line. */
#ifndef BLOCKSCAN_RULES_CONFIG_H
#define BLOCKSCAN_RULES_CONFIG_H

#include "base/error.h"
#include "base/mem.h"
#include "base/vec.h"
#include "rules/rules.h"

typedef struct config_level {
  const char *rule; /* rule id, or a prefix with a star: "disk.*" */
  bool off;         /* the rule is not used */
  enum rule_severity severity;
  unsigned line, column; /* in the file, for messages */
} config_level;

/* A project's own function that behaves like a known API: {function: my_sleep, like: usleep}. */
typedef struct config_wrapper {
  const char *function, *like;
  unsigned line, column; /* of `like` */
} config_wrapper;

typedef struct config_exclusion {
  const char *path;   /* glob relative to the root, "**" crosses folders */
  const char *reason; /* required */
  const char *rule;   /* only findings of this rule, or of those with its prefix ("disk.*"); NULL: of any */
} config_exclusion;

/* A word for the command lines of some files; see `blockscan --help`, "Command lines". */
enum config_word_kind { CONFIG_EXTRA_ARG, CONFIG_EXTRA_ARG_BEFORE, CONFIG_REMOVE_ARG };
typedef struct config_word {
  enum config_word_kind kind;
  const char *path; /* glob relative to the root; NULL: every file */
  const char *word;
} config_word;

/* A compiler that may be asked for its system folders. */
typedef struct config_driver {
  const char *path; /* of the sources it may be asked for: a glob relative to the root; NULL: every file */
  const char *driver; /* a glob of absolute paths */
} config_driver;

/* A folder of the machine that made the compile database, and where it is here (absolute). */
typedef struct config_path_map {
  const char *from, *to;
} config_path_map;

typedef struct project_config {
  bs_arena arena;
  const char *file;                  /* NULL when there is none */
  BS_VEC(const char *) rules, packs; /* files, absolute */
  BS_VEC(config_wrapper) wrappers;
  BS_VEC(config_exclusion) exclude; /* findings whose sink lies in such a file are suppressed by "config" */
  BS_VEC(config_level) levels;
  /* functions that run only before the loop, whatever the graph says: not followed */
  BS_VEC(const char *) startup;
  BS_VEC(config_word) words;
  BS_VEC(config_path_map) path_maps;
  BS_VEC(config_driver) query_drivers;
} project_config;

/* Reads `path`, or sets everything empty when `path` is NULL. False with "FILE:LINE:COLUMN: what; expected
 * …". */
bool project_config_load(project_config *config, const char *path, bs_error *error);
/* The same from memory; `path` for messages and to make relative files absolute. */
bool project_config_parse(project_config *config, const char *path, const char *text, size_t length,
                          bs_error *error);
void project_config_fini(project_config *config);
/* Whether a path relative to the root matches the glob: `*` and `?` stay within a folder, a component `**`
 * stands for any number of folders, a glob that ends in a slash means everything below. */
bool project_config_matches(const char *glob, const char *path);
/* Whether a rule's id is the word, or begins with it where it ends in a star: "disk.*". */
bool project_config_speaks_of(const char *word, const char *id);

#endif

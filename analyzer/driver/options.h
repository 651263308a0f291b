/* What an analysis is asked to do, as plain values: whoever asks (a command line, a test) fills them. */
#ifndef BLOCKSCAN_DRIVER_OPTIONS_H
#define BLOCKSCAN_DRIVER_OPTIONS_H

#include "analyzer/frontend/mend.h"
#include "base/vec.h"

#include <stdbool.h>

/* Who is told what happens on the way; the analysis itself prints nothing. Each member may be NULL. */
typedef struct analysis_listener {
  /* Something went wrong that does not end the analysis: one sentence. */
  void (*warn)(void *context, const char *text);
  /* `total` units are to be parsed; one of them is done; none is any more. */
  void (*begin)(void *context, unsigned total, unsigned workers);
  void (*step)(void *context, const char *unit);
  void (*end)(void *context);
  /* Time has passed; once a second or more often while units are parsed. */
  void (*tick)(void *context);
  /* What begins after the parsing, for a program of so many units; NULL: nothing more. */
  void (*phase)(void *context, const char *what, unsigned units);
  /* For those who measure: what begins now, in a word; NULL: nothing more. */
  void (*timing)(void *context, const char *phase);
  void *context;
} analysis_listener;

/* What a tree that holds a stranger's change says of itself is not believed; this tells what stood there
 * before. */
typedef struct trusted_base {
  /* That file (absolute) as the base has it: a copy, the path itself where nothing differs, or NULL: the base
   * has none. */
  const char *(*file)(void *context, const char *path);
  /* Whether a line stood in the base; `file` as reported, relative to `root`. */
  bool (*has_line)(void *context, const char *root, const char *file, unsigned line);
  void *context;
} trusted_base;

typedef struct analysis_options {
  /* as given: a file, or a folder that holds compile_commands.json; NULL: look for one */
  const char *database;
  /* the files that are reported of; empty: all. For those who set takes_files */
  BS_VEC(const char *) files;
  bool takes_files;
  const char *root; /* NULL: the usual one */
  const char *config; /* NULL: .blockscan.yaml in the root */
  const char *cache_dir; /* NULL: the usual one (analyzer/cache/folder.h) */
  bool no_cache;
  bool no_precompiled; /* each unit is parsed from its first line, whatever others begin with */
  unsigned jobs; /* worker processes; default: cores */
  unsigned unit_seconds; /* of CPU time for one unit; default 120 */
  unsigned unit_megabytes; /* address space of a worker; default 4096, 0 no limit */
  unsigned max_broken; /* more broken units than this make a run incomplete; default 0 */
  bool no_loops_ok; /* a program without callbacks of a loop is not incomplete */
  unsigned max_targets; /* cap of an indirect call's target set; default 1024 */
  BS_VEC(command_mend) mends; /* words of command lines that are added and removed, in their order */
  BS_VEC(path_map) path_maps; /* folders of the machine that made the database */
  BS_VEC(const char *) query_drivers; /* globs of the absolute paths of compilers that may be run and asked */
  bs_arena arena; /* what the texts of options were made into */
  BS_VEC(const char *) entries; /* globs of functions that code outside the project calls on a loop */
  const char *program; /* only this one of the programs that the database holds; NULL: all */
  BS_VEC(const char *) rule_files; /* extra rules or packs */
  BS_VEC(const char *) select, ignore; /* rules, or prefixes with a star; nothing selected: all */
  /* The sources are a stranger's: configuration, rules, packs and suppressions are the base's, files outside
   * the project and the system's folders are not read. */
  bool untrusted;
  const trusted_base *base; /* borrowed; NULL: of an untrusted tree nothing is believed */
  bool quiet; /* no progress */
  bool timings; /* the listener is told what begins when */
  bool verbose;
  const struct overlay *overlay; /* the state of the sources, where it is not the disk's; borrowed; or NULL */
  const analysis_listener *listener; /* borrowed; NULL: nobody */
} analysis_options;

/* The defaults. Those who own the options end with analysis_options_fini; copies share their lists. */
void analysis_options_init(analysis_options *options);
void analysis_options_fini(analysis_options *options);
/* Tells the listener. */
void analysis_warn(const analysis_options *options, const char *text);
/* Tells the listener that this phase begins, when it wants to know. */
void analysis_time(const analysis_options *options, const char *phase);

#endif

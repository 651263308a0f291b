/* The defaults of an analysis. */
#include "analyzer/driver/options.h"

#include <unistd.h>

void analysis_options_init(analysis_options *options) {
  long cores = sysconf(_SC_NPROCESSORS_ONLN);
  *options = (analysis_options){.jobs = cores > 0 ? (unsigned)cores : 1,
                                .unit_seconds = 120,
                                .unit_megabytes = 4096,
                                .max_targets = 1024};
}

void analysis_options_fini(analysis_options *options) {
  bs_vec_fini(&options->rule_files);
  bs_vec_fini(&options->select);
  bs_vec_fini(&options->ignore);
  bs_vec_fini(&options->files);
  bs_vec_fini(&options->entries);
  bs_vec_fini(&options->mends);
  bs_vec_fini(&options->path_maps);
  bs_vec_fini(&options->query_drivers);
  bs_arena_fini(&options->arena);
}

void analysis_warn(const analysis_options *options, const char *text) {
  const analysis_listener *l = options->listener;
  if (l && l->warn) l->warn(l->context, text);
}

void analysis_time(const analysis_options *options, const char *phase) {
  const analysis_listener *l = options->timings ? options->listener : NULL;
  if (l && l->timing) l->timing(l->context, phase);
}

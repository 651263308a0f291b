/* Files of facts as inputs of the linker: those that `blockscan extract` wrote, and archives of them. */
#ifndef BLOCKSCAN_DRIVER_INPUTS_H
#define BLOCKSCAN_DRIVER_INPUTS_H

#include "analyzer/graph/program.h"

/* The facts in these files, each unit once, as they are: nothing is decoded. In the arena. */
bool inputs_take(bs_arena *arena, const char *const *files, uint32_t count, program_input **inputs,
                 uint32_t *ninputs, bs_error *error);
/* Puts the facts in these files together into an archive. */
bool inputs_write_archive(const char *path, const char *const *files, uint32_t count, bs_error *error);

#endif

/* The recorder's memory as an observation: one of its two producers (the other one reads the file,
 * store_read.h).
 *
 * It says of a recording what the file would say when all was written, and is asked when the file cannot be:
 * the disk is full, or the program that is still running wants to know of one stall. */
#ifndef BLOCKSCAN_COLLECT_OBSERVE_H
#define BLOCKSCAN_COLLECT_OBSERVE_H

#include "base/intern.h"
#include "reports/model/observation.h"
#include "runtime-check/collect/recording.h"

typedef struct memory_observation {
  const account *v;
  /* With one of these, only that: its first sample, and no calls. */
  const recorded_stall *stall;
  const recorded_scope *scope;
  bs_intern texts;
  bs_map file_ids; /* address of a name → index in `files` */
  BS_VEC(const char *) files;
  uint32_t *numbers; /* of loops */
  BS_VEC(report_frame) frames; /* of the stack that was asked for last */
  BS_VEC(observed_sample) samples; /* of what is visited */
  report_call_times calls;
  observation made;
} memory_observation;

/* Borrows the verdict, which must be that of all stacks that are asked for. */
void memory_observation_init(memory_observation *m, const account *v);
void memory_observation_fini(memory_observation *m);

#endif

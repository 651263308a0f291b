/* What a person sees on stderr while units are parsed: one line that is rewritten on a terminal, a few
 * plain lines elsewhere. */
#ifndef BLOCKSCAN_DRIVER_PROGRESS_H
#define BLOCKSCAN_DRIVER_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

typedef struct progress {
  unsigned total, done, told; /* told: quarters that plain lines have told of */
  unsigned width; /* of the terminal; 0: none */
  bool quiet, drawn;
  int64_t last; /* when the line was drawn, in milliseconds */
} progress;

void progress_begin(progress *p, unsigned total, unsigned workers, bool quiet);
/* One more is done; `what` is its name. */
void progress_step(progress *p, const char *what);
/* Erases the line. */
void progress_end(progress *p);

#endif

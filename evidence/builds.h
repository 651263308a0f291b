/* Whose recordings there are: for each build of a program how many, how many stalls, and on which hosts. */
#ifndef BLOCKSCAN_EVIDENCE_BUILDS_H
#define BLOCKSCAN_EVIDENCE_BUILDS_H

#include "reports/model/model.h"
#include "reports/model/observation.h"

#include "base/vec.h"

typedef struct build {
  const char *program, *id; /* NULL unknown */
  uint32_t recordings;
  uint64_t stalls, stalled_ns;
  BS_VEC(const char *) hosts; /* each once */
} build;

/* Ready when zeroed; texts are borrowed. */
typedef struct builds {
  BS_VEC(build) all;
} builds;

/* Counts a recording, which brought so many stalls and so much time in them. */
void builds_add(builds *b, const observation *o, uint64_t stalls, uint64_t stalled_ns);
/* Adds a note for each build, that with the longest stalls first, when there is more than one recording. */
void builds_note(builds *b, report_document *document);
void builds_fini(builds *b);

#endif

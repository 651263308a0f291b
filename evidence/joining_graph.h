/* What the join asks of the call graph. A graph is solved when it is first asked: a report that was kept
 * needs none, and most joins have nothing to ask. */
#ifndef BLOCKSCAN_EVIDENCE_JOINING_GRAPH_H
#define BLOCKSCAN_EVIDENCE_JOINING_GRAPH_H

#include "analyzer/driver/analysis.h"
#include "evidence/join.h"

typedef struct joining_program {
  analysis *a;
  bool asked, failed;
  bool *reached; /* of each function */
  bs_map by_name; /* hash of the last part of a name → first of its functions */
  uint32_t *next;
} joining_program;

/* Ready when zeroed. */
typedef struct joining_graph {
  BS_VEC(joining_program) programs;
  join_graph graph;
} joining_graph;

void joining_graph_fini(joining_graph *g);
/* The analysis, with its facts read, is borrowed. */
void joining_graph_add(joining_graph *g, analysis *a);
/* For join_options; NULL when nothing was scanned. Lives as long as `g`. */
const join_graph *joining_graph_of(joining_graph *g);

#endif

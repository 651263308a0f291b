/* Agents: each asks a model what to do next, runs the tool that the model names, tells it the result, and
 * asks again. */
#ifndef AGENT_LOOP_AGENT_H
#define AGENT_LOOP_AGENT_H

#include "transfers.h"

struct agents {
  struct transfers transfers;
  const char *model_url;
  int steps;               /* of each session */
  int sessions_left;
  double *latencies_ms;    /* what each session took in all */
  int session_count, failed;
};

/* Starts `count` sessions at once on the loop of `agents->transfers`; the loop ends after the last of them.
 */
void agents_start(struct agents *agents, int count);

#endif

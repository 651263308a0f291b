/* agent-loop: fifty agents on one event loop, agent-loop MODEL_URL [SESSIONS [STEPS]]. Prints what a session
 * takes. */
#include "agent.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

static int compare(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static void report(struct agents *agents) {
  int count = agents->session_count;
  qsort(agents->latencies_ms, (size_t)count, sizeof *agents->latencies_ms, compare);
  printf("%d sessions of %d steps: p50 %.0f ms, p95 %.0f ms, longest %.0f ms\n", count, agents->steps,
         agents->latencies_ms[(count - 1) / 2], agents->latencies_ms[(count - 1) * 95 / 100],
         agents->latencies_ms[count - 1]);
}

int main(int argc, char **argv) {
  int sessions = argc > 2 ? atoi(argv[2]) : 50;
  struct agents agents = {.steps = argc > 3 ? atoi(argv[3]) : 4};
  if (argc < 2 || argc > 4 || sessions < 1 || agents.steps < 1) {
    fputs("usage: agent-loop MODEL_URL [SESSIONS [STEPS]]\n", stderr);
    return 2;
  }
  agents.model_url = argv[1];
  signal(SIGPIPE, SIG_IGN);
  curl_global_init(CURL_GLOBAL_DEFAULT);
  uv_loop_t *loop = uv_default_loop();
  if (transfers_init(&agents.transfers, loop, sessions)) return 1;
  agents_start(&agents, sessions);
  uv_run(loop, UV_RUN_DEFAULT);
  report(&agents);
  free(agents.latencies_ms);
  curl_global_cleanup();
  return agents.failed ? 1 : 0;
}

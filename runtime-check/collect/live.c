/* The status line of --live: rewritten on a terminal, a plain line each ten seconds elsewhere. */
#include "runtime-check/collect/watch.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define PLAIN_NS UINT64_C(10000000000)

struct live {
  recording *r;
  bool terminal, drawn;
  uint64_t last;
};

live *live_new(recording *r) {
  live *l = bs_calloc(1, sizeof *l);
  l->r = r;
  l->terminal = isatty(STDERR_FILENO);
  return l;
}

static const recorded_stall *last_stall(const recording *r) {
  for (uint32_t i = r->stalls.count; i-- > 0;)
    if (r->stalls.items[i].settled) return &r->stalls.items[i];
  return NULL;
}

static void write_line(const recording *r, uint64_t now, bs_strbuf *out) {
  uint64_t iterations = 0;
  recorded_loop *all = bs_calloc(1, sizeof *all);
  for (uint32_t i = 0; i < r->loops.count; i++) {
    const recorded_loop *l = &r->loops.items[i];
    iterations += l->iterations;
    if (l->max_ns > all->max_ns) all->max_ns = l->max_ns;
    for (uint32_t k = 0; k < LAYOUT_BUCKETS; k++) all->histogram[k] += l->histogram[k];
  }
  bs_strbuf_addf(out, "%.0f s: %u loop%s, %llu iterations, p99 ", (double)(now - r->started) / 1e9,
                 r->loops.count, r->loops.count == 1 ? "" : "s", (unsigned long long)iterations);
  bs_duration_write(out, loop_quantile(all, 0.99));
  uint32_t stalls = r->stalls.count;
  for (uint32_t i = 0; i < r->stalls.count; i++) stalls += r->stalls.items[i].others;
  bs_strbuf_addf(out, ", %u stall%s", stalls, stalls == 1 ? "" : "s");
  const recorded_stall *last = last_stall(r);
  if (last) {
    bs_strbuf_adds(out, "; last ");
    bs_duration_write(out, last->duration);
    bs_strbuf_addf(out, last->hook != NO_INDEX ? " in %s" : " %s",
                   last->hook != NO_INDEX ? hook_name(last->hook) : last->kind);
  }
  free(all);
}

void live_draw(live *l, uint64_t now) {
  if (!l->terminal && l->last && now < l->last + PLAIN_NS) return;
  bs_strbuf text = BS_STRBUF_INIT;
  write_line(l->r, now, &text);
  fprintf(stderr, l->terminal ? "\r\033[K%s" : "%s\n", text.text);
  fflush(stderr);
  bs_strbuf_fini(&text);
  l->last = now;
  l->drawn = true;
}

void live_free(live *l) {
  if (l->terminal && l->drawn) fputs("\r\033[K", stderr);
  free(l);
}

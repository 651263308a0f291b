/* What a person sees on stderr while an analysis runs: its warnings, and how far the parsing is: one line
 * that is rewritten on a terminal, a few plain lines elsewhere. */
#include "base/visible.h"
#include "cli/cli.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { MIN_MILLISECONDS = 40, MIN_PLAIN = 20, SILENCE = 10000, MANY = 1000 };

static int64_t now_milliseconds(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

typedef struct progress {
  unsigned total, done, told; /* told: quarters that plain lines have told of */
  unsigned width; /* of the terminal; 0: none */
  bool drawn;
  int64_t last; /* when something was last written, in milliseconds */
} progress;

static void begin(void *context, unsigned total, unsigned workers) {
  progress *p = context;
  const char *term = getenv("TERM");
  *p = (progress){.total = total, .last = now_milliseconds()};
  if (term && strcmp(term, "dumb") != 0) p->width = cli_terminal_width(STDERR_FILENO);
  if (p->width || total < MIN_PLAIN) return;
  fprintf(stderr, "parsing %u units with %u worker%s\n", total, workers, workers == 1 ? "" : "s");
}

static void draw(progress *p, const char *what) {
  int64_t now = now_milliseconds();
  if (p->drawn && now - p->last < MIN_MILLISECONDS) return;
  bs_strbuf line = BS_STRBUF_INIT;
  bs_strbuf_addf(&line, "[%u/%u] ", p->done, p->total);
  visible_add(&line, what, strlen(what));
  fprintf(stderr, "\r\033[K%.*s", (int)(p->width - 1), line.text);
  fflush(stderr);
  bs_strbuf_fini(&line);
  p->drawn = true;
  p->last = now;
}

static void tell(progress *p) {
  fprintf(stderr, "%u of %u units parsed\n", p->done, p->total);
  p->last = now_milliseconds();
}

static void step(void *context, const char *unit) {
  progress *p = context;
  p->done++;
  if (p->width) {
    draw(p, unit);
    return;
  }
  unsigned quarters = p->done * 4 / p->total;
  if (p->total < MIN_PLAIN || quarters <= p->told || quarters > 3) return;
  p->told = quarters;
  tell(p);
}

/* A log that stands still looks like a program that hangs. */
static void tick(void *context) {
  progress *p = context;
  if (!p->width && now_milliseconds() - p->last >= SILENCE - 1000) tell(p);
}

static void phase(void *context, const char *what, unsigned units) {
  const progress *p = context;
  if (!p->width && units >= MANY) fprintf(stderr, "%s %u units\n", what, units);
}

static void end(void *context) {
  progress *p = context;
  if (p->drawn) fputs("\r\033[K", stderr);
  p->drawn = false;
}

static void warn(void *context, const char *text) {
  (void)context;
  visible_say("%s", text);
}

static progress shown; /* one terminal, one progress */
const analysis_listener cli_listener = {warn, begin, step, end, tick, phase, &shown};

#include "analyzer/driver/progress.h"

#include "cli/cli.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { MIN_MILLISECONDS = 40, MIN_PLAIN = 20 };

static int64_t now_milliseconds(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

void progress_begin(progress *p, unsigned total, unsigned workers, bool quiet) {
  const char *term = getenv("TERM");
  *p = (progress){.total = total, .quiet = quiet || total == 0};
  if (term && strcmp(term, "dumb") != 0) p->width = cli_terminal_width(STDERR_FILENO);
  if (p->quiet || p->width || total < MIN_PLAIN) return;
  fprintf(stderr, "parsing %u units with %u worker%s\n", total, workers, workers == 1 ? "" : "s");
}

static void draw(progress *p, const char *what) {
  int64_t now = now_milliseconds();
  if (p->drawn && now - p->last < MIN_MILLISECONDS) return;
  char line[512];
  int length = snprintf(line, sizeof line, "[%u/%u] %s", p->done, p->total, what);
  if (length < 0) return;
  unsigned room = p->width - 1 < sizeof line - 1 ? p->width - 1 : (unsigned)sizeof line - 1;
  if ((unsigned)length > room) line[room] = 0;
  fprintf(stderr, "\r\033[K%s", line);
  fflush(stderr);
  p->drawn = true;
  p->last = now;
}

void progress_step(progress *p, const char *what) {
  p->done++;
  if (p->quiet) return;
  if (p->width) {
    draw(p, what);
    return;
  }
  unsigned quarters = p->done * 4 / p->total;
  if (p->total < MIN_PLAIN || quarters <= p->told || quarters > 3) return;
  p->told = quarters;
  fprintf(stderr, "%u of %u units parsed\n", p->done, p->total);
}

void progress_end(progress *p) {
  if (p->drawn) fputs("\r\033[K", stderr);
  p->drawn = false;
}

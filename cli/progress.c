/* What a person sees on stderr while an analysis runs: its warnings, and how far the parsing is: one line
 * that is rewritten on a terminal, a few plain lines elsewhere. A log that stands still looks like a program
 * that hangs: off a terminal something is said every ten seconds, after the parsing by a thread of its own,
 * for what links and searches knows nothing of listeners. */
#include "base/visible.h"
#include "cli/cli.h"

#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
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

/* The thread that speaks while a phase lasts. */
static struct speaker {
  pthread_mutex_t lock;
  pthread_cond_t ended;
  pthread_t thread;
  bool runs, ends;
  const char *what;
  unsigned units;
} speaker = {.lock = PTHREAD_MUTEX_INITIALIZER};

static void *speak(void *context) {
  struct timespec next;
  (void)context;
  clock_gettime(CLOCK_MONOTONIC, &next);
  pthread_mutex_lock(&speaker.lock);
  for (unsigned seconds = SILENCE / 1000; !speaker.ends; seconds += SILENCE / 1000) {
    next.tv_sec += SILENCE / 1000;
    while (!speaker.ends && pthread_cond_timedwait(&speaker.ended, &speaker.lock, &next) == 0) {
    }
    if (!speaker.ends)
      fprintf(stderr, "still %s %u unit%s, %u s\n", speaker.what, speaker.units,
              speaker.units == 1 ? "" : "s", seconds);
  }
  pthread_mutex_unlock(&speaker.lock);
  return NULL;
}

static void stop_speaking(void) {
  if (!speaker.runs) return;
  pthread_mutex_lock(&speaker.lock);
  speaker.ends = true;
  pthread_cond_signal(&speaker.ended);
  pthread_mutex_unlock(&speaker.lock);
  /* blockscan: ignore[lock.join] -- it has been woken, and ends at once */
  pthread_join(speaker.thread, NULL);
  pthread_cond_destroy(&speaker.ended);
  speaker.runs = false;
}

/* Without a thread a long phase is silent; nothing else is lost. */
static void start_speaking(const char *what, unsigned units) {
  pthread_condattr_t attributes;
  speaker.what = what;
  speaker.units = units;
  speaker.ends = false;
  pthread_condattr_init(&attributes);
  pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
  pthread_cond_init(&speaker.ended, &attributes);
  pthread_condattr_destroy(&attributes);
  speaker.runs = pthread_create(&speaker.thread, NULL, speak, NULL) == 0;
}

static unsigned find_width(void) {
  const char *term = getenv("TERM");
  return term && strcmp(term, "dumb") != 0 ? cli_terminal_width(STDERR_FILENO) : 0;
}

static void begin(void *context, unsigned total, unsigned workers) {
  progress *p = context;
  stop_speaking(); /* before workers are forked */
  *p = (progress){.total = total, .last = now_milliseconds(), .width = find_width()};
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

static void tick(void *context) {
  progress *p = context;
  if (!p->width && now_milliseconds() - p->last >= SILENCE - 1000) tell(p);
}

static void end(void *context) {
  progress *p = context;
  if (p->drawn) fputs("\r\033[K", stderr);
  p->drawn = false;
}

static void phase(void *context, const char *what, unsigned units) {
  progress *p = context;
  stop_speaking();
  end(p);
  if (!what) return;
  bool many = units >= MANY, terminal = find_width() > 0;
  if (many) fprintf(stderr, terminal ? "%s %u units" : "%s %u units\n", what, units);
  p->drawn = many && terminal;
  if (!terminal) start_speaking(what, units);
}

static void warn(void *context, const char *text) {
  (void)context;
  visible_say("%s", text);
}

/* The phase that is measured. */
static struct watch {
  const char *phase;
  int64_t wall;
  double cpu;
} watch;

/* What the program has used so far. */
typedef struct usage {
  double cpu_seconds, peak_megabytes;
} usage;

static usage usage_now(void) {
  struct rusage own;
  getrusage(RUSAGE_SELF, &own);
  return (usage){(double)(own.ru_utime.tv_sec + own.ru_stime.tv_sec) +
                     (double)(own.ru_utime.tv_usec + own.ru_stime.tv_usec) / 1e6,
                 (double)own.ru_maxrss / 1024};
}

static void timing(void *context, const char *phase) {
  (void)context;
  const usage now = usage_now();
  if (watch.phase)
    fprintf(stderr, "timing: %-8s %8.3f s %8.3f s CPU %8.1f MB peak\n", watch.phase,
            (double)(now_milliseconds() - watch.wall) / 1000, now.cpu_seconds - watch.cpu,
            now.peak_megabytes);
  watch = (struct watch){phase, now_milliseconds(), now.cpu_seconds};
}

static progress shown; /* one terminal, one progress */
const analysis_listener cli_listener = {warn, begin, step, end, tick, phase, timing, &shown};

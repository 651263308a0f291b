/* The order of the stalls, drawn from a seed, with ordinary iterations in between; and the truth about them:
 * each callback's begin and end by CLOCK_MONOTONIC, as the program itself measured it.
 *
 * The record is a line for each callback: begin, end (ns), callback, kind ("-" for work), intended ms, line
 * of kinds.c, number of the step, and of a mixture its parts (mixed.h). Its first line tells how CLOCK_REALTIME is ahead of CLOCK_MONOTONIC, and
 * what was used in place of what. */
#include "plan.h"
#include "kinds.h"
#include "mixed.h"

#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

enum {
  WARM_UP = 60, /* ordinary iterations in front */
  WAITS_BEFORE = 5,
  TWENTY = 20,
  TWENTY_MS = 30,
  TEN = 10,
  TEN_MS = 10,
  NESTED_STEPS = 6, /* in an inner loop */
  NESTED_STALL = 2, /* the one of them that stalls */
  NO_KIND = -1,
};

static const unsigned durations[] = {
#define X(ms) ms,
    DURATIONS(X)
#undef X
};
enum { DURATION_COUNT = sizeof durations / sizeof *durations };
static const enum callback FIRST_CALLBACK = CALLBACK_50;

static const char *const names[CALLBACKS] = {
#define X(ms) "callback_" #ms,
    DURATIONS(X)
#undef X
        "callback_ordinary",
    "callback_twenty",
    "callback_ten",
    "callback_mixed",
    "callback_nested",
};

typedef struct planned {
  step what;
  int kind; /* of `kinds`, or a mixture */
  const char *name; /* of the kind in the record, where that is another */
} planned;

typedef struct truth {
  uint64_t begin, end;
  const char *callback, *kind;
  unsigned ms;
  int line;
  size_t step;
  char parts[MIXED_PARTS];
} truth;

static const char *truth_file;
static uint64_t random_state;
static planned *plan;
static size_t plan_count, plan_at;
static truth *truths;
static size_t truth_count, truth_room;
static unsigned done; /* callbacks of the current step */
static int poke[2];
static bool can_nest;
static unsigned nested_left;

uint64_t plan_clock(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

/* splitmix64 */
static uint64_t draw(uint64_t below) {
  uint64_t z = random_state += UINT64_C(0x9e3779b97f4a7c15);
  z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
  z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
  return (z ^ z >> 31) % below;
}

static bool is_listed(const char *list, const char *word) {
  size_t length = strlen(word);
  for (const char *at = list; at && (at = strstr(at, word)); at += length)
    if ((at == list || at[-1] == ',') && (!at[length] || at[length] == ',')) return true;
  return !list;
}

static void add(enum callback callback, int kind, unsigned times) {
  plan = realloc(plan, (plan_count + 1) * sizeof *plan);
  if (!plan) abort();
  plan[plan_count++] =
      (planned){{.callback = callback, .delay_ms = 1 + (unsigned)draw(5), .times = times}, kind, NULL};
}

static void add_ordinary(unsigned count) {
  while (count--) {
    add(CALLBACK_ORDINARY, NO_KIND, 1);
    plan[plan_count - 1].what.by_pipe = draw(2);
  }
}

/* A sleep that is told apart from others. */
static void add_named(enum callback callback, const char *name) {
  add(callback, 0, 1);
  plan[plan_count - 1].name = name;
}

static void add_inner(void) {
  for (int i = 0; i < NESTED_STEPS; i++)
    if (i == NESTED_STALL)
      add_named(FIRST_CALLBACK, "nested");
    else
      add_ordinary(1);
}

static void shuffle(planned *all, size_t count) {
  for (size_t i = count; i > 1; i--) {
    size_t k = draw(i);
    planned other = all[i - 1];
    all[i - 1] = all[k];
    all[k] = other;
  }
}

/* All stalls in the order of their kinds, shuffled, then with one to three ordinary iterations in front of
 * each. */
static void make_plan(unsigned repeats, const char *kind_list, const char *duration_list) {
  for (unsigned r = 0; r < repeats; r++) {
    for (int k = 0; k < KINDS; k++)
      for (unsigned d = 0; d < DURATION_COUNT; d++) {
        char ms[12];
        snprintf(ms, sizeof ms, "%u", durations[d]);
        if (is_listed(kind_list, kinds[k].name) && is_listed(duration_list, ms)) add((enum callback)d, k, 1);
      }
    if (is_listed(kind_list, "twenty")) add(CALLBACK_TWENTY, 0, 1);
    if (is_listed(kind_list, "ten")) add(CALLBACK_TEN, 0, TEN);
    for (int m = 0; m < MIXTURES && is_listed(kind_list, "mixed"); m++) add(CALLBACK_MIXED, m, 1);
    if (can_nest && is_listed(kind_list, "nested")) add(CALLBACK_NESTED, NO_KIND, 1);
  }
  size_t count = plan_count;
  planned *stalls = plan;
  plan = NULL;
  plan_count = 0;
  shuffle(stalls, count);
  if (is_listed(kind_list, "preloop")) add_named(FIRST_CALLBACK, "preloop");
  add_ordinary(WARM_UP);
  for (size_t i = 0; i < count; i++) {
    add_ordinary(1 + (unsigned)draw(3));
    add(stalls[i].what.callback, stalls[i].kind, stalls[i].what.times);
    if (stalls[i].what.callback == CALLBACK_NESTED) add_inner();
  }
  add_ordinary(5);
  free(stalls);
}

/* Before there is a loop the program waits for a peer, from one place, as clients of databases and displays
 * do. */
static void wait_before_loop(void) {
  int times = WAITS_BEFORE + (int)draw(WAITS_BEFORE * 8);
  for (int i = 0; i < times; i++) {
    struct pollfd none = {.fd = -1};
    poll(&none, 1, 2);
  }
}

void plan_init(int argc, char **argv) {
  if (argc < 4) {
    fprintf(stderr, "usage: %s TRUTH-FILE SEED REPEATS [KINDS [DURATIONS]]\n", argv[0]);
    exit(2);
  }
  truth_file = argv[1];
  random_state = strtoull(argv[2], NULL, 10);
  prctl(PR_SET_TIMERSLACK, 1L);
  kinds_init();
  wait_before_loop();
  if (pipe2(poke, O_CLOEXEC | O_NONBLOCK) != 0) abort();
  make_plan((unsigned)strtoul(argv[3], NULL, 10), argc > 4 && *argv[4] ? argv[4] : NULL,
            argc > 5 ? argv[5] : NULL);
  truth_room = plan_count + plan_count * TEN;
  truths = calloc(truth_room, sizeof *truths);
  if (!truths) abort();
}

const step *plan_next(void) {
  if (plan_at == plan_count) return NULL;
  done = 0;
  return &plan[plan_at].what;
}

static void note(truth t) {
  if (truth_count < truth_room) truths[truth_count++] = t;
}

/* Some work: mostly well under a millisecond, sometimes a few. */
static void work(void) {
  uint64_t end = plan_clock() + 20000 + (draw(8) ? draw(400000) : draw(3000000));
  while (plan_clock() < end) {
  }
}

static void hold(const kind *k, unsigned ms) { k->hold(plan_clock() + ms * UINT64_C(1000000)); }

static void hold_as(enum callback callback, const kind *k) {
  switch (callback) {
  case CALLBACK_TWENTY:
    for (int i = 0; i < TWENTY; i++) hold(k, TWENTY_MS);
    break;
  case CALLBACK_TEN: hold(k, TEN_MS); break;
  default: hold(k, durations[callback]);
  }
}

static unsigned intended_ms(enum callback callback) {
  if (callback == CALLBACK_TWENTY) return TWENTY * TWENTY_MS;
  return callback == CALLBACK_TEN ? TEN_MS : durations[callback];
}

void plan_can_nest(void) { can_nest = true; }
bool plan_is_nested(void) { return nested_left > 0 && plan_at < plan_count; }

static void run_mixed(const planned *p) {
  truth t = {.callback = names[CALLBACK_MIXED], .kind = "mixed", .step = plan_at};
  t.begin = plan_clock();
  mixed_hold((unsigned)p->kind, t.parts, sizeof t.parts);
  t.end = plan_clock();
  t.ms = (unsigned)((t.end - t.begin) / 1000000);
  note(t);
}

bool plan_run(enum callback callback) {
  const planned *p = &plan[plan_at];
  if (nested_left) nested_left--;
  if (callback == CALLBACK_NESTED) {
    nested_left = NESTED_STEPS;
  } else if (callback == CALLBACK_MIXED) {
    run_mixed(p);
  } else if (p->kind == NO_KIND) {
    uint64_t begin = plan_clock();
    work();
    note((truth){begin, plan_clock(), names[callback], "-", 0, 0, plan_at, ""});
  } else {
    const kind *k = &kinds[p->kind];
    uint64_t begin = plan_clock();
    if (k->prepare) k->prepare();
    hold_as(callback, k);
    note((truth){begin, plan_clock(), names[callback], p->name ? p->name : k->name, intended_ms(callback),
                 kinds_line, plan_at, ""});
  }
  if (++done < p->what.times) return false;
  plan_at++;
  return true;
}

int plan_pipe(void) { return poke[0]; }

void plan_poke(void) {
  if (write(poke[1], "", 1) != 1) abort();
}

void plan_take(void) {
  char byte;
  if (read(poke[0], &byte, 1) != 1) abort();
}

int plan_finish(void) {
  struct timespec real;
  FILE *file = fopen(truth_file, "w");
  if (!file) {
    perror(truth_file);
    return 1;
  }
  clock_gettime(CLOCK_REALTIME, &real);
  uint64_t ahead = (uint64_t)real.tv_sec * 1000000000 + (uint64_t)real.tv_nsec - plan_clock();
  fprintf(file, "%llu", (unsigned long long)ahead);
  for (int k = 0; k < KINDS; k++)
    if (*kinds[k].how) fprintf(file, "\t%s: %s", kinds[k].name, kinds[k].how);
  fputc('\n', file);
  for (size_t i = 0; i < truth_count; i++) {
    const truth *t = &truths[i];
    fprintf(file, "%llu\t%llu\t%s\t%s\t%u\t%d\t%zu\t%s\n", (unsigned long long)t->begin,
            (unsigned long long)t->end, t->callback, t->kind, t->ms, t->line, t->step, t->parts);
  }
  return fclose(file) == 0 ? 0 : 1;
}

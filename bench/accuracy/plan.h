/* What the programs of the accuracy grid share: the order of their stalls, how each one is made, and the record of what really
 * happened. A program of one loop library has the callbacks and does as the plan says. */
#ifndef ACCURACY_PLAN_H
#define ACCURACY_PLAN_H

#include <stdbool.h>
#include <stdint.h>

/* The durations of single stalls in milliseconds: each has a callback of its own, callback_N. */
#define DURATIONS(X) X(8) X(12) X(15) X(20) X(50) X(300) X(1000)

/* The callbacks, by the index in a program's own table. */
enum callback {
#define X(ms) CALLBACK_##ms,
  DURATIONS(X)
#undef X
      CALLBACK_ORDINARY, /* up to some ms of work */
  CALLBACK_TWENTY, /* twenty calls of 30 ms */
  CALLBACK_TEN, /* ten such callbacks in one iteration, 10 ms each */
  CALLBACK_MIXED, /* one of mixed.h */
  CALLBACK_NESTED, /* runs a loop for the same events until plan_is_nested() is over */
  CALLBACKS
};

typedef struct step {
  enum callback callback;
  unsigned delay_ms; /* from now until the callback is called */
  unsigned times; /* how many timers with that callback are due together */
  bool
      by_pipe; /* instead of a timer: a byte is to be read, and that callback is CALLBACK_ORDINARY's twin for pipes */
} step;

/* plan_init(argc, argv): TRUTH-FILE SEED REPEATS [KINDS [DURATIONS]], the last two as a,b,c. Ends the process when they are wrong. */
void plan_init(int argc, char **argv);
/* Before plan_init: the program's loop can be run again in one of its callbacks. */
void plan_can_nest(void);
/* After plan_run(CALLBACK_NESTED) and arming what follows: whether the inner loop shall go on. */
bool plan_is_nested(void);
/* The next thing to arm, or NULL when all is done: the loop shall end. */
const step *plan_next(void);
/* The body of each callback. True when the next step shall be armed. */
bool plan_run(enum callback callback);
/* A pipe to watch: its end to read from, non-blocking. */
int plan_pipe(void);
/* Makes the pipe readable; takes the byte. */
void plan_poke(void);
void plan_take(void);
/* Writes the record. */
int plan_finish(void);

uint64_t plan_clock(void);

#endif

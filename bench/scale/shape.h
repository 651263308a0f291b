/* The shape of a program that nobody wrote: how large it is, and how its calls are spread. */
#ifndef BLOCKSCAN_BENCH_SCALE_SHAPE_H
#define BLOCKSCAN_BENCH_SCALE_SHAPE_H

#include <stdint.h>

typedef struct shape {
  uint32_t units;
  uint32_t functions; /* of a unit */
  uint32_t calls;     /* of a function */
  uint32_t local;     /* percent of calls that stay within the unit */
  uint32_t group;     /* units that call each other only; 0: all */
  uint32_t indirect;  /* percent of calls that go through a pointer in a field */
  uint32_t targets;   /* functions that are stored to one field */
  uint32_t passed;    /* percent of functions that are handed a function to call, and hand it on */
  uint32_t copies;    /* percent of fields that are copied to another one */
  uint32_t callbacks; /* of a unit: entry points */
  uint32_t sinks;     /* functions of a thousand that call something that blocks */
  uint32_t depth;     /* layers that calls go down through; 0: a call goes anywhere */
  uint32_t back;      /* percent of calls that go to any layer, which makes cycles; with `depth` */
  uint32_t guards;    /* percent of calls that stand under a condition */
  uint32_t inlines;   /* functions of a header that each unit has */
  uint32_t locks;      /* functions of a thousand that lock a mutex */
  uint32_t unresolved; /* functions of a thousand that call through a pointer which nothing sets */
  uint32_t programs;   /* executables in the database; with `group`; 0: one */
  uint64_t seed;
} shape;

/* A sequence of numbers that looks random, the same for the same state. */
uint64_t shape_random(uint64_t *state);
/* True in `percent` of a hundred. */
int shape_chance(uint64_t *state, uint32_t percent);

/* One function of the program: unit * functions + index. */
typedef uint64_t shape_function;
/* Every tenth function of a unit is one whose address is stored or passed. */
int shape_is_handler(const shape *s, shape_function f);
/* The functions that one calls; as the sequence goes on. */
shape_function shape_callee(const shape *s, shape_function caller, uint64_t *state);
/* The fields that hold handlers are numbered over the whole program; a unit has `shape_fields` of them. */
uint32_t shape_fields(const shape *s);
/* A field: of the same unit as often as a callee is. */
uint64_t shape_field(const shape *s, uint32_t unit, uint64_t *state);

#endif

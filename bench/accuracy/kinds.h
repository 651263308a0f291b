/* The ways to hold a thread. */
#ifndef ACCURACY_KINDS_H
#define ACCURACY_KINDS_H

#include <stdint.h>

typedef struct kind {
  const char *name;
  void (*prepare)(void); /* or NULL */
  void (*hold)(uint64_t until); /* returns at that time of CLOCK_MONOTONIC, or shortly after it */
  const char *how; /* "" or what was used in place of what the name says */
} kind;

enum { KINDS = 10 };
extern kind kinds[KINDS];
/* The line of kinds.c that the last hold() waited in. */
extern volatile int kinds_line;

void kinds_init(void);

#endif

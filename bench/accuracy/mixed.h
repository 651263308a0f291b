/* Mixtures: holds of known parts. */
#ifndef ACCURACY_MIXED_H
#define ACCURACY_MIXED_H

#include <stddef.h>

enum { MIXTURES = 12, MIXED_PARTS = 200 };
extern const char *const mixture_names[MIXTURES];

/* Holds the thread so, and writes what that was made of: "NAME FUNCTION PART:MS,PART:MS,…". FUNCTION is the one that
 * the largest part is to be told of; a part is cpu, waiting-for-cpu or a call's name. */
void mixed_hold(unsigned mixture, char *truth, size_t size);

#endif

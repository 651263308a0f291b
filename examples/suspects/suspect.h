/* What a suspect and the loops share. A suspect is one file: something that people call in a callback without
 * a thought. Each loop runs it from a timer, and its twin as that loop wants it: on another thread, with the
 * result back on the loop. */
#ifndef SUSPECTS_SUSPECT_H
#define SUSPECTS_SUSPECT_H

#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Before the loop runs: connects, makes files. False, with a message on stderr, when what it needs is not
 * there. */
bool suspect_prepare(void);
/* The work, once: some hundredths of a second at least. Whether its result is right. */
bool suspect_work(void);

#ifdef __cplusplus
}
#endif

#endif

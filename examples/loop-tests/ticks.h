/* A loop that ticks three times; the second tick takes some milliseconds. */
#ifndef TICKS_H
#define TICKS_H

#ifdef __cplusplus
extern "C" {
#endif
/* Returns how often it ticked. */
int run_ticks(int ms);
#ifdef __cplusplus
}
#endif

#endif

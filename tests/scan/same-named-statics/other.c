// The other file's `prepare` runs before the loop.
// expect-none
#include "other.h"
#include <unistd.h>

static void prepare(void) { sleep(1); }

void start_up(void) { prepare(); }

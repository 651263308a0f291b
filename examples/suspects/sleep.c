/* Sleeping, to give something else time. */
#include "suspect.h"

#include <unistd.h>

bool suspect_prepare(void) { return true; }

bool suspect_work(void) { return usleep(60000) == 0; }

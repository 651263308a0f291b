/* Which build of the program this is: cached facts of another build are not trusted. */
#ifndef BLOCKSCAN_DRIVER_IDENTITY_H
#define BLOCKSCAN_DRIVER_IDENTITY_H

#include "base/mem.h"

/* The linker's build-id of the running program in hexadecimal; "" when it has none. In `arena`. */
const char *program_identity(bs_arena *arena);

#endif

// The weak one blocks, and is not linked.
// expect-none
#include <unistd.h>
__attribute__((weak)) void report(void);
void report(void) { sleep(1); }

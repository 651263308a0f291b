// The client's part may wait.
// output: CMakeFiles/client.dir/client_notify.c.o
// expect-none
#include <unistd.h>
void notify(void);
void notify(void) { sleep(5); }

// The client may wait, it has no loop.
// output: CMakeFiles/client.dir/client_half.o
#include <unistd.h>
void half(int fd);
void half(int fd) { sleep((unsigned)fd); } // expect-none

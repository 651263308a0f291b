// output: CMakeFiles/server.dir/server_half.o
#include <unistd.h>
void half(int fd);
void half(int fd) { fsync(fd); } // expect: error disk.fsync path: on_timer > work > half

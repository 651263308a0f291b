// What the server is linked with.
#include <unistd.h>
void persist(int fd);
void persist(int fd) { fsync(fd); } // expect: error disk.fsync path: on_timer > persist

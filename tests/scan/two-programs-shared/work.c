// output: CMakeFiles/common.dir/work.o
void half(int fd);
void work(int fd);
void work(int fd) { half(fd); }

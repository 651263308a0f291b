// A library that is linked into two programs, each with its own half of it: the body is followed in both.
// output: CMakeFiles/client.dir/client.o
void work(int fd);
int main(void) { work(0); }

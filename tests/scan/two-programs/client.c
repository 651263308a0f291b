// A client without a loop.
// output: CMakeFiles/client.dir/client.c.o
// expect-none
void notify(void);
int main(void) { notify(); }

// The server's part.
// output: CMakeFiles/server.dir/server_notify.c.o
// expect-none
void notify(void);
void notify(void) {}

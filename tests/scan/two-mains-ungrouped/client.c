// A client without a loop, with the other definition in its own file.
#include <unistd.h>
void notify(void);
void notify(void) { sleep(5); }
int main(void) { notify(); }

// The strong one.
// expect-none
void report(void);
void report(void) {}

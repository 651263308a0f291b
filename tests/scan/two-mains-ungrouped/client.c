// A client without a loop.
void notify(void);
int main(void) { notify(); }

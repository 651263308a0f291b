// The server's part does not wait.
void notify(void);
void notify(void) {}

// A test with a stub of its own: what a unit with a main() defines is lent to no other program.
void persist(int fd);
void persist(int fd) { (void)fd; }
int main(void) { persist(0); }

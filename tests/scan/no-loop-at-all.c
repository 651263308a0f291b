// A program without an event loop has nothing that could be blocked.
// expect-none
#include <netdb.h>
#include <stdio.h>
#include <unistd.h>

int main(int argc, char **argv) {
  struct addrinfo *list;
  if (argc > 1 && getaddrinfo(argv[1], NULL, NULL, &list) == 0) sleep(1);
  return 0;
}

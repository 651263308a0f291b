/* A program that no dynamic loader starts: nothing can be preloaded into it. */
#include <poll.h>

int main(void) {
  for (int i = 0; i < 5; i++) poll(0, 0, 5);
  return 0;
}

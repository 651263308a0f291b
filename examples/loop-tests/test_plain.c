/* A test without marks: `blockscan record --fail-over` decides. */
#include "ticks.h"

#include <stdlib.h>

int main(int count, char **arguments) {
  int ms = count > 1 ? atoi(arguments[1]) : 0;
  return run_ticks(ms) == 3 ? 0 : 1;
}

/* same_output LIBRARY PROGRAM: the program says and returns the same alone, with the library, and recorded.
 */
#include "host.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct run {
  char text[1 << 16];
  size_t length;
  int code;
} run;

static void collect(run *r, FILE *output, pid_t pid) {
  r->code = host_wait(pid);
  rewind(output);
  r->length = fread(r->text, 1, sizeof r->text - 1, output);
  fclose(output);
}

/* Without a host the variable is there and means nothing, as in a child of a recording whose descriptors were
 * closed. */
static void run_program(run *r, host *h, const char *library, char *const *command) {
  FILE *output = tmpfile();
  collect(r, output, host_start(h, library, command, fileno(output)));
}

static int compare(const run *plain, const run *other, const char *how) {
  if (plain->code == other->code && plain->length == other->length && !strcmp(plain->text, other->text))
    return 0;
  size_t at = 0;
  while (plain->text[at] && plain->text[at] == other->text[at]) at++;
  while (at && plain->text[at - 1] != '\n') at--;
  printf("%s: code %d instead of %d; from here on:\n%.300s\ninstead of\n%.300s\n", how, other->code,
         plain->code, other->text + at, plain->text + at);
  return 1;
}

int main(int argc, char **argv) {
  static run plain, preloaded, recorded, eager;
  static host none, h, all;
  if (argc < 3) return 2;
  host_init(&none, 0);
  close(none.handed_down);
  none.handed_down = open("/dev/null", O_RDWR);
  host_init(&h, 10000000);
  host_init(&all, 0); /* everything is an event: the rings overflow */
  run_program(&plain, &none, "", argv + 2);
  run_program(&preloaded, &none, argv[1], argv + 2);
  run_program(&recorded, &h, argv[1], argv + 2);
  run_program(&eager, &all, argv[1], argv + 2);
  host_receive(&h);
  host_receive(&all);
  printf("%zu bytes of output, code %d, %u processes recorded\n", plain.length, plain.code, h.count);
  int bad = compare(&plain, &preloaded, "with the library") + compare(&plain, &recorded, "recorded") +
            compare(&plain, &eager, "with every call an event");
  return bad || !h.count || h.refused || h.count != all.count ? 1 : 0;
}

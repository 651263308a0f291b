/* Parsing a large JSON file. SUSPECT_FOLDER says where it is made. */
#include "suspect.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { ITEMS = 300000 };
static char path[512];

bool suspect_prepare(void) {
  const char *folder = getenv("SUSPECT_FOLDER");
  if (!folder) {
    fputs("SUSPECT_FOLDER is not set\n", stderr);
    return false;
  }
  snprintf(path, sizeof path, "%s/suspect-json.%ld", folder, (long)getpid());
  FILE *file = fopen(path, "w");
  if (!file) return false;
  fputs("[0", file);
  for (int i = 1; i < ITEMS; i++) fprintf(file, ", {\"number\": %d}", i);
  fputs("]", file);
  return fclose(file) == 0;
}

bool suspect_work(void) {
  json_t *all = json_load_file(path, 0, NULL);
  bool right = json_array_size(all) == ITEMS;
  json_decref(all);
  unlink(path);
  return right;
}

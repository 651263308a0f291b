/* Any bytes as the map that a program with a compiler of its own leaves in /tmp: names lie within it, and
 * looking one up always ends. */
#include "fuzz.h"
#include "runtime-check/collect/perfmap.h"

static char path[64];
static void remove_map(void) { unlink(path); }

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static const uint64_t places[] = {0, 1, 0x1000, 0x1010, 0x2fff, 0x7f0000000000, UINT64_MAX - 1, UINT64_MAX};
  if (!*path) {
    snprintf(path, sizeof path, "/tmp/perf-%d.map", (int)getpid());
    atexit(remove_map);
  }
  unlink(path); /* a file that is written over is flushed to the disk by some file systems */
  fuzz_write(path, data, size);
  perfmaps *maps = perfmaps_new();
  for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
    const char *name = perfmaps_find(maps, getpid(), places[i]);
    if (name && (!*name || strlen(name) > size || strchr(name, '\n'))) abort();
  }
  perfmaps_free(maps);
  return 0;
}

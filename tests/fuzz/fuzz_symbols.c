/* Any bytes as the file of a module: the names of some addresses in it, by libdw. Names of the program are as
 * hostile as the rest of it. */
#include "fuzz.h"
#include "runtime-check/collect/collect.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static char path[128];
  static const uint64_t places[] = {0x1000, 0x1001, 0x1010, 0x1020, 0x1040, 0x2000, 0, UINT64_MAX};
  fuzz_path("module.so", path, sizeof path);
  fuzz_write(path, data, size);
  symbols *s = symbols_new(NULL);
  frame_list frames = {0};
  module_row module = {.path = path, .build_id = "", .start = 0, .end = 1 << 20, .file = -1, .pid = getpid()};
  for (size_t i = 0; i < sizeof places / sizeof *places; i++)
    symbols_find(s, &module, places[i], i % 2, &frames);
  for (uint32_t i = 0; i < frames.count; i++)
    if (!frames.items[i].function) abort();
  bs_vec_fini(&frames);
  symbols_free(s);
  return 0;
}

/* Any bytes as a compile database: read, or refused with a place; what was read comes to arguments and a
 * group. */
#include "analyzer/frontend/frontend.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  compdb db;
  bs_error error = BS_ERROR_INIT;
  bs_arena arena = {0};
  if (compdb_parse(&db, "/nowhere/compile_commands.json", (const char *)data, size, &error)) {
    if (!compdb_root(&db)) abort();
    for (uint32_t i = 0; i < db.entries.count; i++) {
      uint32_t count;
      const char *const *arguments =
          clang_arguments(&arena, &db.entries.items[i], "/llvm/lib/clang/19", &count);
      if (arguments[count] || !compdb_group(&arena, &db.entries.items[i])) abort();
    }
  } else if (!bs_error_is_set(&error)) {
    abort();
  }
  compdb_fini(&db);
  bs_arena_fini(&arena);
  bs_error_fini(&error);
  return 0;
}

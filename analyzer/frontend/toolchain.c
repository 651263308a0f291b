/* The libclang that this process has loaded: its version, and the folder of the headers that belong to it
 * (stddef.h and the intrinsics). libclang alone guesses that folder from the program's place, which is
 * right only for clang itself. */
#include "analyzer/frontend/frontend.h"
#include "base/path.h"

#include <clang-c/CXString.h>
#include <clang-c/Index.h>
#include <ctype.h>
#include <dlfcn.h>
#include <stdio.h>
#include <unistd.h>

/* "Debian clang version 19.1.7 (3)" -> "19.1.7" */
const char *toolchain_version(bs_arena *arena) {
  CXString whole = clang_getClangVersion();
  const char *text = clang_getCString(whole);
  const char *start = text ? strstr(text, "version ") : NULL;
  start = start ? start + strlen("version ") : "0";
  size_t length = 0;
  while (isdigit((unsigned char)start[length]) || start[length] == '.') length++;
  const char *version = bs_arena_strndup(arena, start, length);
  clang_disposeString(whole);
  return version;
}

static bool has_headers(bs_arena *arena, const char *folder) {
  return access(bs_arena_printf(arena, "%s/include/stddef.h", folder), R_OK) == 0;
}

/* The folder that the loaded library lies in, links followed; NULL when it is part of the program. */
static const char *library_folder(bs_arena *arena) {
  Dl_info info;
  if (!dladdr((void *)(uintptr_t)clang_getClangVersion, &info) || !info.dli_fname) return NULL;
  char *real = realpath(info.dli_fname, NULL);
  const char *folder = real ? bs_path_dirname(arena, real) : NULL;
  free(real);
  return folder;
}

bool toolchain_find(bs_arena *arena, const char **version, const char **resource_directory, bs_error *error) {
  *version = toolchain_version(arena);
  const char *given = getenv("BLOCKSCAN_RESOURCE_DIR");
  if (given && *given) {
    *resource_directory = bs_path_normalise(arena, bs_path_cwd(arena), given);
    if (has_headers(arena, *resource_directory)) return true;
    return bs_error_set(
        error, "BLOCKSCAN_RESOURCE_DIR: %s has no include/stddef.h; expected clang's resource directory",
        given);
  }
  const char *library = library_folder(arena);
  const char *folders[] = {
      library ? library : "/usr/lib", "/usr/lib/llvm-%s/lib", "/usr/lib", "/usr/lib64", "/usr/local/lib",
      "/usr/local/llvm-%s/lib",       "/opt/llvm-%s/lib"};
  const char *major = bs_arena_strndup(arena, *version, strcspn(*version, "."));
  bs_strbuf looked = BS_STRBUF_INIT;
  bool found = false;
  for (size_t i = 0; i < sizeof folders / sizeof *folders && !found; i++) {
    const char *mark = i ? strstr(folders[i], "%s") : NULL;
    const char *folder =
        mark ? bs_arena_printf(arena, "%.*s%s%s", (int)(mark - folders[i]), folders[i], major, mark + 2)
             : folders[i];
    const char *names[] = {major, *version};
    for (int k = 0; k < 2 && !found; k++) {
      *resource_directory = bs_arena_printf(arena, "%s/clang/%s", folder, names[k]);
      found = has_headers(arena, *resource_directory);
    }
    bs_strbuf_addf(&looked, "%s%s/clang", i ? ", " : "", folder);
  }
  if (!found)
    bs_error_set(
        error,
        "libclang %s is loaded, but its headers (stddef.h) are not found in %s; expected the package "
        "libclang-common-%s-dev, or the folder in BLOCKSCAN_RESOURCE_DIR",
        *version, looked.text, major);
  bs_strbuf_fini(&looked);
  return found;
}

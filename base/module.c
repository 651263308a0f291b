/* Lists of folders and names, the only ones: who asks whose code something is asks here. */
#include "base/module.h"

#include "base/path.h"

#include <stddef.h>
#include <string.h>

static bool begins_with_one(const char *text, const char *const *list) {
  for (; *list; list++)
    if (!strncmp(text, *list, strlen(*list))) return true;
  return false;
}

bool bs_module_is_system(const char *path) {
  static const char *const folders[] = {"/usr/lib/",     "/lib/", "/lib64/",    "/usr/lib64/",
                                        "/usr/include/", "[",     "linux-vdso", NULL};
  return begins_with_one(path, folders);
}

bool bs_module_is_libc(const char *path) {
  static const char *const names[] = {"libc.so", "libc-", NULL};
  return begins_with_one(bs_path_basename(path), names);
}

bool bs_module_is_preload(const char *path) {
  static const char *const names[] = {"libblockscan.so", NULL};
  return begins_with_one(bs_path_basename(path), names);
}

bool bs_module_is_common(const char *path) {
  static const char *const names[] = {"ld-linux",   "libm.so",    "libm-",  "libstdc++.", "libgcc_s.",
                                      "libpthread", "linux-vdso", "[vdso]", NULL};
  return bs_module_is_libc(path) || bs_module_is_preload(path) ||
         begins_with_one(bs_path_basename(path), names);
}

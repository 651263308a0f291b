/* What the path of a file in a process says of whose code is in it. */
#ifndef BLOCKSCAN_BASE_MODULE_H
#define BLOCKSCAN_BASE_MODULE_H

#include <stdbool.h>

/* Whether it lies where the system installs what is not a project's own: libraries, headers, and what the
 * kernel maps ("[vdso]"). */
bool bs_module_is_system(const char *path);
/* Whether it is the C library, under any of the names that glibc gives it: libc.so.6, libc-2.36.so. */
bool bs_module_is_libc(const char *path);
/* Whether it is the library that the recorder itself brings into a program. */
bool bs_module_is_preload(const char *path);
/* Whether it is a library that every recorded program of C or C++ has: the C library, its parts and its
 * loader, libm, the libraries of the compilers, and the recorder's own. */
bool bs_module_is_common(const char *path);

#endif

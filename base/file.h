/* Files that appear whole or not at all: who reads one while it is written, or after a crash, sees the old
 * contents or the new ones. */
#ifndef BLOCKSCAN_BASE_FILE_H
#define BLOCKSCAN_BASE_FILE_H

#include "base/error.h"
#include "base/strbuf.h"

#include <stdbool.h>

/* Writes the text to a temporary file beside `file` and renames it. A symbolic link stays one, a device or a
 * pipe is written to as it is. False with an error that names the file. */
bool bs_file_replace(const char *file, const bs_strbuf *text, bs_error *error);

#endif

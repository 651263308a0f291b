/* Files that appear whole or not at all: who reads one while it is written, or after a crash, sees the old
 * contents or the new ones. */
#ifndef BLOCKSCAN_BASE_FILE_H
#define BLOCKSCAN_BASE_FILE_H

#include "base/error.h"
#include "base/strbuf.h"

#include <stdbool.h>
#include <sys/types.h>

/* A file that is written part by part, to a temporary file beside it. */
typedef struct bs_file_writer {
  const char *file; /* borrowed */
  char *target, *temporary; /* NULL for a device or a pipe, which is written to as it is */
  int fd;
  pid_t owner;
  struct bs_file_writer *next; /* of those that are open */
} bs_file_writer;

/* False with an error that names the file. The writer stays where it is until bs_file_close, which follows in
 * any case, after one that failed too. */
bool bs_file_open(bs_file_writer *writer, const char *file, bs_error *error);
bool bs_file_add(bs_file_writer *writer, const bs_strbuf *text, bs_error *error);
/* Puts the new file in the place of the old one when it is `whole`, else forgets it. Returns whether the new
 * one is there, false with an error where that was asked for. */
bool bs_file_close(bs_file_writer *writer, bool whole, bs_error *error);
/* Writes the text to a temporary file beside `file` and renames it. A symbolic link stays one, a device or a
 * pipe is written to as it is. False with an error that names the file. */
bool bs_file_replace(const char *file, const bs_strbuf *text, bs_error *error);

#endif

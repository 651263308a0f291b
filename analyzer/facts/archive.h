/* Archives: the facts of several units in one file, as a static library holds objects. */
#ifndef BLOCKSCAN_FACTS_ARCHIVE_H
#define BLOCKSCAN_FACTS_ARCHIVE_H

#include "base/error.h"
#include "base/strbuf.h"

#include <stdint.h>

/* Appends the head of an archive of so many units, then each of them. */
void facts_archive_begin(bs_strbuf *out, uint64_t units);
void facts_archive_add(bs_strbuf *out, const void *facts, size_t length);

/* Whether the bytes begin as an archive does. */
bool facts_is_archive(const void *bytes, size_t length);
/* Hands out the facts of each unit in their order; they are part of `bytes`, and not checked. */
typedef void facts_archive_visitor(void *context, const void *facts, size_t length);
bool facts_archive_read(const void *bytes, size_t length, facts_archive_visitor *visit, void *context,
                        bs_error *error);

#endif

/* Suppression comments in a source's text. */
#ifndef BLOCKSCAN_FRONTEND_SUPPRESSIONS_H
#define BLOCKSCAN_FRONTEND_SUPPRESSIONS_H

#include "analyzer/facts/facts.h"

/* Adds those of a file's text to the unit. */
void suppressions_read(facts_unit *unit, facts_str file, const char *text, size_t size);

#endif

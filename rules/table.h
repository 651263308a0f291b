/* The bundled rules as one table of bytes, made when blockscan is built.
 *
 * Parsing and checking hundreds of JSON files takes longer than scanning a small program. The table holds
 * what they give, and the hash of their bytes: it counts only while the files are those that it was made
 * from.
 */
#ifndef BLOCKSCAN_RULES_TABLE_H
#define BLOCKSCAN_RULES_TABLE_H

#include "rules/loader.h"

/* Fills an empty set from a table made for files with this hash. False, and the set is as before, when it is
 * another's or damaged. Texts are borrowed from `bytes`, which must live as long as the set. */
bool rule_table_load(rule_set *set, const char *bytes, size_t length, uint64_t hash);

#endif

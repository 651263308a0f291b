/* What a program has that an older one did not have, edge by edge.
 *
 * Functions of both are matched by their symbols. A call from one matched function to another is old when the
 * older program had it; functions on the way that only one of the programs has do not count: the call u → v →
 * w with a new v is old when u → w was there, or u → x → w with an x that is gone. So a function that was
 * renamed, split, inlined or moved makes nothing new.
 */
#ifndef BLOCKSCAN_CHECK_CHANGES_H
#define BLOCKSCAN_CHECK_CHANGES_H

#include "analyzer/check/check.h"

typedef struct check_changes check_changes;

/* Whether a line of the newer sources has changed. */
typedef bool check_line_test(void *context, const char *file, unsigned line);

/* Compares two checked programs, both borrowed until check_changes_free. */
check_changes *check_changes_new(const checker *older, checker *newer, check_line_test *is_changed,
                                 void *context);
void check_changes_free(check_changes *changes);

/* Whether findings of the same rule and API in these functions (by name and file) can be one: the functions
 * are the same, or one's code may have come from the other. */
bool check_changes_related(const check_changes *changes, const report_place *older,
                           const report_place *newer);
/* Whether the function of a place in the newer program is one that the older program had. */
bool check_changes_knows(const check_changes *changes, const char *function, const char *file);

/* Adds to `ways` one finding for each sink that is reached over an edge, or from a registration, that the
 * older program did not have; its entries are those ways only, its anchor is what is new about the best one,
 * on a changed line where there is one. */
void check_report_new_ways(const check_changes *changes, report_document *ways);

#endif

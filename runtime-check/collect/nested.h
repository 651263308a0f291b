/* Functions that dwarf_getscopes does not find: of closures and local classes, whose debug information lies
 * within that of the function around them, far from its addresses. */
#ifndef BLOCKSCAN_COLLECT_NESTED_H
#define BLOCKSCAN_COLLECT_NESTED_H

#include "base/map.h"
#include "base/vec.h"

#include <elfutils/libdw.h>

typedef struct nested_unit {
  uint32_t first, count; /* of `functions` */
} nested_unit;

/* Of one file; zeroed when new. Each unit is gone through once. */
typedef struct nested_index {
  bs_map ids; /* offset of a unit → index in `units` */
  BS_VEC(nested_unit) units;
  BS_VEC(Dwarf_Die) functions;
} nested_index;

void nested_fini(nested_index *n);
/* The scopes around an address, innermost first, up to the function itself; returns their number, at most
 * `most`. */
int nested_scopes(nested_index *n, Dwarf_Die *unit, Dwarf_Addr address, Dwarf_Die *out, int most);

#endif

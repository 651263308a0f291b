/* Which unit of a file's DWARF an address belongs to, where the file has no .debug_aranges (clang writes
 * none): made from the units' own ranges, once for each file. */
#ifndef BLOCKSCAN_COLLECT_UNITS_H
#define BLOCKSCAN_COLLECT_UNITS_H

#include "base/vec.h"

#include <elfutils/libdwfl.h>

typedef struct unit_range {
  Dwarf_Addr start, end;
  Dwarf_Off unit; /* offset of its die */
} unit_range;

typedef struct unit_index {
  bool is_made;
  BS_VEC(unit_range) ranges; /* by start */
} unit_index;

void unit_index_fini(unit_index *index);
/* Fills *unit and *bias (as dwfl_module_addrdie does); false when no unit has the address. */
bool unit_index_find(unit_index *index, Dwfl_Module *module, Dwarf_Addr address, Dwarf_Die *unit,
                     Dwarf_Addr *bias);

#endif

/* The index of units by address: see units.h. */
#include "runtime-check/collect/units.h"

static void add_unit(unit_index *index, Dwarf_Die *unit) {
  Dwarf_Addr base, start, end;
  ptrdiff_t next = 0;
  while ((next = dwarf_ranges(unit, next, &base, &start, &end)) > 0)
    if (start < end) *bs_vec_push(&index->ranges) = (unit_range){start, end, dwarf_dieoffset(unit)};
}

static int by_start(const void *a, const void *b) {
  const unit_range *x = a, *y = b;
  return x->start < y->start ? -1 : x->start > y->start;
}

static void make(unit_index *index, Dwfl_Module *module) {
  Dwarf_Die *unit = NULL;
  Dwarf_Addr bias;
  index->is_made = true;
  while ((unit = dwfl_module_nextcu(module, unit, &bias))) add_unit(index, unit);
  bs_vec_sort(&index->ranges, by_start);
}

bool unit_index_find(unit_index *index, Dwfl_Module *module, Dwarf_Addr address, Dwarf_Die *unit,
                     Dwarf_Addr *bias) {
  Dwarf *debug = dwfl_module_getdwarf(module, bias);
  if (!debug) return false;
  if (!index->is_made) make(index, module);
  address -= *bias;
  uint32_t low = 0, high = index->ranges.count;
  while (low < high) { /* the first range that begins behind the address */
    uint32_t middle = low + (high - low) / 2;
    if (index->ranges.items[middle].start <= address)
      low = middle + 1;
    else
      high = middle;
  }
  if (!low || index->ranges.items[low - 1].end <= address) return false;
  return dwarf_offdie(debug, index->ranges.items[low - 1].unit, unit) != NULL;
}

void unit_index_fini(unit_index *index) { bs_vec_fini(&index->ranges); }

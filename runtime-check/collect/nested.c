/* Walks a unit's debug information once and keeps the functions that lie inside others. */
#include "runtime-check/collect/nested.h"

#include <dwarf.h>

enum { DEEPEST = 64 };

void nested_fini(nested_index *n) {
  bs_map_fini(&n->ids);
  bs_vec_fini(&n->units);
  bs_vec_fini(&n->functions);
}

static bool holds_functions(int tag) {
  return tag == DW_TAG_subprogram || tag == DW_TAG_class_type || tag == DW_TAG_structure_type ||
         tag == DW_TAG_union_type || tag == DW_TAG_namespace || tag == DW_TAG_lexical_block;
}

static void collect(nested_index *n, Dwarf_Die *around, bool is_nested, int depth) {
  Dwarf_Die die;
  if (depth > DEEPEST || dwarf_child(around, &die) != 0) return;
  do {
    int tag = dwarf_tag(&die);
    if (!holds_functions(tag)) continue;
    bool has_code = dwarf_hasattr(&die, DW_AT_low_pc) || dwarf_hasattr(&die, DW_AT_ranges);
    if (is_nested && tag == DW_TAG_subprogram && has_code) *bs_vec_push(&n->functions) = die;
    collect(n, &die, is_nested || (tag != DW_TAG_namespace && tag != DW_TAG_lexical_block), depth + 1);
  } while (dwarf_siblingof(&die, &die) == 0);
}

static const nested_unit *unit_of(nested_index *n, Dwarf_Die *unit) {
  bool is_new;
  uint32_t index = bs_map_add(&n->ids, dwarf_dieoffset(unit), n->units.count, &is_new);
  if (is_new) {
    nested_unit *made = bs_vec_push(&n->units);
    made->first = n->functions.count;
    collect(n, unit, false, 0);
    made->count = n->functions.count - made->first;
  }
  return &n->units.items[index];
}

/* The inlined function or block of `around` that the address is in. */
static bool inner_scope(Dwarf_Die *around, Dwarf_Addr address, Dwarf_Die *out) {
  if (dwarf_child(around, out) != 0) return false;
  do {
    int tag = dwarf_tag(out);
    if ((tag == DW_TAG_inlined_subroutine || tag == DW_TAG_lexical_block) && dwarf_haspc(out, address) > 0)
      return true;
  } while (dwarf_siblingof(out, out) == 0);
  return false;
}

int nested_scopes(nested_index *n, Dwarf_Die *unit, Dwarf_Addr address, Dwarf_Die *out, int most) {
  const nested_unit *of = unit_of(n, unit);
  int count = 0;
  for (uint32_t i = of->first; i < of->first + of->count && !count; i++)
    if (dwarf_haspc(&n->functions.items[i], address) > 0) out[count++] = n->functions.items[i];
  for (Dwarf_Die inner; count && count < most && inner_scope(&out[count - 1], address, &inner);)
    out[count++] = inner;
  for (int i = 0; i < count / 2; i++) { /* collected from outside in */
    Dwarf_Die other = out[i];
    out[i] = out[count - 1 - i];
    out[count - 1 - i] = other;
  }
  return count;
}

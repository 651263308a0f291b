/* Sets of few numbers, each with the bits that are known of it: what a variable, a field or an argument may
 * hold. A flag is followed through |= and &= ~ by its bit, whatever the others are. A set that is full joins
 * its members into one of which the common bits are known; an unknown number makes every answer uncertain.
 */
#include "analyzer/check/internal.h"

enum truth truth_not(enum truth t) {
  return t == TRUTH_YES ? TRUTH_NO : t == TRUTH_NO ? TRUTH_YES : TRUTH_UNKNOWN;
}

static known_bits exactly(int64_t value) {
  return (known_bits){.ones = (uint64_t)value, .zeros = ~(uint64_t)value, .nonzero = value != 0};
}
static const known_bits anything;

static bool same_bits(const known_bits *a, const known_bits *b) {
  return a->ones == b->ones && a->zeros == b->zeros && a->nonzero == b->nonzero;
}

known_bits values_join(const values *v) {
  if (!v->count) return anything;
  known_bits all = v->item[0];
  for (uint32_t i = 1; i < v->count; i++) {
    all.ones &= v->item[i].ones;
    all.zeros &= v->item[i].zeros;
    all.nonzero &= v->item[i].nonzero;
  }
  return all;
}

void values_add_bits(values *v, known_bits item) {
  for (uint32_t i = 0; i < v->count; i++)
    if (same_bits(&v->item[i], &item)) return;
  if (v->count < MAX_VALUES) {
    v->item[v->count++] = item;
    return;
  }
  known_bits all = values_join(v);
  all.ones &= item.ones;
  all.zeros &= item.zeros;
  all.nonzero &= item.nonzero;
  v->item[0] = all;
  v->count = 1;
}

void values_add(values *v, int64_t value) { values_add_bits(v, exactly(value)); }
void values_add_unknown(values *v) { values_add_bits(v, anything); }

void values_add_all(values *to, const values *from) {
  for (uint32_t i = 0; i < from->count; i++) values_add_bits(to, from->item[i]);
}

void values_set_bits(values *v, int64_t bits) {
  values old = *v;
  v->count = 0;
  for (uint32_t i = 0; i < old.count; i++) {
    known_bits item = old.item[i];
    item.ones |= (uint64_t)bits;
    item.zeros &= ~(uint64_t)bits;
    item.nonzero |= bits != 0;
    values_add_bits(v, item);
  }
}

void values_clear_bits(values *v, int64_t bits) {
  values old = *v;
  v->count = 0;
  for (uint32_t i = 0; i < old.count; i++) {
    known_bits item = old.item[i];
    item.zeros |= (uint64_t)bits;
    item.ones &= ~(uint64_t)bits;
    item.nonzero = item.ones != 0;
    values_add_bits(v, item);
  }
}

/* Each of the values with the bits of each of the others. */
void values_or(values *v, const values *others) {
  values old = *v;
  v->count = 0;
  for (uint32_t i = 0; i < old.count; i++)
    for (uint32_t k = 0; k < others->count; k++) {
      known_bits a = old.item[i], b = others->item[k];
      values_add_bits(v, (known_bits){a.ones | b.ones, a.zeros & b.zeros, a.nonzero || b.nonzero});
    }
}

static enum truth item_equals(const known_bits *item, int64_t value) {
  if ((item->ones & ~(uint64_t)value) | (item->zeros & (uint64_t)value)) return TRUTH_NO;
  if (!value && item->nonzero) return TRUTH_NO;
  return (item->ones | item->zeros) == UINT64_MAX ? TRUTH_YES : TRUTH_UNKNOWN;
}

static enum truth item_has_some(const known_bits *item, int64_t bits) {
  if (item->ones & (uint64_t)bits) return TRUTH_YES;
  return (item->zeros & (uint64_t)bits) == (uint64_t)bits ? TRUTH_NO : TRUTH_UNKNOWN;
}

static enum truth item_compares(const known_bits *item, enum facts_guard_op op, int64_t value) {
  int64_t v = (int64_t)item->ones;
  bool yes;
  if ((item->ones | item->zeros) != UINT64_MAX) return TRUTH_UNKNOWN;
  switch (op) {
  case FACTS_GUARD_LT: yes = v < value; break;
  case FACTS_GUARD_LE: yes = v <= value; break;
  case FACTS_GUARD_GT: yes = v > value; break;
  default: yes = v >= value; break;
  }
  return yes ? TRUTH_YES : TRUTH_NO;
}

static enum truth item_holds(const known_bits *item, enum facts_guard_op op, int64_t value) {
  switch (op) {
  case FACTS_GUARD_EQ: return item_equals(item, value);
  case FACTS_GUARD_NE: return truth_not(item_equals(item, value));
  case FACTS_GUARD_HAS: return item_has_some(item, value);
  case FACTS_GUARD_LACKS: return truth_not(item_has_some(item, value));
  case FACTS_GUARD_LT:
  case FACTS_GUARD_LE:
  case FACTS_GUARD_GT:
  case FACTS_GUARD_GE: return item_compares(item, op, value);
  default: return TRUTH_UNKNOWN;
  }
}

/* YES when all values do, NO when none can. */
enum truth values_hold(const values *v, enum facts_guard_op op, int64_t value) {
  uint32_t yes = 0, no = 0;
  for (uint32_t i = 0; i < v->count; i++) {
    enum truth t = item_holds(&v->item[i], op, value);
    yes += t == TRUTH_YES;
    no += t == TRUTH_NO;
  }
  if (!v->count) return TRUTH_UNKNOWN;
  return yes == v->count ? TRUTH_YES : no == v->count ? TRUTH_NO : TRUTH_UNKNOWN;
}

enum truth values_have_all(const values *v, int64_t bits) {
  uint32_t yes = 0, no = 0;
  for (uint32_t i = 0; i < v->count; i++) {
    yes += (v->item[i].ones & (uint64_t)bits) == (uint64_t)bits;
    no += (v->item[i].zeros & (uint64_t)bits) != 0;
  }
  if (!v->count) return TRUTH_UNKNOWN;
  return yes == v->count ? TRUTH_YES : no == v->count ? TRUTH_NO : TRUTH_UNKNOWN;
}

enum truth values_are_one_of(const values *v, const int64_t *numbers, uint32_t count) {
  uint32_t yes = 0, no = 0;
  for (uint32_t i = 0; i < v->count; i++) {
    uint32_t is = 0, is_not = 0;
    for (uint32_t k = 0; k < count; k++) {
      enum truth t = item_equals(&v->item[i], numbers[k]);
      is += t == TRUTH_YES;
      is_not += t == TRUTH_NO;
    }
    yes += is > 0;
    no += is_not == count;
  }
  if (!v->count) return TRUTH_UNKNOWN;
  return yes == v->count ? TRUTH_YES : no == v->count ? TRUTH_NO : TRUTH_UNKNOWN;
}

bool values_may_have(const values *v, int64_t bits) {
  for (uint32_t i = 0; i < v->count; i++)
    if ((v->item[i].ones & (uint64_t)bits) == (uint64_t)bits) return true;
  return false;
}

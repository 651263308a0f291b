/* Who calls whom in a program of some shape. */
#include "shape.h"

enum { HANDLER_EACH = 10 };

uint64_t shape_random(uint64_t *state) { /* splitmix64 */
  uint64_t z = *state += 0x9e3779b97f4a7c15u;
  z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
  z = (z ^ z >> 27) * 0x94d049bb133111ebu;
  return z ^ z >> 31;
}

int shape_chance(uint64_t *state, uint32_t percent) { return shape_random(state) % 100 < percent; }

int shape_is_handler(const shape *s, shape_function f) { return f % s->functions % HANDLER_EACH == 0; }

static uint64_t other_unit(const shape *s, uint64_t unit, uint64_t *state) {
  if (shape_chance(state, s->local)) return unit;
  if (!s->group) return shape_random(state) % s->units;
  uint64_t first = unit / s->group * s->group;
  uint64_t count = first + s->group <= s->units ? s->group : s->units - first;
  return first + shape_random(state) % count;
}

/* An index in the layer below that of `index`, or that index itself in the last one. */
static uint64_t below(const shape *s, uint64_t index, uint64_t *state) {
  uint64_t layer = index * s->depth / s->functions + 1;
  if (layer >= s->depth) return index;
  uint64_t first = (layer * s->functions + s->depth - 1) / s->depth;
  uint64_t end = ((layer + 1) * s->functions + s->depth - 1) / s->depth;
  return end > first ? first + shape_random(state) % (end - first) : index;
}

shape_function shape_callee(const shape *s, shape_function caller, uint64_t *state) {
  uint64_t index = caller % s->functions;
  uint64_t unit = other_unit(s, caller / s->functions, state);
  if (!s->depth || shape_chance(state, s->back))
    index = shape_random(state) % s->functions;
  else
    index = below(s, index, state);
  return unit * s->functions + index;
}

uint32_t shape_fields(const shape *s) {
  uint32_t handlers = (s->functions + HANDLER_EACH - 1) / HANDLER_EACH;
  uint32_t fields = handlers / (s->targets ? s->targets : 1);
  return fields ? fields : 1;
}

uint64_t shape_field(const shape *s, uint32_t unit, uint64_t *state) {
  return other_unit(s, unit, state) * shape_fields(s) + shape_random(state) % shape_fields(s);
}

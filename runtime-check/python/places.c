/* Places by a number that is a hash of what they say, so that recordings of one program agree on them. */
#include "runtime-check/python/python.h"

#include "base/hash.h"
#include "base/intern.h"
#include "base/map.h"
#include "base/vec.h"

struct python_places {
  bs_intern texts;
  bs_map by_number;
  BS_VEC(python_place) items;
};

python_places *python_places_new(void) {
  python_places *places = bs_calloc(1, sizeof *places);
  bs_intern_init(&places->texts);
  return places;
}

void python_places_free(python_places *places) {
  if (!places) return;
  bs_intern_fini(&places->texts);
  bs_map_fini(&places->by_number);
  bs_vec_fini(&places->items);
  free(places);
}

static const char *keep(python_places *places, const char *text) {
  return bs_intern_text(&places->texts, bs_intern_adds(&places->texts, text));
}

uint64_t python_places_add(python_places *places, const python_place *place) {
  uint64_t function = bs_hash(place->function, strlen(place->function));
  uint64_t hash = bs_hash_mix(bs_hash_mix(function, bs_hash(place->file, strlen(place->file))), place->line);
  uint64_t number = (hash >> 9 | 1) << 1; /* never 0, even, below 2^56 */
  bool is_new;
  bs_map_add(&places->by_number, number, places->items.count, &is_new);
  if (is_new)
    *bs_vec_push(&places->items) =
        (python_place){keep(places, place->function), keep(places, place->file), place->line};
  return number;
}

bool python_places_find(const python_places *places, uint64_t number, python_place *out) {
  uint32_t index;
  if (!bs_map_find(&places->by_number, number, &index)) return false;
  *out = places->items.items[index];
  return true;
}

bool python_file_is_library(const char *file) {
  static const char *const parts[] = {"/lib/python3", "/site-packages/", "/dist-packages/"};
  if (*file == '<') return true; /* "<frozen importlib._bootstrap>", "<string>" */
  for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
    if (strstr(file, parts[i])) return true;
  return false;
}

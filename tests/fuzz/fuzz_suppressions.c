/* Any bytes as a source with suppression comments: each has its place in it, and its rule and reason are
 * words of the line. */
#include "analyzer/frontend/suppressions.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  facts_unit unit;
  facts_unit_init(&unit);
  char *text = malloc(size); /* not a byte more: nothing behind its end may be read */
  if (size) memcpy(text, data, size);
  suppressions_read(&unit, bs_intern_adds(&unit.strings, "a.c"), text, size);
  uint32_t lines = 1;
  for (size_t i = 0; i < size; i++) lines += data[i] == '\n';
  for (uint32_t i = 0; i < unit.suppressions.count; i++) {
    const facts_suppression *s = &unit.suppressions.items[i];
    bool alone = s->last == FACTS_LINE_ALONE && s->line; /* no end without a beginning */
    if (s->place.line > lines || s->line > lines + 1 || !s->place.column) abort();
    if (alone && s->line < s->place.line) abort();
    if (s->last && s->last < FACTS_BLOCK_OPEN && (s->last < s->line || s->last > lines)) abort();
    if (strchr(facts_text(&unit, s->reason), '\n')) abort();
  }
  facts_unit_fini(&unit);
  free(text);
  return 0;
}

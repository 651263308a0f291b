/* Texts lie in an arena; a table of ids, open addressing, finds them by their hash. */
#include "base/intern.h"

#include "base/hash.h"

#include <stdlib.h>
#include <string.h>

struct bs_intern_entry {
  const char *text;
  uint32_t length, hash;
};

void bs_intern_init(bs_intern *table) {
  *table = (bs_intern){0};
  table->mask = 255;
  table->slots = bs_calloc(table->mask + 1, sizeof *table->slots);
  bs_intern_add(table, "", 0);
}

void bs_intern_fini(bs_intern *table) {
  bs_arena_fini(&table->arena);
  free(table->entries);
  free(table->slots);
  *table = (bs_intern){0};
}

static uint32_t slot_of(const bs_intern *table, const char *text, size_t length, uint32_t hash) {
  uint32_t i = hash & table->mask;
  for (; table->slots[i]; i = (i + 1) & table->mask) {
    const struct bs_intern_entry *e = &table->entries[table->slots[i] - 1];
    if (e->hash == hash && e->length == length && memcmp(e->text, text, length) == 0) break;
  }
  return i;
}

static void index_all(bs_intern *table) {
  free(table->slots);
  table->slots = bs_calloc((size_t)table->mask + 1, sizeof *table->slots);
  for (uint32_t id = 0; id < table->count; id++) {
    uint32_t i = table->entries[id].hash & table->mask;
    while (table->slots[i]) i = (i + 1) & table->mask;
    table->slots[i] = id + 1;
  }
}

static void index_loaded(bs_intern *table) {
  while (table->count > table->mask / 2) table->mask = table->mask * 2 + 1;
  for (uint32_t id = 0; id < table->count; id++) {
    struct bs_intern_entry *e = &table->entries[id];
    e->hash = (uint32_t)bs_hash(e->text, e->length);
  }
  index_all(table);
}

void bs_intern_load(bs_intern *table, const char *texts, const uint32_t *lengths, uint32_t count) {
  const char *text = texts;
  bs_arena_fini(&table->arena);
  table->capacity = count;
  table->entries = bs_realloc(table->entries, count * sizeof *table->entries);
  for (uint32_t i = 0; i < count; text += lengths[i++] + (size_t)1)
    table->entries[i] = (struct bs_intern_entry){text, lengths[i], 0};
  table->count = count;
  free(table->slots);
  table->slots = NULL;
}

uint32_t bs_intern_add(bs_intern *table, const char *text, size_t length) {
  if (!table->slots) index_loaded(table);
  uint32_t hash = (uint32_t)bs_hash(text, length);
  uint32_t i = slot_of(table, text, length, hash);
  if (table->slots[i]) return table->slots[i] - 1;
  if (table->count == table->capacity) {
    table->capacity = table->capacity ? table->capacity * 2 : 128;
    table->entries = bs_realloc(table->entries, table->capacity * sizeof *table->entries);
  }
  uint32_t id = table->count++;
  table->entries[id] =
      (struct bs_intern_entry){bs_arena_strndup(&table->arena, text, length), (uint32_t)length, hash};
  table->slots[i] = id + 1;
  if (table->count > table->mask / 2) {
    table->mask = table->mask * 2 + 1;
    index_all(table);
  }
  return id;
}

uint32_t bs_intern_adds(bs_intern *table, const char *text) {
  return bs_intern_add(table, text, strlen(text));
}

uint32_t bs_intern_find(const bs_intern *table, const char *text, size_t length) {
  if (!table->slots) index_loaded((bs_intern *)table); /* what the table holds does not change */
  uint32_t i = slot_of(table, text, length, (uint32_t)bs_hash(text, length));
  return table->slots[i] ? table->slots[i] - 1 : UINT32_MAX;
}

const char *bs_intern_text(const bs_intern *table, uint32_t id) { return table->entries[id].text; }

uint32_t bs_intern_length(const bs_intern *table, uint32_t id) { return table->entries[id].length; }

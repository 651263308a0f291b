/* One file: a head, then each table with its length before it. One function goes through the tables for the
 * writer, the reader and the end, so that they cannot differ. */
#include "analyzer/graph/kept_program.h"

#include "analyzer/graph/solve.h"
#include "base/file.h"
#include "base/hash.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ALIGNMENT = 16 };

typedef struct file_head {
  uint64_t key, sum, length; /* of what follows it */
  uint64_t padding;
} file_head;

enum way { WRITE, READ, FORGET };

/* Whoever goes through the tables. */
typedef struct walk {
  enum way way;
  bs_strbuf *out;       /* WRITE */
  char *at, *end;       /* READ */
  bool broken;
} walk;

static size_t padded(size_t length) { return (length + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT; }

/* A table of `*count` items; `spare` more stand behind what is counted elsewhere. */
static void table(walk *w, void **items, uint32_t *count, size_t size) {
  uint64_t head[2] = {*count, size};
  size_t length = (size_t)*count * size;
  switch (w->way) {
  case FORGET:
    *items = NULL;
    *count = 0;
    return;
  case WRITE:
    bs_strbuf_add(w->out, head, sizeof head);
    if (length) bs_strbuf_add(w->out, *items, length);
    static const char zeros[ALIGNMENT];
    bs_strbuf_add(w->out, zeros, padded(length) - length);
    return;
  case READ: break;
  }
  *items = NULL;
  *count = 0;
  if (w->broken || w->end - w->at < (ptrdiff_t)sizeof head) {
    w->broken = true;
    return;
  }
  memcpy(head, w->at, sizeof head);
  w->at += sizeof head;
  if (head[1] != size || head[0] > UINT32_MAX || head[0] * size > (size_t)(w->end - w->at)) {
    w->broken = true;
    return;
  }
  *items = head[0] ? w->at : NULL;
  *count = (uint32_t)head[0];
  length = padded(head[0] * size);
  w->at += length < (size_t)(w->end - w->at) ? length : (size_t)(w->end - w->at);
}

#define VECTOR(w, v) \
  do { \
    void *vector = (v)->items; \
    table((w), &vector, &(v)->count, sizeof *(v)->items); \
    (v)->items = vector; \
    if ((w)->way != WRITE) (v)->capacity = (v)->count; \
  } while (0)

/* An array whose length other tables give. */
#define ARRAY(w, a, count) \
  do { \
    void *array = (a); \
    uint32_t length = (w)->way == WRITE ? (count) : 0; \
    table((w), &array, &length, sizeof *(a)); \
    if ((w)->way == READ && length != (count)) (w)->broken = true; \
    (a) = array; \
  } while (0)

static void map(walk *w, bs_map *m) {
  uint32_t count = m->slots ? m->mask + 1 : 0;
  void *slots = m->slots;
  table(w, &slots, &count, bs_map_slot_size());
  m->slots = slots;
  uint64_t used = m->count;
  void *number = &used;
  uint32_t one = 1;
  if (w->way == FORGET) {
    *m = (bs_map){0};
    return;
  }
  table(w, &number, &one, sizeof used);
  if (w->way == WRITE) return;
  if (number && one == 1) memcpy(&used, number, sizeof used);
  m->mask = count ? count - 1 : 0;
  m->count = (uint32_t)used;
}

/* What the file has as it is in memory. The program is not changed when it is written. */
static void tables(walk *w, program *p) {
  VECTOR(w, &p->units);
  VECTOR(w, &p->functions);
  VECTOR(w, &p->calls);
  VECTOR(w, &p->stores);
  VECTOR(w, &p->arguments);
  VECTOR(w, &p->guards);
  VECTOR(w, &p->cycles);
  VECTOR(w, &p->nodes);
  VECTOR(w, &p->flows);
  VECTOR(w, &p->integers);
  VECTOR(w, &p->overrides);
  VECTOR(w, &p->suppressions);
  VECTOR(w, &p->edges);
  VECTOR(w, &p->executables);
  VECTOR(w, &p->others);
  map(w, &p->made);
  map(w, &p->other_callees);
  map(w, &p->node_ids);
  map(w, &p->function_ids);
  map(w, &p->flow_lists);
  ARRAY(w, p->flow_next, p->flows.count);
  ARRAY(w, p->next_in_table, p->flows.count);
  ARRAY(w, p->first_in_table, p->nodes.count);
  ARRAY(w, p->solver->class_of, p->nodes.count);
}

/* Small ones that grow while a program is asked; they are copied. */
typedef struct small_numbers {
  uint32_t width, sets, unresolved, capped, knows_objects;
} small_numbers;

static void copy_map(bs_map *m) {
  size_t size = m->slots ? ((size_t)m->mask + 1) * bs_map_slot_size() : 0;
  void *slots = size ? memcpy(bs_malloc(size), m->slots, size) : NULL;
  m->slots = slots;
}

static void sets(walk *w, program *p) {
  small_numbers numbers = {p->sets.width, p->sets.count, p->unresolved, p->capped, p->knows_objects},
                *at = &numbers;
  void *items = at;
  uint32_t one = 1;
  table(w, &items, &one, sizeof numbers);
  VECTOR(w, &p->sets.words);
  map(w, &p->sets.ids);
  map(w, &p->sets.known);
  if (w->way == WRITE) return;
  if (items) memcpy(&numbers, items, sizeof numbers);
  p->sets.width = numbers.width;
  p->sets.count = numbers.sets;
  p->unresolved = numbers.unresolved;
  p->capped = numbers.capped;
  p->knows_objects = numbers.knows_objects;
  size_t size = p->sets.words.count * sizeof *p->sets.words.items;
  p->sets.words.items = size ? memcpy(bs_malloc(size), p->sets.words.items, size) : NULL;
  copy_map(&p->sets.ids);
  copy_map(&p->sets.known);
}

/* Texts with a NUL behind each, and their lengths. */
static void write_texts(walk *w, uint32_t count, const char *(*text)(const program *p, uint32_t i),
                        const program *p) {
  bs_strbuf texts = BS_STRBUF_INIT;
  uint32_t *lengths = bs_malloc(((size_t)count + 1) * sizeof *lengths);
  for (uint32_t i = 0; i < count; i++) {
    lengths[i] = (uint32_t)strlen(text(p, i));
    bs_strbuf_add(&texts, text(p, i), (size_t)lengths[i] + 1);
  }
  void *items = texts.text;
  uint32_t length = (uint32_t)texts.length;
  table(w, &items, &length, 1);
  items = lengths;
  table(w, &items, &count, sizeof *lengths);
  bs_strbuf_fini(&texts);
  free(lengths);
}

static const char *string_at(const program *p, uint32_t i) { return program_text(p, i); }
static const char *note_at(const program *p, uint32_t i) { return p->notes.items[i]; }

/* Whether the lengths are those of the texts: each ends where the next begins. */
static const char *take_texts(walk *w, const uint32_t **lengths, uint32_t *count) {
  void *texts = NULL, *numbers = NULL;
  uint32_t length;
  table(w, &texts, &length, 1);
  table(w, &numbers, count, sizeof **lengths);
  *lengths = numbers;
  uint64_t sum = 0;
  for (uint32_t i = 0; i < *count && !w->broken; i++) sum += (*lengths)[i] + UINT64_C(1);
  if (sum != length) w->broken = true;
  return texts;
}

static void take_strings(walk *w, program *p) {
  const uint32_t *lengths;
  uint32_t count;
  const char *texts = take_texts(w, &lengths, &count);
  if (w->broken || !count) return;
  bs_intern_load(&p->strings, texts, lengths, count);
}

static void take_notes(walk *w, program *p) {
  const uint32_t *lengths;
  uint32_t count;
  const char *texts = take_texts(w, &lengths, &count);
  for (uint32_t i = 0; i < count && !w->broken; texts += lengths[i++] + (size_t)1)
    *bs_vec_push(&p->notes) = bs_strdup(texts);
}

/* Most nodes have no values. */
typedef struct kept_points {
  uint32_t node, count, mask, first_slot;
} kept_points;

static void write_points(walk *w, const program *p) {
  BS_VEC(kept_points) rows = {0};
  BS_VEC(program_reach) values = {0};
  BS_VEC(uint32_t) slots = {0};
  for (uint32_t n = 0; n < p->nodes.count; n++) {
    const program_points *x = &p->points[n];
    if (!x->count) continue;
    *bs_vec_push(&rows) = (kept_points){n, x->count, x->slots ? x->mask : 0, slots.count};
    for (uint32_t i = 0; i < x->count; i++) *bs_vec_push(&values) = x->items[i];
    for (uint32_t i = 0; x->slots && i <= x->mask; i++) *bs_vec_push(&slots) = x->slots[i];
  }
  VECTOR(w, &rows);
  VECTOR(w, &values);
  VECTOR(w, &slots);
  bs_vec_fini(&rows);
  bs_vec_fini(&values);
  bs_vec_fini(&slots);
}

static void take_points(walk *w, program *p) {
  BS_VEC(kept_points) rows = {0};
  BS_VEC(program_reach) values = {0};
  BS_VEC(uint32_t) slots = {0};
  VECTOR(w, &rows);
  VECTOR(w, &values);
  VECTOR(w, &slots);
  if (w->broken) return;
  p->points = bs_calloc((size_t)p->nodes.count + 1, sizeof *p->points);
  uint64_t first = 0;
  for (uint32_t i = 0; i < rows.count; i++) {
    const kept_points *r = &rows.items[i];
    if (r->node >= p->nodes.count || first + r->count > values.count ||
        (r->mask && (uint64_t)r->first_slot + r->mask >= slots.count)) {
      w->broken = true;
      return;
    }
    p->points[r->node] = (program_points){.items = values.items + first,
                                          .count = r->count,
                                          .capacity = r->count,
                                          .done = r->count,
                                          .slots = r->mask ? slots.items + r->first_slot : NULL,
                                          .mask = r->mask};
    first += r->count;
  }
}

void program_keep(const program *p, const char *file, uint64_t key) {
  bs_strbuf bytes = BS_STRBUF_INIT;
  file_head head = {.key = key};
  walk w = {.way = WRITE, .out = &bytes};
  bs_strbuf_reserve(&bytes, p->calls.count * (sizeof(program_call) + 2 * sizeof(program_argument)) * 2);
  bs_strbuf_add(&bytes, &head, sizeof head);
  program same = *p; /* the tables are walked as those of a program that is read */
  tables(&w, &same);
  sets(&w, &same);
  write_texts(&w, p->strings.count, string_at, p);
  write_texts(&w, p->notes.count, note_at, p);
  write_points(&w, p);
  head.length = bytes.length - sizeof head;
  head.sum = bs_hash_mix(bs_hash(bytes.text + sizeof head, head.length), key);
  memcpy(bytes.text, &head, sizeof head);
  bs_file_replace(file, &bytes, NULL);
  bs_strbuf_fini(&bytes);
}

static bool is_whole(const char *bytes, size_t length, uint64_t key) {
  file_head head;
  if (length < sizeof head) return false;
  memcpy(&head, bytes, sizeof head);
  return head.key == key && head.length == length - sizeof head &&
         head.sum == bs_hash_mix(bs_hash(bytes + sizeof head, head.length), key);
}

/* The file, private: what is written to it stays in this process. NULL: there is none of the key. */
static char *map_file(const char *file, uint64_t key, size_t *length) {
  file_head head;
  struct stat st;
  int fd = open(file, O_RDONLY | O_CLOEXEC);
  char *bytes = NULL;
  if (fd < 0) return NULL;
  if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && read(fd, &head, sizeof head) == sizeof head &&
      head.key == key) {
    *length = (size_t)st.st_size;
    bytes = mmap(NULL, *length, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
    if (bytes == MAP_FAILED) bytes = NULL;
  }
  close(fd);
  if (bytes && !is_whole(bytes, *length, key)) {
    munmap(bytes, *length);
    bytes = NULL;
  }
  return bytes;
}

bool program_map(program *p, const char *file, uint64_t key) {
  size_t length;
  char *bytes = map_file(file, key, &length);
  if (!bytes) return false;
  program_fini(p);
  *p = (program){.mapped = bytes, .mapped_length = length};
  p->solver = bs_calloc(1, sizeof *p->solver);
  bs_intern_init(&p->strings);
  walk w = {.way = READ, .at = bytes + sizeof(file_head), .end = bytes + length};
  tables(&w, p);
  sets(&w, p);
  take_strings(&w, p);
  take_notes(&w, p);
  take_points(&w, p);
  if (!w.broken) return true;
  program_fini(p);
  program_init(p);
  return false;
}

void program_unmap(program *p) {
  if (!p->mapped) return;
  walk w = {.way = FORGET};
  tables(&w, p);
  free(p->points);
  p->points = NULL;
  munmap(p->mapped, p->mapped_length);
  p->mapped = NULL;
}

/* A map is read whole, only when it is from this user or root, and its rows are sorted by address. */
#include "runtime-check/collect/perfmap.h"

#include "base/map.h"
#include "base/strbuf.h"
#include "base/vec.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILE_MAX = 256 << 20 };

typedef struct entry {
  uint64_t start, end;
  uint32_t order; /* line */
  const char *name;
} entry;

typedef struct perfmap {
  bs_strbuf text;
  BS_VEC(entry) entries; /* by start, then order */
} perfmap;

struct perfmaps {
  bs_map map_of; /* pid to index in `maps` */
  BS_VEC(perfmap) maps;
};

perfmaps *perfmaps_new(void) { return bs_calloc(1, sizeof(perfmaps)); }

void perfmaps_free(perfmaps *p) {
  for (uint32_t i = 0; i < p->maps.count; i++) {
    bs_strbuf_fini(&p->maps.items[i].text);
    bs_vec_fini(&p->maps.items[i].entries);
  }
  bs_vec_fini(&p->maps);
  bs_map_fini(&p->map_of);
  free(p);
}

/* Anyone may write to /tmp: as perf does, only a file of this user or of root is believed. */
static bool read_trusted(const char *path, bs_strbuf *text) {
  int file = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  if (file < 0) return false;
  struct stat s;
  bool good = fstat(file, &s) == 0 && S_ISREG(s.st_mode) && (s.st_uid == 0 || s.st_uid == geteuid()) &&
              s.st_size <= FILE_MAX;
  char bytes[65536];
  ssize_t got;
  while (good && text->length < FILE_MAX && (got = read(file, bytes, sizeof bytes)) > 0)
    bs_strbuf_add(text, bytes, (size_t)got);
  close(file);
  return good;
}

static int by_start(const void *a, const void *b) {
  const entry *x = a, *y = b;
  if (x->start != y->start) return x->start < y->start ? -1 : 1;
  return x->order < y->order ? -1 : x->order > y->order;
}

static void parse(perfmap *map) {
  char *rest = map->text.text, *line;
  uint32_t order = 0;
  while (map->text.length && (line = strsep(&rest, "\n"))) {
    uint64_t start, size;
    int name = 0;
    if (sscanf(line, "%" SCNx64 " %" SCNx64 " %n", &start, &size, &name) < 2 || !name || !line[name])
      continue;
    *bs_vec_push(&map->entries) = (entry){start, start + size, order++, line + name};
  }
  bs_vec_sort(&map->entries, by_start);
}

static perfmap *map_for(perfmaps *p, pid_t pid) {
  bool is_new;
  uint32_t index = bs_map_add(&p->map_of, (uint64_t)pid, p->maps.count, &is_new);
  if (is_new) {
    perfmap map = {.text = BS_STRBUF_INIT};
    char path[64];
    snprintf(path, sizeof path, "/tmp/perf-%d.map", (int)pid);
    if (read_trusted(path, &map.text)) parse(&map);
    *bs_vec_push(&p->maps) = map;
  }
  return &p->maps.items[index];
}

const char *perfmaps_find(perfmaps *p, pid_t pid, uint64_t address) {
  const perfmap *map = map_for(p, pid);
  uint32_t low = 0, high = map->entries.count;
  while (low < high) {
    uint32_t middle = low + (high - low) / 2;
    if (map->entries.items[middle].start <= address)
      low = middle + 1;
    else
      high = middle;
  }
  /* Code is moved and freed, and its room used again: of the nearest lines, the newest that covers the
   * address. */
  const entry *best = NULL;
  for (uint32_t i = low; i > 0 && low - i < 64; i--) {
    const entry *e = &map->entries.items[i - 1];
    if (address < e->end && (!best || e->order > best->order)) best = e;
  }
  return best ? best->name : NULL;
}

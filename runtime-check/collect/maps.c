/* What is mapped where in a watched process, and its memory. Modules are told from their headers in memory,
 * so a deleted file, one of another mount namespace and the vdso are all the same here. */
#include "runtime-check/collect/python_stack.h"

#include "base/hash.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <time.h>
#include <unistd.h>

enum { MAPS_FRESH_NS = 5000000, PAGES_MAX = 16384 };

tracee *tracee_new(pid_t pid) {
  tracee *t = bs_calloc(1, sizeof *t);
  t->pid = pid;
  t->maps = (bs_strbuf)BS_STRBUF_INIT;
  return t;
}

void tracee_let_sleep(tracee *t) { t->lets_sleep = true; }

void tracee_use_places(tracee *t, python_places *places) { t->places = places; }

static void forget_pages(tracee *t) {
  for (uint32_t i = 0; i < t->pages.count; i++) free(t->pages.items[i]);
  t->pages.count = 0;
  bs_map_fini(&t->page_of);
  t->page_of = (bs_map){0};
  unwinder_flush(t->unwinder);
}

void tracee_free(tracee *t) {
  if (!t) return;
  forget_pages(t);
  unwinder_free(t->unwinder);
  python_tracee_free(t->python);
  for (uint32_t i = 0; i < t->modules.count; i++)
    if (t->modules.items[i]->row.file >= 0) close(t->modules.items[i]->row.file);
  bs_vec_fini(&t->pages);
  bs_vec_fini(&t->modules);
  bs_vec_fini(&t->mappings);
  bs_strbuf_fini(&t->maps);
  bs_arena_fini(&t->arena);
  free(t);
}

void tracee_refresh(tracee *t) { t->maps_at = 0; }

/* A page of a mapped file when the process is gone. */
static bool read_mapped_file(const tracee_mapping *m, uint64_t page, char *bytes) {
  if (!m->elf || m->elf->row.path[0] != '/') return false;
  const module_row *row = &m->elf->row;
  int file = row->file >= 0 ? row->file : open(row->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (file < 0) return false;
  struct stat s;
  ssize_t got = fstat(file, &s) == 0 && S_ISREG(s.st_mode)
                    ? pread(file, bytes, TRACEE_PAGE, (off_t)(m->offset + (page - m->start)))
                    : -1;
  if (file != row->file) close(file);
  if (got > 0) memset(bytes + got, 0, TRACEE_PAGE - (size_t)got);
  return got > 0;
}

static const char *constant_page(tracee *t, uint64_t page) {
  uint32_t index;
  if (bs_map_find(&t->page_of, page, &index)) return t->pages.items[index];
  const tracee_mapping *m = tracee_mapping_of(t, page);
  if (!m || !m->readable || m->writable) return NULL;
  if (t->pages.count == PAGES_MAX) forget_pages(t);
  char *bytes = bs_malloc(TRACEE_PAGE);
  if (tracee_read(t, page, bytes, TRACEE_PAGE) < TRACEE_PAGE &&
      !(errno == ESRCH && read_mapped_file(m, page, bytes))) {
    free(bytes);
    return NULL;
  }
  bs_map_add(&t->page_of, page, t->pages.count, NULL);
  *bs_vec_push(&t->pages) = bytes;
  return bytes;
}

bool tracee_read_constant(tracee *t, uint64_t address, void *bytes, size_t length) {
  for (size_t done = 0; done < length;) {
    uint64_t at = address + done, offset = at % TRACEE_PAGE;
    size_t piece = TRACEE_PAGE - offset < length - done ? TRACEE_PAGE - offset : length - done;
    const char *page = constant_page(t, at - offset);
    if (!page) return false;
    memcpy((char *)bytes + done, page + offset, piece);
    done += piece;
  }
  return true;
}

/* Index of the first mapping that ends above the address. */
static uint32_t first_above(const tracee *t, uint64_t address) {
  uint32_t low = 0, high = t->mappings.count;
  while (low < high) {
    uint32_t middle = low + (high - low) / 2;
    if (t->mappings.items[middle].end <= address)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

const tracee_mapping *tracee_mapping_of(const tracee *t, uint64_t address) {
  uint32_t i = first_above(t, address);
  return i < t->mappings.count && t->mappings.items[i].start <= address ? &t->mappings.items[i] : NULL;
}

uint64_t tracee_end_of(const tracee *t, uint64_t address) {
  uint32_t i = first_above(t, address);
  return i < t->mappings.count && t->mappings.items[i].start < address + (1 << 20) ? t->mappings.items[i].end
                                                                                   : 0;
}

const module_row *tracee_module(tracee *t, uint64_t pc) {
  static const module_row of_python = {
      .path = PYTHON_MODULE, .build_id = "", .start = TRACEE_PYTHON, .bias = TRACEE_PYTHON, .file = -1};
  if (pc >= TRACEE_PYTHON && pc < TRACEE_PYTHON + (UINT64_C(1) << 56)) return &of_python;
  if (!t->mappings.count) tracee_update(t, true);
  const tracee_mapping *m = tracee_mapping_of(t, pc);
  if (m && m->elf) return &m->elf->row;
  /* Of a library that is gone by now, perhaps: the newest module that held the address. */
  for (uint32_t i = t->modules.count; i > 0; i--) {
    const module_row *row = &t->modules.items[i - 1]->row;
    if (row->start <= pc && pc < row->end) return row;
  }
  return NULL;
}

/* One line of /proc/PID/maps. */
typedef struct maps_line {
  tracee_mapping mapping;
  unsigned major, minor;
  uint64_t inode;
  const char *path;
} maps_line;

static bool parse_line(char *line, maps_line *out) {
  char rights[5];
  int path = 0;
  *out = (maps_line){0};
  tracee_mapping *m = &out->mapping;
  if (sscanf(line, "%" SCNx64 "-%" SCNx64 " %4s %" SCNx64 " %x:%x %" SCNu64 " %n", &m->start, &m->end, rights,
             &m->offset, &out->major, &out->minor, &out->inode, &path) < 7)
    return false;
  m->readable = rights[0] == 'r';
  m->writable = rights[1] == 'w';
  m->executable = rights[2] == 'x';
  out->path = path ? line + path : "";
  return true;
}

static bool names_mapped_file(const char *path, const maps_line *line) {
  struct stat s;
  return stat(path, &s) == 0 && s.st_ino == line->inode && major(s.st_dev) == line->major &&
         minor(s.st_dev) == line->minor;
}

static int open_checked(const char *path, const void *header, size_t length) {
  int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (file < 0) return -1;
  struct stat s;
  char *bytes = bs_malloc(length);
  bool same = fstat(file, &s) == 0 && S_ISREG(s.st_mode) &&
              pread(file, bytes, length, 0) == (ssize_t)length && memcmp(bytes, header, length) == 0;
  free(bytes);
  if (same) return file;
  close(file);
  return -1;
}

/* Opens the mapped file when its path names no file or another one. -1 when the path will do, or there is no
 * way. */
static int open_hidden(const tracee *t, const maps_line *line, const char *path, const void *header,
                       size_t length) {
  char at[64 + 4096];
  if (!line->inode || names_mapped_file(path, line)) return -1;
  snprintf(at, sizeof at, "/proc/%d/map_files/%" PRIx64 "-%" PRIx64, (int)t->pid, line->mapping.start,
           line->mapping.end);
  int file = open_checked(at, header, length);
  if (file >= 0) return file;
  snprintf(at, sizeof at, "/proc/%d/root%s", (int)t->pid, path);
  file = open_checked(at, header, length);
  if (file >= 0) return file;
  snprintf(at, sizeof at, "/proc/%d/exe", (int)t->pid);
  return open_checked(at, header, length);
}

/* The path without the kernel's mark of a deleted file. */
static const char *plain_path(tracee *t, const maps_line *line) {
  static const char mark[] = " (deleted)";
  size_t length = strlen(line->path), tail = sizeof mark - 1;
  if (length > tail && strcmp(line->path + length - tail, mark) == 0 && !names_mapped_file(line->path, line))
    length -= tail;
  return bs_arena_strndup(&t->arena, line->path, length);
}

static tracee_elf *known_module(const tracee *t, uint64_t start, uint64_t identity) {
  for (uint32_t i = 0; i < t->modules.count; i++) {
    tracee_elf *e = t->modules.items[i];
    if (e->row.start == start && e->identity == identity) return e;
  }
  return NULL;
}

static tracee_elf *add_module(tracee *t, const tracee_elf *what) {
  tracee_elf *e = bs_arena_alloc(&t->arena, sizeof *e);
  *e = *what;
  e->row.pid = t->pid;
  if (!e->row.build_id) e->row.build_id = "";
  *bs_vec_push(&t->modules) = e;
  return e;
}

/* The module whose header lies at the mapping's start, or NULL. */
static tracee_elf *module_at(tracee *t, const maps_line *line) {
  char header[TRACEE_PAGE];
  size_t length = tracee_read(t, line->mapping.start, header, sizeof header);
  if (length < 64 || memcmp(header, "\177ELF", 4) != 0) return NULL;
  uint64_t identity = bs_hash_mix(bs_hash(header, length), bs_hash(line->path, strlen(line->path)));
  tracee_elf *found = known_module(t, line->mapping.start, identity);
  if (found) return found;
  tracee_elf e = {.identity = identity, .row = {.start = line->mapping.start, .file = -1}};
  if (!elf_read(t, line->mapping.start, header, length, &e)) return NULL;
  e.row.path = plain_path(t, line);
  e.row.file = open_hidden(t, line, e.row.path, header, length);
  return add_module(t, &e);
}

/* Executable memory without a header: code made at run time, or a file mapped by hand. */
static tracee_elf *module_of_code(tracee *t, const maps_line *line) {
  uint64_t identity = bs_hash(line->path, strlen(line->path));
  tracee_elf *found = known_module(t, line->mapping.start, identity);
  if (found) {
    if (found->row.end < line->mapping.end) found->row.end = line->mapping.end;
    return found;
  }
  tracee_elf e = {.identity = identity,
                  .row = {.start = line->mapping.start, .end = line->mapping.end, .file = -1}};
  if (line->inode && line->path[0] == '/') {
    e.row.path = plain_path(t, line);
    e.row.bias = line->mapping.start - line->mapping.offset;
  } else {
    e.row.path = line->path[0] == '[' ? bs_arena_strdup(&t->arena, line->path) : JIT_MODULE;
  }
  return add_module(t, &e);
}

/* Segments of one file follow each other; memory without a name between them (.bss, text moved to huge pages)
 * is theirs too. */
static bool continues(const tracee_elf *e, const char *path, const maps_line *line) {
  return e && line->mapping.start < e->row.end && (!*line->path || strcmp(path, line->path) == 0);
}

static void parse_maps(tracee *t) {
  char *text = bs_strdup(t->maps.text), *rest = text, *line_text;
  tracee_elf *current = NULL;
  const char *current_path = "";
  uint64_t layout = 0;
  t->mappings.count = 0;
  while ((line_text = strsep(&rest, "\n"))) {
    maps_line line;
    if (!parse_line(line_text, &line)) continue;
    tracee_elf *elf = continues(current, current_path, &line) ? current : NULL;
    bool named = line.inode || strcmp(line.path, "[vdso]") == 0;
    if (!elf && named && line.mapping.offset == 0 && line.mapping.readable && (elf = module_at(t, &line))) {
      current = elf;
      current_path = line.path;
    }
    if (!elf && line.mapping.executable) elf = module_of_code(t, &line);
    line.mapping.elf = elf;
    if (elf && elf->hdr) layout = bs_hash_mix(bs_hash_mix(layout, line.mapping.start), elf->identity);
    *bs_vec_push(&t->mappings) = line.mapping;
  }
  free(text);
  if (layout != t->layout) forget_pages(t);
  t->layout = layout;
}

static uint64_t now_ns(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

enum stack_result tracee_update(tracee *t, bool now) {
  uint64_t clock = now_ns();
  if (!now && t->maps_at && clock - t->maps_at < MAPS_FRESH_NS) return STACK_OK;
  char path[32];
  snprintf(path, sizeof path, "/proc/%d/maps", (int)t->pid);
  bs_strbuf text = BS_STRBUF_INIT;
  if (bs_strbuf_read_file(&text, path) != 0 || text.length == 0) {
    enum stack_result result = text.length || errno ? tracee_result(errno) : STACK_GONE;
    bs_strbuf_fini(&text);
    return result;
  }
  t->maps_at = clock;
  bool same = text.length == t->maps.length && memcmp(text.text, t->maps.text, text.length) == 0;
  bs_strbuf_fini(&t->maps);
  t->maps = text;
  if (!same) parse_maps(t);
  return STACK_OK;
}

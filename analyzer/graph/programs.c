/* Sets of programs: in which of the database's executables something is linked. A set is a number; equal sets
 * have the same one. Most databases hold one program, and everything is in PROGRAM_ANY. */
#include "analyzer/graph/program.h"

#include "base/hash.h"
#include "base/path.h"

#include <ctype.h>
#include <string.h>

static const uint64_t *words_of(const program *p, program_set s) {
  return &p->sets.words.items[(size_t)s * p->sets.width];
}

static program_set intern(program *p, const uint64_t *words) {
  program_sets *all = &p->sets;
  uint64_t hash = bs_hash(words, all->width * sizeof *words);
  for (;; hash++) { /* the next slot when two sets have one hash */
    bool fresh;
    uint32_t id = bs_map_add(&all->ids, hash, all->count, &fresh);
    if (!fresh && !memcmp(words_of(p, id), words, all->width * sizeof *words)) return id;
    if (!fresh) continue;
    for (uint32_t i = 0; i < all->width; i++) *bs_vec_push(&all->words) = words[i];
    return all->count++;
  }
}

void program_sets_init(program *p, uint32_t programs) {
  program_sets *all = &p->sets;
  all->width = programs / 64 + 1;
  uint64_t *words = bs_calloc(all->width, sizeof *words);
  intern(p, words); /* PROGRAM_NOWHERE */
  for (uint32_t i = 0; i < (programs ? programs : 1); i++) words[i / 64] |= UINT64_C(1) << i % 64;
  intern(p, words); /* PROGRAM_ANY */
  free(words);
}

void program_sets_fini(program *p) {
  bs_vec_fini(&p->sets.words);
  bs_map_fini(&p->sets.ids);
  bs_map_fini(&p->sets.known);
}

program_set program_set_of(program *p, uint32_t index) {
  uint64_t *words = bs_calloc(p->sets.width, sizeof *words);
  words[index / 64] = UINT64_C(1) << index % 64;
  program_set s = intern(p, words);
  free(words);
  return s;
}

bool program_set_has(const program *p, program_set s, uint32_t index) {
  return words_of(p, s)[index / 64] >> index % 64 & 1;
}

static program_set combine(program *p, program_set a, program_set b, bool join) {
  uint32_t known;
  uint64_t key = bs_map_key(a, b << 1 | join);
  if (bs_map_find(&p->sets.known, key, &known)) return known;
  uint64_t *words = bs_calloc(p->sets.width, sizeof *words);
  for (uint32_t i = 0; i < p->sets.width; i++)
    words[i] = join ? words_of(p, a)[i] | words_of(p, b)[i] : words_of(p, a)[i] & words_of(p, b)[i];
  program_set s = intern(p, words);
  free(words);
  bs_map_set(&p->sets.known, key, s);
  return s;
}

program_set program_set_meet(program *p, program_set a, program_set b) {
  if (a == b || b == PROGRAM_ANY) return a;
  if (a == PROGRAM_ANY) return b;
  if (a == PROGRAM_NOWHERE || b == PROGRAM_NOWHERE) return PROGRAM_NOWHERE;
  return combine(p, a, b, false);
}

program_set program_set_join(program *p, program_set a, program_set b) {
  if (a == b || b == PROGRAM_NOWHERE) return a;
  if (a == PROGRAM_NOWHERE) return b;
  if (a == PROGRAM_ANY || b == PROGRAM_ANY) return PROGRAM_ANY;
  return combine(p, a, b, true);
}

/* ---- names ---- */

/* "server" of "CMakeFiles/server.dir" and "src/server.p"; false for a folder that is no program's own. */
static bool name_of_group(const char *group, bs_strbuf *out) {
  const char *name = bs_path_basename(group);
  size_t length = strlen(name);
  if (length > 4 && !strcmp(name + length - 4, ".dir"))
    length -= 4;
  else if (length > 2 && !strcmp(name + length - 2, ".p"))
    length -= 2;
  else
    return false;
  bs_strbuf_add(out, name, length);
  return true;
}

/* The name of the file without its ending; of a "main.c" that of its folder. */
static void name_of_file(const char *file, bs_strbuf *out) {
  const char *base = bs_path_basename(file), *dot = strrchr(base, '.');
  size_t length = dot ? (size_t)(dot - base) : strlen(base);
  const char *end = base > file ? base - 1 : file, *start = end;
  while (start > file && start[-1] != '/') start--;
  bool plain = length == 4 && !memcmp(base, "main", 4) && end > start;
  bool generic = end - start == 3 && !memcmp(start, "src", 3);
  if (plain && generic && start > file) {
    end = start - 1;
    for (start = end; start > file && start[-1] != '/';) start--;
    generic = false;
  }
  if (plain && !generic)
    bs_strbuf_add(out, start, (size_t)(end - start));
  else
    bs_strbuf_add(out, base, length);
}

static bool word_among(const char *word, size_t length, const char *const *words) {
  for (; *words; words++)
    if (strlen(*words) == length && !strncasecmp(*words, word, length)) return true;
  return false;
}

/* Whether one of the words that a path is made of is among these. */
static bool path_says(const char *path, const char *const *words) {
  while (*path) {
    size_t length = strcspn(path, "/._-");
    if (word_among(path, length, words)) return true;
    path += length + (path[length] != 0);
  }
  return false;
}

/* What a file is for, by the words of its path. */
enum program_use program_use_of_path(const char *path) {
  static const char *const tests[] = {
      "test",    "tests",    "testing", "testsuite", "unittest",  "unittests",  "fuzz", "fuzzer",
      "fuzzing", "selftest", "check",   "bench",     "benchmark", "benchmarks", "t",    NULL};
  static const char *const tools[] = {"tool",    "tools", "example", "examples", "sample", "samples",
                                      "demo",    "demos", "contrib", "doc",      "docs",   "script",
                                      "scripts", "utils", "util",    NULL};
  if (path_says(path, tests)) return PROGRAM_TEST;
  return path_says(path, tools) ? PROGRAM_TOOL : PROGRAM_PRODUCT;
}

void program_name_mains(program *p) {
  for (uint32_t i = 0; i < p->executables.count; i++) {
    program_executable *e = &p->executables.items[i];
    const program_unit *u = &p->units.items[e->unit];
    bs_strbuf name = BS_STRBUF_INIT;
    if (!name_of_group(program_text(p, u->group), &name)) name_of_file(program_text(p, u->file), &name);
    e->use = program_use_of_path(program_text(p, u->file));
    if (e->use == PROGRAM_PRODUCT) e->use = program_use_of_path(name.text);
    e->name = bs_intern_add(&p->strings, name.text, name.length);
    bs_strbuf_fini(&name);
  }
}

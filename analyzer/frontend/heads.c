/* Counts beginnings: each prefix of each file's directives is a hash, and the longest that enough files have
 * is their head. */
#include "analyzer/frontend/heads.h"

#include "analyzer/frontend/language.h"
#include "base/hash.h"
#include "base/map.h"
#include "base/path.h"

#include <ctype.h>
#include <unistd.h>

/* A precompiled head costs about two parses of it and saves half of one and more: in C++ only what is used is
 * read back. */
enum { MIN_UNITS_C = 8, MIN_UNITS_CXX = 4 };

/* To open a precompiled head and take up what is in it costs a few milliseconds, as much as libc's usual
 * headers do (300 KB); redis' server.h reads 1.3 MB, nginx' ngx_core.h 2.6 MB. */
enum { LEAST_BYTES = 600 << 10 };

typedef struct directive {
  const char *from, *to; /* from '#' to the end of its last word */
  bool includes, is_quoted;
} directive;
typedef BS_VEC(directive) directive_list;

static const char *skip_blanks(const char *at, const char *end) {
  while (at < end && (*at == ' ' || *at == '\t')) at++;
  return at;
}

static bool starts(const char *at, const char *end, const char *word) {
  size_t length = strlen(word);
  return (size_t)(end - at) >= length && memcmp(at, word, length) == 0;
}

/* Behind white space and comments; NULL where a comment is not closed, or its line is continued. */
static const char *skip_comments(const char *at, const char *end) {
  for (;;) {
    while (at < end && isspace((unsigned char)*at)) at++;
    if (starts(at, end, "//")) {
      const char *line = memchr(at, '\n', (size_t)(end - at));
      if (!line) return end;
      if (line[-1] == '\\' || (line[-1] == '\r' && line[-2] == '\\')) return NULL;
      at = line;
    } else if (starts(at, end, "/*")) {
      at = memmem(at + 2, (size_t)(end - at - 2), "*/", 2);
      if (!at) return NULL;
      at += 2;
    } else {
      return at;
    }
  }
}

/* `#include <x>`, `#include "x"`, with nothing but a comment behind it. */
static bool read_include(directive *d, const char *at, const char *end) {
  char close = at < end && *at == '<' ? '>' : '"';
  if (at == end || (*at != '<' && *at != '"')) return false;
  const char *to = at + 1;
  while (to < end && *to != close && *to != '\n') to++;
  if (to == end || *to != close) return false;
  d->to = to + 1;
  d->includes = true;
  d->is_quoted = close == '"';
  at = skip_blanks(d->to, end);
  return at == end || *at == '\n' || *at == '\r' || starts(at, end, "//") || starts(at, end, "/*");
}

/* A `#define` of one line without literals, in which a comment could not be told from a text. */
static bool read_define(directive *d, const char *at, const char *end) {
  const char *line = memchr(at, '\n', (size_t)(end - at));
  if (!line) line = end;
  if (memchr(at, '\\', (size_t)(line - at)) || memchr(at, '"', (size_t)(line - at)) ||
      memchr(at, '\'', (size_t)(line - at)))
    return false;
  const char *to = at;
  while (to < line && !starts(to, line, "//") && !starts(to, line, "/*")) to++;
  while (to > at && isspace((unsigned char)to[-1])) to--;
  d->to = to;
  return to > at;
}

static bool read_directive(directive *d, const char *at, const char *end) {
  static const char include[] = "include", define[] = "define";
  if (at == end || *at != '#') return false;
  *d = (directive){.from = at};
  at = skip_blanks(at + 1, end);
  if (starts(at, end, include)) {
    at = skip_blanks(at + sizeof include - 1, end);
    return read_include(d, at, end);
  }
  if (!starts(at, end, define)) return false;
  at += sizeof define - 1;
  return at < end && (*at == ' ' || *at == '\t') && read_define(d, skip_blanks(at, end), end);
}

/* Up to `most` directives at the top of a text. */
static void read_head(directive_list *list, const char *text, size_t length, uint32_t most) {
  const char *at = text, *end = text + length;
  if (starts(at, end, "\xef\xbb\xbf")) at += 3;
  directive d;
  while (list->count < most && (at = skip_comments(at, end)) && read_directive(&d, at, end)) {
    *bs_vec_push(list) = d;
    at = d.to;
  }
}

size_t head_blank(char *text, size_t length, uint32_t directives) {
  directive_list list = {0};
  size_t end = 0;
  read_head(&list, text, length, directives);
  for (uint32_t i = 0; list.count == directives && i < list.count; i++) {
    end = (size_t)(list.items[i].to - text);
    memset(text + (list.items[i].from - text), ' ', (size_t)(list.items[i].to - list.items[i].from));
  }
  bs_vec_fini(&list);
  return end;
}

/* Planning. */

enum { MOST_DIRECTIVES = 64 };

typedef struct candidate {
  uint32_t entry;
  uint32_t first, count; /* in `hashes` */
  bool cxx;
} candidate;

typedef struct planning {
  head_plan *plan;
  const compdb *db;
  const char *resource_directory;
  BS_VEC(candidate) candidates;
  BS_VEC(uint64_t) hashes; /* of the first directive, of the first two … */
  bs_map units; /* how many have that hash */
  bs_map heads; /* index in plan->used by hash */
} planning;

/* What decides how a head is read: the command line and the folder. 0: there can be none. */
static uint64_t hash_command(const planning *p, const compdb_entry *entry, bs_arena *arena) {
  uint32_t count;
  const char *const *words = clang_arguments(arena, entry, p->resource_directory, &count);
  const char *folder = bs_path_dirname(arena, entry->file);
  uint64_t hash = bs_hash_mix(bs_hash(folder, strlen(folder)), (uint64_t)language_of_entry(entry));
  hash = bs_hash_mix(hash, bs_hash(entry->directory, strlen(entry->directory)));
  for (uint32_t i = 0; i < count; i++) {
    if (strstr(words[i], "-include-pch") || strstr(words[i], "-fmodule")) return 0;
    hash = bs_hash_mix(hash, bs_hash(words[i], strlen(words[i])));
  }
  return hash;
}

static void add_candidate(planning *p, uint32_t index) {
  const compdb_entry *entry = &p->db->entries.items[index];
  enum language language = language_of_entry(entry);
  if ((language != LANGUAGE_C && language != LANGUAGE_CXX) || entry->lost) return;
  bs_strbuf text = BS_STRBUF_INIT;
  bs_arena arena = {0};
  directive_list list = {0};
  uint64_t hash = hash_command(p, entry, &arena);
  if (hash && bs_path_is_file(entry->file) && bs_strbuf_read_file(&text, entry->file) == 0)
    read_head(&list, text.text, text.length, MOST_DIRECTIVES);
  candidate c = {index, p->hashes.count, list.count, language == LANGUAGE_CXX};
  for (uint32_t i = 0; i < list.count; i++) {
    const directive *d = &list.items[i];
    hash = bs_hash_mix(hash, bs_hash(d->from, (size_t)(d->to - d->from)));
    *bs_vec_push(&p->hashes) = hash;
    uint32_t seen = 0;
    bs_map_find(&p->units, hash, &seen);
    bs_map_set(&p->units, hash, seen + 1);
  }
  if (list.count) *bs_vec_push(&p->candidates) = c;
  bs_vec_fini(&list);
  bs_arena_fini(&arena);
  bs_strbuf_fini(&text);
}

/* A quoted header of the includer's folder: the head lies elsewhere. */
static void add_line(bs_strbuf *out, bs_arena *arena, const directive *d, const char *folder) {
  const char *open = d->is_quoted ? memchr(d->from, '"', (size_t)(d->to - d->from)) : NULL;
  if (open) {
    const char *name = bs_arena_strndup(arena, open + 1, (size_t)(d->to - open - 2));
    const char *path = bs_arena_printf(arena, "%s/%s", folder, name);
    if (name[0] != '/' && access(path, F_OK) == 0) {
      bs_strbuf_addf(out, "#include \"%s\"\n", path);
      return;
    }
  }
  bs_strbuf_add(out, d->from, (size_t)(d->to - d->from));
  bs_strbuf_addc(out, '\n');
}

/* The head of so many directives of an entry's file; NULL when they include nothing. */
static parse_head *make_head(planning *p, const compdb_entry *entry, uint32_t directives) {
  bs_strbuf text = BS_STRBUF_INIT, out = BS_STRBUF_INIT;
  bs_arena *arena = &p->plan->arena;
  const char *folder = bs_path_dirname(arena, entry->file);
  directive_list list = {0};
  bool includes = false;
  if (bs_strbuf_read_file(&text, entry->file) == 0) read_head(&list, text.text, text.length, directives);
  for (uint32_t i = 0; i < list.count; i++) {
    includes |= list.items[i].includes;
    add_line(&out, arena, &list.items[i], folder);
  }
  parse_head *head = NULL;
  if (includes && list.count == directives) {
    head = bs_arena_alloc(arena, sizeof *head);
    *head = (parse_head){
        .text = bs_arena_strdup(arena, out.text), .directives = directives, .least_bytes = LEAST_BYTES};
  }
  bs_vec_fini(&list);
  bs_strbuf_fini(&text);
  bs_strbuf_fini(&out);
  return head;
}

static void choose(planning *p, const candidate *c) {
  enum { NONE = UINT32_MAX - 1 };
  uint32_t least = c->cxx ? MIN_UNITS_CXX : MIN_UNITS_C, units = 0, count = c->count;
  for (; count; count--)
    if (bs_map_find(&p->units, p->hashes.items[c->first + count - 1], &units) && units >= least) break;
  if (!count) return;
  bool is_new;
  uint64_t hash = p->hashes.items[c->first + count - 1];
  uint32_t index = bs_map_add(&p->heads, hash, NONE, &is_new);
  if (is_new) {
    parse_head *head = make_head(p, &p->db->entries.items[c->entry], count);
    index = head ? p->plan->used.count : NONE;
    if (head) *bs_vec_push(&p->plan->used) = head;
    bs_map_set(&p->heads, hash, index);
  }
  if (index != NONE) p->plan->heads[c->entry] = p->plan->used.items[index];
}

void heads_find(head_plan *plan, const compdb *db, const uint32_t *entries, uint32_t count,
                const char *resource_directory) {
  planning p = {.plan = plan, .db = db, .resource_directory = resource_directory};
  plan->heads = bs_calloc(db->entries.count, sizeof(parse_head *));
  for (uint32_t i = 0; i < count; i++) add_candidate(&p, entries[i]);
  for (uint32_t i = 0; i < p.candidates.count; i++) choose(&p, &p.candidates.items[i]);
  bs_vec_fini(&p.candidates);
  bs_vec_fini(&p.hashes);
  bs_map_fini(&p.units);
  bs_map_fini(&p.heads);
}

void heads_place(head_plan *plan, const char *folder) {
  for (uint32_t i = 0; i < plan->used.count; i++)
    plan->used.items[i]->path = bs_arena_printf(&plan->arena, "%s/head-%u", folder, i);
}

void heads_fini(head_plan *plan) {
  free(plan->heads);
  bs_vec_fini(&plan->used);
  bs_arena_fini(&plan->arena);
  *plan = (head_plan){0};
}

/* Finds sources that the compile database lacks: store.h declares a function that a callback calls, store.c
 * beside it defines it, and no entry names store.c. A scan would pass over what it does without a word. */
#include "analyzer/driver/missing.h"

#include "base/path.h"
#include "base/strbuf.h"
#include "reports/model/completeness.h"

#include <ctype.h>
#include <string.h>
#include <unistd.h>

typedef struct search {
  analysis *a;
  bs_strbuf names;
  uint32_t count;
} search;

/* Whether a text has the name, then an open parenthesis, somewhere: as a definition or a call. */
static bool mentions(const char *text, const char *name) {
  size_t length = strlen(name);
  for (const char *s = strstr(text, name); s; s = strstr(s + 1, name)) {
    if (s > text && (isalnum((unsigned char)s[-1]) || s[-1] == '_')) continue;
    const char *next = s + length + strspn(s + length, " \t\n");
    if (*next == '(') return true;
  }
  return false;
}

static bool is_in_database(const analysis *a, const char *path) {
  for (uint32_t i = 0; i < a->db.entries.count; i++)
    if (!strcmp(a->db.entries.items[i].file, path)) return true;
  return false;
}

/* The file that defines what a header declares: of its name, beside it. NULL when there is none, or when it
 * is compiled. */
static const char *source_of(const analysis *a, bs_arena *arena, const char *header, const char *function) {
  static const char *const endings[] = {".c", ".cc", ".cpp", ".cxx"};
  const char *dot = strrchr(header, '.');
  if (!dot || strchr(dot, '/')) return NULL;
  for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
    const char *path = bs_arena_printf(arena, "%s/%.*s%s", a->root, (int)(dot - header), header, endings[i]);
    bs_strbuf text = BS_STRBUF_INIT;
    if (access(path, R_OK) || is_in_database(a, path)) continue;
    bool defines = bs_strbuf_read_file(&text, path) == 0 && mentions(text.text, function);
    bs_strbuf_fini(&text);
    if (defines) return path + strlen(a->root) + 1;
  }
  return NULL;
}

static void add(void *context, const char *function, const char *header) {
  enum { NAMED = 3 };
  search *s = context;
  bs_arena arena = {0};
  const char *base = strrchr(function, ':');
  const char *source = *header == '/' ? NULL : source_of(s->a, &arena, header, base ? base + 1 : function);
  if (source && s->count++ < NAMED)
    bs_strbuf_addf(&s->names, "%s%s() of %s", s->count > 1 ? ", " : "", function, source);
  bs_arena_fini(&arena);
}

void missing_report(analysis *a, report_document *document) {
  search s = {.a = a, .names = BS_STRBUF_INIT};
  if (a->has_db && a->checker) check_undefined(a->checker, add, &s);
  if (s.count) {
    const char *text = bs_arena_printf(
        &document->arena, "%u function%s that callbacks call %s in no unit of the compile database: %s%s",
        s.count, s.count == 1 ? "" : "s", s.count == 1 ? "is" : "are", s.names.text,
        s.count > 3 ? ", …" : "");
    report_add_gap(document, "lost-input", text)->hint =
        "Make the database again, with all files of the program";
  }
  bs_strbuf_fini(&s.names);
}

/* Looks for the paths in a complaint, and for categories by libclang's numbers. */
#include "analyzer/frontend/quote.h"

#include "base/path.h"
#include "base/strbuf.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* Whether a file (absolute, normalised) is the project's or the system's. */
static bool may_read(const char *root, const char *path) {
  /* Where compilers and packages put headers. Not what -isystem names: the change may have written that. */
  static const char *const folders[] = {
      "/usr/include",   "/usr/lib",           "/usr/lib32", "/usr/lib64", "/usr/local/include",
      "/usr/local/lib", "/usr/share/libtool", "/opt",       "/nix/store", "/gnu/store"};
  if (bs_path_relative(root, path) != path) return true;
  for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
    if (bs_path_relative(folders[i], path) != path) return true;
  /* The headers of a cross compiler: /usr/arm-none-eabi/include, /usr/lib/… is above. */
  return !strncmp(path, "/usr/", 5) && strstr(path, "/include/");
}

/* The word "embed", also when its line is cut in two. Comments count: this is asked of broken units only. */
static bool has_embed(const char *text, size_t length) {
  bs_strbuf joined = BS_STRBUF_INIT;
  for (size_t i = 0; i < length; i++) {
    size_t end = i + 1;
    while (text[i] == '\\' && end < length && (text[end] == ' ' || text[end] == '\t' || text[end] == '\r'))
      end++;
    if (text[i] == '\\' && end < length && text[end] == '\n')
      i = end;
    else
      bs_strbuf_addc(&joined, text[i] ? text[i] : ' ');
  }
  bool found = false;
  for (const char *at = joined.text; !found && (at = strstr(at, "embed")); at += 5) {
    unsigned char before = at == joined.text ? ' ' : (unsigned char)at[-1], after = (unsigned char)at[5];
    found = !isalnum(before) && before != '_' && !isalnum(after) && after != '_';
  }
  bs_strbuf_fini(&joined);
  return found;
}

typedef struct looking {
  quoting *q;
  CXTranslationUnit unit;
  const char *root; /* of the project, without symbolic links */
} looking;

/* A symbolic link in the project may lead anywhere: what counts is where it leads. A file without a place on
 * the disk is one of an overlay, and is known by its name. */
static const char *real_path(const quoting *q, const char *path) {
  char *real = realpath(path, NULL);
  const char *copy = real ? bs_arena_strdup(q->arena, real) : path;
  free(real);
  return copy;
}

static void look_at_file(CXFile file, CXSourceLocation *stack, unsigned depth, CXClientData data) {
  const looking *l = data;
  (void)stack, (void)depth;
  CXString name = clang_getFileName(file);
  const char *path = bs_path_normalise(l->q->arena, l->q->directory, clang_getCString(name));
  clang_disposeString(name);
  const char *real = real_path(l->q, path);
  if (bs_path_relative(l->root, real) != real) {
    size_t length = 0;
    const char *text = clang_getFileContents(l->unit, file, &length);
    l->q->reads_foreign |= text && has_embed(text, length);
  } else {
    l->q->reads_foreign |= !may_read(l->root, real);
  }
}

void quote_prepare(quoting *q, CXTranslationUnit unit) {
  looking l = {q, unit, real_path(q, q->root)};
  clang_getInclusions(unit, look_at_file, &l);
}

static const char *take(bs_arena *arena, CXString string) {
  const char *text = clang_getCString(string);
  const char *copy = bs_arena_strdup(arena, text ? text : "");
  clang_disposeString(string);
  return copy;
}

/* The name of a header that is not there stands in the file that includes it. */
static bool is_about_a_name(const char *text) { return strstr(text, "file not found") != NULL; }

const char *quote_diagnostic(const quoting *q, CXDiagnostic diagnostic, const char *path) {
  const char *text = take(q->arena, clang_getDiagnosticSpelling(diagnostic));
  if (!path || (may_read(q->root, path) && (!q->reads_foreign || is_about_a_name(text)))) return text;
  const char *category = take(q->arena, clang_getDiagnosticCategoryText(diagnostic));
  return bs_arena_printf(q->arena, "%s (the unit reads files outside the project, so the text is not shown)",
                         *category ? category : "error");
}

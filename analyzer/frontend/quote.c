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
  if (strstr(path, "/.")) return false; /* /opt/runner/.credentials */
  for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
    if (bs_path_relative(folders[i], path) != path) return true;
  /* The headers of a cross compiler: /usr/arm-none-eabi/include, /usr/lib/… is above. */
  return !strncmp(path, "/usr/", 5) && strstr(path, "/include/");
}

/* The length of what clang takes for nothing: a backslash, or its trigraph, with white space and the end of a
 * line behind it; 0 for anything else. */
static size_t splice_length(const char *text, size_t length) {
  size_t end = length && *text == '\\'                                            ? 1
               : length > 2 && text[0] == '?' && text[1] == '?' && text[2] == '/' ? 3
                                                                                  : 0;
  if (!end) return 0;
  while (end < length && text[end] && strchr(" \t\v\f", text[end])) end++;
  if (end == length || (text[end] != '\n' && text[end] != '\r')) return 0;
  bool pair =
      end + 1 < length && text[end + 1] != text[end] && text[end + 1] && strchr("\r\n", text[end + 1]);
  return end + 1 + pair;
}

/* The word "embed", also when its line is cut in two. Comments count: this is asked of broken units, and of
 * strangers'. */
static bool has_embed(const char *text, size_t length) {
  bs_strbuf joined = BS_STRBUF_INIT;
  for (size_t i = 0; i < length;) {
    size_t splice = splice_length(text + i, length - i);
    if (!splice) bs_strbuf_addc(&joined, text[i] ? text[i] : ' ');
    i += splice ? splice : 1;
  }
  bool found = false;
  for (const char *at = joined.text; !found && (at = strstr(at, "embed")); at += 5) {
    unsigned char before = at == joined.text ? ' ' : (unsigned char)at[-1], after = (unsigned char)at[5];
    found = !isalnum(before) && before != '_' && !isalnum(after) && after != '_';
  }
  bs_strbuf_fini(&joined);
  return found;
}

/* Where a file is, which a symbolic link in the project may have elsewhere than its name says: "link/../x" is
 * not beside the link. NULL where that cannot be told. A file of an overlay has no place on the disk, and is
 * known by its name. */
static const char *real_path(const quoting *q, const char *name) {
  const char *path = *name == '/' ? name : bs_arena_printf(q->arena, "%s/%s", q->directory, name);
  char *real = realpath(path, NULL);
  const char *copy = real ? bs_arena_strdup(q->arena, real) : NULL;
  free(real);
  return copy || !q->has_overlay ? copy : bs_path_normalise(q->arena, q->directory, name);
}

static const char *real_root(const quoting *q) {
  const char *root = real_path(q, q->root);
  return root ? root : q->root;
}

static const char *place_of(const quoting *q, CXFile file) {
  CXString name = clang_getFileName(file);
  const char *text = clang_getCString(name), *place = text ? real_path(q, text) : NULL;
  clang_disposeString(name);
  return place;
}

typedef struct looking {
  quoting *q;
  const char *root; /* of the project, without symbolic links */
} looking;

static void look_at_file(CXFile file, CXSourceLocation *stack, unsigned depth, CXClientData data) {
  const looking *l = data;
  (void)stack, (void)depth;
  const char *place = place_of(l->q, file);
  if (place && bs_path_relative(l->root, place) != place) {
    size_t length = 0;
    const char *text = clang_getFileContents(l->q->unit, file, &length);
    l->q->reads_foreign |= text && has_embed(text, length);
  } else {
    l->q->reads_foreign |= !place || !may_read(l->root, place);
  }
}

void quote_prepare(quoting *q) {
  looking l = {q, real_root(q)};
  clang_getInclusions(q->unit, look_at_file, &l);
}

static const char *take(bs_arena *arena, CXString string) {
  const char *text = clang_getCString(string);
  const char *copy = bs_arena_strdup(arena, text ? text : "");
  clang_disposeString(string);
  return copy;
}

/* Whether it is about a header that is not there, whose name stands in the file, to the letter: a macro of
 * another file may give one as well, and an assertion may have the words. */
static bool is_about_own_name(const quoting *q, CXFile file, unsigned offset, const char *text) {
  size_t length = 0;
  const char *end = strstr(text, "' file not found"), *source = clang_getFileContents(q->unit, file, &length);
  if (*text != '\'' || !end || !source || offset >= length) return false;
  size_t n = (size_t)(end - text) - 1;
  const char *name = source + offset;
  return n + 2 <= length - offset && (*name == '"' || *name == '<') && !memcmp(name + 1, text + 1, n) &&
         (name[n + 1] == '"' || name[n + 1] == '>');
}

const char *quote_diagnostic(const quoting *q, CXDiagnostic diagnostic) {
  CXFile file;
  unsigned offset;
  const char *text = take(q->arena, clang_getDiagnosticSpelling(diagnostic));
  clang_getFileLocation(clang_getDiagnosticLocation(diagnostic), &file, NULL, NULL, &offset);
  if (!file) return text;
  const char *place = place_of(q, file);
  bool own = place && may_read(real_root(q), place);
  if (own && (!q->reads_foreign || is_about_own_name(q, file, offset, text))) return text;
  const char *category = take(q->arena, clang_getDiagnosticCategoryText(diagnostic));
  return bs_arena_printf(q->arena, "%s (the unit reads files outside the project, so the text is not shown)",
                         *category ? category : "error");
}

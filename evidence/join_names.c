/* Takes a name apart where the spellings differ: templates, scopes, clones, prefixes of the C library. */
#include "evidence/join_names.h"

#include <string.h>

static bool ends_with(const bs_strbuf *text, const char *end) {
  size_t length = strlen(end);
  return text->length >= length && !strcmp(text->text + text->length - length, end);
}

static bool starts_with(const char *text, const char *start) { return !strncmp(text, start, strlen(start)); }

/* Behind the bracket that closes the one at `p`, or the end. */
static const char *skip_brackets(const char *p) {
  int depth = 0;
  for (; *p; p++) {
    if (strchr("(<{", *p)) depth++;
    if (strchr(")>}", *p) && !(*p == '>' && p[-1] == '-') && --depth == 0) return p + 1;
  }
  return p;
}

/* What stands at a bracket: appends what belongs to the name, returns where to go on; NULL where the name
 * ends. */
static const char *at_bracket(const char *p, bs_strbuf *out) {
  if (*p == '{') { /* a closure */
    bs_strbuf_adds(out, "{}");
    return skip_brackets(p);
  }
  if (ends_with(out, "operator")) {
    size_t length = *p == '(' ? 2 : strspn(p, "<=>");
    bs_strbuf_add(out, p, length);
    return p + length;
  }
  const char *unnamed = "(anonymous namespace)::";
  if (!strncmp(p, unnamed, strlen(unnamed))) return p + strlen(unnamed);
  const char *behind = skip_brackets(p);
  if (starts_with(behind, " const::")) behind += strlen(" const");
  return *p == '(' && strncmp(behind, "::", 2) != 0 ? NULL : behind;
}

/* A closure as the scan, g++ and clang++ call it, the part of a name at `p`. */
static bool is_closure(const char *p) {
  return starts_with(p, "{}") || starts_with(p, "lambda#") || starts_with(p, "$_") ||
         starts_with(p, "'lambda");
}

/* Closures as "{}", and what they call is they themselves: "run::{}::_FUN" and "run::lambda#1" are "run::{}".
 */
static void name_closures(bs_strbuf *name) {
  static const char *const calls[] = {"_FUN", "operator()", "__invoke", "__invoke_impl"};
  char *to = name->text, *p = name->text;
  bool after_closure = false;
  while (*p) {
    char *end = strstr(p, "::");
    size_t length = end ? (size_t)(end - p) : strlen(p);
    bool closure = is_closure(p), call = false;
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++)
      call |= after_closure && length == strlen(calls[i]) && starts_with(p, calls[i]);
    if (!call && to > name->text) to = (char *)memcpy(to, "::", 2) + 2;
    if (closure)
      to = (char *)memcpy(to, "{}", 2) + 2;
    else if (!call)
      to = (char *)memmove(to, p, length) + length;
    after_closure = closure;
    p += length + (end ? 2 : 0);
  }
  *to = 0;
  name->length = (size_t)(to - name->text);
}

static void plain_name(const char *name, bs_strbuf *out) {
  bs_strbuf_clear(out);
  if (!strpbrk(name, "(< ")) {
    size_t length = strcspn(name, ".@");
    bs_strbuf_add(out, name, length ? length : strlen(name));
    return;
  }
  for (const char *p = name; p && *p;) {
    if (strchr("(<{", *p)) {
      p = at_bracket(p, out);
    } else if (*p == ' ' && ends_with(out, "operator")) {
      bs_strbuf_addc(out, *p++);
    } else if (*p == ' ' && p[1] == '<') { /* operator<< <char> */
      p++;
    } else if (*p == ' ' && p[1] == '[') { /* [clone …] */
      break;
    } else if (strchr(" *&", *p) && !ends_with(out, "operator")) {
      bs_strbuf_clear(out); /* what came before was the result's type */
      p++;
    } else {
      bs_strbuf_addc(out, *p++);
    }
  }
}

void join_function_name(const char *name, bs_strbuf *out) {
  plain_name(name, out);
  if (strpbrk(out->text, "{#$'")) name_closures(out);
}

/* Cuts one of the beginnings, or of the endings, off. */
static bool cut_start(bs_strbuf *name, const char *start) {
  size_t length = strlen(start);
  if (strncmp(name->text, start, length) != 0 || name->length == length) return false;
  memmove(name->text, name->text + length, name->length - length + 1);
  name->length -= length;
  return true;
}

static bool cut_end(bs_strbuf *name, const char *end) {
  size_t length = strlen(end);
  if (!ends_with(name, end) || name->length == length) return false;
  name->text[name->length -= length] = 0;
  return true;
}

void join_api_name(const char *name, bs_strbuf *out) {
  static const char *const starts[] = {"_", "GI_", "libc_", "isoc99_", "isoc23_", "IO_new_", "IO_"};
  static const char *const ends[] = {"_chk", "64", "_nocancel"};
  join_function_name(name, out);
  bool again;
  do {
    again = false;
    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++) again |= cut_start(out, starts[i]);
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) again |= cut_end(out, ends[i]);
  } while (again);
}

const char *join_last_name(const char *name) {
  const char *last = name;
  for (const char *p; (p = strstr(last, "::"));) last = p + 2;
  return last;
}

bool join_same_name(const char *a, const char *b) {
  size_t x = strlen(a), y = strlen(b);
  if (x < y) {
    const char *swap = a;
    a = b;
    b = swap;
    size_t length = x;
    x = y;
    y = length;
  }
  if (strcmp(a + (x - y), b) != 0 || !y) return false;
  return x == y || (x - y >= 2 && !strncmp(a + (x - y) - 2, "::", 2));
}

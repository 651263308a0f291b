/* Reads unified diffs, and git's names in them. */
#include "evidence/patch.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void patch_init(patch *p) {
  *p = (patch){0};
  bs_intern_init(&p->files);
}

void patch_fini(patch *p) {
  bs_intern_fini(&p->files);
  bs_map_fini(&p->lines);
}

void patch_add_file(patch *p, const char *file) {
  bs_map_set(&p->lines, bs_map_key(bs_intern_adds(&p->files, file), 0), 1);
}

bool patch_has(const patch *p, const char *file, unsigned line) {
  uint32_t id = bs_intern_find(&p->files, file, strlen(file)), there;
  if (id == UINT32_MAX || !line) return false;
  return bs_map_find(&p->lines, bs_map_key(id, line), &there) ||
         bs_map_find(&p->lines, bs_map_key(id, 0), &there);
}

/* The character behind a backslash in a path that git has quoted; moves *at behind it. */
static char unescape(const char **at) {
  static const char letters[] = "abfnrtv", values[] = "\a\b\f\n\r\t\v";
  if (**at >= '0' && **at <= '7') {
    int value = 0;
    for (int i = 0; i < 3 && **at >= '0' && **at <= '7'; i++) value = value * 8 + *(*at)++ - '0';
    return (char)value;
  }
  const char *letter = strchr(letters, **at);
  char c = letter && *letter ? values[letter - letters] : **at;
  if (**at) ++*at;
  return c;
}

/* The path of a line "+++ b/src/a.c", which may be in quotes, or followed by a tab and a date. */
static const char *read_path(bs_arena *arena, const char *at) {
  bs_strbuf path = BS_STRBUF_INIT;
  if (*at == '"') {
    for (at++; *at && *at != '"' && *at != '\n';)
      if (*at == '\\') {
        at++;
        bs_strbuf_addc(&path, unescape(&at));
      } else {
        bs_strbuf_addc(&path, *at++);
      }
  } else {
    bs_strbuf_add(&path, at, strcspn(at, "\t\r\n"));
  }
  const char *text = bs_arena_strndup(arena, path.text, path.length);
  bs_strbuf_fini(&path);
  return !strncmp(text, "b/", 2) ? text + 2 : text;
}

typedef struct hunk {
  unsigned old_left, new_left, line; /* lines still to come on both sides; the next one's number */
} hunk;

static unsigned read_number(const char **at, unsigned otherwise) {
  if (!isdigit((unsigned char)**at)) return otherwise;
  char *end;
  unsigned long value = strtoul(*at, &end, 10);
  *at = end;
  return value > UINT32_MAX / 2 ? UINT32_MAX / 2 : (unsigned)value;
}

/* "@@ -12,3 +14,5 @@": a missing count is 1. */
static bool read_head(const char *at, hunk *h) {
  if (strncmp(at, "@@ -", 4) != 0) return false;
  at += 4;
  read_number(&at, 0);
  h->old_left = *at == ',' ? (at++, read_number(&at, 0)) : 1;
  if (strncmp(at, " +", 2) != 0) return false;
  at += 2;
  h->line = read_number(&at, 0);
  h->new_left = *at == ',' ? (at++, read_number(&at, 0)) : 1;
  return !strncmp(at, " @@", 3);
}

static void read_line(patch *p, uint32_t file, const char *at, hunk *h) {
  if (*at == '+') {
    if (file) bs_map_set(&p->lines, bs_map_key(file, h->line), 1);
    h->line++;
    h->new_left -= h->new_left > 0;
  } else if (*at == '-') {
    h->old_left -= h->old_left > 0;
  } else if (*at != '\\') { /* "\ No newline at end of file" is no line */
    h->line++;
    h->new_left -= h->new_left > 0;
    h->old_left -= h->old_left > 0;
  }
}

bool patch_read(patch *p, const char *text, patch_name *name, void *context, bs_error *error) {
  bs_arena arena = {0};
  uint32_t file = 0; /* "": /dev/null, or none yet */
  hunk h = {0};
  for (const char *at = text; *at; at += strcspn(at, "\n"), at += *at == '\n') {
    if (h.old_left || h.new_left) {
      read_line(p, file, at, &h);
    } else if (!strncmp(at, "+++ ", 4)) {
      const char *path = read_path(&arena, at + 4);
      file = strcmp(path, "/dev/null") ? bs_intern_adds(&p->files, name(context, &arena, path)) : 0;
    } else {
      hunk next = {0};
      if (read_head(at, &next)) h = next;
    }
  }
  bs_arena_fini(&arena);
  return (!h.old_left && !h.new_left) || bs_error_set(error, "the patch ends within a hunk");
}

bool patch_is_one(const char *text) {
  static const char *const beginnings[] = {
      "diff ", "+++ ", "@@ -", "Index: ", "Binary files ", "Only in ", "commit "};
  if (!text[strspn(text, " \t\r\n")]) return true;
  for (const char *at = text; *at; at += strcspn(at, "\n"), at += *at == '\n')
    for (size_t i = 0; i < sizeof beginnings / sizeof *beginnings; i++)
      if (!strncmp(at, beginnings[i], strlen(beginnings[i]))) return true;
  return false;
}

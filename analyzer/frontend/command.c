/* The quoting of POSIX shells and of response files, which differ. */
#include "analyzer/frontend/command.h"

#include "base/path.h"

#include <stdio.h>
#include <sys/stat.h>

/* How a backslash is taken. The shell: literally between single quotes, and between double quotes before
 * all but a few characters. GCC's response files ("Overall Options" of its manual): it always takes the
 * next character as it is. Windows: it is a part of a path but before a double quote. */
enum quoting { SHELL, RESPONSE_FILE, WINDOWS };

static bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\v' || c == '\f';
}

static bool escapes(enum quoting quoting, char quote, char next) {
  if (quoting == RESPONSE_FILE) return next != 0;
  if (quoting == WINDOWS) return next == '"';
  if (quote == '\'') return false;
  if (quote == '"') return next && strchr("$`\"\\\n", next);
  return next != 0;
}

/* Appends one word; returns what follows it. `text` is at its first character. */
static const char *take_word(bs_strbuf *word, const char *text, enum quoting quoting) {
  char quote = 0;
  for (; *text && (quote || !is_space(*text)); text++) {
    if (*text == '\\' && escapes(quoting, quote, text[1])) {
      text++;
      if (quoting == RESPONSE_FILE || *text != '\n') bs_strbuf_addc(word, *text);
    } else if (quote ? *text == quote : *text == '"' || (*text == '\'' && quoting != WINDOWS)) {
      quote = quote ? 0 : *text;
    } else {
      bs_strbuf_addc(word, *text);
    }
  }
  return text;
}

static void split(bs_arena *arena, const char *text, enum quoting quoting, path_list *words) {
  bs_strbuf word = BS_STRBUF_INIT;
  for (;;) {
    while (is_space(*text)) text++;
    if (!*text) break;
    bs_strbuf_clear(&word);
    text = take_word(&word, text, quoting);
    *bs_vec_push(words) = bs_arena_strndup(arena, word.text, word.length);
  }
  bs_strbuf_fini(&word);
}

void command_split(bs_arena *arena, const char *command, path_list *words) {
  split(arena, command, SHELL, words);
}

void command_split_windows(bs_arena *arena, const char *command, path_list *words) {
  split(arena, command, WINDOWS, words);
}

enum { MAX_DEPTH = 16, MAX_WORDS = 1 << 18, MAX_FILE = 64 << 20 };

/* CMake writes a map of modules for each unit of a target with some, and most are empty. */
static bool may_be_empty(const char *path) {
  const char *dot = strrchr(path, '.');
  return dot && strcmp(dot, ".modmap") == 0;
}

static bool read_response(const char *path, bs_strbuf *text) {
  struct stat st;
  if (stat(path, &st) != 0 || !S_ISREG(st.st_mode) || st.st_size > MAX_FILE) return false;
  return (st.st_size || may_be_empty(path)) && bs_strbuf_read_file(text, path) == 0;
}

typedef struct expansion {
  bs_arena *arena;
  const char *directory;
  path_list *out;
  const char *missing;
} expansion;

static void expand_word(expansion *x, const char *word, int depth) {
  if (x->out->count >= MAX_WORDS) return;
  if (word[0] != '@' || !word[1]) {
    *bs_vec_push(x->out) = word;
    return;
  }
  bs_strbuf text = BS_STRBUF_INIT;
  path_list words = {0};
  if (depth < MAX_DEPTH && read_response(bs_path_normalise(x->arena, x->directory, word + 1), &text))
    split(x->arena, text.text, RESPONSE_FILE, &words);
  else if (!x->missing)
    x->missing = word + 1;
  for (uint32_t i = 0; i < words.count; i++) expand_word(x, words.items[i], depth + 1);
  bs_vec_fini(&words);
  bs_strbuf_fini(&text);
}

const char *command_expand(bs_arena *arena, const char *directory, path_list *words) {
  uint32_t i = 1;
  while (i < words->count && words->items[i][0] != '@') i++;
  if (i >= words->count) return NULL;
  path_list out = {0};
  expansion x = {arena, directory, &out, NULL};
  for (i = 0; i < words->count; i++) {
    if (i == 0)
      *bs_vec_push(&out) = words->items[0];
    else
      expand_word(&x, words->items[i], 0);
  }
  bs_vec_fini(words);
  *words = out;
  return x.missing;
}

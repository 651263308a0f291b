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

enum { MAX_DEPTH = 16, MAX_FILES = 1024, MAX_WORDS = 1 << 18, MAX_FILE = 64 << 20 };

/* CMake writes a map of modules for each unit of a target with some, and most are empty. */
static bool may_be_empty(const char *path) {
  const char *dot = strrchr(path, '.');
  return dot && strcmp(dot, ".modmap") == 0;
}

static bool read_response(const char *path, bs_strbuf *text) {
  struct stat st;
  if (stat(path, &st) != 0 || !S_ISREG(st.st_mode) || st.st_size > MAX_FILE) return false;
  return bs_strbuf_read_file(text, path) == 0;
}

/* Whether there are words in it, and all can be seen: a zero byte would hide those behind. */
static bool has_words(const bs_strbuf *text) {
  size_t blank = 0;
  while (blank < text->length && is_space(text->text[blank])) blank++;
  return blank < text->length && !memchr(text->text, 0, text->length);
}

static void put_character(bs_strbuf *out, unsigned c) {
  if (c < 0x80) {
    bs_strbuf_addc(out, (char)c);
    return;
  }
  if (c < 0x800) {
    bs_strbuf_addc(out, (char)(0xc0 | c >> 6));
  } else {
    bs_strbuf_addc(out, (char)(0xe0 | c >> 12));
    bs_strbuf_addc(out, (char)(0x80 | (c >> 6 & 0x3f)));
  }
  bs_strbuf_addc(out, (char)(0x80 | (c & 0x3f)));
}

/* Build systems of Windows write response files with a mark of their encoding in front, also in UTF-16. (Of
 * that, characters outside the first 65,536 are none that a path has.) */
static void drop_mark(bs_strbuf *text) {
  const unsigned char *bytes = (const unsigned char *)text->text;
  bool little = text->length >= 2 && bytes[0] == 0xff && bytes[1] == 0xfe;
  bool big = text->length >= 2 && bytes[0] == 0xfe && bytes[1] == 0xff;
  bs_strbuf out = BS_STRBUF_INIT;
  size_t start = text->length >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
  if (!little && !big && !start) return;
  if (start) bs_strbuf_add(&out, text->text + start, text->length - start);
  for (size_t i = 2; !start && i + 1 < text->length; i += 2)
    put_character(&out,
                  little ? bytes[i] | (unsigned)bytes[i + 1] << 8 : bytes[i + 1] | (unsigned)bytes[i] << 8);
  bs_strbuf_fini(text);
  *text = out;
}

typedef struct expansion {
  bs_arena *arena;
  const char *directory;
  path_list *out;
  const char *missing;
  enum quoting quoting;
  unsigned files; /* read so far: one that names itself thrice would be read for ever */
} expansion;

static void expand_word(expansion *x, const char *word, int depth) {
  if (word[0] != '@' || !word[1]) {
    *bs_vec_push(x->out) = word;
    return;
  }
  bs_strbuf text = BS_STRBUF_INIT;
  path_list words = {0};
  const char *path = bs_path_normalise(x->arena, x->directory, word + 1);
  bool good = depth < MAX_DEPTH && x->files++ < MAX_FILES && read_response(path, &text);
  if (good) {
    drop_mark(&text);
    good = has_words(&text) || (!text.length && may_be_empty(path));
    if (good) split(x->arena, text.text, x->quoting, &words);
  }
  if (x->out->count + words.count > MAX_WORDS) {
    words.count = 0;
    good = false;
  }
  if (!good && !x->missing) x->missing = word + 1;
  for (uint32_t i = 0; i < words.count; i++) expand_word(x, words.items[i], depth + 1);
  bs_vec_fini(&words);
  bs_strbuf_fini(&text);
}

/* Blanks out what a configuration file of clang's says in comments, and joins continued lines. */
static void blank_comments(char *text) {
  bool starts = true;
  for (char *c = text; *c; c++) {
    bool comment = starts && *c == '#';
    while (comment && *c && *c != '\n') *c++ = ' ';
    if (!*c) break;
    size_t end = *c == '\\' ? 1 + (c[1] == '\r') : 0;
    if (end && c[end] == '\n') {
      memset(c, ' ', end + 1);
      c += end;
      continue;
    }
    starts = *c == '\n' || (starts && is_space(*c));
  }
}

static const char *expand_folder(bs_arena *arena, const char *folder, const char *word) {
  static const char mark[] = "<CFGDIR>";
  size_t done = 0; /* the folder's own name may hold the mark */
  for (const char *at; (at = strstr(word + done, mark));) {
    size_t before = (size_t)(at - word);
    word = bs_arena_printf(arena, "%.*s%s%s", (int)before, word, folder, at + sizeof mark - 1);
    done = before + strlen(folder);
  }
  return word;
}

/* Adds the words of a configuration file: lines may be comments, "<CFGDIR>" is the file's folder, and what
 * "@file" names is another one, relative to it. One that cannot be read stays as it is. */
static bool add_configuration(bs_arena *arena, const char *path, path_list *out, int depth, unsigned *files) {
  bs_strbuf text = BS_STRBUF_INIT;
  path_list words = {0};
  bool good = depth < MAX_DEPTH && (*files)++ < MAX_FILES && read_response(path, &text);
  if (good) {
    drop_mark(&text);
    good = has_words(&text);
  }
  if (good) {
    blank_comments(text.text);
    split(arena, text.text, RESPONSE_FILE, &words);
  }
  const char *folder = bs_path_dirname(arena, path);
  for (uint32_t i = 0; i < words.count; i++) {
    const char *word = expand_folder(arena, folder, words.items[i]);
    const char *further = word[0] == '@' && word[1] ? bs_path_normalise(arena, folder, word + 1) : NULL;
    if (!further)
      *bs_vec_push(out) = word;
    else if (out->count > MAX_WORDS || !add_configuration(arena, further, out, depth + 1, files))
      *bs_vec_push(out) = bs_arena_printf(arena, "@%s", further); /* read, or missed, as a response file */
  }
  bs_vec_fini(&words);
  bs_strbuf_fini(&text);
  return good;
}

/* "--config=FILE" and "--config FILE" of clang. A bare name is looked for in folders of that clang, which are
 * not known; it stays. */
static void expand_configuration(bs_arena *arena, const char *directory, path_list *words) {
  path_list out = {0};
  unsigned files = 0;
  for (uint32_t i = 0; i < words->count; i++) {
    const char *word = words->items[i], *file = NULL;
    bool separate = i && strcmp(word, "--config") == 0 && i + 1 < words->count;
    if (i && strncmp(word, "--config=", 9) == 0) file = word + 9;
    if (separate) file = words->items[i + 1];
    if (file && strchr(file, '/') &&
        add_configuration(arena, bs_path_normalise(arena, directory, file), &out, 0, &files))
      i += separate;
    else
      *bs_vec_push(&out) = word;
  }
  bs_vec_fini(words);
  *words = out;
}

static bool has_configuration(const path_list *words) {
  for (uint32_t i = 1; i < words->count; i++)
    if (strncmp(words->items[i], "--config", 8) == 0) return true;
  return false;
}

const char *command_expand(bs_arena *arena, const char *directory, bool windows, path_list *words) {
  uint32_t i = 1;
  if (has_configuration(words)) expand_configuration(arena, directory, words);
  while (i < words->count && words->items[i][0] != '@') i++;
  if (i >= words->count) return NULL;
  path_list out = {0};
  expansion x = {arena, directory, &out, NULL, windows ? WINDOWS : RESPONSE_FILE, 0};
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

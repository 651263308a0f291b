/* What a shell or env does before the compiler starts, as far as a command says it: "sh -c '…'", "cd x &&",
 * "env -S '…'". What only a shell could tell is named, for its words are lost. */
#include "analyzer/frontend/command.h"
#include "analyzer/frontend/language.h"
#include "base/path.h"

#include <ctype.h>

enum { MOST_LAYERS = 8 };

/* A variable of the linker's or of GCC's own, which is often left unquoted: "$ORIGIN", "=" for a sysroot. */
static bool is_literal(const char *name) {
  return strncmp(name, "ORIGIN", 6) == 0 || strncmp(name, "SYSROOT", 7) == 0;
}

static bool is_expansion(const char *text) {
  if (*text == '`') return true;
  if (*text != '$') return false;
  return text[1] == '(' || text[1] == '{' || text[1] == '_' ||
         (isalpha((unsigned char)text[1]) && !is_literal(text + 1));
}

/* For a message: "$(cat flags)", "${X}", "$X". */
static const char *expansion(bs_arena *arena, const char *text) {
  const char *end = *text == '`'     ? strchr(text + 1, '`')
                    : text[1] == '(' ? strchr(text, ')')
                    : text[1] == '{' ? strchr(text, '}')
                                     : NULL;
  return bs_arena_strndup(arena, text, end ? (size_t)(end + 1 - text) : strcspn(text, " \t\n\"'/"));
}

const char *command_asks_shell(bs_arena *arena, const char *command) {
  char quote = 0;
  for (const char *c = command; *c; c++) {
    if (*c == '\\' && quote != '\'') {
      if (!*++c) break;
    } else if (quote ? *c == quote : *c == '"' || *c == '\'') {
      quote = quote ? 0 : *c;
    } else if (quote != '\'' && is_expansion(c)) {
      return expansion(arena, c);
    }
  }
  return NULL;
}

typedef struct unwrapping {
  bs_arena *arena;
  const char **directory;
  path_list *words;
  const char *asks; /* an expansion of the first script that has one */
} unwrapping;

/* Replaces the words from `first` on, up to `end`, by those of `script`. */
static void replace(unwrapping *u, uint32_t first, uint32_t end, const char *script) {
  path_list out = {0};
  for (uint32_t i = 0; i < first; i++) *bs_vec_push(&out) = u->words->items[i];
  command_split(u->arena, script, &out);
  for (uint32_t i = end; i < u->words->count; i++) *bs_vec_push(&out) = u->words->items[i];
  if (out.count) {
    bs_vec_fini(u->words);
    *u->words = out;
  } else {
    bs_vec_fini(&out);
  }
}

static void enter(unwrapping *u, const char *folder) {
  *u->directory = bs_path_normalise(u->arena, *u->directory, folder);
}

/* The operand of one of env's options, joined or in the next word. */
static const char *env_operand(const unwrapping *u, uint32_t i, char letter, const char *name,
                               uint32_t *used) {
  const char *word = u->words->items[i];
  size_t length = strlen(name);
  *used = 1;
  if (strncmp(word, name, length) == 0 && word[length] == '=') return word + length + 1;
  if (word[0] != '-' || word[1] != letter) return NULL;
  if (word[2]) return word + 2;
  *used = 2;
  return i + 1 < u->words->count ? u->words->items[i + 1] : NULL;
}

/* env -C FOLDER, env -S TEXT; false when there is neither. */
static bool take_env(unwrapping *u, uint32_t at) {
  uint32_t used;
  for (uint32_t i = at + 1; i < u->words->count; i++) {
    const char *word = u->words->items[i];
    if (word[0] != '-' && !strchr(word, '=')) break;
    const char *folder = env_operand(u, i, 'C', "--chdir", &used);
    if (folder) {
      enter(u, folder);
      replace(u, i, i + used, "");
      return true;
    }
    const char *text = env_operand(u, i, 'S', "--split-string", &used);
    if (text) {
      replace(u, i, i + used, text);
      return true;
    }
    i += strcmp(word, "-u") == 0;
  }
  return false;
}

static bool is_shell(const char *word) {
  static const char *const names[] = {"sh", "bash", "dash", "ash", "ksh", "zsh", NULL};
  const char *name = bs_path_basename(word);
  for (int i = 0; names[i]; i++)
    if (strcmp(name, names[i]) == 0) return true;
  return false;
}

/* sh [-e] -c SCRIPT [NAME] [WORD…], of which only the script can hold a command. */
static bool take_shell(unwrapping *u, uint32_t at) {
  for (uint32_t i = at + 1; i + 1 < u->words->count && u->words->items[i][0] == '-'; i++) {
    const char *word = u->words->items[i];
    if (word[1] == '-' || !strchr(word, 'c')) continue;
    const char *script = u->words->items[i + 1];
    if (!u->asks) u->asks = command_asks_shell(u->arena, script);
    replace(u, at, u->words->count, script);
    return true;
  }
  return false;
}

/* cd FOLDER && …, cd FOLDER; … */
static bool take_cd(unwrapping *u, uint32_t at) {
  if (at + 3 >= u->words->count) return false;
  const char *folder = u->words->items[at + 1], *next = u->words->items[at + 2];
  size_t length = strlen(folder);
  bool joined = length > 1 && folder[length - 1] == ';';
  if (!joined && strcmp(next, "&&") != 0 && strcmp(next, ";") != 0) return false;
  enter(u, joined ? bs_arena_strndup(u->arena, folder, length - 1) : folder);
  replace(u, at, at + (joined ? 2 : 3), "");
  return true;
}

static bool take_layer(unwrapping *u) {
  uint32_t compiler = language_launchers((const char *const *)u->words->items, u->words->count);
  for (uint32_t i = 0; i <= compiler && i < u->words->count; i++) {
    const char *word = u->words->items[i];
    if (strcmp(bs_path_basename(word), "env") == 0 && take_env(u, i)) return true;
    if (is_shell(word) && take_shell(u, i)) return true;
    if (strcmp(word, "cd") == 0 && take_cd(u, i)) return true;
  }
  return false;
}

bool command_unwrap(bs_arena *arena, const char **directory, path_list *words, const char **asks) {
  unwrapping u = {arena, directory, words, NULL};
  int layers = 0;
  while (layers <= MOST_LAYERS && take_layer(&u)) layers++;
  *asks = u.asks;
  return layers <= MOST_LAYERS;
}

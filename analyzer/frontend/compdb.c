/* Reads compile_commands.json (https://clang.llvm.org/docs/JSONCompilationDatabase.html). Jansson parses
 * the text; what an entry means is decided here. Nothing is looked up on the disk but response files and
 * .blockscan.yaml. */
#include "analyzer/frontend/command.h"
#include "analyzer/frontend/dialect.h"
#include "analyzer/frontend/language.h"
#include "analyzer/frontend/mend.h"
#include "base/hash.h"
#include "base/map.h"
#include "base/path.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <unistd.h>

typedef struct loading {
  compdb *db;
  const char *shown; /* the database's name in errors: as given */
  const char *name; /* its name in notes: never absolute */
  const char *directory; /* its folder */
  BS_VEC(unsigned) lines; /* of each element of the array */
  const path_map *maps;
  uint32_t nmaps;
  BS_VEC(facts_str) skipped; /* extensions of entries in other languages, as ids of `extensions` */
  bs_intern extensions;
} loading;

static const char *say(loading *l, const char *format, ...) __attribute__((format(printf, 2, 3)));
static const char *say(loading *l, const char *format, ...) {
  bs_strbuf text = BS_STRBUF_INIT;
  va_list args;
  va_start(args, format);
  bs_strbuf_vaddf(&text, format, args);
  va_end(args);
  const char *copy = bs_arena_strdup(&l->db->arena, text.text);
  bs_strbuf_fini(&text);
  return copy;
}

static void note(loading *l, const char *text) { *bs_vec_push(&l->db->notes) = text; }

/* An entry that is none: what it was meant to add is not looked at. */
static void lose(loading *l, const char *text) {
  note(l, text);
  *bs_vec_push(&l->db->lost) = text;
}

/* Jansson keeps no places, so the elements of the outer array are looked for again in text that is known
 * to be JSON. */
static void find_lines(loading *l, const char *text, size_t length) {
  unsigned line = 1;
  int depth = 0;
  bool expected = false; /* an element of the outer array starts with the next character */
  for (size_t i = 0; i < length; i++) {
    char c = text[i];
    if (c == '\n') line++;
    if (c == ' ' || c == '\t' || c == '\r' || c == '\n') continue;
    if (expected && c != ']') *bs_vec_push(&l->lines) = line;
    expected = depth == 1 && c == ',';
    if (c == '[' || c == '{') expected = ++depth == 1;
    if (c == ']' || c == '}') depth--;
    if (c == '"')
      for (i++; i < length && text[i] != '"'; i++) i += text[i] == '\\';
  }
}

/* A file of options that is gone took with it what it said: the unit may parse, and be another one. */
static void lose_options(loading *l, compdb_entry *entry, const char *missing) {
  if (!missing) return;
  bool there = access(bs_path_normalise(&l->db->arena, entry->directory, missing), R_OK) == 0;
  entry->lost = say(l, "the response file %s %s", missing, there ? "is empty or no text" : "cannot be read");
  note(l, say(l, "%s:%u: %s", l->name, entry->line, entry->lost));
}

/* A part of an entry is not read: the unit is another one without it. */
static void lose_part(loading *l, compdb_entry *entry, const char *what) {
  if (!entry->lost) entry->lost = what;
  note(l, say(l, "%s:%u: %s", l->name, entry->line, what));
}

static void lose_expansion(loading *l, compdb_entry *entry, const char *asked) {
  if (asked)
    lose_part(l, entry, say(l, "its command asks a shell for %s: what that adds is not known", asked));
}

static void read_arguments(loading *l, const json_t *arguments, compdb_entry *entry, path_list *words) {
  if (arguments && !json_is_array(arguments))
    lose_part(l, entry, "its \"arguments\" are not a list of words");
  for (size_t i = 0; i < json_array_size(arguments); i++) {
    const char *word = json_string_value(json_array_get(arguments, i));
    if (word)
      *bs_vec_push(words) = bs_arena_strdup(&l->db->arena, word);
    else
      lose_part(l, entry, say(l, "word %zu of its \"arguments\" is not a text", i + 1));
  }
}

static bool same_words(const path_list *a, const path_list *b) {
  bool same = a->count == b->count;
  for (uint32_t i = 0; same && i < a->count; i++) same = strcmp(a->items[i], b->items[i]) == 0;
  return same;
}

/* A shell, env or "cd" around the compiler. */
static void unwrap_command(loading *l, compdb_entry *entry, path_list *words) {
  bs_arena *arena = &l->db->arena;
  const char *before = entry->directory, *asks;
  if (!command_unwrap(arena, &entry->directory, words, &asks))
    lose_part(l, entry, "its command nests too many shells, folders and calls of env: not all were followed");
  lose_expansion(l, entry, asks);
  if (entry->directory != before)
    entry->directory = mend_path_again(arena, l->maps, l->nmaps, entry->directory);
}

/* The words of an entry's command in GCC's dialect, response files expanded; false when it has neither form.
 */
static bool read_words(loading *l, const json_t *object, compdb_entry *entry, bool windows,
                       path_list *words) {
  bs_arena *arena = &l->db->arena;
  const char *command = json_string_value(json_object_get(object, "command"));
  path_list split = {0};
  if (command && windows)
    command_split_windows(arena, command, &split);
  else if (command)
    command_split(arena, command, &split);
  read_arguments(l, json_object_get(object, "arguments"), entry, words);
  if (!words->count) {
    bs_vec_fini(words);
    *words = split;
    if (command && !windows) lose_expansion(l, entry, command_asks_shell(arena, command));
  } else {
    if (split.count && !same_words(words, &split))
      lose_part(l, entry, "its \"arguments\" and its \"command\" differ");
    bs_vec_fini(&split);
  }
  if (!words->count) return false;
  mend_paths(arena, l->maps, l->nmaps, windows, false, words);
  if (!windows) unwrap_command(l, entry, words);
  lose_options(l, entry, command_expand(arena, entry->directory, dialect_is_cl(words), words));
  lose_options(l, entry, dialect_translate(arena, entry->directory, words));
  mend_paths(arena, l->maps, l->nmaps, windows, true, words); /* those of response files */
  return true;
}

/* The operand of the last -o, or NULL. */
static const char *find_output(const path_list *words) {
  const char *output = NULL;
  for (uint32_t i = 1; i < words->count; i++) {
    const char *word = words->items[i];
    if (strcmp(word, "-o") == 0)
      output = i + 1 < words->count ? words->items[++i] : output;
    else if (strncmp(word, "-o", 2) == 0 && word[2] != 'b')
      output = word + 2; /* -objC and friends are no outputs */
  }
  return output;
}

/* An entry that makes a precompiled header tells which header that is. */
static bool is_precompiled(loading *l, const compdb_entry *entry, const path_list *words,
                           const char *output) {
  if (!output || !*output || !language_makes_header(words, entry->file)) return false;
  compdb_precompiled *row = bs_vec_push(&l->db->precompiled);
  row->output = bs_path_normalise(&l->db->arena, entry->directory, output);
  row->header = entry->file;
  return true;
}

static void keep_entry(loading *l, compdb_entry *entry, const path_list *words, const char *output) {
  bs_arena *arena = &l->db->arena;
  entry->output = output && *output ? bs_path_normalise(arena, entry->directory, output) : "";
  entry->narguments = words->count;
  const char **arguments = bs_arena_alloc(arena, (words->count + (size_t)1) * sizeof *arguments);
  memcpy(arguments, words->items, words->count * sizeof *arguments);
  arguments[words->count] = NULL;
  entry->arguments = arguments;
  *bs_vec_push(&l->db->entries) = *entry;
}

/* A header with the command of a source that includes it, as Bazel's extractor adds them for editors: it is
 * seen through that source. */
static bool is_of_a_source(loading *l, const compdb_entry *entry, const path_list *words) {
  if (language_of_file(entry->file) != LANGUAGE_OTHER) return false;
  uint32_t compiler = language_launchers(words->items, words->count);
  path_list sources = {0};
  if (compiler < words->count)
    language_sources(words->items + compiler + 1, words->count - compiler - 1, &sources);
  bool own = !sources.count;
  for (uint32_t i = 0; i < sources.count && !own; i++)
    own = !strcmp(bs_path_normalise(&l->db->arena, entry->directory, sources.items[i]), entry->file);
  bs_vec_fini(&sources);
  return !own;
}

static void take_entry(loading *l, compdb_entry *entry, const path_list *words, const char *output) {
  enum language language = language_of(words, entry->file);
  if (is_of_a_source(l, entry, words)) language = LANGUAGE_OTHER;
  if (!output) output = find_output(words);
  if (is_precompiled(l, entry, words, output)) return;
  if (language == LANGUAGE_OTHER) {
    *bs_vec_push(&l->skipped) = bs_intern_adds(&l->extensions, language_extension(entry->file));
    return;
  }
  if (language == LANGUAGE_UNREAD)
    entry->lost = say(l, "CUDA and HIP are not read (%s): callbacks in it are not seen",
                      *language_extension(entry->file) ? language_extension(entry->file) : "-x");
  keep_entry(l, entry, words, output);
}

/* A path of the entry on this machine. */
static const char *read_path(loading *l, const char *base, const char *path, bool windows) {
  bs_arena *arena = &l->db->arena;
  const char *mended = mend_path(arena, l->maps, l->nmaps, windows, path);
  return bs_path_normalise(arena, mend_is_windows(mended) ? "/" : base, mended);
}

static void read_entry(loading *l, const json_t *object, unsigned line) {
  const char *file = json_string_value(json_object_get(object, "file"));
  const char *directory = json_string_value(json_object_get(object, "directory"));
  const char *output = json_string_value(json_object_get(object, "output"));
  if (!file || !*file) {
    lose(l, say(l, "%s:%u: an entry without \"file\" was skipped", l->name, line));
    return;
  }
  if (!directory && json_object_get(object, "directory")) {
    lose(l, say(l, "%s:%u: an entry whose \"directory\" is not a text was skipped", l->name, line));
    return;
  }
  if (!directory) directory = ".";
  bool windows = mend_is_windows(directory) || mend_is_windows(file);
  compdb_entry entry = {.line = line};
  entry.directory = read_path(l, l->directory, directory, windows);
  entry.file = read_path(l, entry.directory, file, windows);
  if (output) output = mend_path(&l->db->arena, l->maps, l->nmaps, windows, output);
  path_list words = {0};
  if (!read_words(l, object, &entry, windows, &words)) {
    lose(l, say(l, "%s:%u: the entry for %s has neither \"arguments\" nor \"command\" and was skipped",
                l->name, line, bs_path_relative(l->directory, entry.file)));
  } else {
    if (mend_is_windows(mend_path(&l->db->arena, l->maps, l->nmaps, windows, directory)))
      entry.lost = say(l, "%s is a Windows path", mend_is_windows(file) ? file : directory);
    take_entry(l, &entry, &words, output);
  }
  bs_vec_fini(&words);
}

/* "skipped 12 entries that are neither C nor C++: .S (10), .cu (2)" */
static void note_skipped(loading *l) {
  if (!l->skipped.count) return;
  bs_strbuf text = BS_STRBUF_INIT;
  bool some = l->skipped.count > 1;
  bs_strbuf_addf(&text, "skipped %u entr%s neither C nor C++ sources:", l->skipped.count,
                 some ? "ies that are" : "y that is");
  for (facts_str id = 0; id < l->extensions.count; id++) {
    unsigned count = 0;
    for (uint32_t i = 0; i < l->skipped.count; i++) count += l->skipped.items[i] == id;
    if (count)
      bs_strbuf_addf(&text, " %s (%u)", id ? bs_intern_text(&l->extensions, id) : "no extension", count);
  }
  note(l, say(l, "%s", text.text));
  bs_strbuf_fini(&text);
}

static int compare_precompiled(const void *a, const void *b) {
  return strcmp(((const compdb_precompiled *)a)->output, ((const compdb_precompiled *)b)->output);
}

static int compare_entries(const void *a, const void *b) {
  const compdb_entry *x = a, *y = b;
  int order = strcmp(x->file, y->file);
  if (order) return order;
  return x->line != y->line ? (x->line < y->line ? -1 : 1) : 0;
}

/* Words that only say where results go: two commands that differ in nothing else say the same. */
static unsigned result_words(const char *word) {
  static const char *const with_operand[] = {"-o", "-MF", "-MT", "-MQ", NULL};
  for (int i = 0; with_operand[i]; i++)
    if (strcmp(word, with_operand[i]) == 0) return 2;
  return strncmp(word, "-MF", 3) == 0 || strncmp(word, "-MT", 3) == 0 || strncmp(word, "-MQ", 3) == 0;
}

/* What a variant is told apart by: file, folder, group and all words but the result's. */
static uint64_t variant_hash(bs_arena *arena, const compdb_entry *entry) {
  const char *group = compdb_group(arena, entry);
  uint64_t hash = bs_hash(entry->file, strlen(entry->file));
  hash = bs_hash_mix(hash, bs_hash(entry->directory, strlen(entry->directory)));
  hash = bs_hash_mix(hash, bs_hash(group, strlen(group)));
  for (uint32_t i = 0; i < entry->narguments; i++) {
    unsigned skip = result_words(entry->arguments[i]);
    if (!skip)
      hash = bs_hash_mix(hash, bs_hash(entry->arguments[i], strlen(entry->arguments[i])));
    else
      i += skip - 1;
  }
  return hash;
}

static void drop_doubles(compdb *db) {
  bs_map seen = {0};
  bs_arena scratch = {0};
  uint32_t kept = 0;
  for (uint32_t i = 0; i < db->entries.count; i++) {
    bool is_new;
    bs_map_add(&seen, variant_hash(&scratch, &db->entries.items[i]), 0, &is_new);
    if (is_new) db->entries.items[kept++] = db->entries.items[i];
  }
  db->entries.count = kept;
  bs_arena_fini(&scratch);
  bs_map_fini(&seen);
}

static bool fail_empty(const loading *l, bs_error *error) {
  return bs_error_set(error,
                      "%s:1:1: the database is an empty array, so it has no usable entry: no file was "
                      "compiled when it was made. With bear, build from scratch (make clean; bear -- make); "
                      "with CMake, give the "
                      "project a language and a target; with Ninja, `ninja -t compdb` without rule names",
                      l->shown);
}

static bool read_array(loading *l, const json_t *array, const char *text, size_t length, bs_error *error) {
  if (!json_is_array(array))
    return bs_error_set(error, "%s:1:1: not a compile database; expected an array of compile commands",
                        l->shown);
  find_lines(l, text, length);
  for (size_t i = 0; i < json_array_size(array); i++) {
    const json_t *element = json_array_get(array, i);
    unsigned line = i < l->lines.count ? l->lines.items[i] : 0;
    if (json_is_object(element))
      read_entry(l, element, line);
    else
      lose(l, say(l, "%s:%u: an element that is not an object was skipped", l->name, line));
  }
  note_skipped(l);
  compdb *db = l->db;
  if (!json_array_size(array)) return fail_empty(l, error);
  if (!db->entries.count)
    return bs_error_set(
        error,
        "%s:1:1: the database has no usable entry; expected at least one object with \"file\" and "
        "\"arguments\" or \"command\"%s%s",
        l->shown, db->notes.count ? ": " : "", db->notes.count ? db->notes.items[0] : "");
  bs_vec_sort(&db->entries, compare_entries);
  bs_vec_sort(&db->precompiled, compare_precompiled);
  drop_doubles(db);
  return true;
}

static bool is_blank(const char *text, size_t length) {
  while (length && strchr(" \t\r\n", text[length - 1])) length--;
  return length == 0;
}

static bool parse_mapped(compdb *db, const char *path, const char *text, size_t length, const path_map *maps,
                         uint32_t nmaps, bs_error *error) {
  *db = (compdb){0};
  db->path = bs_path_normalise(&db->arena, bs_path_cwd(&db->arena), path);
  if (is_blank(text, length))
    return bs_error_set(error, "%s:1:1: the file is empty; expected an array of compile commands", path);
  if (length >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) text += 3, length -= 3; /* a byte order mark */
  json_error_t wrong;
  json_t *array = json_loadb(text, length, JSON_REJECT_DUPLICATES, &wrong);
  if (!array)
    return bs_error_set(error, "%s:%d:%d: %s; expected an array of compile commands", path, wrong.line,
                        wrong.column > 0 ? wrong.column : 1, wrong.text);
  loading l = {.db = db, .shown = path, .name = bs_path_basename(db->path), .maps = maps, .nmaps = nmaps};
  /* A link into the build folder: relative folders start where the file is. */
  char *real = realpath(db->path, NULL);
  l.directory = bs_path_dirname(&db->arena, real ? real : db->path);
  free(real);
  bs_intern_init(&l.extensions);
  bool ok = read_array(&l, array, text, length, error);
  bs_intern_fini(&l.extensions);
  bs_vec_fini(&l.skipped);
  bs_vec_fini(&l.lines);
  json_decref(array);
  return ok;
}

bool compdb_parse(compdb *db, const char *path, const char *text, size_t length, bs_error *error) {
  return parse_mapped(db, path, text, length, NULL, 0, error);
}

bool compdb_load(compdb *db, const char *path, const path_map *maps, uint32_t nmaps, bs_error *error) {
  *db = (compdb){0};
  bs_strbuf text = BS_STRBUF_INIT;
  bool ok = bs_strbuf_read_file(&text, path) == 0;
  if (!ok)
    bs_error_set(error, "%s: %s; expected a compile database (compile_commands.json)", path, strerror(errno));
  else
    ok = parse_mapped(db, path, text.text, text.length, maps, nmaps, error);
  bs_strbuf_fini(&text);
  return ok;
}

void compdb_fini(compdb *db) {
  bs_vec_fini(&db->entries);
  bs_vec_fini(&db->notes);
  bs_vec_fini(&db->lost);
  bs_vec_fini(&db->precompiled);
  bs_arena_fini(&db->arena);
  *db = (compdb){0};
}

void compdb_filter(compdb *db, bool (*keep)(void *context, const compdb_entry *entry), void *context) {
  uint32_t kept = 0;
  for (uint32_t i = 0; i < db->entries.count; i++)
    if (keep(context, &db->entries.items[i])) db->entries.items[kept++] = db->entries.items[i];
  db->entries.count = kept;
}

static bool is_inside(const char *folder, const char *file) {
  return folder && bs_path_relative(folder, file) != file;
}

/* How many files are in `folder`, NULL for anywhere, and not in `made`, which may be NULL. */
static uint32_t count_inside(const compdb *db, const char *folder, const char *made) {
  uint32_t count = 0;
  for (uint32_t i = 0; i < db->entries.count; i++) {
    const char *file = db->entries.items[i].file;
    count += (!folder || is_inside(folder, file)) && !is_inside(made, file);
  }
  return count;
}

/* The deepest folder at or above `folder` that holds at least half of the files that are not in `made`. */
static const char *root_above(compdb *db, const char *folder, const char *made) {
  uint32_t all = count_inside(db, NULL, made);
  while (strcmp(folder, "/") != 0 && count_inside(db, folder, made) * 2 < all)
    folder = bs_path_dirname(&db->arena, folder);
  return folder;
}

static bool has_any(compdb *db, const char *folder, const char *const *names) {
  for (; *names; names++)
    if (access(bs_path_normalise(&db->arena, folder, *names), F_OK) == 0) return true;
  return false;
}

/* A folder that a build system has made; what sources are in it, it has made too. */
static bool is_build_folder(compdb *db, const char *folder) {
  static const char *const made[] = {"CMakeCache.txt", "build.ninja", "meson-info", NULL},
                           *const written[] = {"CMakeLists.txt", "meson.build", NULL};
  return has_any(db, folder, made) && !has_any(db, folder, written);
}

const char *compdb_root(compdb *db) {
  const char *database = bs_path_dirname(&db->arena, db->path);
  for (const char *folder = database;; folder = bs_path_dirname(&db->arena, folder)) {
    if (access(bs_path_normalise(&db->arena, folder, ".blockscan.yaml"), F_OK) == 0) return folder;
    if (strcmp(folder, "/") == 0) break;
  }
  bool is_made = is_build_folder(db, database) && count_inside(db, NULL, database);
  const char *root = root_above(db, database, is_made ? database : NULL);
  /* A build folder far from its sources: only "/" is above both. The middle file's folders are then the
   * better start. */
  if (strcmp(root, "/") == 0 && db->entries.count)
    root = root_above(db, bs_path_dirname(&db->arena, db->entries.items[db->entries.count / 2].file), NULL);
  return root;
}

/* "server" of "src/server-shared.o", what automake makes of "shared.c" for the program server. */
static size_t automake_prefix(const compdb_entry *entry, const char *object) {
  const char *source = bs_path_basename(entry->file), *dot = strrchr(object, '.');
  const char *ending = strrchr(source, '.');
  size_t stem = ending ? (size_t)(ending - source) : strlen(source),
         length = dot ? (size_t)(dot - object) : 0;
  bool fits =
      length > stem + 1 && object[length - stem - 1] == '-' && !memcmp(object + length - stem, source, stem);
  return fits ? length - stem - 1 : 0;
}

/* Where nothing names the program: the folder of the objects, when it is not that of the source. */
static const char *folder_group(bs_arena *arena, const compdb_entry *entry, const char *path) {
  const char *object = bs_path_basename(path);
  size_t folder = (size_t)(object - path), prefix = automake_prefix(entry, object);
  const char *source = bs_path_relative(entry->directory, entry->file);
  bool beside = (size_t)(bs_path_basename(source) - source) == folder && !memcmp(source, path, folder);
  if (path[0] == '/' || strstr(path, ".libs/")) return "";
  if (prefix) return bs_arena_strndup(arena, path, folder + prefix);
  return folder && !beside ? bs_arena_strndup(arena, path, folder - 1) : "";
}

const char *compdb_group(bs_arena *arena, const compdb_entry *entry) {
  const char *path = bs_path_relative(entry->directory, entry->output);
  for (const char *part = path; *part;) {
    size_t length = strcspn(part, "/");
    bool cmake = length > 4 && memcmp(part + length - 4, ".dir", 4) == 0;
    bool meson = length > 2 && memcmp(part + length - 2, ".p", 2) == 0;
    if (part[length] == '/' && (cmake || meson)) {
      const char *start =
          path[0] == '/' ? part : path; /* never absolute: facts are the same on every machine */
      return bs_arena_strndup(arena, start, (size_t)(part + length - start));
    }
    part += length;
    part += *part == '/';
  }
  return folder_group(arena, entry, path);
}

uint32_t compdb_compiler(const compdb_entry *entry) {
  return language_launchers(entry->arguments, entry->narguments);
}

const char *compdb_precompiled_header(const compdb *db, const char *output) {
  const compdb_precompiled key = {output, NULL};
  if (!db->precompiled.count) return NULL;
  const compdb_precompiled *found =
      bsearch(&key, db->precompiled.items, db->precompiled.count, sizeof key, compare_precompiled);
  return found ? found->header : NULL;
}

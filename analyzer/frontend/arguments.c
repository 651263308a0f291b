/* From a build's command line to libclang's arguments: what options.c keeps, behind what every unit gets.
 *
 * Folders are made absolute here rather than left to a chdir: a worker parses units of several folders,
 * and libclang keeps file names from one to the next. The rest (-include, #include_next of ".") resolves
 * by -working-directory. */
#include "analyzer/frontend/language.h"
#include "analyzer/frontend/options.h"
#include "base/path.h"

#include <ctype.h>
#include <stdio.h>
#include <unistd.h>

typedef struct building {
  bs_arena *arena;
  const compdb_entry *entry;
  enum language language;
  path_list out;
  bool has_target, has_sysroot;
  unsigned sanitizers; /* a bit for each row of `sanitizers` */
} building;

static void add(building *b, const char *word) { *bs_vec_push(&b->out) = word; }

/* A folder as GCC takes it: "=x" and "$SYSROOT" stay, they are relative to the sysroot. */
static const char *absolute(const building *b, const char *folder) {
  if (folder[0] == '/' || folder[0] == '=' || folder[0] == '$' || !folder[0]) return folder;
  while (folder[0] == '.' && folder[1] == '/') folder += 2;
  if (strcmp(folder, ".") == 0) return b->entry->directory;
  return bs_arena_printf(b->arena, "%s/%s", b->entry->directory, folder);
}

static void add_folder(building *b, const option_row *row, const char *word, const char *operand) {
  size_t length = strlen(row->name);
  if (operand) {
    add(b, row->name);
    add(b, absolute(b, operand));
    return;
  }
  length += word[length] == '='; /* --sysroot=x, and nothing else: -I=x begins with the sysroot */
  if (strcmp(row->name, "--sysroot") != 0) length = strlen(row->name);
  add(b, bs_arena_printf(b->arena, "%.*s%s", (int)length, word, absolute(b, word + length)));
}

/* -std=c++17 for a C file is a warning to GCC and an error to clang. */
static bool is_foreign_standard(const building *b, const char *word) {
  const char *standard = strstr(word, "std=");
  if (!standard || standard > word + 2) return false;
  return (strstr(standard, "++") != NULL) != language_is_cxx(b->language);
}

/* "native" makes clang's driver run a program that asks the graphics card (amdgpu-arch, nvptx-arch) when the
 * target is one: nothing that a database says may run anything. */
static bool asks_the_machine(const char *word) {
  return !strcmp(word, "-march=native") || !strcmp(word, "-mcpu=native") || !strcmp(word, "-mtune=native");
}

static void drop_native(path_list *words) {
  uint32_t kept = 0;
  for (uint32_t i = 0; i < words->count; i++)
    if (!asks_the_machine(words->items[i])) words->items[kept++] = words->items[i];
  words->count = kept;
}

/* What a sanitizer decides in the source: clang's __has_feature by the front end's option, which asks for no
 * library, and GCC's macro (gcc.gnu.org, "Common Predefined Macros"). */
static const struct sanitizer {
  const char *name, *macro;
} sanitizers[] = {
    {"address", "-D__SANITIZE_ADDRESS__=1"},
    {"kernel-address", "-D__SANITIZE_ADDRESS__=1"},
    {"thread", "-D__SANITIZE_THREAD__=1"},
    {"hwaddress", "-D__SANITIZE_HWADDRESS__=1"},
    {"memory", NULL},
};
enum { SANITIZERS = sizeof sanitizers / sizeof *sanitizers };

/* The sanitizers in a list, "address,undefined", as bits. */
static unsigned sanitizers_in(const char *list) {
  unsigned found = 0;
  for (size_t length; *list; list += length + (list[length] == ',')) {
    length = strcspn(list, ",");
    if (length == 3 && strncmp(list, "all", length) == 0) found = ~0u;
    for (unsigned i = 0; i < SANITIZERS; i++)
      if (strlen(sanitizers[i].name) == length && strncmp(list, sanitizers[i].name, length) == 0)
        found |= 1u << i;
  }
  return found;
}

static void note_sanitizer(building *b, const char *word) {
  if (strncmp(word, "-fsanitize=", 11) == 0) b->sanitizers |= sanitizers_in(word + 11);
  if (strncmp(word, "-fno-sanitize=", 14) == 0) b->sanitizers &= ~sanitizers_in(word + 14);
}

static void add_sanitizers(building *b, const char *compiler) {
  bool gcc = !strstr(bs_path_basename(compiler), "clang");
  for (unsigned i = 0; i < SANITIZERS; i++) {
    if (!(b->sanitizers >> i & 1)) continue;
    add(b, "-Xclang");
    add(b, bs_arena_printf(b->arena, "-fsanitize=%s", sanitizers[i].name));
    if (gcc && sanitizers[i].macro) add(b, sanitizers[i].macro);
  }
}

static void add_words(building *b, const char *const *words, uint32_t count);

/* Not by the driver: it would take a precompiled header of another compiler that lies beside the header. */
static void add_include(building *b, const char *header) {
  add(b, "-Xclang");
  add(b, "-include");
  add(b, "-Xclang");
  add(b, header);
}

/* -Wp,A,B: options for the preprocessor, each judged by itself. */
static void add_preprocessor(building *b, const char *list) {
  path_list words = {0};
  while (*list) {
    size_t length = strcspn(list, ",");
    if (length) *bs_vec_push(&words) = bs_arena_strndup(b->arena, list, length);
    list += length;
    list += *list == ',';
  }
  /* -MD and -MMD take a file here, unlike on the driver's command line. */
  uint32_t kept = 0;
  for (uint32_t i = 0; i < words.count; i++) {
    if (strcmp(words.items[i], "-MD") == 0 || strcmp(words.items[i], "-MMD") == 0)
      i++;
    else
      words.items[kept++] = words.items[i];
  }
  add_words(b, words.items, kept);
  bs_vec_fini(&words);
}

/* Adds what `words` come to. Words without a dash are files: the unit itself and what the linker would
 * get. */
static void add_words(building *b, const char *const *words, uint32_t count) {
  for (uint32_t i = 0; i < count; i++) {
    const char *word = words[i];
    if (strncmp(word, "-Wp,", 4) == 0) add_preprocessor(b, word + 4);
    note_sanitizer(b, word);
    const option_row *row = word[0] == '-' ? option_find(word) : NULL;
    if (!row) continue;
    const char *operand = NULL;
    if (option_takes_next(row, word)) {
      if (++i >= count) break;
      operand = words[i];
    }
    b->has_target |= row->use == OPTION_KEEP && strstr(row->name, "-target") != NULL;
    b->has_sysroot |= strstr(row->name, "sysroot") != NULL;
    if (row->use == OPTION_INCLUDE) {
      add_include(b, operand ? operand : word + strlen(row->name));
    } else if (row->use == OPTION_FOLDER) {
      add_folder(b, row, word, operand);
    } else if (row->use == OPTION_KEEP && !is_foreign_standard(b, word)) {
      add(b, word);
      if (operand) add(b, operand);
    }
  }
}

/* "-Xclang A" and "-Xpreprocessor A" become "A". */
static uint32_t unwrap(const char **words, uint32_t count) {
  uint32_t kept = 0;
  for (uint32_t i = 0; i < count; i++) {
    const option_row *row = words[i][0] == '-' ? option_find(words[i]) : NULL;
    if (row && row->use == OPTION_UNWRAP) continue;
    words[kept++] = words[i];
  }
  return kept;
}

/* The triple in the name of a cross compiler, "aarch64-linux-gnu-gcc-12", or NULL for "gcc", "musl-gcc",
 * "afl-clang". */
static const char *triple_of(bs_arena *arena, const char *compiler) {
  static const char *const machines[] = {"x86_64-", "i386-", "i486-", "i586-",   "i686-",     "aarch64",
                                         "arm",     "thumb", "riscv", "powerpc", "ppc",       "mips",
                                         "s390",    "sparc", "m68k-", "avr-",    "loongarch", "hexagon-",
                                         "msp430-", "wasm",  NULL};
  static const char *const drivers[] = {"-gcc", "-g++", "-cc", "-c++", "-clang", NULL};
  const char *name = bs_path_basename(compiler), *end = NULL;
  bool known = false;
  for (int i = 0; machines[i]; i++) known |= strncmp(name, machines[i], strlen(machines[i])) == 0;
  for (int i = 0; known && drivers[i]; i++) {
    const char *at = strstr(name, drivers[i]);
    char next = at ? at[strlen(drivers[i])] : 'x';
    if (at && (next == 0 || next == '-' || next == '+') && (!end || at < end)) end = at;
  }
  if (!end || !memchr(name, '-', (size_t)(end - name))) return NULL;
  return bs_arena_strndup(arena, name, (size_t)(end - name));
}

static bool exists(const char *path) { return access(path, F_OK) == 0; }

static bool add_if_there(building *b, const char *option, const char *folder) {
  if (!exists(folder)) return false;
  add(b, option);
  add(b, folder);
  return true;
}

/* Debian's cross compilers and their libraries: /usr/TRIPLE, /usr/lib/TRIPLE (newlib; avr-libc by the
 * machine's name). For Linux and Windows clang looks there itself once it has found the compiler; without
 * one, glibc's headers must come before those of this machine. */
static void add_packaged_folders(building *b, const char *triple) {
  const char *machine = bs_arena_strndup(b->arena, triple, strcspn(triple, "-"));
  const char *own = bs_arena_printf(b->arena, "/usr/%s/include", triple);
  if (b->has_sysroot || strstr(triple, "mingw")) return;
  if (strstr(triple, "linux")) {
    if (!exists(bs_arena_printf(b->arena, "/usr/lib/gcc-cross/%s", triple))) add_if_there(b, "-isystem", own);
    return;
  }
  if (add_if_there(b, "-idirafter", own)) return;
  if (!add_if_there(b, "-idirafter", bs_arena_printf(b->arena, "/usr/lib/%s/include", triple)))
    add_if_there(b, "-idirafter", bs_arena_printf(b->arena, "/usr/lib/%s/include", machine));
}

/* A cross compiler named by its path: its own libraries and headers lie beside it, where clang does not
 * look. */
static void add_cross_folders(building *b, const char *compiler, const char *triple) {
  const char *prefix = bs_path_dirname(b->arena, bs_path_dirname(b->arena, compiler));
  if (compiler[0] != '/' || strcmp(prefix, "/usr") == 0 || strcmp(prefix, "/") == 0) {
    add_packaged_folders(b, triple);
    return;
  }
  if (exists(bs_arena_printf(b->arena, "%s/lib/gcc/%s", prefix, triple)))
    add(b, bs_arena_printf(b->arena, "--gcc-toolchain=%s", prefix));
  static const char *const sysroots[] = {"sysroot", "libc", NULL};
  for (int i = 0; !b->has_sysroot && sysroots[i]; i++) {
    const char *sysroot = bs_arena_printf(b->arena, "%s/%s/%s", prefix, triple, sysroots[i]);
    b->has_sysroot = exists(sysroot);
    if (b->has_sysroot) add(b, bs_arena_printf(b->arena, "--sysroot=%s", sysroot));
  }
  if (!b->has_sysroot)
    add_if_there(b, "-idirafter", bs_arena_printf(b->arena, "%s/%s/include", prefix, triple));
}

const char *compdb_triple(bs_arena *arena, const compdb_entry *entry) {
  return entry->narguments ? triple_of(arena, entry->arguments[compdb_compiler(entry)]) : NULL;
}

/* "env CPATH=a:b cc": folders that GCC and clang look in behind those of -I; an empty one is the current. */
static void add_variable(building *b, const char *word) {
  bool cxx = language_is_cxx(b->language);
  const char *list = NULL, *option = "-isystem";
  if (strncmp(word, "CPATH=", 6) == 0) list = word + 6, option = "-I";
  if (!cxx && strncmp(word, "C_INCLUDE_PATH=", 15) == 0) list = word + 15;
  if (cxx && strncmp(word, "CPLUS_INCLUDE_PATH=", 19) == 0) list = word + 19;
  while (list && *list) {
    size_t length = strcspn(list, ":");
    add(b, option);
    add(b, absolute(b, length ? bs_arena_strndup(b->arena, list, length) : "."));
    list += length;
    list += *list == ':';
  }
}

static void add_common(building *b, const char *resource_directory) {
  add(b, "-w");
  /* Also what clang makes errors of and GCC does not: implicit functions, int-conversion. */
  add(b, "-Wno-everything");
  add(b, "-ferror-limit=0");
  add(b, "-fno-spell-checking");
  add(b, "-fbracket-depth=4096"); /* GCC has no limit; a worker's stack is large enough */
  add(b, bs_arena_printf(b->arena, "-working-directory=%s", b->entry->directory));
  /* libclang has no place of its own and would look for GCC in "/../lib/gcc", whose links no text can
   * follow. */
  add(b, "-ccc-install-dir");
  add(b, bs_path_normalise(b->arena, resource_directory, "../../../bin"));
  add(b, "-resource-dir");
  add(b, resource_directory);
}

const char *const *clang_arguments(bs_arena *arena, const compdb_entry *entry, const char *resource_directory,
                                   uint32_t *count) {
  building b = {.arena = arena, .entry = entry};
  path_list words = {0};
  for (uint32_t i = 0; i < entry->narguments; i++) *bs_vec_push(&words) = entry->arguments[i];
  uint32_t compiler = language_launchers(words.items, words.count);
  b.language = language_of(&words, entry->file);
  add_common(&b, resource_directory);
  add(&b, "-x");
  add(&b, language_word(b.language));
  if (words.count) {
    words.count = unwrap(words.items, words.count);
    const char *driver = words.items[compiler];
    const char *triple = triple_of(arena, driver);
    add_words(&b, words.items + compiler + 1, words.count - compiler - 1);
    for (uint32_t i = 0; i < compiler; i++) add_variable(&b, words.items[i]);
    add_sanitizers(&b, driver);
    if (triple && !b.has_target) add(&b, bs_arena_printf(arena, "--target=%s", triple));
    if (triple) add_cross_folders(&b, driver, triple);
  }
  if (b.has_target) drop_native(&b.out);
  const char **arguments = bs_arena_alloc(arena, (b.out.count + (size_t)1) * sizeof *arguments);
  memcpy(arguments, b.out.items, b.out.count * sizeof *arguments);
  *count = b.out.count;
  bs_vec_fini(&b.out);
  bs_vec_fini(&words);
  return arguments;
}

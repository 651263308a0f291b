/* A cache whose rows, or bytes, somebody else wrote: a look-up gives facts that are intact or nothing, and a
 * row can be stored afterwards. */
#include "analyzer/cache/cache.h"
#include "analyzer/facts/facts.h"
#include "fuzz.h"

#include <sqlite3.h>
#include <sys/stat.h>

static char folder[128], path[160], source[160];
static bs_strbuf whole = BS_STRBUF_INIT, facts = BS_STRBUF_INIT;

static void warn(void *context, const char *text) {
  (void)context;
  if (!*text) abort();
}

static void put(cache *c, uint64_t key) {
  const char *read[] = {source}, *folders[] = {folder};
  const cache_lookup lookups[] = {{"a.h", 1}, {"b.h", 1}};
  const cache_row row = {
      key, facts.text, facts.length, read, folders, lookups, 1, 1, 2, cache_now() + 1000000000};
  cache_put(c, &row);
  cache_flush(c);
}

static void make_whole(void) {
  facts_unit unit;
  facts_unit_init(&unit);
  facts_encode(&unit, &facts);
  facts_unit_fini(&unit);
  snprintf(folder, sizeof folder, "%s/c", fuzz_folder());
  if (mkdir(folder, 0700) != 0) abort();
  snprintf(path, sizeof path, "%s/facts.db", folder);
  snprintf(source, sizeof source, "%s/a.c", folder);
  fuzz_write(source, "int x;", 6);
  cache *c = cache_open(folder, warn, NULL);
  if (!c) abort();
  put(c, 1);
  put(c, 2);
  cache_close(c);
  if (bs_strbuf_read_file(&whole, path) != 0) abort();
}

static void bind(sqlite3_stmt *st, int column, fuzz_input *in) {
  static const char *const names[] = {"/dev/zero", "/proc/self/mem", "/", "a.c", "a.h", "/dev/tty", "..", ""};
  char buffer[40];
  uint8_t how = fuzz_byte(in);
  if (how < 8)
    sqlite3_bind_text(st, column, names[how], -1, SQLITE_STATIC);
  else if (how < 120)
    sqlite3_bind_int64(st, column, fuzz_number(in));
  else if (how < 200)
    sqlite3_bind_blob(st, column, buffer, (int)strlen(fuzz_text(in, buffer)), SQLITE_TRANSIENT);
  else if (how < 240)
    sqlite3_bind_text(st, column, fuzz_text(in, buffer), -1, SQLITE_TRANSIENT);
  else if (how < 250)
    sqlite3_bind_blob(st, column, facts.text, (int)facts.length, SQLITE_STATIC);
  else
    sqlite3_bind_null(st, column);
}

static void change_rows(fuzz_input *in) {
  static const struct {
    const char *sql;
    int marks;
  } changes[] = {
      {"INSERT OR REPLACE INTO file VALUES (?,?,?,?,?,?,?,?)", 8},
      {"INSERT OR REPLACE INTO unit VALUES (?,?,?,?,?)", 5},
      {"UPDATE unit SET dependencies = ?", 1},
      {"UPDATE OR REPLACE file SET id = ?", 1},
      {"UPDATE OR REPLACE file SET path = ?", 1},
      {"UPDATE file SET hash = ?", 1},
      {"UPDATE unit SET facts = ?", 1},
      {"UPDATE unit SET dependencies = dependencies || ?", 1},
      {"UPDATE unit SET dependencies = substr(dependencies, 1, ?)", 1},
  };
  sqlite3 *db;
  if (sqlite3_open(path, &db) != SQLITE_OK) abort();
  sqlite3_exec(db, "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; BEGIN", NULL, NULL, NULL);
  while (in->at < in->end) {
    uint8_t which = fuzz_byte(in) % (sizeof changes / sizeof *changes);
    sqlite3_stmt *st = NULL;
    if (sqlite3_prepare_v2(db, changes[which].sql, -1, &st, NULL) != SQLITE_OK) abort();
    for (int i = 0; i < changes[which].marks; i++) bind(st, i + 1, in);
    sqlite3_step(st);
    sqlite3_finalize(st);
  }
  sqlite3_exec(db, "COMMIT", NULL, NULL, NULL);
  sqlite3_close(db);
}

static void change_bytes(fuzz_input *in) {
  char *bytes = bs_malloc(whole.length);
  memcpy(bytes, whole.text, whole.length);
  while (in->at < in->end) {
    uint32_t at = (uint32_t)fuzz_byte(in) << 16 | (uint32_t)fuzz_byte(in) << 8 | fuzz_byte(in);
    bytes[at % whole.length] = (char)fuzz_byte(in);
  }
  fuzz_write(path, bytes, whole.length);
  free(bytes);
}

static void look_up(cache *c, uint64_t key) {
  bs_arena arena = {0};
  const void *bytes;
  size_t length;
  if (cache_find(c, key, &arena, &bytes, &length) && !facts_intact(bytes, length)) abort();
  bs_arena_fini(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  char name[200];
  if (!whole.length) make_whole();
  fuzz_input in = {data, data + (size < 2000 ? size : 2000)};
  uint8_t how = fuzz_byte(&in);
  fuzz_write(path, whole.text, whole.length);
  if (how % 4 == 3)
    change_bytes(&in);
  else
    change_rows(&in);
  cache *c = cache_open(folder, warn, NULL);
  if (c) {
    for (uint64_t key = 0; key < 4; key++) look_up(c, key);
    put(c, 3);
    look_up(c, 3);
    cache_close(c);
  }
  static const char *const endings[] = {"-wal", "-shm", ".broken-1", ".broken-2"};
  for (int i = 0; i < 4; i++) {
    snprintf(name, sizeof name, "%s%s", path, endings[i]);
    unlink(name);
  }
  return 0;
}

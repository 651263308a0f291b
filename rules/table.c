/* The table's bytes. One function for each struct goes over its members, in both directions, so that reading
 * and writing agree. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "rules/table.h"

#include "base/path.h"

#include <pcre2.h>
#include <stdlib.h>
#include <string.h>

/* A member more needs a line more below. */
_Static_assert(sizeof(void *) != 8 || sizeof(rule_condition) == 88,
               "table.c goes over all members of rule_condition");
_Static_assert(sizeof(void *) != 8 || sizeof(rule) == 232, "table.c goes over all members of rule");
_Static_assert(sizeof(void *) != 8 || sizeof(pack_row) == 80, "table.c goes over all members of pack_row");
_Static_assert(sizeof(void *) != 8 || sizeof(loop_pack) == 192, "table.c goes over all members of loop_pack");
_Static_assert(sizeof(void *) != 8 || sizeof(descriptor_row) == 200,
               "table.c goes over all members of descriptor_row");

static const char magic[8] = "bsrules";
enum { NO_TEXT = -1, FORMAT = 8 };

typedef struct table {
  bs_strbuf *out; /* NULL when reading */
  const char *next, *end;
  bs_arena *arena;
  bool bad;
} table;

static void bytes_io(table *t, void *value, size_t length) {
  if (t->out) {
    bs_strbuf_add(t->out, value, length);
  } else if ((size_t)(t->end - t->next) < length) {
    t->bad = true;
    memset(value, 0, length);
  } else {
    memcpy(value, t->next, length);
    t->next += length;
  }
}

#define NUMBER(t, member) bytes_io(t, &(member), sizeof(member))

static void text_io(table *t, const char **text) {
  int32_t length = *text && t->out ? (int32_t)strlen(*text) : NO_TEXT;
  NUMBER(t, length);
  if (length == NO_TEXT) {
    *text = NULL;
  } else if (t->out) {
    bs_strbuf_add(t->out, *text, (size_t)length + 1);
  } else if (length < 0 || t->end - t->next <= length || t->next[length]) {
    t->bad = true;
    *text = "";
  } else {
    *text = t->next;
    t->next += length + 1;
  }
}

/* The number of items that follow, never more than there can be. */
static uint32_t count_io(table *t, uint32_t count) {
  NUMBER(t, count);
  if (!t->out && count > (size_t)(t->end - t->next)) t->bad = true;
  return t->bad ? 0 : count;
}

/* Goes over an array; `visit` gets each item. */
#define EACH(t, list, visit) \
  do { \
    uint32_t count_ = count_io(t, (list).count); \
    if (!(t)->out && count_) { \
      (list).items = bs_arena_alloc((t)->arena, count_ * sizeof *(list).items); \
      (list).count = (list).capacity = count_; \
    } \
    for (uint32_t i_ = 0; i_ < count_ && !(t)->bad; i_++) visit(t, &(list).items[i_]); \
  } while (0)

static void condition_io(table *t, rule_condition *c);

static void values_io(table *t, rule_condition *c) {
  uint32_t count = count_io(t, c->nvalues);
  int64_t *values = t->out ? NULL : bs_arena_alloc(t->arena, (count + 1) * sizeof *values);
  for (uint32_t i = 0; i < count; i++) {
    int64_t value = t->out ? c->values[i] : 0;
    NUMBER(t, value);
    if (values) values[i] = value;
  }
  c->nvalues = count;
  if (values && count) c->values = values;
}

/* A NULL-terminated list, or NULL. */
static void names_io(table *t, const char *const **list) {
  uint32_t count = 0;
  while (t->out && *list && (*list)[count]) count++;
  count = count_io(t, count);
  const char **names = t->out ? NULL : bs_arena_alloc(t->arena, (count + 1) * sizeof *names);
  for (uint32_t i = 0; i < count; i++) {
    const char *name = t->out ? (*list)[i] : NULL;
    text_io(t, &name);
    if (names) names[i] = name;
  }
  if (names) names[count] = NULL;
  if (names && count) *list = names;
}

static void parts_io(table *t, rule_condition *c) {
  c->nall = count_io(t, c->nall);
  if (!t->out && c->nall) c->all = bs_arena_alloc(t->arena, c->nall * sizeof *c->all);
  for (uint32_t i = 0; i < c->nall; i++) condition_io(t, &c->all[i]);
}

static void pattern_io(table *t, rule_condition *c) {
  int code;
  PCRE2_SIZE offset;
  if (t->out || t->bad || c->test != RULE_TEST_STRING || !c->text) return;
  c->pattern = pcre2_compile((PCRE2_SPTR)c->text, PCRE2_ZERO_TERMINATED, PCRE2_UTF, &code, &offset, NULL);
  if (!c->pattern) t->bad = true;
}

static void condition_io(table *t, rule_condition *c) {
  NUMBER(t, c->test);
  NUMBER(t, c->argument);
  NUMBER(t, c->value);
  NUMBER(t, c->negated);
  text_io(t, &c->field);
  text_io(t, &c->text);
  values_io(t, c);
  names_io(t, &c->functions);
  parts_io(t, c);
  pattern_io(t, c);
}

static void advice_io(table *t, rule_advice *a) {
  text_io(t, &a->loop);
  text_io(t, &a->text);
  NUMBER(t, a->general);
}

static void library_io(table *t, rule_library *l) {
  text_io(t, &l->name);
  text_io(t, &l->packages);
  text_io(t, &l->headers);
  text_io(t, &l->flags);
}

static void examples_io(table *t, rule *r) {
  text_io(t, &r->example_includes);
  text_io(t, &r->example_blocks);
  text_io(t, &r->example_silent);
  text_io(t, &r->example_offloaded);
  text_io(t, &r->example_language);
  text_io(t, &r->example_flags);
}

/* Where a rule stands, without the folder: the table may be used elsewhere. */
static void file_io(table *t, const char **file) {
  const char *name = t->out ? bs_path_basename(*file) : NULL;
  text_io(t, &name);
  if (!t->out) *file = name;
}

static void timeout_io(table *t, rule_timeout *timeout) {
  NUMBER(t, timeout->argument);
  NUMBER(t, timeout->unit);
  NUMBER(t, timeout->absolute);
  NUMBER(t, timeout->zero_is_none);
  NUMBER(t, timeout->names);
  text_io(t, &timeout->limit);
  text_io(t, &timeout->find);
}

static void rule_io(table *t, rule *r) {
  text_io(t, &r->id);
  EACH(t, r->functions, text_io);
  NUMBER(t, r->category);
  NUMBER(t, r->severity);
  NUMBER(t, r->latency);
  text_io(t, &r->message);
  text_io(t, &r->manual);
  NUMBER(t, r->wait);
  NUMBER(t, r->wait_count);
  EACH(t, r->unless, condition_io);
  EACH(t, r->only_if, condition_io);
  NUMBER(t, r->ready);
  timeout_io(t, &r->timeout);
  NUMBER(t, r->unknown);
  NUMBER(t, r->confidence);
  EACH(t, r->advice, advice_io);
  examples_io(t, r);
  file_io(t, &r->file);
  NUMBER(t, r->line);
}

static void row_io(table *t, pack_row *row) {
  NUMBER(t, row->kind);
  text_io(t, &row->function);
  NUMBER(t, row->argument);
  NUMBER(t, row->table);
  NUMBER(t, row->slots);
  NUMBER(t, row->object);
  text_io(t, &row->record);
  text_io(t, &row->field);
  NUMBER(t, row->role);
  EACH(t, row->unless, condition_io);
  NUMBER(t, row->returns);
}

static void pack_io(table *t, loop_pack *pack) {
  text_io(t, &pack->name);
  text_io(t, &pack->title);
  text_io(t, &pack->manual);
  EACH(t, pack->rows, row_io);
  text_io(t, &pack->offload_advice);
  EACH(t, pack->offload_types, text_io);
  NUMBER(t, pack->guests);
  text_io(t, &pack->like);
  text_io(t, &pack->offload_code);
  EACH(t, pack->modules, text_io);
  EACH(t, pack->prefixes, text_io);
  EACH(t, pack->turns, text_io);
  EACH(t, pack->dispatchers, text_io);
  EACH(t, pack->python, text_io);
  EACH(t, pack->python_turns, text_io);
  file_io(t, &pack->file);
}

static void conditions_io(table *t, descriptor_row *row) {
  uint32_t count = count_io(t, row->nconditions);
  rule_condition *kept = t->out ? NULL : bs_arena_alloc(t->arena, (count + 1) * sizeof *kept);
  for (uint32_t i = 0; i < count; i++) {
    rule_condition condition = t->out ? row->conditions[i] : (rule_condition){0};
    condition_io(t, &condition);
    if (kept) kept[i] = condition;
  }
  row->nconditions = count;
  if (kept) row->conditions = kept;
}

static void descriptor_io(table *t, descriptor_row *row) {
  NUMBER(t, row->kind);
  text_io(t, &row->function);
  NUMBER(t, row->bits);
  NUMBER(t, row->out_argument);
  NUMBER(t, row->flags_argument);
  NUMBER(t, row->only_argument);
  NUMBER(t, row->unless_argument);
  NUMBER(t, row->only);
  NUMBER(t, row->unless);
  NUMBER(t, row->only_bits);
  NUMBER(t, row->path_argument);
  names_io(t, &row->paths);
  NUMBER(t, row->nonblock_bit);
  NUMBER(t, row->always_nonblocking);
  NUMBER(t, row->descriptor_argument);
  NUMBER(t, row->command_argument);
  NUMBER(t, row->command);
  NUMBER(t, row->value_argument);
  text_io(t, &row->value_field);
  NUMBER(t, row->value_inverted);
  NUMBER(t, row->callback_argument);
  NUMBER(t, row->callback_parameter);
  text_io(t, &row->handle);
  NUMBER(t, row->from_argument);
  NUMBER(t, row->always_blocking);
  NUMBER(t, row->each);
  timeout_io(t, &row->timeout);
  conditions_io(t, row);
}

/* Rules of one file share their library: it is written once, before the first of them. */
static void rules_io(table *t, rule_set *set) {
  const rule_library *library = NULL;
  uint32_t count = count_io(t, set->rules.count);
  if (!t->out) bs_vec_reserve(&set->rules, count);
  for (uint32_t i = 0; i < count && !t->bad; i++) {
    if (!t->out) *bs_vec_push(&set->rules) = bs_arena_alloc(t->arena, sizeof(rule));
    rule *r = set->rules.items[i];
    bool another = t->out && r->library != library;
    NUMBER(t, another);
    if (another) {
      rule_library *kept = t->out ? &(rule_library){0} : bs_arena_alloc(t->arena, sizeof *kept);
      if (t->out) *kept = *r->library;
      library_io(t, kept);
      library = t->out ? r->library : kept;
    }
    if (!t->out) r->library = library;
    rule_io(t, r);
    if (!library || !r->id) t->bad = true;
  }
}

static void packs_io(table *t, rule_set *set) {
  uint32_t count = count_io(t, set->packs.count);
  for (uint32_t i = 0; i < count && !t->bad; i++) {
    if (!t->out) *bs_vec_push(&set->packs) = bs_arena_alloc(t->arena, sizeof(loop_pack));
    loop_pack *pack = set->packs.items[i];
    pack_io(t, pack);
    for (uint32_t r = 0; r < pack->rows.count; r++) pack->rows.items[r].pack = pack;
  }
}

static void all_io(table *t, rule_set *set, descriptor_list *rows, rule_json_strings *forks) {
  rules_io(t, set);
  packs_io(t, set);
  EACH(t, *rows, descriptor_io);
  EACH(t, *forks, text_io);
}

static void head_io(table *t, char mark[8], uint32_t *format, uint64_t *hash) {
  bytes_io(t, mark, 8);
  NUMBER(t, *format);
  NUMBER(t, *hash);
}

void rule_set_write_table(const rule_set *set, bs_strbuf *out) {
  table t = {.out = out};
  rule_set copy = *set; /* writing changes nothing */
  descriptor_list rows = *rule_index_rows(set->index);
  rule_json_strings forks = *rule_index_forks(set->index);
  char mark[8];
  uint32_t format = FORMAT;
  memcpy(mark, magic, sizeof mark);
  head_io(&t, mark, &format, &copy.hash);
  all_io(&t, &copy, &rows, &forks);
}

static void forget(rule_set *set) {
  for (uint32_t i = 0; i < set->rules.count; i++) rule_fini(set->rules.items[i]);
  for (uint32_t i = 0; i < set->packs.count; i++) pack_fini(set->packs.items[i]);
  set->rules.count = set->packs.count = 0;
}

bool rule_table_load(rule_set *set, const char *bytes, size_t length, uint64_t hash) {
  table t = {.next = bytes, .end = bytes + length, .arena = &set->arena};
  descriptor_list rows = {0};
  rule_json_strings forks = {0};
  char mark[8];
  uint32_t format;
  uint64_t of;
  head_io(&t, mark, &format, &of);
  if (t.bad || memcmp(mark, magic, sizeof mark) != 0 || format != FORMAT || of != hash) return false;
  all_io(&t, set, &rows, &forks);
  bool good = !t.bad && t.next == t.end;
  if (good) {
    set->hash = hash;
    rule_index_add_descriptors(set->index, &rows, &forks);
  } else {
    forget(set);
  }
  return good;
}

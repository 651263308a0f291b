/* What the loader's files share: a JSON document that is checked key by key, with the place of every problem.
 *
 * Jansson knows the position of a syntax error only. A `rule_json_at` therefore remembers the way from the
 * root to a value, and loader_json.c looks the text up again when, and only when, there is something to
 * report.
 */
#ifndef BLOCKSCAN_RULES_LOADER_H
#define BLOCKSCAN_RULES_LOADER_H

#include "rules/rules.h"

#include <jansson.h>

/* A value and the way to it. `value` is NULL for a key that is not there. */
typedef struct rule_json_at {
  const struct rule_json_at *up; /* NULL at the root */
  json_t *value;
  const char *key; /* in an object, else NULL */
  size_t index; /* in an array */
} rule_json_at;

enum rule_json_kind {
  JSON_KIND_STRING,
  JSON_KIND_STRINGS,
  JSON_KIND_INTEGER,
  JSON_KIND_BOOLEAN,
  JSON_KIND_ARRAY,
  JSON_KIND_OBJECT,
  JSON_KIND_ANY
};

/* A key that an object may have. Tables end with a row without a name. */
typedef struct rule_json_member {
  const char *name;
  enum rule_json_kind kind;
  bool required;
} rule_json_member;

typedef struct rule_json_problem {
  unsigned line, column;
  char *text; /* on the heap: "FILE:LINE:COLUMN: …" */
} rule_json_problem;

typedef struct rule_json_reader {
  const char *path, *text;
  bs_arena *arena; /* strings are copied here */
  BS_VEC(rule_json_problem) problems;
} rule_json_reader;

/* Notes a problem at a value, or at its key. */
void rule_json_problem_at(rule_json_reader *reader, const rule_json_at *at, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void rule_json_reader_fini(rule_json_reader *reader);
/* Brings the problems into the order of the file, each once. */
void rule_json_reader_sort(rule_json_reader *reader);
/* The parsed text, or NULL with a problem. */
json_t *rule_json_reader_parse(rule_json_reader *reader, size_t length);

/* The lines of an array's items, one after the other, in one pass over the text. */
typedef struct rule_json_cursor {
  const char *next;
  unsigned line;
} rule_json_cursor;
rule_json_cursor rule_json_cursor_start(const char *text, const rule_json_at *array);
unsigned rule_json_cursor_line(rule_json_cursor *cursor);

/* Whether `at` is an object with known keys of the right kinds and all required ones; notes what is wrong.
 * `what` names it in messages: "a rule". Values of a wrong kind are to be left alone: rule_json_get() does
 * not give them. */
bool rule_json_check_object(rule_json_reader *reader, const rule_json_at *at, const char *what,
                            const rule_json_member *members);
/* A member of an object; `value` is NULL when it is missing or not of that kind. */
rule_json_at rule_json_get(const rule_json_at *at, const char *key, enum rule_json_kind kind);
rule_json_at rule_json_item(const rule_json_at *array, size_t index);
/* A copy of a string member in the arena, or NULL. */
const char *rule_json_get_string(rule_json_reader *reader, const rule_json_at *at, const char *key);
bool rule_json_get_bool(const rule_json_at *at, const char *key);
/* The position of a string member in a table of names; `missing` when it is not there or, with a problem,
 * not known. */
int rule_json_get_name(rule_json_reader *reader, const rule_json_at *at, const char *key,
                       const char *const *names, int count, int missing);

typedef BS_VEC(const char *) rule_json_strings;
/* Appends the strings of a member that is one string or an array of strings. */
void rule_json_get_strings(rule_json_reader *reader, const rule_json_at *at, const char *key,
                           rule_json_strings *out);

/* An integer, or a flag's name. Notes a problem when it is neither. */
bool rule_json_flag(rule_json_reader *reader, const rule_json_at *at, int64_t *value, const char **text);

/* loader_blocking.c, loader_loop.c, loader_descriptors.c: what one file holds. Nothing is kept on
 * problems. */
typedef BS_VEC(rule_condition) condition_list;
/* What a file holds lives in the reader's arena, but for compiled patterns: those are freed by
 * conditions_fini, rule_fini and pack_fini. */
/* Appends the conditions of a member. */
void load_conditions(rule_json_reader *reader, const rule_json_at *at, const char *key, condition_list *out);
/* The member "timeout" of a rule or of a row of "limits"; its argument is -1 without one. */
void load_timeout(rule_json_reader *reader, const rule_json_at *at, rule_timeout *timeout);
void conditions_fini(rule_condition *items, uint32_t count);
/* rule_descriptor bits of a member that is one word ("socket") or several. */
unsigned load_descriptor_bits(rule_json_reader *reader, const rule_json_at *at, const char *key);

typedef BS_VEC(rule *) rule_list;
/* Appends the rules of a file. */
void load_rules(rule_json_reader *reader, const rule_json_at *root, rule_list *out);
void rule_fini(rule *rule);

/* The pack of a file. */
loop_pack *load_pack(rule_json_reader *reader, const rule_json_at *root);
void pack_fini(loop_pack *pack);

typedef BS_VEC(descriptor_row) descriptor_list;
/* Appends the rows and the names of forks that a file holds. */
void load_descriptors(rule_json_reader *reader, const rule_json_at *root, descriptor_list *rows,
                      rule_json_strings *forks);

/* index.c: the look-up tables, and what else a set keeps of descriptors.json. */
struct rule_index *rule_index_new(void);
void rule_index_free(struct rule_index *index);
/* Takes the rows and names; those of a known function are replaced. */
void rule_index_add_descriptors(struct rule_index *index, const descriptor_list *rows,
                                const rule_json_strings *forks);
const descriptor_list *rule_index_rows(const struct rule_index *index);
const rule_json_strings *rule_index_forks(const struct rule_index *index);

#endif

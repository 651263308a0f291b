/* A compile command by itself, as a database of one entry: what a build system runs for an object tells how
 * its source is to be read. */
#include "analyzer/frontend/language.h"

#include <jansson.h>
#include <string.h>

const char *compdb_source_of_command(const char *const *words, uint32_t count, uint32_t *sources) {
  path_list list = {0};
  if (count > 1) language_sources(words + 1, count - 1, &list);
  const char *source = list.count ? list.items[list.count - 1] : NULL;
  *sources = list.count;
  bs_vec_fini(&list);
  return source;
}

bool compdb_of_command(compdb *db, const char *const *words, uint32_t count, bs_error *error) {
  uint32_t sources;
  const char *source = compdb_source_of_command(words, count, &sources);
  *db = (compdb){0};
  if (sources != 1)
    return bs_error_set(error, "the command names %s source (expected one, as in \"cc -c a.c -o a.o\")",
                        sources ? "more than one" : "no");
  json_t *arguments = json_array();
  for (uint32_t i = 0; i < count; i++)
    json_array_append_new(arguments, json_stringn_nocheck(words[i], strlen(words[i])));
  json_t *array = json_pack("[{s:s, s:o}]", "file", source, "arguments", arguments);
  char *text = array ? json_dumps(array, JSON_COMPACT) : NULL;
  bool good = text ? compdb_parse(db, "command", text, strlen(text), error)
                   : bs_error_set(error, "the command is not in UTF-8");
  free(text);
  json_decref(array);
  return good;
}

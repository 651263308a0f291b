/* Comments that silence a rule at a place: in its line, around it, or for its file. */
#include "analyzer/check/internal.h"
#include "rules/config.h"

#include <string.h>

/* Whether a comment speaks of this line of its file. */
static bool covers(const program_suppression *s, uint32_t line) {
  if (s->last == FACTS_LINE_ALONE) return line == s->line;
  return s->last != FACTS_BLOCK_OPEN && s->line && line >= s->line && line <= s->last;
}

static uint32_t find_among(const checker *c, uint64_t key, uint32_t line, const char *rule_id) {
  uint32_t i;
  if (!bs_map_find(&c->suppressed_lines, key, &i)) return 0;
  for (; i != PROGRAM_NONE; i = c->next_suppression.items[i]) {
    const program_suppression *s = &c->p->suppressions.items[i];
    const char *name = program_text(c->p, s->rule);
    if (!s->rule || !s->reason || !covers(s, line)) continue;
    if (strcmp(name, "*") == 0 || (rule_id && project_config_speaks_of(name, rule_id))) return i + 1;
  }
  return 0;
}

/* That of the line comes before that of a block or of the file. */
uint32_t suppressed_by(const checker *c, program_place place, const char *rule_id) {
  uint32_t found = find_among(c, bs_map_key(place.file, place.line), place.line, rule_id);
  return found ? found : find_among(c, bs_map_key(place.file, 0), place.line, rule_id);
}

bool suppressed_maybe(const checker *c, program_place place) {
  uint32_t found;
  return bs_map_find(&c->suppressed_lines, bs_map_key(place.file, place.line), &found) ||
         bs_map_find(&c->suppressed_lines, bs_map_key(place.file, 0), &found);
}

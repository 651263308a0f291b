/* What flags and names say of a function or a record, without a look at its code. */
#include "analyzer/check/internal.h"

#include <string.h>

bool check_is_outside(const program *p, uint32_t function) {
  const program_function *f = &p->functions.items[function];
  return !f->defined || f->flags & FACTS_FUNCTION_SYSTEM;
}

const char *check_record_tag(const char *key, size_t *length) {
  static const char *const keywords[] = {"struct ", "union ", "class "};
  for (size_t i = 0; i < sizeof keywords / sizeof *keywords; i++)
    if (strncmp(key, keywords[i], strlen(keywords[i])) == 0) key += strlen(keywords[i]);
  *length = strcspn(key, "@<");
  return key;
}

bool check_pointer_name(const program *p, uint32_t node, bs_strbuf *name) {
  const program_node *n = &p->nodes.items[node];
  bs_strbuf_clear(name);
  if (n->kind == FACTS_NODE_GLOBAL) {
    bs_strbuf_adds(name, program_text(p, n->a));
  } else if (n->kind == FACTS_NODE_FIELD) {
    size_t length;
    const char *tag = check_record_tag(program_text(p, n->a), &length);
    bs_strbuf_addf(name, "%.*s.%s", (int)length, tag, program_text(p, n->b));
  }
  return name->length > 0;
}

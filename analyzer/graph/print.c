/* The call graph as text: the contract of `blockscan graph`. */
#include "analyzer/graph/program.h"
#include "base/visible.h"

#include <stdlib.h>
#include <string.h>

static const char *const strength_names[] = {
    [PROGRAM_POSSIBLE] = "possible", [PROGRAM_LIKELY] = "likely", [PROGRAM_CERTAIN] = "certain"};

static const char *kind_name(enum program_how how) {
  return how == PROGRAM_DIRECT ? "direct" : how == PROGRAM_CALLBACK ? "callback" : "indirect";
}

/* A line that begins with "::" is a command to GitHub's runner. */
static void add_end(const program *p, uint32_t function, bs_strbuf *out) {
  const program_function *f = &p->functions.items[function];
  const char *file = f->defined ? program_text(p, f->place.file) : "-", *name = program_text(p, f->name);
  if (visible_is_command(file, strlen(file))) bs_strbuf_adds(out, "./");
  visible_add(out, file, strlen(file));
  bs_strbuf_addc(out, ':');
  visible_add(out, name, strlen(name));
}

static int compare_lines(const void *a, const void *b) {
  return strcmp(*(char *const *)a, *(char *const *)b);
}

void program_print(const program *p, bool external, bs_strbuf *out) {
  bs_arena arena = {0};
  BS_VEC(char *) lines = {0};
  bs_strbuf line = BS_STRBUF_INIT;
  for (uint32_t i = 0; i < p->edges.count; i++) {
    const program_edge *e = &p->edges.items[i];
    if (!external && !p->functions.items[e->callee].defined) continue;
    bs_strbuf_clear(&line);
    add_end(p, p->calls.items[e->call].caller, &line);
    bs_strbuf_addc(&line, '\t');
    add_end(p, e->callee, &line);
    bs_strbuf_addf(&line, "\t%s\t%s\n", kind_name(e->how), strength_names[e->strength]);
    *bs_vec_push(&lines) = bs_arena_strndup(&arena, line.text, line.length);
  }
  bs_vec_sort(&lines, compare_lines);
  for (uint32_t i = 0; i < lines.count; i++)
    if (i == 0 || strcmp(lines.items[i], lines.items[i - 1]) != 0) bs_strbuf_adds(out, lines.items[i]);
  bs_vec_fini(&lines);
  bs_strbuf_fini(&line);
  bs_arena_fini(&arena);
}

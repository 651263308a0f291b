/* The stalls of a recording as folded stacks, for flamegraph.pl and its relatives:
 * "loop;outermost;…;innermost NANOSECONDS", equal stacks added up, in the order of the text. What is
 * incomplete stands above them in lines that no reader takes for a stack: "# incomplete: … (no stack)". */
#include "base/hash.h"
#include "base/map.h"
#include "base/utf8.h"
#include "base/visible.h"
#include "reports/formats.h"
#include "reports/stacks.h"

#include <string.h>

typedef struct folded_line {
  const char *stack;
  uint64_t ns;
} folded_line;

typedef struct folding {
  const report_document *document;
  bs_arena arena;
  bs_map index, loops;
  BS_VEC(folded_line) lines;
} folding;

/* A semicolon parts frames, a newline lines. */
static void add_name(bs_strbuf *out, const char *name) {
  if (out->length) bs_strbuf_addc(out, ';');
  for (size_t left = strlen(name), n; left; name += n, left -= n) {
    n = utf8_length(name, left);
    if (*name == ';')
      bs_strbuf_addc(out, ':');
    else if (!n || visible_is_hazard(name, n))
      bs_strbuf_adds(out, n && strchr("\t\n\r", *name) ? " " : "\xef\xbf\xbd");
    else
      bs_strbuf_add(out, name, n);
    if (!n) n = 1;
  }
}

static void add_stack(void *context, const report_stall *stall, const report_frame *frames, uint32_t count,
                      uint64_t ns) {
  folding *f = context;
  bs_strbuf text = BS_STRBUF_INIT;
  uint32_t loop;
  bool is_new;
  if (bs_map_find(&f->loops, stall->loop, &loop))
    add_name(&text, stack_loop_name(&f->arena, &f->document->recorded_loops.items[loop]));
  for (uint32_t i = 0; i < count; i++) add_name(&text, stack_frame_name(&f->arena, &frames[i]));
  uint32_t number = bs_map_add(&f->index, bs_hash(text.text, text.length), f->lines.count, &is_new);
  if (is_new) bs_vec_push(&f->lines)->stack = bs_arena_strndup(&f->arena, text.text, text.length);
  f->lines.items[number].ns += ns;
  bs_strbuf_fini(&text);
}

static int by_stack(const void *a, const void *b) {
  return strcmp(((const folded_line *)a)->stack, ((const folded_line *)b)->stack);
}

void report_write_folded(const report_document *document, const report_options *options, bs_strbuf *out) {
  (void)options;
  folding f = {.document = document};
  for (uint32_t i = 0; i < document->recorded_loops.count; i++)
    bs_map_add(&f.loops, document->recorded_loops.items[i].id, i, NULL);
  stacks_visit(document, add_stack, &f);
  bs_vec_sort(&f.lines, by_stack);
  for (uint32_t i = 0; i < document->incomplete.count; i++) {
    bs_strbuf_adds(out, "# incomplete: ");
    visible_add(out, document->incomplete.items[i].text, strlen(document->incomplete.items[i].text));
    bs_strbuf_adds(out, " (no stack)\n"); /* readers know a stack by the number at its end */
  }
  for (uint32_t i = 0; i < f.lines.count; i++)
    bs_strbuf_addf(out, "%s %llu\n", f.lines.items[i].stack, (unsigned long long)f.lines.items[i].ns);
  bs_vec_fini(&f.lines);
  bs_map_fini(&f.index);
  bs_map_fini(&f.loops);
  bs_arena_fini(&f.arena);
}

/* The report for people: findings that one function makes stand together, the most worth reading first.
 * Every finding has a line `file:line:column: level: message [rule]`, which editors and compilers' log
 * readers parse. */
#include "reports/text.h"

#include "base/hash.h"
#include "base/map.h"
#include "reports/excerpt.h"
#include "reports/formats.h"

#include <string.h>

typedef struct text_report {
  painter paint;
  const report_document *document;
  const report_options *options;
  excerpts sources;
} text_report;

/* Findings in one function: `next` leads from each to the next of its function, UINT32_MAX ends. */
typedef struct groups {
  BS_VEC(uint32_t) heads; /* in the order of the document */
  uint32_t *next;
} groups;

static bool same_function(const report_finding *a, const report_finding *b) {
  return !strcmp(a->sink.function, b->sink.function) && !strcmp(a->sink.file, b->sink.file);
}

static uint64_t group_key(const report_finding *finding) {
  uint64_t hash = bs_hash(finding->sink.file, strlen(finding->sink.file));
  return bs_hash_mix(hash, bs_hash(finding->sink.function, strlen(finding->sink.function)));
}

static void make_groups(const report_document *document, const report_options *options, groups *made) {
  bs_map heads = {0};
  uint32_t count = document->findings.count;
  uint32_t *last = bs_calloc(count + 1, sizeof *last);
  made->next = bs_calloc(count + 1, sizeof *made->next);
  for (uint32_t i = 0; i < count; i++) {
    const report_finding *finding = &document->findings.items[i];
    if (!report_shows(finding, options)) continue;
    bool is_new;
    uint32_t head = bs_map_add(&heads, group_key(finding), i, &is_new);
    made->next[i] = UINT32_MAX;
    if (!is_new && same_function(&document->findings.items[head], finding))
      made->next[last[head]] = i;
    else
      *bs_vec_push(&made->heads) = head = i;
    last[head] = i;
  }
  free(last);
  bs_map_fini(&heads);
}

static void groups_fini(groups *made) {
  bs_vec_fini(&made->heads);
  free(made->next);
}

static void write_first_line(text_report *t, const report_finding *finding) {
  static const enum paint paints[RULE_SEVERITIES] = {PAINT_NOTE, PAINT_WARNING, PAINT_ERROR};
  painter *p = &t->paint;
  paintf(p, PAINT_BOLD, "%s:%u:%u:", finding->sink.file, finding->sink.line ? finding->sink.line : 1,
         finding->sink.column ? finding->sink.column : 1);
  bs_strbuf_addc(p->out, ' ');
  paintf(p, paints[finding->severity], "%s:", rule_severity_names[finding->severity]);
  bs_strbuf_addc(p->out, ' ');
  paint(p, PAINT_BOLD, finding->message);
  if (finding->confidence == RULE_POSSIBLE) paint(p, PAINT_NONE, " (possible)");
  paintf(p, PAINT_DIM, " [%s]", finding->rule);
  bs_strbuf_addc(p->out, '\n');
}

static bool was_advised(const report_finding *const *advised, uint32_t count, const report_finding *finding) {
  for (uint32_t i = 0; i < count; i++)
    if (!strcmp(advised[i]->advice, finding->advice)) return true;
  return false;
}

/* What to use instead, once for each different advice of the group. */
static void write_advice(text_report *t, const groups *made, uint32_t head) {
  BS_VEC(const report_finding *) advised = {0};
  for (uint32_t i = head; i != UINT32_MAX; i = made->next[i]) {
    const report_finding *finding = &t->document->findings.items[i];
    if (!*finding->advice || was_advised(advised.items, advised.count, finding)) continue;
    bs_strbuf label = BS_STRBUF_INIT;
    if (advised.count || made->next[head] != UINT32_MAX)
      bs_strbuf_addf(&label, "instead of %s(): ", finding->api);
    else
      bs_strbuf_adds(&label, "instead: ");
    paint_paragraph(&t->paint, 2, label.text, finding->advice);
    bs_strbuf_fini(&label);
    *bs_vec_push(&advised) = finding;
  }
  bs_vec_fini(&advised);
}

/* The other findings of the same function: their first lines only, the way to them is the same. At most
 * `room` of them. */
static uint32_t write_followers(text_report *t, const groups *made, uint32_t head, uint32_t room) {
  uint32_t count = 0, written = 0;
  for (uint32_t i = made->next[head]; i != UINT32_MAX; i = made->next[i]) count++;
  if (!count || !room) return 0;
  const char *function = t->document->findings.items[head].sink.function;
  if (*function)
    paintf(&t->paint, PAINT_DIM, "  and %u more in %s(), reached the same way:", count, function);
  else
    paintf(&t->paint, PAINT_DIM, "  and %u more in code without a name:", count);
  bs_strbuf_addc(t->paint.out, '\n');
  for (uint32_t i = made->next[head]; i != UINT32_MAX && written < room; i = made->next[i], written++) {
    write_first_line(t, &t->document->findings.items[i]);
    text_write_runtime(&t->paint, &t->document->findings.items[i]);
  }
  return written;
}

/* Returns the number of findings written, `room` at most. */
static uint32_t write_group(text_report *t, const groups *made, uint32_t head, uint32_t room) {
  const report_finding *finding = &t->document->findings.items[head];
  write_first_line(t, finding);
  excerpt_write(&t->sources, &t->paint, t->document->root_path, &finding->sink);
  text_write_runtime(&t->paint, finding);
  text_write_anchor(&t->paint, finding);
  if (*finding->why) paint_paragraph(&t->paint, 2, "because: ", finding->why);
  text_write_path(&t->paint, finding, t->options->full_paths);
  write_advice(t, made, head);
  uint32_t followers = write_followers(t, made, head, room - 1);
  bs_strbuf_addc(t->paint.out, '\n');
  return followers + 1;
}

static bool has_programs(const report_document *document) {
  for (uint32_t i = 0; i < document->findings.count; i++)
    if (*document->findings.items[i].program) return true;
  return false;
}

/* Findings of several programs stand under the names of these. */
static void write_program(text_report *t, const char **last, const report_finding *finding) {
  if (*last && !strcmp(*last, finding->program)) return;
  *last = finding->program;
  if (*finding->program)
    paintf(&t->paint, PAINT_BOLD, "Program %s:", finding->program);
  else
    paintf(&t->paint, PAINT_BOLD, "In no program that the database names:");
  bs_strbuf_adds(t->paint.out, "\n\n");
}

/* Returns how many findings are not written, because of --max-findings. */
static uint32_t write_findings(text_report *t) {
  const report_document *document = t->document;
  uint32_t most = t->options->max_findings ? t->options->max_findings : UINT32_MAX, written = 0, all = 0;
  groups made = {0};
  const char *program = NULL;
  bool several = has_programs(document);
  make_groups(document, t->options, &made);
  for (uint32_t i = 0; i < made.heads.count && written < most; i++) {
    if (several) write_program(t, &program, &document->findings.items[made.heads.items[i]]);
    written += write_group(t, &made, made.heads.items[i], most - written);
  }
  groups_fini(&made);
  for (uint32_t i = 0; i < document->findings.count; i++)
    all += report_shows(&document->findings.items[i], t->options);
  return all - written;
}

void report_write_text(const report_document *document, const report_options *options, bs_strbuf *out) {
  text_report t = {.paint = {out, options->color, options->width}, .document = document, .options = options};
  uint32_t left_out = 0;
  if (document->run.program) {
    text_write_recording(&(painter){out, options->color, 0}, document);
    return;
  }
  if (options->statistics)
    text_write_statistics(&t.paint, document, options);
  else
    left_out = write_findings(&t);
  text_write_summary(&t.paint, document, options, left_out);
  excerpts_fini(&t.sources);
}

/* The numbers in place of the findings: by rule, by the file of the call, by the callback that waits for it.
 * A finding counts once for a callback, whatever ways lead to it. */
#include "base/hash.h"
#include "base/map.h"
#include "reports/text.h"

#include <string.h>

typedef struct count_row {
  const char *name, *remark;
  unsigned findings;
} count_row;
typedef struct count_table {
  bs_map rows; /* hash of name and remark -> index */
  BS_VEC(count_row) items;
} count_table;

static void count(count_table *table, const char *name, const char *remark) {
  bool is_new;
  uint64_t key = bs_hash_mix(bs_hash(name, strlen(name)), bs_hash(remark, strlen(remark)));
  uint32_t index = bs_map_add(&table->rows, key, table->items.count, &is_new);
  if (is_new) *bs_vec_push(&table->items) = (count_row){.name = name, .remark = remark};
  table->items.items[index].findings++;
}

static int compare_rows(const void *a, const void *b) {
  const count_row *x = a, *y = b;
  if (x->findings != y->findings) return x->findings < y->findings ? 1 : -1;
  int order = strcmp(x->name, y->name);
  return order ? order : strcmp(x->remark, y->remark);
}

/* Ends the table. */
static void write_table(painter *p, count_table *table, const char *title, unsigned most) {
  unsigned widest = 0;
  uint32_t shown = most && table->items.count > most ? most : table->items.count;
  bs_vec_sort(&table->items, compare_rows);
  for (uint32_t i = 0; i < shown; i++) {
    unsigned columns = paint_columns(table->items.items[i].name);
    if (columns > widest) widest = columns;
  }
  if (shown) paint(p, PAINT_HEADING, title);
  if (shown) bs_strbuf_addc(p->out, '\n');
  for (uint32_t i = 0; i < shown; i++) {
    const count_row *row = &table->items.items[i];
    paintf(p, PAINT_NONE, "%7u  ", row->findings);
    paint(p, PAINT_BOLD, row->name);
    paint_pad(p, *row->remark ? widest - paint_columns(row->name) + 2 : 0);
    paint(p, PAINT_DIM, row->remark);
    bs_strbuf_addc(p->out, '\n');
  }
  if (shown < table->items.count) paintf(p, PAINT_DIM, "         and %u more\n", table->items.count - shown);
  if (shown) bs_strbuf_addc(p->out, '\n');
  bs_map_fini(&table->rows);
  bs_vec_fini(&table->items);
}

void text_write_statistics(painter *p, const report_document *document, const report_options *options) {
  count_table rules = {0}, files = {0}, callbacks = {0};
  for (uint32_t i = 0; i < document->findings.count; i++) {
    const report_finding *f = &document->findings.items[i];
    if (!report_shows(f, options)) continue;
    count(&rules, f->rule, rule_severity_names[f->severity]);
    count(&files, f->sink.file, "");
    for (uint32_t k = 0; k < f->entries.count; k++)
      if (!phrase_is_repeated(f, k))
        count(&callbacks, f->entries.items[k].function, f->entries.items[k].file);
  }
  write_table(p, &rules, "By rule:", options->max_findings);
  write_table(p, &files, "By file of the call:", options->max_findings);
  write_table(p, &callbacks, "By callback that can wait for it:", options->max_findings);
}

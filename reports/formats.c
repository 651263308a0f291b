/* The table, made from the rows of formats.h. */
#include "reports/formats.h"

#include <string.h>

#define FORMAT_ROW(name, summary) {#name, summary, report_write_##name},
const report_format report_formats[] = {REPORT_FORMATS(FORMAT_ROW){NULL, NULL, NULL}};

const report_format *report_find_format(const char *name) {
  for (const report_format *f = report_formats; f->name; f++)
    if (!strcmp(f->name, name)) return f;
  return NULL;
}

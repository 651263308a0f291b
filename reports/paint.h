/* Text for people: colours, wrapping, and text from outside that must not act on a terminal. */
#ifndef BLOCKSCAN_REPORTS_PAINT_H
#define BLOCKSCAN_REPORTS_PAINT_H

#include "reports/model/model.h"

enum paint {
  PAINT_NONE,
  PAINT_BOLD,
  PAINT_DIM,
  PAINT_ERROR,
  PAINT_WARNING,
  PAINT_NOTE,
  PAINT_CARET,
  PAINT_HEADING,
  PAINTS
};

typedef struct painter {
  bs_strbuf *out;
  bool color;
  unsigned width; /* columns to wrap at; 0: never */
} painter;

/* Appends text in a colour. Control characters and bytes that are no UTF-8 are replaced. */
void paint(painter *p, enum paint color, const char *text);
void paintf(painter *p, enum paint color, const char *format, ...) __attribute__((format(printf, 3, 4)));
/* The same for the first `length` bytes. */
void paint_bytes(painter *p, enum paint color, const char *text, size_t length);
/* Appends a paragraph: `indent` spaces, the label ("instead: "), then the text, whose further lines begin
 * below its first word. */
void paint_paragraph(painter *p, unsigned indent, const char *label, const char *text);
/* The same in other colours than a dim label and plain text. */
void paint_colored_paragraph(painter *p, unsigned indent, enum paint label_color, const char *label,
                             enum paint text_color, const char *text);
/* Appends spaces. */
void paint_pad(painter *p, size_t count);
/* Columns that a text takes: its characters. */
unsigned paint_columns(const char *text);

#endif

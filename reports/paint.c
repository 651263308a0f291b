/* Escapes of colour, wrapping by characters, and visible forms of what a terminal would act on. */
#include "reports/paint.h"

#include "base/utf8.h"
#include "base/visible.h"

#include <string.h>

static const char *const codes[PAINTS] = {
    "", "\033[1m", "\033[2m", "\033[1;31m", "\033[1;35m", "\033[1;36m", "\033[1;32m", "\033[1m",
};

static void add_safe(bs_strbuf *out, const char *text, size_t length) {
  for (size_t i = 0; i < length;) {
    size_t n = utf8_length(text + i, length - i);
    if (length - i > 2 && !strncmp(text + i, "##[", 3))
      bs_strbuf_adds(out, "#\\"); /* shown as #\#[ */
    else if (n && !visible_is_hazard(text + i, n))
      bs_strbuf_add(out, text + i, n);
    else
      bs_strbuf_adds(out, n == 1 && text[i] == '\t' ? " " : "\xef\xbf\xbd");
    i += n ? n : 1;
  }
}

static bool is_at_line_start(const bs_strbuf *out) {
  size_t at = out->length;
  while (at && out->text[at - 1] == ' ') at--;
  return !at || out->text[at - 1] == '\n';
}

/* GitHub's runner takes lines that begin with "::" for commands, and "##[" anywhere. */
static void add_without_commands(bs_strbuf *out, const char *text, size_t length) {
  if (visible_is_command(text, length) && is_at_line_start(out)) bs_strbuf_adds(out, "./");
  add_safe(out, text, length);
}

void paint_bytes(painter *p, enum paint color, const char *text, size_t length) {
  bool painted = p->color && color != PAINT_NONE && length;
  if (painted) bs_strbuf_adds(p->out, codes[color]);
  add_without_commands(p->out, text, length);
  if (painted) bs_strbuf_adds(p->out, "\033[0m");
}

void paint(painter *p, enum paint color, const char *text) { paint_bytes(p, color, text, strlen(text)); }

void paintf(painter *p, enum paint color, const char *format, ...) {
  bs_strbuf text = BS_STRBUF_INIT;
  va_list args;
  va_start(args, format);
  bs_strbuf_vaddf(&text, format, args);
  va_end(args);
  paint_bytes(p, color, text.text, text.length);
  bs_strbuf_fini(&text);
}

void paint_pad(painter *p, size_t count) {
  while (count--) bs_strbuf_addc(p->out, ' ');
}

unsigned paint_columns(const char *text) {
  unsigned columns = 0;
  for (size_t i = 0, length = strlen(text); i < length; columns++) {
    size_t n = utf8_length(text + i, length - i);
    i += n ? n : 1;
  }
  return columns;
}

/* Where further lines of a paragraph begin: below its first word where that leaves room, else further left.
 */
static unsigned hanging(unsigned width, unsigned indent, unsigned start) {
  enum { ROOM = 20 };
  if (start + ROOM < width) return start;
  return indent + 2 + ROOM < width ? indent + 2 : 0;
}

void paint_colored_paragraph(painter *p, unsigned indent, enum paint label_color, const char *label,
                             enum paint text_color, const char *text) {
  unsigned start = indent + paint_columns(label), further = hanging(p->width, indent, start);
  bool begins = true; /* a line: a word that is wider stands alone */
  paint_pad(p, indent);
  size_t trimmed = strlen(label);
  while (trimmed && label[trimmed - 1] == ' ') trimmed--;
  paint_bytes(p, label_color, label,
              trimmed); /* spaces in a colour could not be taken back at a line's end */
  bs_strbuf_adds(p->out, label + trimmed);
  for (unsigned column = start; *text;) {
    size_t length = strcspn(text, " \n");
    char word[256];
    size_t copied = length < sizeof word ? length : sizeof word - 1;
    memcpy(word, text, copied);
    word[copied] = 0;
    unsigned columns = paint_columns(word);
    if (p->width && column + !begins + columns > p->width && (!begins || column > further)) {
      while (p->out->length && p->out->text[p->out->length - 1] == ' ') p->out->text[--p->out->length] = 0;
      bs_strbuf_addc(p->out, '\n');
      paint_pad(p, further);
      column = further;
    } else if (!begins) {
      bs_strbuf_addc(p->out, ' ');
      column++;
    }
    begins = false;
    paint_bytes(p, text_color, text, length);
    column += columns;
    text += length + strspn(text + length, " \n");
  }
  bs_strbuf_addc(p->out, '\n');
}

void paint_paragraph(painter *p, unsigned indent, const char *label, const char *text) {
  paint_colored_paragraph(p, indent, PAINT_DIM, label, PAINT_NONE, text);
}

/* Goes over a text character by character: what is a hazard is written as an escape, all else as it is. */
#include "base/visible.h"

#include "base/utf8.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

uint32_t visible_code_point(const char *text, size_t length) {
  static const unsigned char masks[] = {0, 0x7f, 0x1f, 0x0f, 0x07};
  uint32_t c = (unsigned char)text[0] & masks[length];
  for (size_t i = 1; i < length; i++) c = c << 6 | ((unsigned char)text[i] & 0x3f);
  return c;
}

static bool turns_direction(uint32_t c) {
  return c == 0x061c || c == 0x200e || c == 0x200f || (c >= 0x202a && c <= 0x202e) ||
         (c >= 0x2066 && c <= 0x2069);
}

/* Nobody sees it: soft hyphen, zero-width space and joiner of words, marks of byte order and of annotations,
 * tags (which spell ASCII for a machine that reads along). Not the joiners that scripts and emoji need. */
static bool is_invisible(uint32_t c) {
  return c == 0xad || c == 0x180e || c == 0x200b || (c >= 0x2060 && c <= 0x2064) || c == 0xfeff ||
         (c >= 0xfff9 && c <= 0xfffb) || (c >= 0xe0000 && c <= 0xe007f);
}

bool visible_is_hazard(const char *text, size_t length) {
  uint32_t c = visible_code_point(text, length);
  return is_invisible(c) || c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x2028 || c == 0x2029 ||
         turns_direction(c);
}

static void add_escape(bs_strbuf *out, uint32_t c) {
  if (c == '\n')
    bs_strbuf_adds(out, "\\n");
  else if (c == '\t')
    bs_strbuf_adds(out, "\\t");
  else if (c == '\r')
    bs_strbuf_adds(out, "\\r");
  else
    bs_strbuf_addf(out, c < 0x100 ? "\\x%02x" : "\\u%04x", c);
}

void visible_add(bs_strbuf *out, const char *text, size_t length) {
  for (size_t i = 0; i < length;) {
    size_t n = utf8_length(text + i, length - i);
    if (length - i > 2 && !memcmp(text + i, "##[", 3))
      bs_strbuf_adds(out, "#\\");
    else if (!n)
      bs_strbuf_adds(out, "\xef\xbf\xbd");
    else if (visible_is_hazard(text + i, n))
      add_escape(out, visible_code_point(text + i, n));
    else
      bs_strbuf_add(out, text + i, n);
    i += n ? n : utf8_broken(text + i, length - i);
  }
}

bool visible_is_command(const char *text, size_t length) {
  while (length && *text == ' ') text++, length--;
  return length > 1 && text[0] == ':' && text[1] == ':';
}

/* One conversion of a format: "%", flags, width, precision, length, letter. */
typedef struct conversion {
  char text[32]; /* without what stands for a star: that is filled in */
  char letter;
  int longs;
  bool size, has_precision;
  int precision;
} conversion;

static const char *read_number(const char *at, char *text, size_t *length, va_list *args, int *value) {
  if (*at == '*') {
    *value = va_arg(*args, int);
    *length += (size_t)snprintf(text + *length, 12, "%d", *value);
    return at + 1;
  }
  for (*value = 0; *at >= '0' && *at <= '9'; at++) {
    *value = *value * 10 + (*at - '0');
    if (*length < 16) text[(*length)++] = *at;
  }
  return at;
}

static const char *read_conversion(const char *at, conversion *c, va_list *args) {
  size_t length = 0;
  int width;
  *c = (conversion){.precision = -1};
  c->text[length++] = *at++;
  while (strchr("-+ #0", *at) && *at && length < 6) c->text[length++] = *at++;
  at = read_number(at, c->text, &length, args, &width);
  if (*at == '.') {
    c->has_precision = true;
    c->text[length++] = *at++;
    at = read_number(at, c->text, &length, args, &c->precision);
  }
  for (; *at == 'l' || *at == 'z'; at++) {
    c->longs += *at == 'l';
    c->size |= *at == 'z';
    c->text[length++] = *at;
  }
  c->letter = *at;
  c->text[length++] = *at;
  return *at ? at + 1 : at;
}

/* The text as a string whose width the conversion can pad. */
static void add_string(bs_strbuf *out, const conversion *c, const char *text) {
  if (!text) text = "(null)";
  size_t most = c->has_precision && c->precision >= 0 ? (size_t)c->precision : SIZE_MAX;
  bs_strbuf shown = BS_STRBUF_INIT;
  visible_add(&shown, text, strnlen(text, most));
  char padding[32];
  snprintf(padding, sizeof padding, "%.*ss", (int)strcspn(c->text + 1, ".s") + 1, c->text);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
  bs_strbuf_addf(out, padding, shown.text);
#pragma GCC diagnostic pop
  bs_strbuf_fini(&shown);
}

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
static void add_number(bs_strbuf *out, const conversion *c, va_list *args) {
  if (c->letter == 'f')
    bs_strbuf_addf(out, c->text, va_arg(*args, double));
  else if (c->size)
    bs_strbuf_addf(out, c->text, va_arg(*args, size_t));
  else if (c->longs == 2)
    bs_strbuf_addf(out, c->text, va_arg(*args, long long));
  else if (c->longs == 1)
    bs_strbuf_addf(out, c->text, va_arg(*args, long));
  else
    bs_strbuf_addf(out, c->text, va_arg(*args, int));
}
#pragma GCC diagnostic pop

void visible_vaddf(bs_strbuf *out, const char *format, va_list given) {
  va_list args;
  va_copy(args, given);
  while (*format) {
    size_t plain = strcspn(format, "%");
    bs_strbuf_add(out, format, plain);
    format += plain;
    if (!*format) break;
    conversion c;
    format = read_conversion(format, &c, &args);
    if (c.letter == '%')
      bs_strbuf_addc(out, '%');
    else if (c.letter == 's')
      add_string(out, &c, va_arg(args, const char *));
    else
      add_number(out, &c, &args);
  }
  va_end(args);
}

static bool locale_is_utf8(void) {
  static const char *const variables[] = {"LC_ALL", "LC_CTYPE", "LANG"};
  for (size_t i = 0; i < sizeof variables / sizeof *variables; i++) {
    const char *value = getenv(variables[i]);
    if (value && *value) return strcasestr(value, "utf-8") || strcasestr(value, "utf8");
  }
  return false;
}

static const char *ascii_of(uint32_t code_point) {
  switch (code_point) {
  case 0xb5: return "u";
  case 0xb1: return "+/-";
  case 0xd7: return "x";
  case 0x2013:
  case 0x2014: return "-";
  case 0x2026: return "...";
  case 0x2192: return "->";
  case 0xfffd: return "?";
  default: return NULL;
  }
}

void visible_fit_locale(bs_strbuf *text, bool terminal) {
  bs_strbuf out = BS_STRBUF_INIT;
  if (locale_is_utf8()) return;
  for (size_t i = 0; i < text->length;) {
    const char *at = text->text + i;
    size_t n = (unsigned char)*at < 0x80 ? 1 : utf8_length(at, text->length - i);
    const char *ascii = n > 1 ? ascii_of(visible_code_point(at, n)) : NULL;
    if (ascii)
      bs_strbuf_adds(&out, ascii);
    else if (n != 1 && terminal)
      bs_strbuf_addc(&out, '?');
    else
      bs_strbuf_add(&out, at, n ? n : 1);
    i += n ? n : 1;
  }
  bs_strbuf_fini(text);
  *text = out;
}

void visible_say(const char *format, ...) {
  bs_strbuf line = BS_STRBUF_INIT;
  va_list args;
  va_start(args, format);
  visible_vaddf(&line, format, args);
  va_end(args);
  visible_fit_locale(&line, isatty(STDERR_FILENO));
  fprintf(stderr, "blockscan: %s\n", line.text);
  bs_strbuf_fini(&line);
}

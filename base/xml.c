/* References where XML has them; what XML 1.0 cannot hold at all becomes the replacement character. */
#include "base/xml.h"

#include "base/utf8.h"
#include "base/visible.h"

#include <stdbool.h>
#include <string.h>

/* The character as XML writes it, or NULL when it may stand as it is. "##[" is a command to GitHub's runner,
 * wherever it stands in a log. */
static const char *replacement(const char *text) {
  switch (*text) {
  case '#': return text[1] == '#' && text[2] == '[' ? "&#35;" : NULL;
  case '&': return "&amp;";
  case '<': return "&lt;";
  case '>': return "&gt;";
  case '"': return "&quot;";
  case '\'': return "&apos;";
  case '\n': return "&#10;";
  case '\t': return "&#9;";
  case '\r': return "&#13;";
  default: return NULL;
  }
}

static bool is_noncharacter(const char *text, size_t length) {
  return length == 3 && (!memcmp(text, "\xef\xbf\xbe", 3) || !memcmp(text, "\xef\xbf\xbf", 3));
}

void xml_text(bs_strbuf *out, const char *text) {
  for (size_t left = strlen(text), n; left; text += n, left -= n) {
    const char *instead = replacement(text);
    n = utf8_length(text, left);
    if (!n || is_noncharacter(text, n) || (!instead && visible_is_hazard(text, n))) instead = "\xef\xbf\xbd";
    if (!n) n = 1;
    if (instead)
      bs_strbuf_adds(out, instead);
    else
      bs_strbuf_add(out, text, n);
  }
}

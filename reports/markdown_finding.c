/* One finding of the Markdown report, and the texts in it. */
#include "base/utf8.h"
#include "base/visible.h"
#include "reports/markdown.h"

#include <string.h>

enum { LONGEST = 300, STEPS = 16 };

/* As a numeric entity a character is itself, whatever it means in Markdown (CommonMark 0.31, 2.5). */
static bool is_special(const char *text, bool is_first) {
  if (strchr("&<>\\`*_[]|~#@!$", *text)) return true;
  if (!is_first) return false;
  size_t digits = strspn(text, "0123456789");
  return strchr("-+=", *text) || (digits && (text[digits] == '.' || text[digits] == ')'));
}

/* Forges look for mentions, issues and :emoji: in the finished text; an empty comment parts it. */
static bool is_reference(const char *text) {
  if (*text != ':') return *text == '@' || *text == '#';
  size_t length = strspn(text + 1, "abcdefghijklmnopqrstuvwxyz0123456789_+-");
  return length && text[1 + length] == ':';
}

static void add_character(bs_strbuf *out, const char *text, size_t length, bool is_first) {
  unsigned char c = (unsigned char)*text;
  if (!length || visible_is_hazard(text, length))
    bs_strbuf_adds(out, length && strchr("\t\n\r", c) ? " " : "\xef\xbf\xbd");
  else if (is_special(text, is_first))
    bs_strbuf_addf(out, "&#%u;", c);
  else
    bs_strbuf_add(out, text, length);
}

static void add_escaped(bs_strbuf *out, const char *text, bool is_prose) {
  size_t length = strlen(text), end = length > LONGEST ? LONGEST : length;
  for (size_t i = 0, n; i < end; i += n ? n : 1) {
    n = utf8_length(text + i, length - i);
    add_character(out, text + i, n, !i);
    if (is_prose && is_reference(text + i)) bs_strbuf_adds(out, "<!-- -->");
  }
  if (end < length) bs_strbuf_adds(out, "…");
}

void markdown_text(bs_strbuf *out, const char *text) { add_escaped(out, text, true); }

void markdown_code(bs_strbuf *out, const char *text) {
  bs_strbuf_adds(out, "<code>");
  add_escaped(out, text, false);
  bs_strbuf_adds(out, "</code>");
}

/* The name of the API in front of the message is code. */
static void add_message(bs_strbuf *out, const report_finding *f) {
  size_t length = strlen(f->api);
  if (!length || strncmp(f->message, f->api, length) != 0 || strncmp(f->message + length, "()", 2) != 0) {
    markdown_text(out, f->message);
    return;
  }
  bs_strbuf_adds(out, "<code>");
  add_escaped(out, f->api, false);
  bs_strbuf_adds(out, "()</code>");
  markdown_text(out, f->message + length + 2);
}

void markdown_first_line(bs_strbuf *out, const report_finding *f) {
  bs_arena arena = {0};
  bs_strbuf_addf(out, "<b>%s</b> ", rule_severity_names[f->severity]);
  markdown_code(out, phrase_place(&arena, f->has_anchor ? &f->anchor : &f->sink));
  bs_strbuf_addc(out, ' ');
  add_message(out, f);
  if (f->has_anchor) {
    bs_strbuf_adds(out, " at ");
    markdown_code(out, phrase_place(&arena, &f->sink));
  }
  bs_arena_fini(&arena);
}

static void add_step(bs_strbuf *out, bs_arena *arena, unsigned number, const report_place *place,
                     const char *reason) {
  bs_strbuf_addf(out, "%u. ", number);
  markdown_code(out, place->function);
  bs_strbuf_addc(out, ' ');
  markdown_code(out, phrase_place(arena, place));
  bs_strbuf_adds(out, " – ");
  markdown_text(out, reason);
  bs_strbuf_addc(out, '\n');
}

static void add_path(bs_strbuf *out, bs_arena *arena, const report_entry *e) {
  uint32_t count = e->path.count;
  const report_place start = {e->function, e->file, e->line, 0};
  bs_strbuf_addf(out, "From ");
  markdown_text(out, phrase_loop(arena, e));
  bs_strbuf_addf(out, ", %s:\n\n", rule_confidence_names[e->confidence]);
  add_step(out, arena, 1, count ? &e->path.items[0]->place : &start, phrase_registration(arena, e));
  for (uint32_t i = 1; i < count; i++) {
    if (count > STEPS && i >= STEPS / 2 && i < count - STEPS / 2) {
      if (i == STEPS / 2) bs_strbuf_addf(out, "%u. … %u more steps\n", i + 1, count - STEPS);
      continue;
    }
    add_step(out, arena, i + 1, &e->path.items[i]->place, phrase_reason(arena, e->path.items[i - 1]));
  }
}

static void add_paragraph(bs_strbuf *out, const char *label, const char *text) {
  if (!*text) return;
  bs_strbuf_addf(out, "\n%s", label);
  markdown_text(out, text);
  bs_strbuf_addc(out, '\n');
}

void markdown_finding(bs_strbuf *out, const report_finding *f) {
  bs_arena arena = {0};
  const char *verdict = phrase_verdict(&arena, &f->runtime);
  unsigned others = f->entries.count ? phrase_callbacks(f) - 1 : 0;
  bs_strbuf_adds(out, "<details><summary>");
  markdown_first_line(out, f);
  if (*verdict) {
    bs_strbuf_adds(out, " – ");
    markdown_text(out, verdict);
  }
  bs_strbuf_adds(out, "</summary>\n\n");
  if (f->entries.count) add_path(out, &arena, &f->entries.items[0]);
  if (others)
    bs_strbuf_addf(out, "\n%s.\n",
                   phrase_count(&arena, others, "more callback reaches it", "more callbacks reach it"));
  add_paragraph(out, "Instead: ", f->advice);
  bs_strbuf_adds(out, "\nRule ");
  markdown_code(out, f->rule);
  bs_strbuf_adds(out, "\n\n</details>\n");
  bs_arena_fini(&arena);
}

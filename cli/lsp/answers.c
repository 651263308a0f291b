/* Each finding becomes one diagnostic at its sink, with its path as related information. */
#include "cli/lsp/answers.h"

#include "base/path.h"
#include "base/uri.h"
#include "reports/phrase.h"

#include <stdio.h>
#include <string.h>

static const report_options shown = {.min_confidence = RULE_LIKELY};

bool lsp_shows(const report_finding *finding) { return report_shows(finding, &shown); }

static json_t *position(unsigned line, unsigned character) {
  return json_pack("{s:i, s:i}", "line", (int)line, "character", (int)character);
}

/* The name at a place; the beginning of the line when its source is not there. */
static json_t *range_of(const lsp_view *view, const report_place *place) {
  unsigned start = 1, end = 1, line = place->line ? place->line - 1 : 0;
  if (!place->column ||
      !sources_columns(view->sources, place->file, place->line, place->column, &start, &end))
    start = end = 1;
  return json_pack("{s:o, s:o}", "start", position(line, start - 1), "end", position(line, end - 1));
}

const char *lsp_uri(const lsp_view *view, bs_arena *arena, const char *file) {
  return uri_of_path(arena, bs_path_normalise(arena, view->document->root_path, file));
}

static void add_related(const lsp_view *view, json_t *list, const report_place *place, const char *message) {
  bs_arena arena = {0};
  json_t *location =
      json_pack("{s:s, s:o}", "uri", lsp_uri(view, &arena, place->file), "range", range_of(view, place));
  json_array_append_new(list, json_pack("{s:o, s:s}", "location", location, "message", message));
  bs_arena_fini(&arena);
}

/* The registration and the steps of the best path: where the editor can jump to. */
static json_t *related(const lsp_view *view, const report_finding *finding) {
  json_t *list = json_array();
  if (!finding->entries.count) return list;
  bs_arena arena = {0};
  const report_entry *entry = &finding->entries.items[0];
  if (entry->has_registered)
    add_related(view, list, &entry->registered,
                bs_arena_printf(&arena, "%s: %s", entry->function, phrase_registration(&arena, entry)));
  for (uint32_t i = 0; i + 1 < entry->path.count; i++) {
    const report_step *step = entry->path.items[i];
    const char *callee = entry->path.items[i + 1]->place.function;
    add_related(view, list, &step->place,
                bs_arena_printf(&arena, "%s() leads to %s(): %s", step->place.function, callee,
                                phrase_reason(&arena, step)));
  }
  bs_arena_fini(&arena);
  return list;
}

json_t *lsp_diagnostic(const lsp_view *view, const report_finding *finding) {
  static const int severities[RULE_SEVERITIES] = {3, 2, 1}; /* Information, Warning, Error */
  bs_arena arena = {0};
  json_t *diagnostic =
      json_pack("{s:o, s:i, s:s, s:s, s:s, s:o}", "range", range_of(view, &finding->sink), "severity",
                severities[finding->severity], "code", finding->rule, "source", "blockscan", "message",
                phrase_finding(&arena, finding), "relatedInformation", related(view, finding));
  if (diagnostic && !strncmp(finding->manual, "https://", 8))
    json_object_set_new(diagnostic, "codeDescription", json_pack("{s:s}", "href", finding->manual));
  bs_arena_fini(&arena);
  return diagnostic;
}

/* The place in the unit's own file that its first error begins with ("src/a.c:3:10: "); returns the text
 * behind it. Line 1 and the whole text where the error is elsewhere. */
static const char *place_of_error(const report_broken_unit *unit, report_place *place) {
  size_t length = strlen(unit->file);
  const char *error = unit->first_error ? unit->first_error : "it could not be parsed";
  int end = 0;
  *place = (report_place){"", unit->file, 1, 0};
  if (strncmp(error, unit->file, length) != 0 || error[length] != ':') return error;
  if (sscanf(error + length, ":%u:%u: %n", &place->line, &place->column, &end) == 2 && end)
    return error + length + end;
  *place = (report_place){"", unit->file, 1, 0};
  return error + length + 1 + (error[length + 1] == ' ');
}

json_t *lsp_broken_diagnostic(const lsp_view *view, const report_broken_unit *unit) {
  enum { WARNING = 2 };
  bs_arena arena = {0};
  report_place place;
  const char *error = place_of_error(unit, &place);
  json_t *diagnostic = json_pack(
      "{s:o, s:i, s:s, s:s, s:s}", "range", range_of(view, &place), "severity", WARNING, "code",
      "blockscan.broken-unit", "source", "blockscan", "message",
      bs_arena_printf(&arena, "this file does not parse, so blocking calls in it may be missed: %s", error));
  bs_arena_fini(&arena);
  return diagnostic;
}

/* Names and messages between backticks or as they are: Markdown's own characters lose their meaning. */
static void add_markdown(bs_strbuf *out, const char *text) {
  for (; *text; text++) {
    if (strchr("\\`*_{}[]<>()#+-!|~&", *text)) bs_strbuf_addc(out, '\\');
    bs_strbuf_addc(out, *text);
  }
}

static void add_step(bs_strbuf *out, bs_arena *arena, unsigned number, const report_place *place,
                     const char *why) {
  bs_strbuf_addf(out, "%u. **", number);
  add_markdown(out, place->function);
  bs_strbuf_adds(out, "** ");
  add_markdown(out, phrase_place(arena, place));
  bs_strbuf_adds(out, " — ");
  add_markdown(out, why);
  bs_strbuf_addc(out, '\n');
}

static void add_path(bs_strbuf *out, bs_arena *arena, const report_entry *entry) {
  bs_strbuf_adds(out, "\nFrom ");
  add_markdown(out, phrase_loop(arena, entry));
  bs_strbuf_adds(out, ":\n\n");
  for (uint32_t i = 0; i < entry->path.count; i++) {
    const char *why = i ? phrase_reason(arena, entry->path.items[i - 1]) : phrase_registration(arena, entry);
    add_step(out, arena, i + 1, &entry->path.items[i]->place, why);
  }
}

static void add_finding(bs_strbuf *out, const report_finding *finding) {
  bs_arena arena = {0};
  if (out->length) bs_strbuf_adds(out, "\n---\n\n");
  bs_strbuf_addf(out, "**%s**: ", rule_severity_names[finding->severity]);
  add_markdown(out, finding->message);
  bs_strbuf_addf(out, " `%s`\n", finding->rule);
  const char *verdict = phrase_verdict(&arena, &finding->runtime);
  if (*verdict) {
    bs_strbuf_addc(out, '\n');
    add_markdown(out, verdict);
    bs_strbuf_addc(out, '\n');
  }
  if (finding->entries.count) add_path(out, &arena, &finding->entries.items[0]);
  if (*finding->advice) {
    bs_strbuf_adds(out, "\nInstead: ");
    add_markdown(out, finding->advice);
    bs_strbuf_addc(out, '\n');
  }
  bs_arena_fini(&arena);
}

static bool is_at(const report_place *place, const char *file, unsigned line) {
  return place->line == line && !strcmp(place->file, file);
}

static bool goes_through(const report_finding *finding, const char *file, unsigned line) {
  if (is_at(&finding->sink, file, line)) return true;
  if (!finding->entries.count) return false;
  const report_entry *entry = &finding->entries.items[0];
  if (entry->has_registered && is_at(&entry->registered, file, line)) return true;
  for (uint32_t i = 0; i < entry->path.count; i++)
    if (is_at(&entry->path.items[i]->place, file, line)) return true;
  return false;
}

json_t *lsp_hover(const lsp_view *view, const char *file, unsigned line) {
  enum { FINDINGS = 5 };
  bs_strbuf text = BS_STRBUF_INIT;
  unsigned found = 0;
  for (uint32_t i = 0; i < view->document->findings.count; i++) {
    const report_finding *f = &view->document->findings.items[i];
    if (!lsp_shows(f) || !goes_through(f, file, line)) continue;
    if (++found <= FINDINGS) add_finding(&text, f);
  }
  if (found > FINDINGS) bs_strbuf_addf(&text, "\n---\n\nand %u more through this line\n", found - FINDINGS);
  json_t *hover =
      found ? json_pack("{s:{s:s, s:s}}", "contents", "kind", "markdown", "value", text.text) : NULL;
  bs_strbuf_fini(&text);
  return hover;
}

/* What the line begins with: the comment goes as far in. */
static size_t indentation(const char *text, size_t length, unsigned line, const char **start) {
  const char *end = text + length;
  for (; line; line--) {
    text = memchr(text, '\n', (size_t)(end - text));
    if (!text) return 0;
    text++;
  }
  *start = text;
  while (text < end && (*text == ' ' || *text == '\t')) text++;
  return (size_t)(text - *start);
}

json_t *lsp_suppression(const char *uri, const char *rule_id, unsigned line, const char *text, size_t length,
                        json_t *diagnostic) {
  const char *start = "";
  size_t indent = indentation(text, length, line, &start);
  bs_strbuf comment = BS_STRBUF_INIT;
  bs_strbuf_add(&comment, start, indent);
  bs_strbuf_addf(&comment, "// blockscan: ignore[%s] -- why it may block here\n", rule_id);
  json_t *range = json_pack("{s:o, s:o}", "start", position(line, 0), "end", position(line, 0));
  json_t *edit = json_pack("{s:o, s:s}", "range", range, "newText", comment.text);
  bs_strbuf title = BS_STRBUF_INIT;
  bs_strbuf_addf(&title, "Suppress %s here, with a reason", rule_id);
  json_t *action = json_pack("{s:s, s:s, s:[O], s:{s:{s:[o]}}}", "title", title.text, "kind", "quickfix",
                             "diagnostics", diagnostic, "edit", "changes", uri, edit);
  bs_strbuf_fini(&title);
  bs_strbuf_fini(&comment);
  return action;
}

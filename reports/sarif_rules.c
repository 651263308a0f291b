/* The rules of the SARIF report, as far as its results need them. */
#include "base/hash.h"
#include "reports/model/json.h"
#include "reports/sarif.h"

#include <ctype.h>

enum { MOST_ADVICE = 12 };

static void add_advice(sarif_rule *row, const char *advice) {
  for (uint32_t i = 0; i < row->advice.count; i++)
    if (!strcmp(row->advice.items[i], advice)) return;
  if (*advice && row->advice.count < MOST_ADVICE) *bs_vec_push(&row->advice) = advice;
}

static void collect(sarif *s, const report_finding *finding) {
  bool is_new;
  uint32_t i =
      bs_map_add(&s->rule_index, bs_hash(finding->rule, strlen(finding->rule)), s->rules.count, &is_new);
  if (is_new) bs_vec_push(&s->rules)->first = finding;
  add_advice(&s->rules.items[i], finding->advice);
}

void sarif_collect_rules(sarif *s) {
  const report_document *d = s->document;
  for (uint32_t i = 0; i < d->findings.count; i++)
    if (sarif_takes(s, &d->findings.items[i])) collect(s, &d->findings.items[i]);
  for (uint32_t i = 0; i < d->fixed.count; i++)
    if (sarif_takes(s, &d->fixed.items[i])) collect(s, &d->fixed.items[i]);
}

/* "dns.getaddrinfo" -> "DnsGetaddrinfo" */
static const char *pascal(bs_arena *arena, const char *id) {
  char *name = bs_arena_strdup(arena, id), *to = name;
  bool is_first = true;
  for (const char *p = name; *p; p++) {
    if (!isalnum((unsigned char)*p)) {
      is_first = true;
      continue;
    }
    *to++ = (char)(is_first ? toupper((unsigned char)*p) : *p);
    is_first = false;
  }
  *to = 0;
  return name;
}

/* What the rule's calls do: the message of a finding, with its callers in place of the API in front. */
static const char *effect(bs_arena *arena, const report_finding *finding) {
  size_t length = strlen(finding->api);
  bool named = length && !strncmp(finding->message, finding->api, length) &&
               !strncmp(finding->message + length, "() ", 3);
  if (!named) return finding->message;
  return bs_arena_printf(arena, "A call in an event loop that %s", finding->message + length + 3);
}

static void write_help(sarif *s, const sarif_rule *row) {
  bs_strbuf text = BS_STRBUF_INIT, markdown = BS_STRBUF_INIT;
  const char *const lead =
      "A callback of an event loop reaches this call: nothing else of the loop runs until it returns.";
  bs_strbuf_adds(&text, lead);
  bs_strbuf_adds(&markdown, lead);
  for (uint32_t i = 0; i < row->advice.count; i++) {
    bs_strbuf_addf(&text, "%s%s", i ? " Or: " : " Instead: ", row->advice.items[i]);
    bs_strbuf_addf(&markdown, "%s- %s\n", i ? "" : "\n\nInstead:\n\n", row->advice.items[i]);
  }
  report_json_text(s->out, ", \"help\": {\"text\": ", text.text);
  report_json_text(s->out, ", \"markdown\": ", markdown.text);
  bs_strbuf_addc(s->out, '}');
  bs_strbuf_fini(&text);
  bs_strbuf_fini(&markdown);
}

static bool is_uri(const char *text) {
  return (!strncmp(text, "https://", 8) || !strncmp(text, "http://", 7)) &&
         !strpbrk(text, " <>\"{}|\\^`\n\t");
}

static void write_rule(sarif *s, const sarif_rule *row) {
  static const char *const problems[RULE_SEVERITIES] = {"recommendation", "warning", "error"};
  const report_finding *f = row->first;
  const char *what = effect(&s->arena, f);
  const char *latency = f->latency == RULE_UNBOUNDED ? "any time" : rule_latency_names[f->latency];
  const char *manual = is_uri(f->manual) ? "" : f->manual, *see = *manual ? "; see " : "";
  report_json_text(s->out, "{\"id\": ", f->rule);
  report_json_text(s->out, ", \"name\": ", pascal(&s->arena, f->rule));
  report_json_text(s->out, ", \"shortDescription\": {\"text\": ", bs_arena_printf(&s->arena, "%s.", what));
  report_json_text(
      s->out, "}, \"fullDescription\": {\"text\": ",
      bs_arena_printf(&s->arena, "%s. It can hold the loop for %s%s%s.", what, latency, see, manual));
  bs_strbuf_addc(s->out, '}');
  write_help(s, row);
  if (is_uri(f->manual)) report_json_text(s->out, ", \"helpUri\": ", f->manual);
  report_json_text(s->out, ", \"defaultConfiguration\": {\"level\": ", rule_severity_names[f->severity]);
  report_json_text(s->out, "}, \"properties\": {\"tags\": [\"event-loop\", ",
                   rule_category_names[f->category]);
  report_json_text(s->out, "], \"problem.severity\": ", problems[f->severity]);
  bs_strbuf_adds(s->out, "}}");
}

void sarif_write_rules(sarif *s) {
  bs_strbuf_adds(s->out, "\"rules\": [");
  for (uint32_t i = 0; i < s->rules.count; i++) {
    bs_strbuf_adds(s->out, i ? ",\n        " : "\n        ");
    write_rule(s, &s->rules.items[i]);
  }
  bs_strbuf_addc(s->out, ']');
}

/* One result of the SARIF report: a sink, with a code flow for each entry point that reaches it. */
#include "base/hash.h"
#include "reports/model/json.h"
#include "reports/sarif.h"

/* GitHub takes 10 MB of gzip: past these sizes of the whole text, a result has only its best code flow, then
 * none. */
static const size_t all_flows = 60u << 20, any_flow = 110u << 20;

bool sarif_takes(const sarif *s, const report_finding *finding) {
  return !finding->suppressed.by && finding->confidence >= s->options->min_confidence;
}

/* 0 to 100: what stalled leads; then severity, then confidence. It depends on nothing but the finding, so
 * that it stays when others come and go. */
static unsigned rank(const report_finding *f) {
  unsigned stalled = 84 + 6 * f->severity + 2 * f->confidence,
           other = 12 + 25 * f->severity + 7 * f->confidence;
  switch (f->runtime.verdict) {
  case REPORT_CONFIRMED:
  case REPORT_RUNTIME_ONLY: return stalled;
  case REPORT_OBSERVED_FAST: return other - 12;
  default: return other;
  }
}

/* A plain text that leads to a related location. */
static void add_link(bs_strbuf *message, const char *text, unsigned id) {
  bs_strbuf_addc(message, '[');
  sarif_add_plain(message, text);
  bs_strbuf_addf(message, "](%u)", id);
}

static void write_message(sarif *s, const report_finding *f, unsigned registration) {
  bs_strbuf text = BS_STRBUF_INIT;
  const char *verdict = phrase_verdict(&s->arena, &f->runtime);
  sarif_add_plain(&text, f->message);
  if (f->entries.count) {
    const report_entry *best = &f->entries.items[0];
    unsigned others = phrase_callbacks(f) - 1;
    bs_strbuf_adds(&text, ". Reached from ");
    sarif_add_plain(&text, phrase_loop(&s->arena, best));
    bs_strbuf_adds(&text, " by ");
    if (registration)
      add_link(&text, best->function, registration);
    else
      sarif_add_plain(&text, best->function);
    if (others)
      bs_strbuf_addf(&text, " and %s", phrase_count(&s->arena, others, "more callback", "more callbacks"));
  }
  if (*verdict) sarif_add_plain(&text, bs_arena_printf(&s->arena, ". At run time: %s", verdict));
  if (*f->advice) sarif_add_plain(&text, bs_arena_printf(&s->arena, ". Instead: %s", f->advice));
  if (text.text[text.length - 1] != '.') bs_strbuf_addc(&text, '.');
  sarif_write_message(s, ", \"message\": ", text.text);
  bs_strbuf_fini(&text);
}

static void open_related(sarif *s, unsigned id, const report_place *place, const char *text) {
  sarif_open_location(s, id == 1 ? ", \"relatedLocations\": [" : ", ", place, id);
  sarif_write_plain(s, ", \"message\": ", text);
  bs_strbuf_addc(s->out, '}');
}

static bool was_registered(const report_finding *f, uint32_t entry) {
  const report_place *a = &f->entries.items[entry].registered;
  for (uint32_t i = 0; i < entry; i++) {
    const report_place *b = &f->entries.items[i].registered;
    if (f->entries.items[i].has_registered && a->line == b->line && a->column == b->column &&
        !strcmp(a->file, b->file))
      return true;
  }
  return false;
}

/* The call itself where the result stands elsewhere, then the places that register the callbacks. */
static void write_related(sarif *s, const report_finding *f) {
  unsigned id = 0;
  if (f->has_anchor) open_related(s, ++id, &f->sink, f->message);
  for (uint32_t i = 0; i < f->entries.count && id < SARIF_RELATED; i++) {
    const report_entry *e = &f->entries.items[i];
    if (!e->has_registered || was_registered(f, i)) continue;
    const char *how = *e->via ? bs_arena_printf(&s->arena, " by %s", e->via) : "";
    open_related(s, ++id, &e->registered,
                 bs_arena_printf(&s->arena, "%s is registered here%s", e->function, how));
  }
  if (id) bs_strbuf_addc(s->out, ']');
}

static void write_flow_step(sarif *s, const char *before, const report_place *place, unsigned level,
                            const char *text, const char *tail) {
  bs_strbuf_adds(s->out, before);
  sarif_open_location(s, "{\"location\": ", place, 0);
  sarif_write_plain(s, ", \"message\": ", text);
  report_json_number(s->out, "}, \"nestingLevel\": ", level);
  bs_strbuf_adds(s->out, tail);
}

static void write_flow(sarif *s, const report_finding *f, const report_entry *e) {
  const report_place start = {e->function, e->file, e->line, 0};
  const char *text = bs_arena_printf(&s->arena, "%s: %s", e->function, phrase_registration(&s->arena, e));
  write_flow_step(s, "{\"threadFlows\": [{\"locations\": [", &start, 0, text,
                  ", \"kinds\": [\"enter\", \"function\"], \"importance\": \"essential\"}");
  for (uint32_t i = 0; i < e->path.count; i++) {
    const report_step *step = e->path.items[i];
    bool is_last = i + 1 == e->path.count;
    const char *callee = is_last ? f->message : e->path.items[i + 1]->place.function;
    text = is_last && step->how == REPORT_DIRECT
               ? callee
               : bs_arena_printf(&s->arena, "%s: %s", callee, phrase_reason(&s->arena, step));
    write_flow_step(s, ",\n          ", &step->place, i, text,
                    is_last ? ", \"kinds\": [\"call\", \"function\"], \"importance\": \"essential\"}"
                            : ", \"kinds\": [\"call\", \"function\"]}");
  }
  bs_strbuf_adds(s->out, "]}]}");
}

/* Returns how many entries have a code flow. */
static unsigned write_flows(sarif *s, const report_finding *f) {
  unsigned written = 0;
  size_t locations = 0, most = s->out->length < all_flows ? UINT32_MAX : s->out->length < any_flow ? 1 : 0;
  for (uint32_t i = 0; i < f->entries.count && written < most; i++) {
    const report_entry *e = &f->entries.items[i];
    if (!e->path.count || locations + e->path.count + 1 > SARIF_FLOW_LOCATIONS) continue;
    locations += e->path.count + 1;
    bs_strbuf_adds(s->out, written++ ? ",\n          " : ", \"codeFlows\": [\n          ");
    write_flow(s, f, e);
  }
  if (written) bs_strbuf_addc(s->out, ']');
  return written;
}

static void write_identity(sarif *s, const report_finding *f, const report_place *place) {
  const char *hash =
      *place->file && *place->file != '/' ? sources_line_hash(&s->sources, place->file, place->line) : NULL;
  if (hash) {
    report_json_text(s->out, ", \"partialFingerprints\": {\"primaryLocationLineHash\": ", hash);
    bs_strbuf_addc(s->out, '}');
  }
  report_json_text(s->out, ", \"fingerprints\": {\"blockscan/v1\": ", f->id);
  bs_strbuf_addc(s->out, '}');
}

static void write_runtime(sarif *s, const report_runtime *r) {
  if (r->verdict == REPORT_NO_VERDICT) return;
  report_json_text(s->out, ", \"verdict\": ", report_verdict_names[r->verdict]);
  if (r->verdict == REPORT_NOT_EXERCISED) return;
  report_json_number(s->out, ", \"calls\": ", r->calls);
  report_json_number(s->out, ", \"stalls\": ", r->stalls);
  report_json_number(s->out, ", \"totalNs\": ", r->total_ns);
  report_json_number(s->out, ", \"maxNs\": ", r->max_ns);
  report_json_number(s->out, ", \"p50Ns\": ", r->p50_ns);
  report_json_number(s->out, ", \"p99Ns\": ", r->p99_ns);
}

static void write_properties(sarif *s, const report_finding *f, unsigned flows) {
  report_json_text(s->out, ", \"properties\": {\"api\": ", f->api);
  report_json_text(s->out, ", \"category\": ", rule_category_names[f->category]);
  report_json_text(s->out, ", \"confidence\": ", rule_confidence_names[f->confidence]);
  report_json_text(s->out, ", \"latency\": ", rule_latency_names[f->latency]);
  report_json_number(s->out, ", \"entries\": ", f->entries.count);
  report_json_number(s->out, ", \"codeFlows\": ", flows);
  write_runtime(s, &f->runtime);
  bs_strbuf_addc(s->out, '}');
}

void sarif_write_result(sarif *s, const report_finding *f, bool gone) {
  if (s->results == SARIF_RESULTS) {
    s->results_left_out++;
    return;
  }
  uint32_t number = 0;
  bs_map_find(&s->rule_index, bs_hash(f->rule, strlen(f->rule)), &number);
  const report_place *place = f->has_anchor ? &f->anchor : &f->sink;
  bool links = f->entries.count && f->entries.items[0].has_registered;
  report_json_text(s->out, s->results++ ? ",\n        {\"ruleId\": " : "\n        {\"ruleId\": ", f->rule);
  report_json_number(s->out, ", \"ruleIndex\": ", number);
  report_json_text(s->out, ", \"level\": ", rule_severity_names[f->severity]);
  write_message(s, f, links ? 1 + f->has_anchor : 0);
  sarif_open_location(s, ", \"locations\": [", place, 0);
  bs_strbuf_adds(s->out, "}]");
  write_related(s, f);
  unsigned flows = write_flows(s, f);
  s->flows_left_out += f->entries.count - flows;
  write_identity(s, f, place);
  report_json_number(s->out, ", \"occurrenceCount\": ", f->entries.count ? f->entries.count : 1);
  report_json_number(s->out, ", \"rank\": ", rank(f));
  if (gone || f->change != REPORT_NOT_COMPARED)
    report_json_text(s->out, ", \"baselineState\": ", gone ? "absent" : report_change_names[f->change]);
  write_properties(s, f, flows);
  bs_strbuf_addc(s->out, '}');
  bs_arena_fini(&s->arena);
}

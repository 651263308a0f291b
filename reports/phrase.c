/* Sentences that several formats share are made here and nowhere else. */
#include "reports/phrase.h"

#include "base/duration.h"

#include <string.h>

const char *phrase_count(bs_arena *arena, uint64_t count, const char *one, const char *many) {
  return bs_arena_printf(arena, "%llu %s", (unsigned long long)count, count == 1 ? one : many);
}

const char *phrase_grouped(bs_arena *arena, uint64_t count) {
  if (count < 1000) return bs_arena_printf(arena, "%u", (unsigned)count);
  return bs_arena_printf(arena, "%s,%03u", phrase_grouped(arena, count / 1000), (unsigned)(count % 1000));
}

const char *phrase_duration(bs_arena *arena, uint64_t ns) {
  bs_strbuf text = BS_STRBUF_INIT;
  bs_duration_write(&text, ns);
  const char *copy = bs_arena_strndup(arena, text.text, text.length);
  bs_strbuf_fini(&text);
  return copy;
}

const char *phrase_loop(bs_arena *arena, const report_entry *entry) {
  if (!strcmp(entry->loop, "own")) return "the program's own event loop";
  return bs_arena_printf(arena, "the %s event loop", entry->loop);
}

const char *phrase_place(bs_arena *arena, const report_place *place) {
  return place->line ? bs_arena_printf(arena, "%s:%u", place->file, place->line) : place->file;
}

static const char *role_text(bs_arena *arena, const report_entry *entry) {
  if (entry->role == RULE_ROLE_OTHER) return "callback";
  return bs_arena_printf(arena, "%s callback", rule_role_names[entry->role]);
}

const char *phrase_registration(bs_arena *arena, const report_entry *entry) {
  const char *role = role_text(arena, entry);
  if (report_is_loop_body(entry))
    return bs_arena_printf(arena, "%s at %s", entry->via, phrase_place(arena, &entry->registered));
  if (!entry->has_registered) return role;
  const char *via = "";
  if (*entry->via)
    via = bs_arena_printf(arena, strchr(entry->via, ' ') ? " through %s" : " by %s", entry->via);
  return bs_arena_printf(arena, "%s, registered%s at %s", role, via, phrase_place(arena, &entry->registered));
}

/* How a callee that is not called by its name is called, without and with what it is called through, and
 * what was done where that got its value. */
static const struct {
  const char *plain, *prefix, *origin;
} hows[REPORT_HOWS] = {
    [REPORT_DIRECT] = {"called directly", "called directly, ", "called"},
    [REPORT_FIELD] = {"called through a field", "called through ", "stored"},
    [REPORT_PARAMETER] = {"called through a parameter", "called through ", "passed"},
    [REPORT_VARIABLE] = {"called through a variable", "called through ", "assigned"},
    [REPORT_VIRTUAL] = {"virtual call", "virtual call through ", "defined"},
    [REPORT_TYPE] = {"fits the pointer's type", "fits the type of ", "named"},
    [REPORT_CALLBACK] = {"called back", "called back by ", "handed over"},
};

const char *phrase_reason(bs_arena *arena, const report_step *caller) {
  bs_strbuf text = BS_STRBUF_INIT;
  bs_strbuf_addf(&text, "%s%s", *caller->through ? hows[caller->how].prefix : hows[caller->how].plain,
                 caller->through);
  if (caller->has_because)
    bs_strbuf_addf(&text, ", %s at %s", hows[caller->how].origin, phrase_place(arena, &caller->because));
  if (caller->candidates > 1) bs_strbuf_addf(&text, " (one of %u)", caller->candidates);
  const char *copy = bs_arena_strndup(arena, text.text, text.length);
  bs_strbuf_fini(&text);
  return copy;
}

static bool same_callback(const report_entry *a, const report_entry *b) {
  return !strcmp(a->function, b->function) && !strcmp(a->file, b->file);
}

bool phrase_is_repeated(const report_finding *finding, uint32_t entry) {
  for (uint32_t i = 0; i < entry; i++)
    if (same_callback(&finding->entries.items[i], &finding->entries.items[entry])) return true;
  return false;
}

unsigned phrase_callbacks(const report_finding *finding) {
  unsigned count = 0;
  for (uint32_t i = 0; i < finding->entries.count; i++) count += !phrase_is_repeated(finding, i);
  return count;
}

/* The quantiles are of all calls, fast ones too, where they were counted; else of the stalls. */
static const char *stalls_text(bs_arena *arena, const report_runtime *r) {
  const char *stalls = phrase_count(arena, r->stalls, "stall", "stalls");
  bool of_calls = r->calls && r->verdict == REPORT_CONFIRMED;
  return bs_arena_printf(arena, "%s, longest %s, p50 %s%s%s%s", stalls, phrase_duration(arena, r->max_ns),
                         of_calls ? "of " : "",
                         of_calls ? phrase_count(arena, r->calls, "call", "calls") : "", of_calls ? " " : "",
                         phrase_duration(arena, r->p50_ns));
}

const char *phrase_verdict(bs_arena *arena, const report_runtime *r) {
  switch (r->verdict) {
  case REPORT_CONFIRMED: return bs_arena_printf(arena, "confirmed: %s", stalls_text(arena, r));
  case REPORT_OBSERVED_FAST:
    return bs_arena_printf(arena, "observed fast: %s, longest %s, p99 %s",
                           phrase_count(arena, r->calls, "call", "calls"), phrase_duration(arena, r->max_ns),
                           phrase_duration(arena, r->p99_ns));
  case REPORT_NOT_EXERCISED: return "not exercised while the program was recorded";
  case REPORT_RUNTIME_ONLY:
    return bs_arena_printf(arena, "seen only at run time: %s%s%s", stalls_text(arena, r),
                           r->missed ? "; " : "", r->missed ? r->missed : "");
  case REPORT_NO_VERDICT:
  case REPORT_VERDICTS: break;
  }
  return "";
}

const char *phrase_prediction(bs_arena *arena, const report_prediction *p) {
  if (!p->loop) return "";
  return bs_arena_printf(arena, "longest iteration %s (was %s), p99 %s (was %s), held for %s (was %s)",
                         phrase_duration(arena, p->max_ns), phrase_duration(arena, p->was_max_ns),
                         phrase_duration(arena, p->p99_ns), phrase_duration(arena, p->was_p99_ns),
                         phrase_duration(arena, p->held_ns), phrase_duration(arena, p->was_held_ns));
}

const char *phrase_prediction_most(bs_arena *arena, const report_prediction *p) {
  bool is_more = p->most_max_ns > p->max_ns || p->most_p99_ns > p->p99_ns || p->most_held_ns > p->held_ns;
  if (!p->loop || !is_more) return "";
  return bs_arena_printf(arena, "longest iteration %s, p99 %s, held for %s",
                         phrase_duration(arena, p->most_max_ns), phrase_duration(arena, p->most_p99_ns),
                         phrase_duration(arena, p->most_held_ns));
}

/* "from the libuv event loop by on_read through load_page, resolve, and from 3 more callbacks" */
static void add_route(bs_arena *arena, bs_strbuf *text, const report_finding *finding) {
  const report_entry *entry = &finding->entries.items[0];
  unsigned others = phrase_callbacks(finding) - 1;
  bs_strbuf_addf(text, "; reached from %s by %s", phrase_loop(arena, entry), entry->function);
  for (uint32_t i = 1; i < entry->path.count; i++)
    bs_strbuf_addf(text, "%s%s", i == 1 ? " through " : ", ", entry->path.items[i]->place.function);
  if (others)
    bs_strbuf_addf(text, ", and by %s", phrase_count(arena, others, "more callback", "more callbacks"));
}

const char *phrase_finding(bs_arena *arena, const report_finding *finding) {
  bs_strbuf text = BS_STRBUF_INIT;
  bs_strbuf_adds(&text, finding->message);
  if (finding->has_anchor) bs_strbuf_addf(&text, " at %s", phrase_place(arena, &finding->sink));
  if (finding->entries.count) add_route(arena, &text, finding);
  const char *verdict = phrase_verdict(arena, &finding->runtime);
  if (*verdict) bs_strbuf_addf(&text, "; %s", verdict);
  if (*finding->advice) bs_strbuf_addf(&text, "; instead: %s", finding->advice);
  const char *copy = bs_arena_strndup(arena, text.text, text.length);
  bs_strbuf_fini(&text);
  return copy;
}

static void add_part(bs_strbuf *out, const report_stall *stall, uint32_t index) {
  static const char *const texts[REPORT_PART_KINDS] = {"on the CPU", "in ", "waiting for a CPU",
                                                       "stopped by a signal", "off-CPU"};
  const report_part *part = &stall->parts.items[index];
  bool in_call = part->kind == REPORT_PART_CALL, copies = !index && !strcmp(stall->kind, "on-cpu");
  unsigned percent = (unsigned)((double)part->ns * 100 / (double)stall->duration_ns + 0.5);
  bs_strbuf_addf(out, "%s%u%% %s%s%s", index ? ", " : "", percent, in_call && copies ? "on the CPU " : "",
                 texts[part->kind], in_call ? part->api : "");
  if (part->function) bs_strbuf_addf(out, "%s%s", in_call ? " under " : " in ", part->function);
}

const char *phrase_parts(bs_arena *arena, const report_stall *stall) {
  enum { PARTS_SHOWN = 3 };
  bs_strbuf text = BS_STRBUF_INIT;
  uint64_t told = 0;
  for (uint32_t i = 0; i < stall->parts.count && i < PARTS_SHOWN; i++) {
    uint64_t ns = stall->parts.items[i].ns;
    if (i && (ns * 20 < stall->duration_ns || told * 20 >= stall->duration_ns * 19)) break;
    add_part(&text, stall, i);
    told += ns;
  }
  const char *kept = bs_arena_strndup(arena, text.text, text.length);
  bs_strbuf_fini(&text);
  return kept;
}

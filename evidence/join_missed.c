/* What only the recording knows: a finding for each place that held a loop and that no finding of the scan
 * is, with the reason why the scan has none. A reason is one of: no rule speaks of the library function that
 * was called; the rule is turned off; a step of the call path is missing; the call was taken for harmless; or
 * nothing was called at all. */
#include "evidence/join_internal.h"

#include "base/hash.h"
#include "base/module.h"
#include "base/path.h"
#include "evidence/join_names.h"

#include <stdio.h>
#include <string.h>

#define SECOND_NS UINT64_C(1000000000)
#define MILLISECOND_NS UINT64_C(1000000)

typedef struct missed {
  join *j;
  const join_site *site;
  const report_frame *culprit;
  const char *callee, *module; /* what it was in; "" unknown */
  const rule *rule; /* of the callee, or NULL */
  bool computes; /* on the CPU, in code of the project's or of the language's */
  bool starved; /* it could have run, and had no CPU */
  bool stopped; /* by a signal */
  uint32_t missing; /* the frame that calls what the scan does not follow; JOIN_NONE */
} missed;

/* The rule for a function under its own name, or the plain one. */
static const rule *find_rule(const rule_set *rules, const char *function) {
  bs_strbuf plain = BS_STRBUF_INIT;
  const rule *const *found = rules && *function ? rule_set_for_function(rules, function) : NULL;
  if (rules && !found && *function) {
    join_function_name(function, &plain);
    found = rule_set_for_function(rules, plain.text);
  }
  if (rules && !found && *function) {
    join_api_name(function, &plain);
    found = rule_set_for_function(rules, plain.text);
  }
  bs_strbuf_fini(&plain);
  return found ? *found : NULL;
}

bool join_calls_nothing(const join *j, const join_stack *stack, uint32_t frame) {
  if (!frame) return true;
  const report_frame *callee = &stack->frames[frame - 1];
  return bs_module_is_common(callee->module) && !find_rule(j->options.rules, callee->function);
}

static void find_callee(missed *m) {
  const join_site *site = m->site;
  m->callee = site->culprit ? site->frames[site->culprit - 1].function : site->api ? site->api : "";
  m->module = site->culprit ? site->frames[site->culprit - 1].module : "libc.so.6";
  m->stopped = site->stopped > site->on_cpu + site->waiting + site->starved;
  m->starved = !m->stopped && site->starved > site->on_cpu + site->waiting;
  bool held = m->starved || m->stopped;
  bool on_cpu = !held && site->on_cpu + site->starved > site->waiting;
  if ((!site->culprit && site->running) || held) m->callee = "";
  m->rule = find_rule(m->j->options.rules, m->callee);
  if (!m->rule && !held && !site->culprit && !site->running && site->rule && m->j->options.rules)
    m->rule = rule_set_find(m->j->options.rules, site->rule);
  /* What the language's libraries do without a rule is the caller's own doing: memory, text. */
  if (!m->rule && site->culprit && bs_module_is_common(m->module)) m->callee = "";
  m->computes = on_cpu && !m->rule && !*m->callee;
}

/* ---- the missing step ---- */

static enum join_reach reach(const missed *m, const report_frame *f) {
  const join_graph *graph = m->j->options.graph;
  if (graph) return graph->reach(graph->context, f->function, f->file);
  uint32_t known;
  return bs_map_find(&m->j->reached, join_name_of(m->j, f->function).function, &known) ? JOIN_REACHED
                                                                                       : JOIN_UNKNOWN;
}

/* The deepest frame that the scan reaches, from the callback inward to the culprit; JOIN_NONE when it reaches
 * none. */
static uint32_t deepest_reached(const missed *m) {
  uint32_t outermost = m->site->callback == JOIN_NONE ? m->site->count - 1 : m->site->callback;
  for (uint32_t i = m->site->culprit; i <= outermost; i++)
    if (*m->site->frames[i].function && reach(m, &m->site->frames[i]) == JOIN_REACHED) return i;
  return JOIN_NONE;
}

/* The next function of the project further in; what lies between is a library that calls it back. */
static uint32_t next_inward(const missed *m, uint32_t frame) {
  while (frame > m->site->culprit) {
    const report_frame *f = &m->site->frames[--frame];
    if (join_is_of_project(f) || frame == m->site->culprit) return frame;
  }
  return JOIN_NONE;
}

static const char *place_text(bs_arena *arena, const report_frame *f) {
  const char *where = f->file ? f->file : bs_path_basename(f->module);
  return f->line ? bs_arena_printf(arena, "%s:%u", where, f->line) : where;
}

static const char *missing_edge_text(missed *m, uint32_t deepest) {
  bs_arena *arena = &m->j->document->arena;
  const report_frame *frames = m->site->frames;
  if (deepest == JOIN_NONE) {
    uint32_t first = m->site->callback == JOIN_NONE ? m->site->culprit : m->site->callback;
    return bs_arena_printf(arena,
                           "a missing edge: the scan does not know that a loop calls %s() (%s): its "
                           "registration could not be resolved, or the loop's library is not known",
                           frames[first].function, place_text(arena, &frames[first]));
  }
  uint32_t next = next_inward(m, deepest);
  m->missing = deepest;
  const char *through = deepest - next > 1 && *frames[deepest - 1].function
                            ? bs_arena_printf(arena, " through %s()", frames[deepest - 1].function)
                            : "";
  return bs_arena_printf(
      arena, "a missing edge: %s() at %s calls %s()%s, and the scan could not resolve that call",
      frames[deepest].function, place_text(arena, &frames[deepest]), frames[next].function, through);
}

/* "save()", or where it is when it has no name. */
static const char *culprit_text(const missed *m) {
  bs_arena *arena = &m->j->document->arena;
  if (*m->culprit->function) return bs_arena_printf(arena, "%s()", m->culprit->function);
  return bs_arena_printf(arena, "unnamed code in %s", bs_path_basename(m->culprit->module));
}

static const char *harmless_text(const missed *m) {
  return bs_arena_printf(&m->j->document->arena,
                         "%s: the scan reaches this call and takes it for harmless, because of its "
                         "arguments, its descriptor or a suppressed step",
                         m->rule->id);
}

static const char *inlined_text(const missed *m) {
  return bs_arena_printf(&m->j->document->arena,
                         "the scan reaches %s but finds no such call there: no debug information of %s was "
                         "found, so inlined functions are missing from the stack",
                         culprit_text(m), bs_path_basename(m->culprit->module));
}

static const char *edge_text(missed *m) {
  if (!m->j->options.is_scanned) return NULL;
  uint32_t deepest = deepest_reached(m);
  if (deepest != m->site->culprit) return missing_edge_text(m, deepest);
  return m->culprit->file ? harmless_text(m) : inlined_text(m);
}

/* ---- reasons ---- */

static const char *module_text(bs_arena *arena, const char *module) {
  return *module ? bs_arena_printf(arena, " of %s", bs_path_basename(module)) : "";
}

/* The loop library whose function that hands work to a thread held the loop: no rule should say of it that it
 * blocks. */
static const loop_pack *offloads(const missed *m) {
  const rule_set *rules = m->j->options.rules;
  const pack_row *const *rows = rules && *m->callee ? rule_set_rows_for_function(rules, m->callee) : NULL;
  for (; rows && *rows; rows++)
    if ((*rows)->kind == PACK_OFFLOAD) return (*rows)->pack;
  return NULL;
}

static const char *unknown_api_text(missed *m) {
  bs_arena *arena = &m->j->document->arena;
  const loop_pack *pack = offloads(m);
  if (pack)
    return bs_arena_printf(
        arena,
        "%s() of %s hands work to a thread or a child and should not wait: it started one, or waited for "
        "a lock or for a CPU",
        m->callee, pack->name);
  const rule *off = find_rule(m->j->options.all_rules, m->callee);
  if (off) return bs_arena_printf(arena, "the rule %s is turned off in the configuration", off->id);
  return bs_arena_printf(arena, "no rule knows %s()%s; `blockscan learn` writes one", m->callee,
                         module_text(arena, m->module));
}

static const char *reason_of(missed *m) {
  bs_arena *arena = &m->j->document->arena;
  if (m->computes)
    return bs_arena_printf(arena,
                           "%s computes: the scan looks for calls that wait or are known to compute for long",
                           culprit_text(m));
  if (m->starved)
    return "it could have run, but other threads had the CPU: the machine was busy, and another day it may "
           "be fast";
  if (m->stopped) return "a signal stopped the program (SIGSTOP, or a terminal): nothing in it held the loop";
  if (!*m->callee)
    return "it waited outside of all watched calls: for memory to be read in, or in the kernel";
  return m->rule ? edge_text(m) : unknown_api_text(m);
}

static const char *message_of(const missed *m) {
  bs_arena *arena = &m->j->document->arena;
  if (m->computes) return bs_arena_printf(arena, "%s computes for long", culprit_text(m));
  if (m->starved) return bs_arena_printf(arena, "%s was delayed because no CPU was free", culprit_text(m));
  if (m->stopped)
    return bs_arena_printf(arena, "%s was held while a signal stopped the program", culprit_text(m));
  if (!*m->callee) return bs_arena_printf(arena, "%s was held without a watched call", culprit_text(m));
  return bs_arena_printf(arena, "%s() %s", m->callee, m->rule ? m->rule->message : "held the event loop");
}

/* ---- the finding ---- */

static const char *file_of(const report_frame *f) {
  return f->file ? f->file : *f->module ? bs_path_basename(f->module) : "?";
}

static void fill_kind(const missed *m, report_finding *f) {
  const rule *r = m->rule;
  uint64_t longest = m->site->item.held.max_ns;
  f->rule = r             ? r->id
            : m->computes ? "runtime.computation"
            : m->starved  ? "runtime.no-cpu"
            : m->stopped  ? "runtime.stopped"
            : *m->callee  ? "runtime.unknown-call"
                          : "runtime.wait";
  f->category = r ? r->category : m->starved || m->site->on_cpu > m->site->waiting ? RULE_CPU : RULE_UNKNOWN;
  f->severity = longest >= SECOND_NS ? RULE_ERROR : RULE_WARNING;
  f->latency = longest >= SECOND_NS        ? RULE_SECONDS
               : longest >= MILLISECOND_NS ? RULE_MILLISECONDS
                                           : RULE_MICROSECONDS;
  f->confidence = RULE_CERTAIN;
  f->manual = r && r->manual ? r->manual : "";
}

/* The stack from the callback to the place, outermost first. */
static void fill_entry(const missed *m, report_finding *f) {
  const join_site *site = m->site;
  uint32_t outermost = site->callback == JOIN_NONE ? site->culprit : site->callback;
  const report_frame *callback = &site->frames[outermost];
  report_entry *entry = report_add_entry(f);
  entry->function = callback->function;
  entry->file = file_of(callback);
  entry->line = callback->line;
  entry->role = RULE_ROLE_OTHER;
  entry->confidence = RULE_CERTAIN;
  entry->seen = 1;
  if (site->loop) entry->loop = site->loop;
  for (uint32_t i = outermost + 1; i-- > site->culprit;) {
    const report_frame *frame = &site->frames[i];
    if (!*frame->function && i != site->culprit) continue;
    report_step *step = report_add_step(&m->j->document->arena, entry);
    step->place = (report_place){frame->function, file_of(frame), frame->line, 0};
    if (i != m->missing) continue;
    step->how = REPORT_VARIABLE;
    step->through = "a pointer that the scan could not resolve";
  }
}

static bool has_same_key(const report_finding *a, const report_finding *b) {
  return !strcmp(a->rule, b->rule) && !strcmp(a->api, b->api) &&
         !strcmp(a->sink.function, b->sink.function) && !strcmp(a->sink.file, b->sink.file);
}

static void fill_id(const report_finding *f, unsigned ordinal, char id[17]) {
  bs_strbuf key = BS_STRBUF_INIT;
  bs_strbuf_addf(&key, "%s|%s|%s|%s", f->rule, f->api, f->sink.function, f->sink.file);
  if (ordinal) bs_strbuf_addf(&key, "|%u", ordinal);
  snprintf(id, 17, "%016llx", (unsigned long long)bs_hash(key.text, key.length));
  bs_strbuf_fini(&key);
}

/* Findings of one function and one callee have one id so far: those behind the first, by line, get one of
 * their own. */
void join_tell_missed_apart(report_document *document, uint32_t first) {
  report_finding *findings = document->findings.items;
  for (uint32_t i = first; i < document->findings.count; i++) {
    unsigned before = 0;
    for (uint32_t k = first; k < document->findings.count; k++)
      before +=
          k != i && findings[k].sink.line < findings[i].sink.line && has_same_key(&findings[k], &findings[i]);
    if (before) fill_id(&findings[i], before, findings[i].id);
  }
}

static void propose(const missed *m, const report_finding *f) {
  if (m->rule || m->computes || !*m->callee || offloads(m) || find_rule(m->j->options.all_rules, m->callee))
    return;
  const join_item *item = &m->site->item;
  *bs_vec_push(&m->j->proposals) = (join_proposal){
      .function = m->callee,
      .module = m->module,
      .caller = f->sink,
      .callback = m->site->callback == JOIN_NONE ? "" : m->site->frames[m->site->callback].function,
      .stalls = item->held.count,
      .max_ns = item->held.max_ns,
      .p50_ns = durations_quantile(&item->held, 0.5),
      .computes = m->site->on_cpu > m->site->waiting,
  };
}

void join_add_missed(join *j, const join_site *site) {
  missed m = {.j = j, .site = site, .culprit = &site->frames[site->culprit], .missing = JOIN_NONE};
  find_callee(&m);
  report_finding *f = report_add_finding(j->document);
  fill_kind(&m, f);
  f->sink = (report_place){m.culprit->function, file_of(m.culprit), m.culprit->line, 0};
  f->api = *m.callee && !m.computes ? m.callee : m.culprit->function;
  f->message = message_of(&m);
  join_fill_runtime(j, &site->item, &f->runtime);
  f->runtime.verdict = REPORT_RUNTIME_ONLY;
  f->runtime.missed = reason_of(&m);
  fill_entry(&m, f);
  const char *advice = m.rule ? rule_advice_for(j->options.rules, m.rule, f->entries.items[0].loop) : NULL;
  f->advice = advice ? advice : "";
  fill_id(f, 0, f->id);
  propose(&m, f);
}

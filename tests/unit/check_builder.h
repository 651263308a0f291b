/* A check over units written by hand, with rules and a loop library of its own:
 *
 *   on(f), on_timer(f)      register a callback on the loop; offload(f) runs it elsewhere; each(f) calls it at once
 *   turn()                  runs the loop
 *   halt(n)                 blocks unless n is 0: rule t.halt, an error
 *   note()                  blocks shortly: rule t.note
 *   receive(fd)             blocks unless the descriptor is non-blocking: rule t.receive
 *   wait_events()           waits as a loop does: rule t.wait
 *   make(flags)             gives a socket, non-blocking with bit 4; set_mode(fd, on) switches it
 *   fork()                  gives 0 in the child
 */
#ifndef CHECK_BUILDER_H
#define CHECK_BUILDER_H

#include "analyzer/check/internal.h"
#include "unit_builder.h"

#include <string.h>

static const char builder_loop[] =
    "{\"kind\": \"loop\", \"name\": \"lib\", \"title\": \"lib event loop\", \"offload_advice\": "
    "\"offload(f)\","
    " \"register\": [{\"functions\": \"on\", \"callbacks\": [0], \"role\": \"io\"},"
    "  {\"functions\": \"on_timer\", \"callbacks\": [0], \"role\": \"timer\"}],"
    " \"offload\": [{\"functions\": \"offload\", \"callbacks\": [0]}],"
    " \"call\": [{\"functions\": \"each\", \"callbacks\": [0]}],"
    " \"run\": [{\"functions\": \"turn\"}]}";

static const char builder_rules[] =
    "{\"kind\": \"blocking\", \"advice\": {\"any\": \"a thread\"}, \"rules\": ["
    "{\"id\": \"t.halt\", \"functions\": \"halt\", \"category\": \"sleep\", \"latency\": \"seconds\","
    " \"message\": \"sleeps\", \"unless\": [{\"arg\": 0, \"equals\": 0}]},"
    "{\"id\": \"t.note\", \"functions\": \"note\", \"category\": \"disk\", \"latency\": \"microseconds\","
    " \"message\": \"writes\"},"
    "{\"id\": \"t.receive\", \"functions\": \"receive\", \"category\": \"network\", \"latency\": \"seconds\","
    " \"message\": \"waits\", \"unless\": [{\"arg\": 0, \"descriptor\": \"nonblocking\"}]},"
    "{\"id\": \"t.wait\", \"functions\": \"wait_events\", \"category\": \"nested-loop\", \"latency\": "
    "\"seconds\","
    " \"message\": \"waits\", \"wait\": true}]}";

static const char builder_descriptors[] =
    "{\"kind\": \"descriptors\", \"forks\": [\"fork\"],"
    " \"create\": [{\"functions\": \"make\", \"is\": \"socket\", \"flags\": {\"arg\": 0, \"nonblock\": 4}}],"
    " \"set\": [{\"functions\": \"set_mode\", \"descriptor\": 0, \"value\": {\"arg\": 1}}]}";

typedef struct checked {
  rule_set rules;
  program p;
  checker *c;
  report_document report;
} checked;

static inline void builder_load(rule_set *rules, const char *text) {
  bs_error error = BS_ERROR_INIT;
  if (!rule_set_load_text(rules, "test.json", text, strlen(text), &error)) fail_msg("%s", error.text.text);
}

/* Links the units and finds loops and entry points; the units are freed. */
static inline void check_begin(checked *x, facts_unit *units, uint32_t count, const check_options *options) {
  rule_set_init(&x->rules);
  builder_load(&x->rules, builder_loop);
  builder_load(&x->rules, builder_rules);
  builder_load(&x->rules, builder_descriptors);
  rule_set_index(&x->rules);
  const program_oracle oracle = check_oracle(&x->rules);
  link_units(&x->p, units, count, &oracle);
  x->c = check_new(&x->p, &x->rules, options);
  report_document_init(&x->report);
}

/* The same, and the report. */
static inline void check_unit(checked *x, facts_unit *unit) {
  check_begin(x, unit, 1, &(check_options){0});
  check_report(x->c, &x->report);
}

static inline void check_end(checked *x) {
  report_document_fini(&x->report);
  check_free(x->c);
  program_fini(&x->p);
  rule_set_fini(&x->rules);
}

/* `main` hands a function to the loop by a call to `how`. */
static inline void unit_register(facts_unit *u, uint32_t main, const char *how, uint32_t callback,
                                 uint32_t line) {
  unit_call_name(u, main, how, line);
  unit_argument(u, FACTS_ARGUMENT_FUNCTION, callback);
}

static inline void unit_halt(facts_unit *u, uint32_t caller, int64_t n, uint32_t line) {
  unit_call_name(u, caller, "halt", line);
  unit_integer_argument(u, n);
}

#endif

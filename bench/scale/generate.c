/* Writes the facts of a program that nobody wrote: scale-generate FOLDER [KNOB=NUMBER…].
 *
 * The facts are made directly, as `blockscan extract` would leave them for C files, so that a program of a
 * million functions is there in seconds. A unit has workers, `void work(struct item *, int (*)(int))`, and
 * handlers, `int handle(int)`. A worker calls others; some call a handler through a field, or the one that
 * they were handed. Callbacks are given to libuv timers.
 */
#include "analyzer/facts/facts.h"
#include "shape.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { LINES = 12 /* of a function in its file */, MUTEXES = 16 };
static const char item[] = "struct item@include/program.h";

typedef struct knob {
  const char *name;
  size_t offset;
  const char *help;
} knob;
#define KNOB(name, help) {#name, offsetof(shape, name), help}
static const knob knobs[] = {
    KNOB(units, "units"),
    KNOB(functions, "functions of a unit"),
    KNOB(calls, "calls of a function"),
    KNOB(local, "percent of calls within the unit"),
    KNOB(group, "units that call each other only; 0: all"),
    KNOB(indirect, "percent of calls through a pointer in a field"),
    KNOB(targets, "functions that are stored to one field"),
    KNOB(passed, "percent of functions that hand on a function which they were handed"),
    KNOB(copies, "percent of fields that are copied to another"),
    KNOB(callbacks, "entry points of a unit"),
    KNOB(sinks, "functions of a thousand that block"),
    KNOB(depth, "layers that calls go down through; 0: a call goes anywhere"),
    KNOB(back, "percent of calls to any layer; with depth"),
    KNOB(guards, "percent of calls under a condition"),
    KNOB(inlines, "functions of a header that each unit has"),
    KNOB(locks, "functions of a thousand that lock one of sixteen mutexes of the program"),
    KNOB(unresolved, "functions of a thousand that call through a pointer which nothing sets"),
    KNOB(programs, "programs, each of as many units as the others; with `group`"),
};

/* One unit while its facts are made. */
typedef struct maker {
  const shape *shape;
  uint32_t number;
  uint64_t state;
  facts_unit unit;
  uint32_t *local; /* the functions of this unit */
  facts_str path, header, worker_type, handler_type;
} maker;

static facts_str text(maker *m, const char *words) { return bs_intern_adds(&m->unit.strings, words); }

__attribute__((format(printf, 2, 3))) static facts_str print(maker *m, const char *format, ...) {
  char words[96];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(words, sizeof words, format, arguments);
  va_end(arguments);
  return text(m, words);
}

static uint32_t add_function(maker *m, facts_str name, facts_str type, facts_place place, uint32_t flags,
                             uint32_t nparams) {
  *bs_vec_push(&m->unit.functions) =
      (facts_function){.name = name,
                       .symbol = name,
                       .type = type,
                       .place = place,
                       .end_line = flags & FACTS_FUNCTION_DEFINED ? place.line + LINES - 2 : 0,
                       .flags = flags,
                       .nparams = nparams};
  return m->unit.functions.count - 1;
}

/* The row of a function that was named already, or PROGRAM's UINT32_MAX. */
static uint32_t find_function(const maker *m, facts_str name) {
  for (uint32_t i = 0; i < m->unit.functions.count; i++)
    if (m->unit.functions.items[i].name == name) return i;
  return UINT32_MAX;
}

static uint32_t declare(maker *m, const char *name, const char *type, const char *file, uint32_t nparams) {
  facts_str id = text(m, name);
  uint32_t row = find_function(m, id);
  if (row != UINT32_MAX) return row;
  uint32_t flags = strncmp(file, "/usr/", 5) ? 0 : FACTS_FUNCTION_SYSTEM;
  return add_function(m, id, text(m, type), (facts_place){text(m, file), 40, 12}, flags, nparams);
}

static uint32_t function_of(maker *m, shape_function f) {
  const shape *s = m->shape;
  if (f / s->functions == m->number) return m->local[f % s->functions];
  facts_str name = print(m, "u%u_f%u", (unsigned)(f / s->functions), (unsigned)(f % s->functions));
  uint32_t row = find_function(m, name);
  if (row != UINT32_MAX) return row;
  bool handler = shape_is_handler(s, f);
  facts_place place = {m->header, 20 + (uint32_t)(f % 1000), 6};
  return add_function(m, name, handler ? m->handler_type : m->worker_type, place, 0, handler ? 1 : 2);
}

static facts_node add_node(maker *m, uint32_t kind, uint32_t a, uint32_t b, uint8_t holds) {
  for (uint32_t i = m->unit.nodes.count; i-- > 1;) {
    const facts_node_row *n = &m->unit.nodes.items[i];
    if (n->kind == kind && n->a == a && n->b == b) return i;
  }
  *bs_vec_push(&m->unit.nodes) = (facts_node_row){kind, a, b, holds};
  return m->unit.nodes.count - 1;
}

static facts_node field_node(maker *m, uint64_t field) {
  const uint32_t of_unit = shape_fields(m->shape);
  facts_str record = print(m, "struct ops_%u@include/program.h", (unsigned)(field / of_unit));
  return add_node(m, FACTS_NODE_FIELD, record, print(m, "handle_%u", (unsigned)(field % of_unit)),
                  FACTS_HOLDS_FUNCTION);
}

static facts_place at(const maker *m, uint32_t line, uint32_t column) {
  return (facts_place){m->path, line, column};
}

static void add_argument(maker *m, facts_argument argument) {
  *bs_vec_push(&m->unit.arguments) = argument;
  m->unit.calls.items[m->unit.calls.count - 1].narguments++;
}

/* A call that has no arguments yet. */
static void add_call(maker *m, uint32_t caller, uint8_t kind, uint32_t callee, facts_place place) {
  facts_call row = {.caller = caller, .kind = kind, .callee = callee, .place = place};
  row.first_argument = m->unit.arguments.count;
  if (kind == FACTS_CALL_INDIRECT) row.type = m->handler_type;
  if (shape_chance(&m->state, m->shape->guards)) {
    row.guard = m->unit.guards.count;
    row.flags = FACTS_CALL_CONDITIONAL;
    *bs_vec_push(&m->unit.guards) =
        (facts_guard){.op = FACTS_GUARD_OTHER, .branch = 2 * row.guard + 1, .position = m->unit.calls.count};
  }
  *bs_vec_push(&m->unit.calls) = row;
}

static void call_worker(maker *m, uint32_t caller, bool has_handler, uint32_t callee, facts_place place) {
  add_call(m, caller, FACTS_CALL_DIRECT, callee, place);
  add_argument(m, (facts_argument){.kind = FACTS_ARGUMENT_NULL, .record = text(m, item)});
  if (has_handler && shape_chance(&m->state, m->shape->passed))
    add_argument(m, (facts_argument){.kind = FACTS_ARGUMENT_NODE,
                                     .ref = add_node(m, FACTS_NODE_PARAM, caller, 1, FACTS_HOLDS_FUNCTION)});
  else if (shape_chance(&m->state, m->shape->passed))
    add_argument(m, (facts_argument){.kind = FACTS_ARGUMENT_FUNCTION, .ref = m->local[0]});
  else
    add_argument(m, (facts_argument){.kind = FACTS_ARGUMENT_NULL});
}

static void call_handler(maker *m, uint32_t caller, uint8_t kind, uint32_t callee, facts_place place) {
  add_call(m, caller, kind, callee, place);
  add_argument(m, (facts_argument){.kind = FACTS_ARGUMENT_INTEGER, .value = 1});
}

static void call_something(maker *m, shape_function f, uint32_t row, facts_place place) {
  const shape *s = m->shape;
  bool worker = !shape_is_handler(s, f);
  if (shape_chance(&m->state, s->indirect)) {
    bool own = worker && shape_chance(&m->state, s->passed);
    call_handler(m, row, FACTS_CALL_INDIRECT,
                 own ? add_node(m, FACTS_NODE_PARAM, row, 1, FACTS_HOLDS_FUNCTION)
                     : field_node(m, shape_field(s, m->number, &m->state)),
                 place);
    return;
  }
  shape_function callee = shape_callee(s, f, &m->state);
  if (callee == f) return;
  if (shape_is_handler(s, callee))
    call_handler(m, row, FACTS_CALL_DIRECT, function_of(m, callee), place);
  else
    call_worker(m, row, worker, function_of(m, callee), place);
}

static void block(maker *m, uint32_t row, facts_place place) {
  bool sleeps = shape_chance(&m->state, 50);
  uint32_t callee = sleeps ? declare(m, "usleep", "int (__useconds_t)", "/usr/include/unistd.h", 1)
                           : declare(m, "fsync", "int (int)", "/usr/include/unistd.h", 1);
  add_call(m, row, FACTS_CALL_DIRECT, callee, place);
  if (sleeps)
    add_argument(m, (facts_argument){.kind = FACTS_ARGUMENT_INTEGER, .value = 10000});
  else
    add_argument(m, (facts_argument){.kind = FACTS_ARGUMENT_UNKNOWN});
}

/* pthread_mutex_lock(&mutex_3); pthread_mutex_unlock(&mutex_3); */
static void lock(maker *m, uint32_t row, facts_place place) {
  static const char *const names[] = {"pthread_mutex_lock", "pthread_mutex_unlock"};
  facts_node mutex =
      add_node(m, FACTS_NODE_GLOBAL, print(m, "mutex_%u", (unsigned)(shape_random(&m->state) % MUTEXES)), 0,
               FACTS_HOLDS_RECORD);
  for (uint32_t i = 0; i < 2; i++) {
    uint32_t callee = declare(m, names[i], "int (pthread_mutex_t *)", "/usr/include/pthread.h", 1);
    add_call(m, row, FACTS_CALL_DIRECT, callee, (facts_place){place.file, place.line + i, place.column});
    add_argument(m, (facts_argument){.kind = FACTS_ARGUMENT_ADDRESS, .ref = mutex});
  }
}

/* Through a field of its own, of a type that no function has. */
static void call_nothing(maker *m, uint32_t row, facts_place place) {
  facts_node field = add_node(m, FACTS_NODE_FIELD, text(m, "struct empty@include/program.h"),
                              print(m, "hook_%u_%u", m->number, row), FACTS_HOLDS_FUNCTION);
  call_handler(m, row, FACTS_CALL_INDIRECT, field, place);
  m->unit.calls.items[m->unit.calls.count - 1].type = text(m, "long (int)");
}

static void make_bodies(maker *m) {
  const shape *s = m->shape;
  for (uint32_t i = 0; i < s->functions; i++) {
    uint32_t row = m->local[i], line = m->unit.functions.items[row].place.line;
    for (uint32_t k = 0; k < s->calls; k++)
      call_something(m, (shape_function)m->number * s->functions + i, row, at(m, line + 1, 3 + 20 * k));
    if (shape_random(&m->state) % 1000 < s->sinks) block(m, row, at(m, line + 2, 3));
    if (s->locks && shape_random(&m->state) % 1000 < s->locks) lock(m, row, at(m, line + 3, 3));
    if (s->unresolved && shape_random(&m->state) % 1000 < s->unresolved)
      call_nothing(m, row, at(m, line + 5, 3));
  }
}

static void flow(maker *m, uint8_t kind, facts_node dst, uint32_t src, uint32_t function, uint32_t line) {
  *bs_vec_push(&m->unit.flows) =
      (facts_flow){.kind = kind, .dst = dst, .src = src, .function = function, .place = at(m, line, 20)};
}

/* Units of a program: its first one has the main(). */
static uint32_t program_size(const shape *s) {
  uint32_t size = s->programs ? s->units / s->programs : s->units;
  return size ? size : 1;
}

/* What fills the unit's fields, arms its timers and sets up two other units. */
static void make_setup(maker *m, const uint32_t *callbacks) {
  const shape *s = m->shape;
  uint32_t line = 10 + (s->functions + s->callbacks) * LINES, fields = shape_fields(s);
  uint32_t setup = add_function(m, print(m, "setup_%u", m->number), text(m, "void (void)"), at(m, line, 6),
                                FACTS_FUNCTION_DEFINED, 0);
  for (uint32_t i = 0, n = 0; i < s->functions; i++)
    if (shape_is_handler(s, i))
      flow(m, FACTS_FLOW_FUNCTION, field_node(m, (uint64_t)m->number * fields + n++ % fields), m->local[i],
           setup, line + 1);
  for (uint32_t i = 0; i < fields; i++)
    if (shape_chance(&m->state, s->copies))
      flow(m, FACTS_FLOW_COPY, field_node(m, shape_field(s, m->number, &m->state)),
           field_node(m, (uint64_t)m->number * fields + i), setup, line + 2);
  uint32_t start = declare(m, "uv_timer_start",
                           "int (struct uv_timer_s *, void (*)(struct uv_timer_s *), uint64_t, uint64_t)",
                           "/usr/include/uv.h", 4);
  for (uint32_t i = 0; i < s->callbacks; i++) {
    add_call(m, setup, FACTS_CALL_DIRECT, start, at(m, line + 3, 3 + 40 * i));
    add_argument(m, (facts_argument){.kind = FACTS_ARGUMENT_UNKNOWN});
    add_argument(m, (facts_argument){.kind = FACTS_ARGUMENT_FUNCTION, .ref = callbacks[i]});
    add_argument(m, (facts_argument){.kind = FACTS_ARGUMENT_INTEGER, .value = 100});
    add_argument(m, (facts_argument){.kind = FACTS_ARGUMENT_INTEGER, .value = 0});
  }
  const uint32_t size = program_size(s), first = m->number / size * size, own = m->number - first;
  for (uint32_t next = 2 * own + 1; next <= 2 * own + 2 && next < size && first + next < s->units; next++)
    add_call(m, setup, FACTS_CALL_DIRECT,
             add_function(m, print(m, "setup_%u", first + next), text(m, "void (void)"),
                          (facts_place){m->header, 9, 6}, 0, 0),
             at(m, line + 4, 3 + 20 * (next & 1)));
  if (own) return;
  uint32_t main = add_function(m, text(m, "main"), text(m, "int (void)"), at(m, line + LINES, 5),
                               FACTS_FUNCTION_DEFINED, 0);
  add_call(m, main, FACTS_CALL_DIRECT, setup, at(m, line + LINES + 1, 3));
  add_call(m, main, FACTS_CALL_DIRECT,
           declare(m, "uv_run", "int (struct uv_loop_s *, uv_run_mode)", "/usr/include/uv.h", 2),
           at(m, line + LINES + 2, 3));
  add_argument(m, (facts_argument){.kind = FACTS_ARGUMENT_UNKNOWN});
  add_argument(m, (facts_argument){.kind = FACTS_ARGUMENT_INTEGER, .value = 0});
}

static void make_functions(maker *m) {
  const shape *s = m->shape;
  for (uint32_t i = 0; i < s->functions; i++) {
    bool handler = shape_is_handler(s, i);
    m->local[i] =
        add_function(m, print(m, "u%u_f%u", m->number, i), handler ? m->handler_type : m->worker_type,
                     at(m, 10 + i * LINES, 6), FACTS_FUNCTION_DEFINED, handler ? 1 : 2);
    if (!handler && s->passed) add_node(m, FACTS_NODE_PARAM, m->local[i], 1, FACTS_HOLDS_FUNCTION);
  }
  for (uint32_t i = 0; i < s->inlines; i++) {
    uint32_t row = add_function(m, print(m, "inline_%u", i), text(m, "int (int)"),
                                (facts_place){m->header, 100 + i * LINES, 19},
                                FACTS_FUNCTION_DEFINED | FACTS_FUNCTION_INTERNAL | FACTS_FUNCTION_INLINE, 1);
    add_call(m, row, FACTS_CALL_DIRECT, declare(m, "abs", "int (int)", "/usr/include/stdlib.h", 1),
             (facts_place){m->header, 101 + i * LINES, 10});
    add_argument(m, (facts_argument){.kind = FACTS_ARGUMENT_UNKNOWN});
  }
}

static void make_unit(maker *m) {
  const shape *s = m->shape;
  facts_unit_init(&m->unit);
  m->local = bs_malloc(s->functions * sizeof *m->local);
  uint32_t *callbacks = bs_malloc((s->callbacks + 1) * sizeof *callbacks);
  m->path = m->unit.file = print(m, "src/unit_%u.c", m->number);
  m->header = text(m, "include/program.h");
  m->unit.language = text(m, "c");
  m->unit.parser = text(m, "19.1.7");
  if (s->programs) m->unit.group = print(m, "CMakeFiles/program_%u.dir", m->number / program_size(s));
  *bs_vec_push(&m->unit.files) = (facts_file){m->path, false};
  *bs_vec_push(&m->unit.files) = (facts_file){m->header, false};
  *bs_vec_push(&m->unit.files) = (facts_file){text(m, "/usr/include/uv.h"), true};
  m->worker_type = text(m, "void (struct item *, int (*)(int))");
  m->handler_type = text(m, "int (int)");
  make_functions(m);
  make_bodies(m);
  for (uint32_t i = 0; i < s->callbacks; i++) {
    uint32_t line = 10 + (s->functions + i) * LINES;
    callbacks[i] =
        add_function(m, print(m, "on_timer_%u_%u", m->number, i), text(m, "void (struct uv_timer_s *)"),
                     at(m, line, 6), FACTS_FUNCTION_DEFINED, 1);
    shape_function worker = 1 + shape_random(&m->state) % (s->depth ? s->functions / s->depth : s->functions);
    worker = worker % s->functions;
    call_something(m, (shape_function)m->number * s->functions + worker, callbacks[i], at(m, line + 1, 3));
  }
  make_setup(m, callbacks);
  free(m->local);
  free(callbacks);
}

static int write_unit(maker *m, const char *folder) {
  char path[4096];
  bs_strbuf bytes = BS_STRBUF_INIT;
  facts_encode(&m->unit, &bytes);
  snprintf(path, sizeof path, "%s/unit_%06u.bsf", folder, m->number);
  FILE *file = fopen(path, "wbe");
  int good = file && fwrite(bytes.text, 1, bytes.length, file) == bytes.length;
  if (file && fclose(file) != 0) good = 0;
  if (!good) fprintf(stderr, "scale-generate: %s: %s\n", path, strerror(errno));
  bs_strbuf_fini(&bytes);
  return good;
}

/* KNOB=NUMBER */
static int set_knob(shape *s, const char *argument) {
  const char *equals = strchr(argument, '=');
  char *end;
  unsigned long value = equals ? strtoul(equals + 1, &end, 10) : 0;
  if (!equals || end == equals + 1 || *end || value > 100000000) return 0;
  size_t length = (size_t)(equals - argument);
  if (length == 4 && !strncmp(argument, "seed", 4)) {
    s->seed = value;
    return 1;
  }
  for (size_t i = 0; i < sizeof knobs / sizeof *knobs; i++) {
    if (strlen(knobs[i].name) != length || strncmp(knobs[i].name, argument, length) != 0) continue;
    *(uint32_t *)(void *)((char *)s + knobs[i].offset) = (uint32_t)value;
    return 1;
  }
  return 0;
}

static void print_usage(const shape *s) {
  printf("Usage: scale-generate FOLDER [KNOB=NUMBER…]\n\nWrites the facts of a program for `blockscan link "
         "FOLDER`. The knobs, as they are now:\n\n");
  for (size_t i = 0; i < sizeof knobs / sizeof *knobs; i++)
    printf("  %-10s %6u  %s\n", knobs[i].name,
           *(const uint32_t *)(const void *)((const char *)s + knobs[i].offset), knobs[i].help);
  printf("  %-10s %6u  another program of the same shape\n", "seed", (unsigned)s->seed);
}

int main(int argc, char **argv) {
  shape s = {.units = 100,
             .functions = 100,
             .calls = 5,
             .local = 65,
             .indirect = 5,
             .targets = 3,
             .passed = 0,
             .copies = 20,
             .callbacks = 1,
             .sinks = 4,
             .guards = 30,
             .inlines = 4,
             .seed = 1};
  int good = argc > 1;
  for (int i = 2; i < argc && good; i++) good = set_knob(&s, argv[i]);
  if (!good || !s.units || !s.functions || !strcmp(argv[1], "--help")) {
    print_usage(&s);
    return good ? 0 : 2;
  }
  if (mkdir(argv[1], 0777) != 0 && errno != EEXIST) {
    fprintf(stderr, "scale-generate: %s: %s\n", argv[1], strerror(errno));
    return 2;
  }
  for (uint32_t unit = 0; unit < s.units && good; unit++) {
    maker m = {.shape = &s, .number = unit, .state = s.seed * 1000003u + unit};
    make_unit(&m);
    good = write_unit(&m, argv[1]);
    facts_unit_fini(&m.unit);
  }
  return good ? 0 : 2;
}

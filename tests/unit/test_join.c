/* Findings meet what was recorded: by API, function and place, under other names, in other lines and folders.
 * Each match has a twin that must not be one. */
#include "evidence/join_names.h"
#include "sample_report.h"

#include "evidence/join.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#define MS UINT64_C(1000000)

static report_finding *add(report_document *d, const char *api, const char *function, const char *file,
                           unsigned line) {
  report_finding *f =
      sample_finding(d, "disk.test", RULE_WARNING, api, "waits", sample_place(function, file, line, 3));
  snprintf(f->id, sizeof f->id, "%016u", d->findings.count);
  report_entry *entry = report_add_entry(f);
  entry->function = "on_read";
  entry->file = "src/server.c";
  entry->line = 10;
  entry->loop = "libuv";
  sample_step(d, entry, sample_place("on_read", "src/server.c", 12, 3), REPORT_DIRECT);
  sample_step(d, entry, f->sink, REPORT_DIRECT);
  return f;
}

static report_frame frame(const char *function, const char *file, unsigned line) {
  return (report_frame){function, file, line, "/srv/app", false, NULL, NULL};
}

static report_frame library(const char *function) {
  return (report_frame){function, NULL, 0, "/usr/lib/libthing.so.1", false, NULL, NULL};
}

typedef struct scene {
  report_document document;
  join *join;
  const rule_set *rules;
} scene;

static void open_scene(scene *s) {
  s->join = join_new(&s->document, &(join_options){.rules = s->rules, .is_scanned = true});
  join_begin(s->join, 10 * MS);
}

static void close_scene(scene *s) {
  join_free(s->join);
  report_document_fini(&s->document);
}

static uint32_t place(scene *s, const report_frame *frames, uint32_t count, const char *api) {
  const join_stack of = {frames, count, count - 1, 0, api == NULL};
  return join_place(s->join, &of, api, NULL);
}

static void stall(scene *s, uint32_t at, uint64_t ms) {
  const join_part part = {.at_ns = 10 * MS, .place = at};
  join_stall_at(s->join, &(join_stall){ms * MS, "off-cpu", "libuv", &part, 1, false, 0});
}

static void calls(scene *s, uint32_t at, unsigned count, uint64_t ns) {
  durations d = {0};
  for (unsigned i = 0; i < count; i++) durations_add(&d, ns);
  join_call(s->join, at, &d);
  durations_fini(&d);
}

static const report_finding *by_api(const scene *s, const char *api) {
  for (uint32_t i = 0; i < s->document.findings.count; i++)
    if (!strcmp(s->document.findings.items[i].api, api)) return &s->document.findings.items[i];
  fail_msg("no finding of %s", api);
  return NULL;
}

/* ---- names ---- */

static void names_are_plain(void **state) {
  static const struct {
    const char *recorded, *plain;
  } rows[] = {
      {"save", "save"},
      {"save.part.0", "save"},
      {"save.constprop.0.cold", "save"},
      {"read@@GLIBC_2.2.5", "read"},
      {"net::Session::read(int, char const*) const", "net::Session::read"},
      {"int net::get<std::vector<int> >(int (*)(int))", "net::get"},
      {"(anonymous namespace)::helper(int)", "helper"},
      {"Functor::operator()(int) const", "Functor::operator()"},
      {"std::ostream& operator<< <char>(std::ostream&, char)", "operator<<"},
      {"void run(int) [clone .isra.0]", "run"},
      {"net::run(uv_loop_s*)::{lambda(uv_timer_s*)#1}::_FUN(uv_timer_s*)", "net::run::{}"},
      {"net::run(int)::{lambda(int)#2}::operator()(int) const", "net::run::{}"},
      {"net::run::lambda#1", "net::run::{}"},
      {"net::run(uv_loop_s*)::$_0::__invoke(uv_timer_s*)", "net::run::{}"},
      {"run()::{lambda()#1}::operator()() const::{lambda()#1}::operator()() const", "run::{}::{}"},
      {"net::Hook::operator()(int)", "net::Hook::operator()"},
  };
  (void)state;
  bs_strbuf out = BS_STRBUF_INIT;
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    join_function_name(rows[i].recorded, &out);
    assert_string_equal(out.text, rows[i].plain);
  }
  bs_strbuf_fini(&out);
}

static void apis_are_plain(void **state) {
  static const char *const rows[][2] = {{"__read_chk", "read"},       {"__GI___libc_open64", "open"},
                                        {"_IO_new_fclose", "fclose"}, {"__isoc99_fscanf", "fscanf"},
                                        {"fsync", "fsync"},           {"__poll", "poll"}};
  (void)state;
  bs_strbuf out = BS_STRBUF_INIT;
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    join_api_name(rows[i][0], &out);
    assert_string_equal(out.text, rows[i][1]);
  }
  bs_strbuf_fini(&out);
  assert_true(join_same_name("net::read", "read"));
  assert_false(join_same_name("net::read", "thread"));
  assert_false(join_same_name("spread", "read"));
}

/* ---- matching ---- */

static void a_stall_confirms(void **state) {
  scene s = {0};
  (void)state;
  report_document_init(&s.document);
  add(&s.document, "fsync", "save", "src/a.c", 20);
  add(&s.document, "flock", "save", "src/a.c", 30);
  open_scene(&s);
  const report_frame on[] = {frame("save", "src/a.c", 20), frame("on_read", "src/server.c", 12)};
  uint32_t at = place(&s, on, 2, "fsync");
  stall(&s, at, 212);
  stall(&s, at, 40);
  calls(&s, at, 3, 40 * MS);
  join_finish(s.join);
  const report_finding *f = by_api(&s, "fsync");
  assert_ptr_equal(f, &s.document.findings.items[0]);
  assert_int_equal(f->runtime.verdict, REPORT_CONFIRMED);
  assert_int_equal(f->runtime.calls, 3);
  assert_int_equal(f->runtime.max_ns, 212 * MS);
  assert_int_equal(f->runtime.held_ns, 252 * MS);
  assert_int_equal(f->confidence, RULE_CERTAIN);
  assert_null(f->runtime.remark);
  assert_int_equal(f->entries.items[0].seen, 1);
  assert_int_equal(by_api(&s, "flock")->runtime.verdict, REPORT_NOT_EXERCISED);
  assert_int_equal(s.document.findings.count, 2);
  close_scene(&s);
}

static void fast_calls_are_observed(void **state) {
  scene s = {0};
  (void)state;
  report_document_init(&s.document);
  add(&s.document, "read", "load", "src/a.c", 20);
  add(&s.document, "read", "load", "src/a.c", 120);
  open_scene(&s);
  const report_frame on[] = {frame("load", "src/a.c", 120), frame("on_read", "src/server.c", 12)};
  calls(&s, place(&s, on, 2, "__read_chk"), 100, 2000);
  join_finish(s.join);
  assert_int_equal(s.document.findings.items[0].runtime.verdict, REPORT_NOT_EXERCISED);
  assert_int_equal(s.document.findings.items[1].runtime.verdict, REPORT_OBSERVED_FAST);
  assert_int_equal(s.document.findings.items[1].runtime.calls, 100);
  close_scene(&s);
}

/* The watched call is made inside of the library function that the finding is about. */
static void libraries_are_looked_through(void **state) {
  scene s = {0};
  (void)state;
  report_document_init(&s.document);
  add(&s.document, "thing_send", "send_it", "src/a.c", 20);
  open_scene(&s);
  report_frame on[] = {library(""), library("thing_send"), frame("send_it", "src/a.c", 21),
                       frame("on_read", "src/server.c", 12)};
  on[2].inlined = true;
  calls(&s, place(&s, on, 4, "poll"), 1, 50 * MS);
  join_finish(s.join);
  const report_finding *f = by_api(&s, "thing_send");
  assert_int_equal(f->runtime.verdict, REPORT_CONFIRMED);
  assert_int_equal(f->runtime.stalls, 1);
  assert_int_equal(f->runtime.calls, 0); /* of poll, not of thing_send */
  close_scene(&s);
}

/* A library function that ends in a jump is not on the stack; another library function in that place is no
 * finding in another line. */
static void jumps_are_seen_by_their_place(void **state) {
  for (unsigned line = 20; line <= 21; line++) {
    scene s = {0};
    (void)state;
    report_document_init(&s.document);
    add(&s.document, "thing_send", "send_it", "src/a.c", 20);
    open_scene(&s);
    const report_frame on[] = {library("thing_send_real"), frame("send_it", "src/a.c", line),
                               frame("on_read", "src/server.c", 12)};
    stall(&s, place(&s, on, 3, NULL), 50);
    join_finish(s.join);
    assert_int_equal(by_api(&s, "thing_send")->runtime.verdict,
                     line == 20 ? REPORT_CONFIRMED : REPORT_NOT_EXERCISED);
    assert_int_equal(s.document.findings.count, line == 20 ? 1 : 2);
    close_scene(&s);
  }
}

/* The function that makes the call ended in a jump to it: its caller is all there is. */
static void callers_stand_for_jumping_functions(void **state) {
  for (unsigned line = 12; line <= 40; line += 28) {
    scene s = {0};
    (void)state;
    report_document_init(&s.document);
    add(&s.document, "fsync", "save", "src/a.c", 20);
    open_scene(&s);
    const report_frame on[] = {frame("on_read", "src/server.c", line)};
    stall(&s, place(&s, on, 1, "fsync"), 50);
    join_finish(s.join);
    assert_int_equal(s.document.findings.items[0].runtime.verdict,
                     line == 12 ? REPORT_CONFIRMED : REPORT_RUNTIME_ONLY);
    close_scene(&s);
  }
}

static void moved_lines_are_joined_and_said(void **state) {
  scene s = {0};
  (void)state;
  report_document_init(&s.document);
  add(&s.document, "fsync", "save", "src/a.c", 20);
  add(&s.document, "flock", "lock", "src/a.c", 200);
  add(&s.document, "flock", "lock", "src/a.c", 210);
  open_scene(&s);
  const report_frame far[] = {frame("save", "src/a.c", 320), frame("on_read", "src/server.c", 12)};
  const report_frame near[] = {frame("lock", "src/a.c", 217), frame("on_read", "src/server.c", 12)};
  const report_frame other[] = {frame("rescue", "src/a.c", 20), frame("on_read", "src/server.c", 12)};
  stall(&s, place(&s, far, 2, "fsync"), 50);
  stall(&s, place(&s, near, 2, "flock"), 40);
  stall(&s, place(&s, other, 2, "fsync"), 30);
  join_finish(s.join);
  const report_finding *f = s.document.findings.items;
  assert_string_equal(f[0].api, "fsync");
  assert_non_null(strstr(f[0].runtime.remark, "in line 320"));
  assert_int_equal(f[1].sink.line, 210);
  assert_non_null(f[1].runtime.remark);
  assert_int_equal(f[2].runtime.verdict, REPORT_RUNTIME_ONLY); /* another function */
  assert_string_equal(f[2].sink.function, "rescue");
  assert_int_equal(f[3].runtime.verdict, REPORT_NOT_EXERCISED);
  close_scene(&s);
}

static void without_lines_each_call_is_meant(void **state) {
  scene s = {0};
  (void)state;
  report_document_init(&s.document);
  add(&s.document, "read", "load", "src/a.c", 20);
  add(&s.document, "read", "load", "src/a.c", 120);
  open_scene(&s);
  const report_frame on[] = {frame("load", NULL, 0), frame("on_read", NULL, 0)};
  stall(&s, place(&s, on, 2, "read"), 50);
  join_finish(s.join);
  for (int i = 0; i < 2; i++) {
    assert_int_equal(s.document.findings.items[i].runtime.verdict, REPORT_CONFIRMED);
    assert_non_null(strstr(s.document.findings.items[i].runtime.remark, "several places"));
  }
  close_scene(&s);
}

static void names_of_cxx_meet(void **state) {
  scene s = {0};
  (void)state;
  report_document_init(&s.document);
  add(&s.document, "sleep", "net::Session::pause", "src/a.cc", 20);
  add(&s.document, "std::this_thread::sleep_for", "net::Session::rest", "src/a.cc", 30);
  open_scene(&s);
  const report_frame on[] = {frame("net::Session::pause(int) const", "src/a.cc", 20),
                             frame("on_read", "src/server.c", 12)};
  const report_frame rest[] = {frame("void std::this_thread::sleep_for<long, std::ratio<1l, 1000l> "
                                     ">(std::chrono::duration<long> const&)",
                                     "/usr/include/c++/12/bits/this_thread_sleep.h", 82),
                               frame("net::Session::rest()", "src/a.cc", 30)};
  const report_frame twin[] = {frame("net::Client::pause(int) const", "src/a.cc", 20),
                               frame("on_read", "src/server.c", 12)};
  stall(&s, place(&s, on, 2, "sleep"), 50);
  stall(&s, place(&s, rest, 2, "nanosleep"), 50);
  stall(&s, place(&s, twin, 2, "sleep"), 50);
  join_finish(s.join);
  assert_int_equal(s.document.findings.items[0].runtime.stalls, 1);
  assert_int_equal(by_api(&s, "std::this_thread::sleep_for")->runtime.verdict, REPORT_CONFIRMED);
  assert_int_equal(s.document.findings.count, 3);
  close_scene(&s);
}

/* ---- files of other builds ---- */

static void builds_elsewhere_have_our_names(void **state) {
  scene s = {0};
  (void)state;
  report_document_init(&s.document);
  add(&s.document, "fsync", "save", "src/a.c", 20);
  add(&s.document, "fsync", "keep", "src/deep/b.c", 20);
  open_scene(&s);
  const char *files[] = {"/home/ci/app-1.2/src/a.c", "/home/ci/app-1.2/src/deep/b.c",
                         "/home/ci/app-1.2/src/other.c", "/usr/include/stdio.h", "../src/server.c"};
  join_name_files(s.join, files, 5);
  assert_string_equal(files[0], "src/a.c");
  assert_string_equal(files[1], "src/deep/b.c");
  assert_string_equal(files[2], "src/other.c");
  assert_string_equal(files[3], "/usr/include/stdio.h");
  assert_string_equal(files[4], "src/server.c");
  close_scene(&s);
}

/* ---- verdicts ---- */

static void a_comment_that_was_wrong_is_told(void **state) {
  for (int held = 0; held < 2; held++) {
    scene s = {0};
    (void)state;
    report_document_init(&s.document);
    report_finding *f = add(&s.document, "fsync", "save", "src/a.c", 20);
    f->severity = RULE_NOTE;
    f->suppressed = (report_suppression){"comment", "never blocks: it is tmpfs"};
    open_scene(&s);
    const report_frame on[] = {frame("save", "src/a.c", 20), frame("on_read", "src/server.c", 12)};
    uint32_t at = place(&s, on, 2, "fsync");
    calls(&s, at, 5, 1000);
    if (held) stall(&s, at, 30);
    join_finish(s.join);
    f = s.document.findings.items;
    assert_int_equal(f->suppressed.by == NULL, held);
    assert_int_equal(f->severity, held ? RULE_WARNING : RULE_NOTE);
    if (held) assert_non_null(strstr(f->runtime.remark, "never blocks: it is tmpfs"));
    close_scene(&s);
  }
}

/* What had the greatest part, and what had the threshold or more, is charged; what was there by chance is
 * not. */
static void a_stall_is_shared_out(void **state) {
  scene s = {0};
  (void)state;
  report_document_init(&s.document);
  add(&s.document, "fsync", "save", "src/a.c", 20);
  add(&s.document, "flock", "save", "src/a.c", 30);
  add(&s.document, "read", "save", "src/a.c", 40);
  open_scene(&s);
  const char *const apis[] = {"fsync", "flock", "read"};
  join_part parts[3];
  for (unsigned i = 0; i < 3; i++) {
    const report_frame on[] = {frame("save", "src/a.c", 20 + 10 * i), frame("on_read", "src/server.c", 12)};
    parts[i] = (join_part){.place = place(&s, on, 2, apis[i])};
  }
  parts[1].at_ns = 20 * MS;
  parts[2].at_ns = 95 * MS;
  join_stall_at(s.join, &(join_stall){100 * MS, "off-cpu", NULL, parts, 3, false, 0});
  join_finish(s.join);
  assert_string_equal(s.document.findings.items[0].api, "flock");
  assert_int_equal(s.document.findings.items[0].runtime.held_ns, 75 * MS);
  assert_int_equal(s.document.findings.items[1].runtime.held_ns, 20 * MS);
  assert_int_equal(by_api(&s, "read")->runtime.verdict, REPORT_OBSERVED_FAST);
  close_scene(&s);
}

/* ---- what the scan missed ---- */

static void load(rule_set *rules) {
  static const char text[] =
      "{\"kind\": \"blocking\", \"rules\": [{\"id\": \"disk.fsync\", \"functions\": [\"fsync\"], "
      "\"category\": \"disk\", \"latency\": \"seconds\", \"message\": \"waits for the disk\"}]}";
  rule_set_init(rules);
  assert_true(rule_set_load_text(rules, "test.json", text, sizeof text - 1, NULL));
  rule_set_index(rules);
}

static const report_finding *missed(scene *s) {
  join_finish(s->join);
  for (uint32_t i = 0; i < s->document.findings.count; i++)
    if (s->document.findings.items[i].runtime.verdict == REPORT_RUNTIME_ONLY)
      return &s->document.findings.items[i];
  fail_msg("nothing was missed");
  return NULL;
}

static void unknown_functions_are_proposed(void **state) {
  rule_set rules;
  scene s = {.rules = &rules};
  uint32_t count;
  (void)state;
  load(&rules);
  report_document_init(&s.document);
  open_scene(&s);
  const report_frame on[] = {library(""), library("thing_wait"), frame("work", "src/a.c", 7),
                             frame("on_read", "src/server.c", 12)};
  stall(&s, place(&s, on, 4, "poll"), 50);
  const report_finding *f = missed(&s);
  assert_string_equal(f->api, "thing_wait");
  assert_string_equal(f->sink.function, "work");
  assert_non_null(strstr(f->runtime.missed, "no rule knows thing_wait() of libthing.so.1"));
  const join_proposal *proposal = join_proposals(s.join, &count);
  assert_int_equal(count, 1);
  assert_string_equal(proposal->function, "thing_wait");
  assert_int_equal(proposal->max_ns, 50 * MS);
  close_scene(&s);
  rule_set_fini(&rules);
}

/* A pack says that the function hands work to a thread: that it once took long makes no rule. */
/* Two places of one function that call the same are two findings, each with an id that the order of the
 * recording does not change. */
static void places_of_a_function_have_ids_of_their_own(void **state) {
  char ids[2][2][17];
  rule_set rules;
  (void)state;
  load(&rules);
  for (int order = 0; order < 2; order++) {
    scene s = {.rules = &rules};
    report_document_init(&s.document);
    open_scene(&s);
    for (int i = 0; i < 2; i++) {
      bool upper = i == order;
      const report_frame frames[] = {library(""), library("thing_wait"),
                                     frame("on_tick", "src/tick.c", upper ? 30 : 40)};
      stall(&s, place(&s, frames, 3, "poll"), upper ? 50 : 90);
    }
    join_finish(s.join);
    assert_int_equal(s.document.findings.count, 2);
    for (uint32_t i = 0; i < 2; i++) {
      const report_finding *f = &s.document.findings.items[i];
      strcpy(ids[order][f->sink.line == 40], f->id);
    }
    close_scene(&s);
  }
  assert_string_not_equal(ids[0][0], ids[0][1]);
  assert_string_equal(ids[0][0], ids[1][0]);
  assert_string_equal(ids[0][1], ids[1][1]);
  rule_set_fini(&rules);
}

static void offloading_is_no_rule(void **state) {
  static const char pack[] = "{\"kind\": \"loop\", \"name\": \"tick\", \"title\": \"tick\", \"offload\": "
                             "[{\"functions\": [\"tick_submit\"], \"callbacks\": [1]}]}";
  rule_set rules;
  scene s = {.rules = &rules};
  uint32_t count;
  (void)state;
  load(&rules);
  assert_true(rule_set_load_text(&rules, "tick.json", pack, sizeof pack - 1, NULL));
  rule_set_index(&rules);
  report_document_init(&s.document);
  open_scene(&s);
  const report_frame on[] = {library(""), library("tick_submit"), frame("work", "src/a.c", 7),
                             frame("on_read", "src/server.c", 12)};
  stall(&s, place(&s, on, 4, "sem_wait"), 50);
  const report_finding *f = missed(&s);
  assert_string_equal(f->api, "tick_submit");
  assert_non_null(strstr(f->runtime.missed, "tick_submit() of tick hands work to a thread"));
  join_proposals(s.join, &count);
  assert_int_equal(count, 0);
  close_scene(&s);
  rule_set_fini(&rules);
}

static void computing_is_no_rule(void **state) {
  rule_set rules;
  scene s = {.rules = &rules};
  uint32_t count;
  (void)state;
  load(&rules);
  report_document_init(&s.document);
  open_scene(&s);
  const report_frame on[] = {{"memcpy", NULL, 0, "/usr/lib/libc.so.6", false, NULL, NULL},
                             frame("work", "src/a.c", 7),
                             frame("on_read", "src/server.c", 12)};
  const join_part part = {.at_ns = 10 * MS, .place = place(&s, on, 3, NULL)};
  join_stall_at(s.join, &(join_stall){50 * MS, "on-cpu", NULL, &part, 1, false, 0});
  const report_finding *f = missed(&s);
  assert_string_equal(f->rule, "runtime.computation");
  assert_int_equal(f->category, RULE_CPU);
  join_proposals(s.join, &count);
  assert_int_equal(count, 0);
  close_scene(&s);
  rule_set_fini(&rules);
}

static uint32_t computing(scene *s, const char *leaf, const char *through, const char *callback) {
  const report_frame on[] = {frame(leaf, "src/a.c", 7), frame(through, "src/a.c", 30),
                             frame(callback, "src/server.c", 12)};
  return place(s, on, 3, NULL);
}

static const report_finding *in_function(const scene *s, const char *function) {
  for (uint32_t i = 0; i < s->document.findings.count; i++)
    if (!strcmp(s->document.findings.items[i].sink.function, function)) return &s->document.findings.items[i];
  return NULL;
}

static void a_computation_is_one_place(void **state) {
  scene s = {0};
  (void)state;
  report_document_init(&s.document);
  open_scene(&s);
  const join_part parts[] = {{.at_ns = 10 * MS, .place = computing(&s, "hash", "save", "on_read")},
                             {.at_ns = 20 * MS, .place = computing(&s, "copy", "save", "on_read")},
                             {.at_ns = 30 * MS, .place = computing(&s, "sort", "save", "on_read")},
                             {.at_ns = 90 * MS, .place = computing(&s, "log", "tell", "on_read")}};
  join_stall_at(s.join, &(join_stall){100 * MS, "on-cpu", NULL, parts, 4, false, 0});
  join_finish(s.join);
  assert_int_equal(s.document.findings.count, 1);
  const report_finding *f = in_function(&s, "save");
  assert_non_null(f);
  assert_int_equal(f->runtime.stalls, 1);
  assert_int_equal(f->runtime.held_ns, 90 * MS);
  assert_string_equal(f->entries.items[0].function, "on_read");
  close_scene(&s);
}

/* One sample is what it is, and what waits is told where it waits. */
static void what_is_apart_stays_apart(void **state) {
  scene s = {0};
  (void)state;
  report_document_init(&s.document);
  open_scene(&s);
  const join_part one = {.at_ns = 10 * MS, .place = computing(&s, "hash", "save", "on_read")};
  join_stall_at(s.join, &(join_stall){30 * MS, "on-cpu", NULL, &one, 1, false, 0});
  const join_part two[] = {{.at_ns = 10 * MS, .place = computing(&s, "copy", "save", "on_read")},
                           {.at_ns = 30 * MS, .place = computing(&s, "sort", "save", "on_read")}};
  join_stall_at(s.join, &(join_stall){50 * MS, "off-cpu", NULL, two, 2, false, 0});
  join_finish(s.join);
  assert_int_equal(s.document.findings.count, 3);
  assert_non_null(in_function(&s, "hash"));
  assert_non_null(in_function(&s, "copy"));
  assert_non_null(in_function(&s, "sort"));
  close_scene(&s);
}

static void want_of_a_cpu_is_no_computation(void **state) {
  static const char *const rows[][2] = {{"runnable", "runtime.no-cpu"}, {"on-cpu", "runtime.computation"}};
  (void)state;
  for (size_t i = 0; i < 2; i++) {
    scene s = {0};
    uint32_t count;
    report_document_init(&s.document);
    open_scene(&s);
    const report_frame on[] = {library("thing_wait"), frame("save", "src/a.c", 30),
                               frame("on_read", "src/server.c", 12)};
    const join_part part = {.at_ns = 10 * MS,
                            .place = i ? computing(&s, "hash", "save", "on_read") : place(&s, on, 3, NULL)};
    join_stall_at(s.join, &(join_stall){30 * MS, rows[i][0], NULL, &part, 1, false, 0});
    join_finish(s.join);
    assert_string_equal(s.document.findings.items[0].rule, rows[i][1]);
    join_proposals(s.join, &count);
    assert_int_equal(count, 0);
    close_scene(&s);
  }
}

/* A watched call that copies on the CPU is that call; a stack that ends in the C library is nobody's. */
static void a_call_on_the_cpu_is_a_call(void **state) {
  rule_set rules;
  scene s = {.rules = &rules};
  (void)state;
  load(&rules);
  report_document_init(&s.document);
  open_scene(&s);
  const report_frame on[] = {frame("load", "src/a.c", 30), frame("on_read", "src/server.c", 12)};
  const join_part part = {.at_ns = 10 * MS, .place = place(&s, on, 2, "fsync")};
  join_stall_at(s.join, &(join_stall){30 * MS, "mixed", NULL, &part, 1, false, 0});
  const report_frame cut[] = {{"fwrite", NULL, 0, "/usr/lib/libc.so.6", false, NULL, NULL}};
  const join_stack nowhere = {cut, 1, JOIN_NONE, JOIN_NONE, true};
  assert_int_equal(join_place(s.join, &nowhere, NULL, NULL), JOIN_NONE);
  const report_finding *f = missed(&s);
  assert_string_equal(f->api, "fsync");
  assert_string_equal(f->rule, "disk.fsync");
  close_scene(&s);
  rule_set_fini(&rules);
}

/* A stall that ended has counted its calls: a sample that stands for longer than they took is wrong; one that
 * did not end has not. */
static void counted_calls_bound_the_samples(void **state) {
  (void)state;
  for (int ended = 0; ended < 2; ended++) {
    scene s = {0};
    report_document_init(&s.document);
    add(&s.document, "fsync", "save", "src/a.c", 20);
    open_scene(&s);
    const report_frame on[] = {frame("save", "src/a.c", 20), frame("on_read", "src/server.c", 12)};
    uint32_t at = place(&s, on, 2, "fsync");
    calls(&s, at, 2, 3 * MS);
    const join_part parts[] = {{.at_ns = 10 * MS, .place = computing(&s, "hash", "work", "on_read")},
                               {.at_ns = 20 * MS, .place = at}};
    join_stall_at(
        s.join,
        &(join_stall){.duration_ns = 90 * MS, .kind = "on-cpu", .parts = parts, .nparts = 2, .ended = ended});
    join_finish(s.join);
    assert_int_equal(by_api(&s, "fsync")->runtime.verdict, ended ? REPORT_OBSERVED_FAST : REPORT_CONFIRMED);
    close_scene(&s);
  }
}

static enum join_reach reach(void *context, const char *function, const char *file) {
  (void)context, (void)file;
  return !strcmp(function, "on_read") || !strcmp(function, "dispatch") ? JOIN_REACHED : JOIN_NOT_REACHED;
}

static void a_missing_edge_is_named(void **state) {
  static const struct {
    const char *outer, *middle, *says;
  } rows[] = {
      {"on_read", "dispatch", "dispatch() at src/a.c:9 calls save()"},
      {"on_read", "other", "on_read() at src/server.c:12 calls other()"},
      {"on_timer", "other", "the scan does not know that a loop calls on_timer()"},
  };
  rule_set rules;
  const join_graph graph = {NULL, reach};
  (void)state;
  load(&rules);
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    scene s = {0};
    report_document_init(&s.document);
    s.join = join_new(&s.document, &(join_options){.rules = &rules, .graph = &graph, .is_scanned = true});
    join_begin(s.join, 10 * MS);
    const report_frame on[] = {frame("save", "src/a.c", 20), frame(rows[i].middle, "src/a.c", 9),
                               frame(rows[i].outer, "src/server.c", 12)};
    stall(&s, place(&s, on, 3, "fsync"), 50);
    const report_finding *f = missed(&s);
    assert_string_equal(f->rule, "disk.fsync");
    assert_non_null(strstr(f->runtime.missed, rows[i].says));
    close_scene(&s);
  }
  rule_set_fini(&rules);
}

static void a_rule_that_is_off_is_named(void **state) {
  rule_set rules, none;
  (void)state;
  load(&rules);
  rule_set_init(&none);
  rule_set_index(&none);
  scene s = {0};
  report_document_init(&s.document);
  s.join = join_new(&s.document, &(join_options){.rules = &none, .all_rules = &rules, .is_scanned = true});
  const report_frame on[] = {frame("save", "src/a.c", 20), frame("on_read", "src/server.c", 12)};
  stall(&s, place(&s, on, 2, "fsync"), 50);
  assert_non_null(strstr(missed(&s)->runtime.missed, "disk.fsync is turned off"));
  close_scene(&s);
  rule_set_fini(&rules);
  rule_set_fini(&none);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(names_are_plain),
      cmocka_unit_test(apis_are_plain),
      cmocka_unit_test(a_stall_confirms),
      cmocka_unit_test(fast_calls_are_observed),
      cmocka_unit_test(libraries_are_looked_through),
      cmocka_unit_test(jumps_are_seen_by_their_place),
      cmocka_unit_test(callers_stand_for_jumping_functions),
      cmocka_unit_test(moved_lines_are_joined_and_said),
      cmocka_unit_test(without_lines_each_call_is_meant),
      cmocka_unit_test(names_of_cxx_meet),
      cmocka_unit_test(builds_elsewhere_have_our_names),
      cmocka_unit_test(a_comment_that_was_wrong_is_told),
      cmocka_unit_test(a_stall_is_shared_out),
      cmocka_unit_test(unknown_functions_are_proposed),
      cmocka_unit_test(places_of_a_function_have_ids_of_their_own),
      cmocka_unit_test(offloading_is_no_rule),
      cmocka_unit_test(computing_is_no_rule),
      cmocka_unit_test(a_computation_is_one_place),
      cmocka_unit_test(counted_calls_bound_the_samples),
      cmocka_unit_test(what_is_apart_stays_apart),
      cmocka_unit_test(want_of_a_cpu_is_no_computation),
      cmocka_unit_test(a_call_on_the_cpu_is_a_call),
      cmocka_unit_test(a_missing_edge_is_named),
      cmocka_unit_test(a_rule_that_is_off_is_named),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

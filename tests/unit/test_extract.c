/* The extractor: each construct in a few lines of source, and the lines of the dump that it must give.
 *
 * A line that begins with '!' must not be there. Places are left out of the lines that are looked for,
 * unless the test is about places: "call" and "flow" lines match from behind their place.
 */
#include "analyzer/frontend/frontend.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <unistd.h>

#include <cmocka.h>

enum { WORDS_MAX = 8 };

static char folder[] = "/tmp/blockscan-extract-XXXXXX";

static void write_source(const char *name, const char *source) {
  char path[256];
  snprintf(path, sizeof path, "%s/%s", folder, name);
  FILE *file = fopen(path, "w");
  assert_non_null(file);
  fputs(source, file);
  fclose(file);
}

static void remove_source(const char *name) {
  char path[256];
  snprintf(path, sizeof path, "%s/%s", folder, name);
  unlink(path);
}

/* Parses folder/name and appends the dump. */
static bool dump_file(const char *name, const char *flag, bs_strbuf *out) {
  bs_arena arena = {0};
  path_list dependencies = {0};
  facts_unit unit;
  bs_error error = BS_ERROR_INIT;
  const char *version, *resources;
  if (!toolchain_find(&arena, &version, &resources, &error)) fail_msg("%s", error.text.text);
  const char *file = bs_arena_printf(&arena, "%s/%s", folder, name);
  const char *words[WORDS_MAX] = {strstr(name, ".cc") ? "c++" : "cc", "-c", file, flag, NULL};
  compdb_entry entry = {.directory = folder,
                        .file = file,
                        .output = "",
                        .arguments = words,
                        .narguments = flag ? 4 : 3,
                        .line = 1};
  facts_unit_init(&unit);
  bool ok = parse_unit(&(parse_request){.root = folder, .entry = &entry, .resource_directory = resources},
                       &unit, &arena, &dependencies);
  facts_dump(&unit, out);
  assert_true(dependencies.count >= 1);
  assert_string_equal(dependencies.items[0], file);
  facts_unit_fini(&unit);
  bs_vec_fini(&dependencies);
  bs_arena_fini(&arena);
  return ok;
}

/* "  call 12:3 direct f()" -> "direct f()" */
static const char *behind_place(const char *line) {
  if (strncmp(line, "  call ", 7) != 0 && strncmp(line, "  flow ", 7) != 0) return line;
  const char *space = strchr(line + 7, ' ');
  return space ? space + 1 : line;
}

static bool has_line(const char *dump, const char *wanted) {
  for (const char *line = dump; *line;) {
    size_t length = strcspn(line, "\n");
    const char *behind = behind_place(line);
    size_t rest = length - (size_t)(behind - line);
    if (length == strlen(wanted) && strncmp(line, wanted, length) == 0) return true;
    if (rest == strlen(wanted) && strncmp(behind, wanted, rest) == 0) return true;
    line += length + (line[length] == '\n');
  }
  return false;
}

static void check_lines(const char *dump, const char *const *lines) {
  for (; *lines; lines++) {
    bool absent = **lines == '!';
    if (has_line(dump, *lines + absent) == absent)
      fail_msg("%s: %s\nin:\n%s", absent ? "unexpected" : "missing", *lines + absent, dump);
  }
}

static void check_file(const char *name, const char *flag, const char *source, const char *const *lines) {
  bs_strbuf dump = BS_STRBUF_INIT;
  write_source(name, source);
  assert_true(dump_file(name, flag, &dump));
  if (!strstr(dump.text, " errors 0\n")) fail_msg("%s", dump.text);
  check_lines(dump.text, lines);
  bs_strbuf_fini(&dump);
  remove_source(name);
}

#define CHECK(source, ...) check_file("t.c", NULL, source, (const char *const[]){__VA_ARGS__, NULL})
#define CHECK_CXX(source, ...) \
  check_file("t.cc", "-std=c++17", source, (const char *const[]){__VA_ARGS__, NULL})

static void test_functions(void **state) {
  (void)state;
  CHECK("void outside(int, ...);\n"
        "static inline int small(void) { return 1; }\n"
        "__attribute__((weak)) void hook(void) {\n"
        "}\n"
        "_Noreturn void stop(void);\n"
        "int old(a) int a; { outside(a); stop(); return small(); }\n",
        "function static inline small: int (void), t.c:2:19-2", "function weak hook: void (void), t.c:3:28-4",
        "declared variadic outside: void (int, ...), t.c:1:6",
        "declared noreturn stop: void (void), t.c:5:16", "direct outside(param:0 `a`) before-exit",
        "return:old = result:6:48:small");
}

static void test_attributes(void **state) {
  (void)state;
  CHECK("void b(void) __attribute__((annotate(\"blockscan::blocking\")));\n"
        "void c(void) __attribute__((annotate(\"blockscan::nonblocking\")));\n"
        "void d(void) { b(); c(); }\n",
        "declared blocking b: void (void), t.c:1:6", "declared nonblocking c: void (void), t.c:2:6");
}

static void test_function_effects(void **state) {
  (void)state;
  if (LIBCLANG_RELEASE < 19) skip(); /* those do not know the attribute */
  CHECK("void a(void) [[clang::blocking]];\n"
        "void d(void) { a(); }\n",
        "declared blocking a: void (void), t.c:1:6");
}

static void test_fields_and_variables(void **state) {
  (void)state;
  CHECK("struct s { void (*cb)(int); int fd; struct { int in; }; union { int u; }; } g;\n"
        "static int counter; int shared; void f(int);\n"
        "void t(struct s *p, void (*arg)(int)) {\n"
        "  static int kept; int x = p->fd; { int x = 2; f(x); }\n"
        "  p->cb = arg; g.cb = f; p->in = 1; p->u = shared; counter = x; kept = counter; shared += 2; "
        "(p->fd) = 'a';\n"
        "}\n",
        "field:s@t.c.cb = param:1", "field:s@t.c.cb = function:f", "field:t.c:1:37.in = 1",
        "field:t.c:1:57.u = global:shared", "local:x = field:s@t.c.fd", "direct f(local:x#2 `x`)",
        "global:counter@t.c = local:x", "global:t.kept@t.c = global:counter@t.c", "global:shared = ?",
        "field:s@t.c.fd = 97");
}

static void test_pointers(void **state) {
  (void)state;
  CHECK("typedef void (*handler)(int); void f(int); struct s { int *p; int arr[3]; } g;\n"
        "int t(int *out, handler *h, int **pp, int n, char *text) {\n"
        "  int x = 0, *px = &x; *out = n; *h = f; h[1] = f; x = *px; *(&x) = 3; px = px + 1; px = g.arr; px "
        "= &g.arr[1];\n"
        "  **pp = 1; px++; *text++ = 'c'; return *g.p;\n"
        "}\n",
        "*param:0 = param:3", "*param:1 = temp:0 through handler as void (int)",
        "*param:1 = temp:1 through handler as void (int)", "temp:0 = function:f", "local:px = &local:x",
        "local:x = *local:px", "local:x = 3", "local:px = &field:s@t.c.arr", "temp:2 = *param:2",
        "*temp:2 = temp:3", "return:t = *field:s@t.c.p", "!*param:4 = temp:4");
}

static void test_expressions(void **state) {
  (void)state;
  CHECK(
      "int f(int); int g(int); int t(int a, int b) {\n"
      "  int (*p)(int) = a ? f : g; int c = a ?: b; void *v = (void *)f; int d = (f(1), b);\n"
      "  int e = ({ g(2); b; }); int h = _Generic(a, int: b, default: 7); e = sizeof(f(3)); d = -1; c = ~a;\n"
      "  int i = __builtin_choose_expr(1, a, f(4)); c = d = b; i = __builtin_expect(b, 0); (*p)(5); return h "
      "+ (long)v;\n"
      "}\n",
      "local:p = function:f", "local:p = function:g", "local:c = param:0", "local:c = param:1",
      "local:v = cast function:f", "local:d = param:1", "local:e = param:1", "local:h = param:1",
      "!local:h = 7", "!direct f(3)", "!direct f(4)", "local:d = -1", "local:c = ?", "local:i = param:0",
      "local:c = local:d", "local:i = param:1", "indirect local:p as int (int) (5)", "direct f(1)",
      "direct g(2)");
}

static void test_flags(void **state) {
  (void)state;
  CHECK("int f(int); void t(int a, int b) { int x = 4 | 2; f(1 | a); f(a | b); x |= 8; x |= a; x &= ~2; x = "
        "16 | b; }\n",
        "local:x = 6", "direct f(flags 0x1|param:0)", "direct f(flags 0x0|temp:0)", "temp:0 |= param:0",
        "temp:0 |= param:1", "local:x |= 8", "local:x |= param:0", "local:x &= ~2", "local:x |= 16",
        "local:x |= param:1");
  CHECK("int f(int); void t(int a) { f(a & ~8); a &= 7; }\n", "direct f(without 0x8 of param:0)",
        "param:0 &= ~-8");
}

static void test_atomics(void **state) {
  (void)state;
  CHECK("int f(int); int *p; int t(int a) { __atomic_store_n(p, a, 0); return __atomic_load_n(p, 0); }\n",
        "*global:p = param:0", "return:t = *global:p");
}

static void test_variable_arguments(void **state) {
  (void)state;
  CHECK("#include <stdarg.h>\nvoid (*kept)(int); void t(int n, ...) { va_list ap; va_start(ap, n);\n"
        "kept = va_arg(ap, void (*)(int)); va_end(ap); }\n",
        "global:kept = ?");
}

static void test_calls(void **state) {
  (void)state;
  CHECK(
      "typedef struct { int (*op)(int); } ops; struct s { ops *o; } *g; int f(int); int (*get(void))(int);\n"
      "int (*table[3])(int); void t(int n, struct s *s) {\n"
      "  g->o->op(1); table[n](2); get()(3); (n ? f : get())(4); (&f)(5); (*f)(6); (*s->o->op)(7); f(f(8)); "
      "}\n",
      "indirect field:ops@t.c.op as int (int) (1)", "indirect global:table as int (int) (2)",
      "indirect result:3:29:get as int (int) (3)", "indirect temp:0 as int (int) (4)", "temp:0 = function:f",
      "direct f(5)", "direct f(6)", "indirect field:ops@t.c.op as int (int) (7)", "direct f(8) -> result",
      "direct f(result:3:95:f)");
}

static void test_arguments(void **state) {
  (void)state;
  CHECK(
      "#include <stddef.h>\n"
      "enum { WAIT = 5 }; struct s { int fd; struct s *next; int list[2]; } g; void f(const void *, ...);\n"
      "void cb(int); int t(struct s *p, int n) { struct s loc;\n"
      "  f(NULL, 0, WAIT, \"text\\n\", cb, (void (*)(void))cb, p->next->fd, &loc, &g, p, (void *)&n, "
      "p->list, n + 1); return 0; }\n",
      "direct f(null, 0, 5, \"text\\n\", function:cb, cast function:cb, field:s@t.c.fd `p->next->fd`, "
      "&local:loc to s@t.c, &global:g to s@t.c, param:0 `p` to s@t.c, cast &param:1, &field:s@t.c.list, ?)");
}

static void test_zero_structs(void **state) {
  (void)state;
  CHECK("#include <string.h>\n"
        "struct tv { long s, u; }; void wait_for(struct tv *); void fill(struct tv *);\n"
        "void t(long n) { struct tv a = {0}, b, c = {0, 1}, d = {0}, e, f = {0};\n"
        "  b.s = 0; b.u = 0; d.s = n; memset(&e, 0, sizeof e); fill(&f);\n"
        "  wait_for(&a); wait_for(&b); wait_for(&c); wait_for(&d); wait_for(&e); wait_for(&f);\n"
        "  wait_for(&(struct tv){0, 0}); }\n",
        "direct wait_for(&local:a to tv@t.c zero)", "direct wait_for(&local:b to tv@t.c zero)",
        "direct wait_for(&local:c to tv@t.c)", "direct wait_for(&local:d to tv@t.c)",
        "direct wait_for(&local:e to tv@t.c zero)", "direct wait_for(&local:f to tv@t.c)",
        "direct wait_for(&temp:0 to tv@t.c zero)");
}

static void test_initialisers(void **state) {
  (void)state;
  CHECK("void m(int); void k(int); struct in { int x; void (*w)(int); };\n"
        "struct p { int a; struct { int y; union { int u; void (*v)(int); }; }; void (*f)(int), (*g)(int); "
        "struct in n; };\n"
        "struct p named[] = { { 1, .g = m, { 2, k } }, [2].f = k, [3] = { .n.w = m, .v = k } };\n"
        "struct p flat = { 1, 2, 3, m, k, 4, m };\n"
        "static struct p *list[] = { &(struct p){ .f = k }, &named[1], 0 };\n"
        "static void (*table[4])(int) = { [1] = m, k };\n"
        "const char *text = \"abc\"; int one = { 7 };\n",
        "field:p@t.c.a = 1 in global:named", "field:p@t.c.g = function:m in global:named",
        "field:in@t.c.x = 2 in global:named", "field:in@t.c.w = function:k in global:named",
        "field:p@t.c.f = function:k in global:named", "field:in@t.c.w = function:m in global:named",
        "field:t.c:2:35.v = function:k in global:named", "field:t.c:2:19.y = 2 in global:flat",
        "field:t.c:2:35.u = 3 in global:flat", "field:p@t.c.f = function:m in global:flat",
        "field:p@t.c.g = function:k in global:flat", "field:in@t.c.x = 4 in global:flat",
        "field:in@t.c.w = function:m in global:flat", "field:p@t.c.f = function:k in global:list@t.c",
        "global:list@t.c = &global:named", "global:list@t.c = 0", "global:table@t.c = function:m",
        "global:table@t.c = function:k", "global:text = \"abc\"", "global:one = 7");
}

static void test_local_initialisers(void **state) {
  (void)state;
  CHECK("void m(int); struct w { void (*cb)(int); struct w *next; }; void use(struct w *);\n"
        "struct w make(void) { return (struct w){ m, 0 }; }\n"
        "void t(void (*arg)(int)) { struct w a = { arg }, b; b = (struct w){ .cb = m }; use(&(struct w){ m "
        "});\n"
        "  struct w *p = &(struct w){ .next = &a }; use(p); }\n",
        "field:w@t.c.cb = param:0 in local:a", "field:w@t.c.cb = function:m in temp:0",
        "  store before call 0: return:make changes &temp:0", "field:w@t.c.next = &local:a in local:p",
        "direct use(&temp:1 to w@t.c)");
}

static void test_big_tables(void **state) {
  (void)state;
  CHECK("int numbers[100] = { 1, 2, 3 }; struct r { int v[20]; } r = { { 1,2,3,4,5,6,7,8,9,10,11,12 } };\n",
        "global:numbers = ?", "!global:numbers = 1", "field:r@t.c.v = 12 in global:r");
}

static void test_guards(void **state) {
  (void)state;
  CHECK("int fork(void); void a(int); void t(int n, int *p, int fd) { int pid;\n"
        "  if ((pid = fork()) == 0) a(1); else a(2);\n"
        "  if (!(pid = fork())) a(3);\n"
        "  if (fork() == 0) a(4);\n"
        "  if (n > 2 && 3 >= fd) a(5);\n"
        "  if (n & 4) a(6); else a(7);\n"
        "  if ((fd & 1) == 0) a(8);\n"
        "  if (!p || n) a(9); else a(10);\n"
        "  while (fd < 3) a(11);\n"
        "  n == 1 ? a(12) : a(13);\n"
        "  if (__builtin_expect(!!(n), 0)) a(14);\n"
        "}\n",
        "direct a(1) conditional guard[local:pid == 0]", "direct a(2) conditional guard[local:pid != 0]",
        "direct a(3) conditional guard[local:pid == 0]",
        "direct a(4) conditional guard[result:4:7:fork == 0]",
        "direct a(5) conditional guard[param:0 > 2] guard[param:2 <= 3]",
        "direct a(6) conditional guard[param:0 has 4]", "direct a(7) conditional guard[param:0 lacks 4]",
        "direct a(8) conditional guard[param:2 lacks 1]", "direct a(9) conditional",
        "direct a(10) conditional guard[param:1 != 0] guard[param:0 == 0]",
        "direct a(11) conditional guard[param:2 < 3] cycle 9", "direct a(12) conditional guard[param:0 == 1]",
        "direct a(13) conditional guard[param:0 != 1]", "direct a(14) conditional guard[param:0 != 0]");
}

static void test_early_exits(void **state) {
  (void)state;
  CHECK("#include <stdlib.h>\n"
        "void a(int); void t(int n, int m) {\n"
        "  a(1); if (n == 0) { a(2); exit(1); } a(3);\n"
        "  if (n != 3) return; a(4);\n"
        "  for (;;) { if (m < 0) break; a(5); }\n"
        "  if (m) { a(6); goto out; } a(7);\n"
        "out: a(8); }\n",
        "direct a(1)", "direct a(2) conditional before-exit guard[param:0 == 0]", "direct a(3)",
        "direct a(4) conditional guard[param:0 == 3]",
        "direct a(5) conditional guard[param:0 == 3] guard[param:1 >= 0] cycle 5",
        "direct a(6) conditional guard[param:0 == 3] guard[param:1 != 0]",
        "direct a(7) conditional guard[param:0 == 3] guard[param:1 == 0]", "direct a(8) conditional");
}

static void test_switches(void **state) {
  (void)state;
  CHECK("int fork(void); void a(int); void t(void) { int pid; switch (pid = fork()) { case 0: a(1); a(2); "
        "break;\n"
        "  case 1: a(3); case 2: a(4); break; case 3: case 4: a(5); return; case 5: a(6); break; default: "
        "a(7); } a(8);\n"
        "  switch (fork()) { case -1: a(9); } }\n",
        "direct a(1) conditional guard[local:pid == 0]", "direct a(2) conditional guard[local:pid == 0]",
        "direct a(3) conditional guard[local:pid == 1]", "direct a(4) conditional",
        "direct a(5) conditional guard[local:pid >= 3] guard[local:pid <= 4]",
        "direct a(6) conditional guard[local:pid == 5]",
        "direct a(7) conditional guard[local:pid != 0] guard[local:pid != 1] guard[local:pid != 2] "
        "guard[local:pid != 3] guard[local:pid != 4] guard[local:pid != 5]",
        "direct a(8) conditional", "direct a(9) conditional guard[result:3:11:fork == -1]");
}

static void test_cycles(void **state) {
  (void)state;
  CHECK("int a(int); void t(int n) {\n"
        "  for (int i = a(1); a(2); a(3)) a(4);\n"
        "  do a(5); while (a(6));\n"
        "  while (n) {\n"
        "    for (;;) a(7); }\n"
        "  for (; n;) a(8); for (n = a(9);;) a(10); a(11); }\n",
        "direct a(1) -> result", "direct a(4) conditional guard[result:2:22:a != 0] cycle 2",
        "direct a(5) cycle 3", "direct a(6) cycle 3 -> result",
        "direct a(7) conditional guard[param:0 != 0] cycle 5",
        "direct a(8) conditional guard[param:0 != 0] cycle 6", "direct a(9) -> result",
        "direct a(10) conditional cycle 6", "direct a(11)");
}

static void test_macros_and_places(void **state) {
  (void)state;
  CHECK("void f(int, ...); struct o { void (*op)(int); } *g;\n"
        "#define INNER(x) f(x)\n"
        "#define OUTER(x) do { INNER(x); } while (0)\n"
        "#define INIT(w, c) ((w)->op = (c))\n"
        "void t(void) {\n"
        "  OUTER(1);\n"
        "    INIT(g, f);\n"
        "  g->\n"
        "    op(2);\n"
        "  f(3, __FILE__);\n"
        "}\n",
        "  call 6:3 direct f(1) macro OUTER", "  flow 7:5 field:o@t.c.op = function:f",
        "  call 9:5 indirect field:o@t.c.op as void (int) (2)", "direct f(3, \"t.c\")");
}

static void test_suppressions(void **state) {
  (void)state;
  CHECK("void f(void); void t(void) {\n"
        "  f(); // blockscan: ignore[dns.getaddrinfo] -- start-up only\n"
        "  // blockscan: ignore[a.b, c.d] -- two\n"
        "  f(); /* blockscan: ignore[*] -- all */\n"
        "  f(); // blockscan: ignore[x.y]\n"
        "  f(); // blockscan: ignore -- nothing named\n"
        "  (void)\"// blockscan: ignore[in.string] -- no\";\n"
        "  (void)\"\\\"// blockscan: ignore[in.quotes] -- no\";\n"
        "}\n",
        "ignore t.c:2:8 line 2 [dns.getaddrinfo] -- start-up only", "ignore t.c:3:3 line 4 [a.b] -- two",
        "ignore t.c:3:3 line 4 [c.d] -- two", "ignore t.c:4:8 line 4 [*] -- all",
        "ignore t.c:5:8 line 5 [x.y]", "ignore t.c:6:8 line 6 []",
        "!ignore t.c:7:10 line 7 [in.string] -- no", "!ignore t.c:8:12 line 8 [in.quotes] -- no");
}

static void test_headers(void **state) {
  (void)state;
  write_source(
      "t.h",
      "struct shared { void (*cb)(int); };\nstatic inline void in_header(struct shared *s) { s->cb(1); }\n");
  CHECK("#include <stdio.h>\n#include \"t.h\"\nvoid t(struct shared *s) { in_header(s); puts(\"\"); }\n",
        "file t.c", "file t.h", "function static inline in_header: void (struct shared *), t.h:2:20-2",
        "indirect field:shared@t.h.cb as void (int) (1)", "direct in_header(param:0 `s` to shared@t.h)");
  remove_source("t.h");
}

static void test_broken_units(void **state) {
  (void)state;
  bs_strbuf dump = BS_STRBUF_INIT;
  write_source("t.c", "#include \"missing.h\"\nvoid f(void); void t(void) { f(); unknown_t x = { 1, .y = 2 "
                      "}; }\nint a[] = { [0].x = 1 };\n");
  assert_true(dump_file("t.c", NULL, &dump));
  assert_non_null(strstr(dump.text, "error t.c:1:10: 'missing.h' file not found\n"));
  assert_null(strstr(dump.text, "errors 0"));
  assert_true(has_line(dump.text, "direct f()"));
  remove_source("t.c");
  bs_strbuf_clear(&dump);
  assert_false(dump_file("t.c", NULL, &dump));
  assert_string_equal(dump.text, "unit t.c language c errors 1\nerror t.c: No such file or directory\n");
  bs_strbuf_fini(&dump);
}

static void test_refused_flags(void **state) {
  (void)state;
  static const char source[] = "void f(void); void t(void) { f(); }\n";
  const char *const lines[] = {"direct f()", NULL};
  check_file("t.c", "-march=nosuchmachine", source, lines);
  check_file("t.c", "-fno-such-flag-of-gcc", source, lines);
  check_file("t.c", "-mno-such-flag", source, lines);
}

static void test_deep_expression(void **state) {
  (void)state;
  bs_strbuf source = BS_STRBUF_INIT, dump = BS_STRBUF_INIT;
  bs_strbuf_adds(&source, "int f(int); int t(int a) { return f(1)");
  for (int i = 0; i < 6000; i++) bs_strbuf_adds(&source, "+a");
  bs_strbuf_adds(&source, "; }\n");
  write_source("t.c", source.text);
  assert_true(dump_file("t.c", NULL, &dump));
  assert_non_null(strstr(dump.text, "direct f("));
  remove_source("t.c");
  bs_strbuf_fini(&source);
  bs_strbuf_fini(&dump);
}

static void test_cxx_calls(void **state) {
  (void)state;
  CHECK_CXX("namespace n { void free_one(int);\n"
            "struct B { B(int); virtual ~B(); virtual void f(); void plain(); };\n"
            "struct D final : B { D() : B(2), z(make(1)) {} int z; static int make(int); void f() override { "
            "B::f(); } };\n"
            "void use(B &b, B v, B *p, D *d) { B local(1); b.f(); v.f(); p->f(); d->f(); p->plain(); "
            "free_one(3); delete p; }\n"
            "} extern \"C\" void c_name(void) { n::free_one(1); }\n",
            "direct n::B::B(2) implicit", "direct n::D::make(1) -> result",
            "field:n::D@t.cc.z = result:3:36:n::D::make", "direct n::B::f()", "direct n::B::B(1) implicit",
            "virtual n::B::f() of n::B@t.cc", "direct n::D::f() of n::D@t.cc",
            "direct n::B::plain() of n::B@t.cc", "direct n::B::~B() implicit", "virtual n::B::~B() implicit",
            "direct n::free_one(3)", "override n::D::f of n::B::f", "function c_name: void (), t.cc:5:19-5",
            "declared n::free_one [_ZN1n8free_oneEi]: void (int), t.cc:1:20");
}

static void test_cxx_lambdas(void **state) {
  (void)state;
  CHECK_CXX("void call(void (*)(int)); void f(int);\n"
            "void t(int n) { auto l = [&](int i) { f(i + n); }; l(1); call([](int) { f(2); });\n"
            "  void (*p)(int) = [](int k) { f(k); }; p(3); }\n",
            "direct t::lambda#1(1)", "local:l = function:t::lambda#1", "direct call(function:t::lambda#2)",
            "local:p = function:t::lambda#3", "indirect local:p as void (int) (3)",
            "function static lambda t::lambda#1 [_Z1ti::lambda#1]: void (int), t.cc:2:26-2",
            "function static lambda t::lambda#2 [_Z1ti::lambda#2]: void (int), t.cc:2:63-2", "direct f(2)",
            "direct f(param:0 `k`)");
}

static void test_cxx_callables(void **state) {
  (void)state;
  CHECK_CXX("#include <functional>\n#include <thread>\n"
            "void f(int); struct S { std::function<void(int)> cb; void (*raw)(int) = f; };\n"
            "void set(S &s, std::function<void(int)> g) { s.cb = std::move(g); s.cb(1); s.raw(2); }\n"
            "void t(S &s) { set(s, f); set(s, [](int) {}); std::thread th(f, 3); set(s, std::bind(f, 1)); "
            "th.join(); }\n",
            "field:S@t.cc.raw = function:f", "field:S@t.cc.cb = param:1",
            "indirect field:S@t.cc.cb as void (int) (1)", "indirect field:S@t.cc.raw as void (int) (2)",
            "direct std::thread::thread(function:f, 3) implicit");
}

static void test_cxx_templates(void **state) {
  (void)state;
  CHECK_CXX("void f(int); template <class T> void run(T x) { f(1); x(2); }\n"
            "template <class T> struct C { void m(T t) { kept = t; k(); } void k() { kept(3); } T kept; };\n"
            "void t() { run(f); C<void (*)(int)> c; c.m(f); }\n",
            "direct run(function:f)", "indirect param:0 as void (int) (2)",
            "direct C::m(function:f) of C<void (*)(int)>@t.cc",
            "field:C<void (*)(int)>@t.cc.kept = param:0", "direct C::k()",
            "indirect field:C<void (*)(int)>@t.cc.kept as void (int) (3)");
}

static void test_cxx_instances(void **state) {
  (void)state;
  CHECK_CXX(
      "struct A { void go() {} }; struct B { void go() {} };\n"
      "template <class T> void run(T t) { t.go(); }\n"
      "template <class T> void never(T t) { t.go(); }\n"
      "void t() { run(A()); run(B()); }\n",
      "function inline run [_Z3runI1AEvT_]: void (A), t.cc:2:25-2", "direct A::go() of A@t.cc",
      "direct B::go() of B@t.cc", "function inline run [_Z3runI1BEvT_]: void (B), t.cc:2:25-2",
      "function inline never [never void (type-parameter-0-0)]: void (type-parameter-0-0), t.cc:3:25-3");
}

static void test_cxx_captures(void **state) {
  (void)state;
  CHECK_CXX("struct S { S(const S &); void on(); }; void f(int); void call(void (*)());\n"
            "template <class F> void later(F) {}\n"
            "void t(int n, S s, void (*p)()) {\n"
            "  later([n] { f(n); });\n"
            "  later([s]() mutable { s.on(); });\n"
            "  later([q = p] { q(); });\n}\n",
            "direct later(function:t::lambda#1)", "direct f(param:t/0 `n`)", "direct S::on() of S@t.cc",
            "indirect local:q as void () ()", "local:q = param:t/2");
}

static void test_cxx_made(void **state) {
  (void)state;
  CHECK_CXX("struct B { virtual void f(); }; struct D : B {}; struct E : D {}; struct N : B {};\n"
            "template <class T> B *make() { return new T; }\n"
            "struct M : B {}; struct H : B { M member; };\n"
            "void t(N *n) { E e; make<H>(); }\n",
            "makes D", "makes E", "makes M", "makes H", "!makes N", "!makes B");
}

/* What a generic lambda calls stands in one place, known or not. */
static void test_cxx_generic_lambda(void **state) {
  (void)state;
  CHECK_CXX("namespace n { template <class T> void f(T) {} }\n"
            "void t() { auto g = [](auto x) { n::f(x); }; g(1); }\n",
            "  call 2:37 direct n::f(param:0 `x`)", "!  call 2:34 direct n::f(?)");
}

static void test_cxx_references(void **state) {
  (void)state;
  CHECK_CXX(
      "struct S { int fd; }; int open_it(); void set(int &out) { out = open_it(); }\n"
      "void t(S &s) { int &r = s.fd; r = 3; set(s.fd); int n; set(n); int a[2]; for (int i : a) set(i); }\n",
      "*param:0 = result:1:65:open_it", "local:r = &field:S@t.cc.fd", "*local:r = temp:0",
      "direct set(&field:S@t.cc.fd)", "direct set(&local:n)", "direct set(&local:i) conditional cycle 2",
      "local:i = local:a");
}

static void test_jumps_back(void **state) {
  (void)state;
  CHECK("int f(int); void g(void); void t(int n) {\nagain:\n  if (f(n)) goto again;\n  g();\n  goto "
        "out;\nout:\n  f(2);\n}\n",
        "direct f(param:0 `n`) cycle 2 -> result", "direct g() conditional guard[result:3:7:f == 0]",
        "direct f(2) conditional");
}

static void test_copies(void **state) {
  (void)state;
  CHECK("#include <string.h>\n"
        "typedef void (*cb)(void); struct s { cb f; int n; }; static cb a[2], b[2];\n"
        "void t(struct s *p, struct s *q, int *to, char *text) {\n"
        "  memcpy(a, b, sizeof a); memmove(&p->f, &b[1], sizeof p->f); memcpy(p, q, sizeof *p);\n"
        "  memcpy(to, &p->n, sizeof *to); memcpy(text, \"x\", 2); cb one; __builtin_memcpy(&one, a, sizeof "
        "one);\n}\n",
        "global:a@t.c = global:b@t.c", "field:s@t.c.f = global:b@t.c", "*param:2 = field:s@t.c.n",
        "local:one = global:a@t.c", "!*param:0 = temp:0");
}

static void test_attached_functions(void **state) {
  (void)state;
  CHECK("#define CLEAN(f) __attribute__((__cleanup__(f)))\n"
        "int h(int);\n"
        "static inline void drop(int **p) { h(**p); }\n"
        "int t(int *n) {\n  if (n) { CLEAN(drop) int *inner = n; h(1); }\n"
        "  CLEAN(drop) int *outer = n;\n  return h(2);\n}\n"
        "int real(int n) { return n; }\nint other(int n) __attribute__((weak, alias(\"real\")));\n",
        "direct drop(&local:inner) implicit conditional guard[param:0 != 0]",
        "direct drop(&local:outer) implicit", "function weak other: int (int), t.c:10:5-10",
        "direct real(param:0) implicit -> result");
}

static void test_cxx_global_initialisers(void **state) {
  (void)state;
  CHECK_CXX("struct R { R(void (*f)()); }; static void cb() {}\n"
            "static R r(cb);\nint f(int); int n = f(f(1)); int zero = 0;\n",
            "function static (global initialisers): void (), t.cc:2:10-2",
            "direct R::R(function:cb) implicit", "direct f(1) -> result", "global:n = result:3:21:f");
}

static int make_folder(void **state) {
  (void)state;
  return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state) {
  (void)state;
  return rmdir(folder);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_functions),
      cmocka_unit_test(test_attributes),
      cmocka_unit_test(test_function_effects),
      cmocka_unit_test(test_fields_and_variables),
      cmocka_unit_test(test_pointers),
      cmocka_unit_test(test_expressions),
      cmocka_unit_test(test_flags),
      cmocka_unit_test(test_atomics),
      cmocka_unit_test(test_variable_arguments),
      cmocka_unit_test(test_calls),
      cmocka_unit_test(test_arguments),
      cmocka_unit_test(test_zero_structs),
      cmocka_unit_test(test_initialisers),
      cmocka_unit_test(test_local_initialisers),
      cmocka_unit_test(test_big_tables),
      cmocka_unit_test(test_guards),
      cmocka_unit_test(test_early_exits),
      cmocka_unit_test(test_switches),
      cmocka_unit_test(test_cycles),
      cmocka_unit_test(test_macros_and_places),
      cmocka_unit_test(test_suppressions),
      cmocka_unit_test(test_headers),
      cmocka_unit_test(test_broken_units),
      cmocka_unit_test(test_refused_flags),
      cmocka_unit_test(test_deep_expression),
      cmocka_unit_test(test_cxx_calls),
      cmocka_unit_test(test_cxx_lambdas),
      cmocka_unit_test(test_cxx_callables),
      cmocka_unit_test(test_cxx_templates),
      cmocka_unit_test(test_cxx_instances),
      cmocka_unit_test(test_cxx_captures),
      cmocka_unit_test(test_cxx_made),
      cmocka_unit_test(test_cxx_generic_lambda),
      cmocka_unit_test(test_cxx_references),
      cmocka_unit_test(test_jumps_back),
      cmocka_unit_test(test_copies),
      cmocka_unit_test(test_attached_functions),
      cmocka_unit_test(test_cxx_global_initialisers),
  };
  return cmocka_run_group_tests(tests, make_folder, remove_folder);
}

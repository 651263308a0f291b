/* A whole scan of a unit of C that the input writes: its bytes choose productions of a small grammar, so that
 * most of it compiles. libclang reads it in this process, then it goes through link, solve, search and
 * report. A second input byte for byte the same gives the same facts. */
#include "analyzer/frontend/frontend.h"
#include "fuzz_check.h"

enum { DEEP = 12, TEXT_MAX = 16384 };

static const char prologue[] =
    "typedef struct uv_loop_s uv_loop_t; typedef struct uv_timer_s uv_timer_t; typedef void "
    "(*uv_timer_cb)(uv_timer_t *);\n"
    "int uv_timer_start(uv_timer_t *, uv_timer_cb, unsigned long, unsigned long); int uv_run(uv_loop_t *, "
    "int);\n"
    "int fsync(int); unsigned sleep(unsigned); int open(const char *, int, ...); long read(int, void *, "
    "unsigned long);\n"
    "int fork(void); int waitpid(int, int *, int); void *malloc(unsigned long); void exit(int) "
    "__attribute__((noreturn));\n"
    "struct s { int fd; void (*f)(uv_timer_t *); struct s *next; int a[4]; union { int i; void *p; } u; };\n"
    "static struct s g, table[3]; static int n; static char *text; static void (*hook)(uv_timer_t *); "
    "uv_timer_t *t;\n"
    "static int f0(int a, struct s *s); static int f1(int a, struct s *s); static void c0(uv_timer_t *h); "
    "static void c1(uv_timer_t *h);\n"
    "extern int e0(int, ...);\n";

static void expression(fuzz_input *in, bs_strbuf *out, int depth);

static void production(fuzz_input *in, bs_strbuf *out, int depth, const char *pattern);

static void pick(fuzz_input *in, bs_strbuf *out, int depth, const char *const *of, unsigned count,
                 unsigned simple) {
  unsigned n = fuzz_byte(in) % (depth > DEEP || in->at >= in->end || out->length > TEXT_MAX ? simple : count);
  production(in, out, depth + 1, of[n]);
}

static void expression(fuzz_input *in, bs_strbuf *out, int depth) {
  static const char *const of[] = {
      "a",
      "0",
      "1",
      "n",
      "s->fd",
      "-1",
      "0x4000",
      "g.a[1]",
      "(E)",
      "E + E",
      "E & E",
      "E == E",
      "!(E)",
      "f0(E, P)",
      "f1(E, P)",
      "e0(E)",
      "fsync(E)",
      "open(\"/x\", E)",
      "read(E, text, E)",
      "fork()",
      "waitpid(E, 0, E)",
      "(E ? E : E)",
      "(E && E)",
      "(E || E)",
      "n++",
      "(n = E)",
      "s->u.i",
      "table[E & 1].fd",
      "sizeof(struct s)",
      "({ S E; })",
      "*&n",
      "(int)(long)P",
      "(E, E)",
      "s->a[E & 3]",
  };
  pick(in, out, depth, of, sizeof of / sizeof *of, 8);
}
static void pointer(fuzz_input *in, bs_strbuf *out, int depth) {
  static const char *const of[] = {"s",
                                   "&g",
                                   "0",
                                   "s->next",
                                   "table",
                                   "(E ? P : P)",
                                   "&table[E & 1]",
                                   "malloc(E)",
                                   "(struct s *)s->u.p",
                                   "(struct s[]){{.f = F}}"};
  pick(in, out, depth, of, sizeof of / sizeof *of, 4);
}
static void callback(fuzz_input *in, bs_strbuf *out, int depth) {
  static const char *const of[] = {"c0",          "c1",  "0",  "hook", "s->f", "(uv_timer_cb)f0",
                                   "(E ? F : F)", "&c0", "*c1"};
  pick(in, out, depth, of, sizeof of / sizeof *of, 4);
}
static void statement(fuzz_input *in, bs_strbuf *out, int depth) {
  static const char *const of[] = {
      "E;",
      ";",
      "n = E;",
      "s->f = F;",
      "return 0;",
      "hook = F;",
      "{ S S }",
      "if (E) S",
      "if (E) S else S",
      "while (E) S",
      "for (int i = 0; i < E; i++) S",
      "do S while (E);",
      "switch (E) { case 1: S break; case 2: S default: S }",
      "uv_timer_start(t, F, E, E);",
      "(F)(t);",
      "s->f(t);",
      "hook(t);",
      "g.next = P;",
      "s = P;",
      "sleep(E);",
      "{ int a = E; S }",
      "if ((a = E) < 0) { S return 1; }",
      "exit(E);",
      "for (struct s *s = P; s; s = s->next) S",
      "goto out;",
      "uv_run(0, E);",
      "{ struct s x = {.f = F, .fd = E}, *s = &x; S }",
      "// blockscan: ignore[disk.fsync] -- why\n",
      "table[0] = *P;",
      "a |= E;",
      "a &= ~E;",
      "{ static uv_timer_cb k[] = {c0, c1}; k[E & 1](t); }",
      "M(E)",
      "S S S",
  };
  pick(in, out, depth, of, sizeof of / sizeof *of, 6);
}

static void production(fuzz_input *in, bs_strbuf *out, int depth, const char *pattern) {
  bool quoted = false;
  for (const char *c = pattern; *c; c++) {
    bool alone =
        !quoted && (c == pattern || !(c[-1] >= 'a' && c[-1] <= 'z')) && !(c[1] >= 'a' && c[1] <= 'z');
    quoted ^= *c == '"';
    if (*c == 'E' && alone)
      expression(in, out, depth);
    else if (*c == 'P' && alone)
      pointer(in, out, depth);
    else if (*c == 'F' && alone)
      callback(in, out, depth);
    else if (*c == 'S' && alone)
      statement(in, out, depth);
    else
      bs_strbuf_addc(out, *c);
  }
  bs_strbuf_addc(out, ' ');
}

static void write_unit(fuzz_input *in, bs_strbuf *out) {
  static const char *const functions[] = {
      "static int f0(int a, struct s *s) { S\nS\nout: return E; }\n",
      "static int f1(int a, struct s *s) { S\nout: return E; }\n",
      "static void c0(uv_timer_t *h) { int a = 0; struct s *s = &g;\nS\nS }\n",
      "static void c1(uv_timer_t *h) { int a = 1; struct s *s = table;\nS }\n",
      "int main(void) { int a = 0; struct s *s = &g;\nuv_timer_start(t, c0, 1, 1);\nS\nS\nout: uv_run(0, 0); }\n",
  };
  bs_strbuf_adds(out, prologue);
  bs_strbuf_adds(out, fuzz_byte(in) % 2 ? "#define M(x) fsync(x);\n" : "#define M(x) if (x) s->f(t);\n");
  for (int i = 0; i < 5; i++) production(in, out, 0, functions[i]);
}

static void parse(const char *path, const char *resources, bs_strbuf *bytes) {
  const char *const words[] = {"cc", "-std=gnu17", "-w", "-c", path, NULL};
  const compdb_entry entry = {
      .directory = fuzz_folder(), .file = path, .output = "", .arguments = words, .narguments = 5};
  const parse_request request = {.root = fuzz_folder(), .entry = &entry, .resource_directory = resources};
  facts_unit unit;
  path_list dependencies = {0};
  bs_arena arena = {0};
  facts_unit_init(&unit);
  parse_unit(&request, &unit, &arena, &dependencies);
  facts_encode(&unit, bytes);
  facts_unit_fini(&unit);
  bs_vec_fini(&dependencies);
  bs_arena_fini(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static char path[128];
  static bs_arena kept;
  static const char *resources;
  const char *version;
  bs_error error = BS_ERROR_INIT;
  if (!resources && !toolchain_find(&kept, &version, &resources, &error)) abort();
  fuzz_input in = {data, data + size};
  bs_strbuf text = BS_STRBUF_INIT, bytes = BS_STRBUF_INIT, again = BS_STRBUF_INIT;
  write_unit(&in, &text);
  fuzz_path("a.c", path, sizeof path);
  fuzz_write(path, text.text, text.length);
  if (getenv("FUZZ_SHOW")) fputs(text.text, stderr);
  parse(path, resources, &bytes);
  parse(path, resources, &again);
  if (bytes.length != again.length || memcmp(bytes.text, again.text, bytes.length) != 0) abort();
  const program_input inputs[] = {{bytes.text, bytes.length, "a.c", NULL}};
  fuzz_check_program(inputs, 1);
  bs_strbuf_fini(&text);
  bs_strbuf_fini(&bytes);
  bs_strbuf_fini(&again);
  return 0;
}

/* A rule's examples as whole programs: a callback on a libuv loop, so that rules need only write its body. */
#include "rules/rules.h"

#include <string.h>

static const char timer[] =
    "typedef struct uv_timer_s uv_timer_t;\n"
    "int uv_timer_start(uv_timer_t *timer, void (*cb)(uv_timer_t *timer), unsigned long timeout,\n"
    "                   unsigned long repeat);\n";

static const char worker[] =
    "typedef struct uv_loop_s uv_loop_t;\n"
    "typedef struct uv_work_s uv_work_t;\n"
    "int uv_queue_work(uv_loop_t *loop, uv_work_t *req, void (*work)(uv_work_t *req),\n"
    "                  void (*done)(uv_work_t *req, int status));\n";

static void add_body(bs_strbuf *out, const char *body) {
  while (*body) {
    size_t length = strcspn(body, "\n");
    bs_strbuf_adds(out, length && *body != '#' ? "  " : "");
    bs_strbuf_add(out, body, length);
    bs_strbuf_addc(out, '\n');
    body += length + (body[length] == '\n');
  }
}

static void add_function(bs_strbuf *out, const char *head, const char *unused, const char *body) {
  bs_strbuf_addf(out, "%s {\n  (void)%s;\n", head, unused);
  add_body(out, body);
  bs_strbuf_adds(out, "}\n\n");
}

bool rule_example(const rule *r, bool blocks, bs_strbuf *out) {
  const char *body = blocks ? r->example_blocks : r->example_silent;
  const char *work = blocks ? NULL : r->example_offloaded;
  if (!body && !work) return false;
  if (r->example_includes) bs_strbuf_addf(out, "%s\n", r->example_includes);
  bool is_cxx = strcmp(r->example_language, "c++") == 0;
  bs_strbuf_addf(out, "%s%s%s%s\n", is_cxx ? "extern \"C\" {\n" : "", timer, work ? worker : "",
                 is_cxx ? "}\n" : "");
  if (work) {
    add_function(out, "static void on_worker(uv_work_t *req)", "req", work);
    body = "static uv_loop_t *loop;\nstatic uv_work_t *request;\nuv_queue_work(loop, request, on_worker, 0);";
  }
  add_function(out, "static void on_timer(uv_timer_t *timer)", "timer", body);
  bs_strbuf_adds(out, "void example(uv_timer_t *timer);\n"
                      "void example(uv_timer_t *timer) { uv_timer_start(timer, on_timer, 1000, 0); }\n");
  return true;
}

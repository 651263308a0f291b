/* A fleet runs several builds of a program on many hosts: what was seen of which is a note for each build. */
#include "evidence/builds.h"

#include "base/path.h"
#include "base/strbuf.h"

enum { HOSTS_TOLD = 20 };

static bool is_same(const char *a, const char *b) { return a == b || (a && b && !strcmp(a, b)); }

static build *find(builds *b, const observation *o) {
  const char *program = o->program ? bs_path_basename(o->program) : NULL;
  for (uint32_t i = 0; i < b->all.count; i++) {
    build *known = &b->all.items[i];
    if (is_same(known->id, o->build_id) && (o->build_id || is_same(known->program, program))) return known;
  }
  build *new = bs_vec_push(&b->all);
  new->program = program;
  new->id = o->build_id;
  return new;
}

void builds_add(builds *b, const observation *o, uint64_t stalls, uint64_t stalled_ns) {
  build *one = find(b, o);
  one->recordings++;
  one->stalls += stalls;
  one->stalled_ns += stalled_ns;
  if (!o->host) return;
  for (uint32_t i = 0; i < one->hosts.count; i++)
    if (is_same(one->hosts.items[i], o->host)) return;
  *bs_vec_push(&one->hosts) = o->host;
}

static int by_name(const void *a, const void *b) {
  return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int longest_first(const void *a, const void *b) {
  const build *x = a, *y = b;
  if (x->stalled_ns != y->stalled_ns) return x->stalled_ns < y->stalled_ns ? 1 : -1;
  return strcmp(x->id ? x->id : "", y->id ? y->id : "");
}

static void add_hosts(build *one, bs_strbuf *out) {
  bs_vec_sort(&one->hosts, by_name);
  for (uint32_t i = 0; i < one->hosts.count && i < HOSTS_TOLD; i++)
    bs_strbuf_addf(out, "%s%s", i ? ", " : ", on ", one->hosts.items[i]);
  if (one->hosts.count > HOSTS_TOLD) bs_strbuf_addf(out, " and %u more hosts", one->hosts.count - HOSTS_TOLD);
}

void builds_note(builds *b, report_document *document) {
  uint32_t recordings = 0;
  for (uint32_t i = 0; i < b->all.count; i++) recordings += b->all.items[i].recordings;
  if (recordings < 2) return;
  bs_vec_sort(&b->all, longest_first);
  for (uint32_t i = 0; i < b->all.count; i++) {
    build *one = &b->all.items[i];
    bs_strbuf text = BS_STRBUF_INIT;
    bs_strbuf_addf(&text, "%s", one->program ? one->program : "a program that is not known");
    if (one->id) bs_strbuf_addf(&text, ", build-id %s", one->id);
    bs_strbuf_addf(&text, ": %u recording%s, %llu stall%s, %.3f s together", one->recordings,
                   one->recordings == 1 ? "" : "s", (unsigned long long)one->stalls,
                   one->stalls == 1 ? "" : "s", (double)one->stalled_ns / 1e9);
    add_hosts(one, &text);
    *bs_vec_push(&document->notes) = bs_arena_strdup(&document->arena, text.text);
    bs_strbuf_fini(&text);
  }
}

void builds_fini(builds *b) {
  for (uint32_t i = 0; i < b->all.count; i++) bs_vec_fini(&b->all.items[i].hosts);
  bs_vec_fini(&b->all);
}

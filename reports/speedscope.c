/* The stalls of a recording in speedscope's own format (speedscope.app/file-format-schema.json): a sampled
 * profile for each loop, its weights nanoseconds of stalled time. */
#include "base/hash.h"
#include "base/map.h"
#include "reports/formats.h"
#include "reports/model/json.h"
#include "reports/stacks.h"

#include <string.h>

typedef struct profile {
  bs_strbuf samples, weights;
  uint64_t total_ns;
} profile;

typedef struct speedscope {
  const report_document *document;
  bs_arena arena;
  bs_map frame_index, loop_index;
  bs_strbuf frames;
  BS_VEC(profile) profiles; /* as the document's loops */
} speedscope;

/* A frame is a function: its lines are one. */
static uint32_t find_frame(speedscope *s, const report_frame *frame) {
  const char *name = stack_frame_name(&s->arena, frame), *file = frame->file ? frame->file : "";
  bool is_new;
  uint64_t key = bs_hash_mix(bs_hash(name, strlen(name)), bs_hash(file, strlen(file)));
  uint32_t number = bs_map_add(&s->frame_index, key, s->frame_index.count, &is_new);
  if (!is_new) return number;
  report_json_text(&s->frames, number ? ",\n      {\"name\": " : "\n      {\"name\": ", name);
  if (*file) report_json_text(&s->frames, ", \"file\": ", file);
  bs_strbuf_addc(&s->frames, '}');
  return number;
}

static void add_stack(void *context, const report_stall *stall, const report_frame *frames, uint32_t count,
                      uint64_t ns) {
  speedscope *s = context;
  uint32_t number;
  if (!bs_map_find(&s->loop_index, stall->loop, &number)) return;
  profile *p = &s->profiles.items[number];
  for (uint32_t i = 0; i < count; i++)
    report_json_number(&p->samples, i ? ", " : p->total_ns ? ", [" : "[", find_frame(s, &frames[i]));
  bs_strbuf_addc(&p->samples, ']');
  report_json_number(&p->weights, p->total_ns ? ", " : "", ns);
  p->total_ns += ns;
}

/* A loop that nothing held has no profile. Returns the number of the one with the most time. */
static uint32_t write_profiles(speedscope *s, bs_strbuf *out) {
  uint32_t written = 0, most = 0;
  uint64_t longest = 0;
  for (uint32_t i = 0; i < s->profiles.count; i++) {
    const profile *p = &s->profiles.items[i];
    if (!p->total_ns) continue;
    if (p->total_ns > longest) most = written;
    if (p->total_ns > longest) longest = p->total_ns;
    report_json_text(out,
                     written++ ? ",\n    {\"type\": \"sampled\", \"name\": "
                               : "\n    {\"type\": \"sampled\", \"name\": ",
                     stack_loop_name(&s->arena, &s->document->recorded_loops.items[i]));
    report_json_number(out, ", \"unit\": \"nanoseconds\", \"startValue\": 0, \"endValue\": ", p->total_ns);
    bs_strbuf_addf(out, ",\n     \"samples\": [%s],\n     \"weights\": [%s]}", p->samples.text,
                   p->weights.text);
  }
  return most;
}

void report_write_speedscope(const report_document *document, const report_options *options, bs_strbuf *out) {
  (void)options;
  speedscope s = {.document = document, .frames = BS_STRBUF_INIT};
  for (uint32_t i = 0; i < document->recorded_loops.count; i++) {
    bs_map_add(&s.loop_index, document->recorded_loops.items[i].id, i, NULL);
    *bs_vec_push(&s.profiles) = (profile){BS_STRBUF_INIT, BS_STRBUF_INIT, 0};
  }
  stacks_visit(document, add_stack, &s);
  bs_strbuf_adds(out, "{\n  \"$schema\": \"https://www.speedscope.app/file-format-schema.json\"");
  report_json_text(out,
                   ",\n  \"exporter\": ", bs_arena_printf(&s.arena, "blockscan %s", document->tool_version));
  const char *name = "stalls";
  for (uint32_t i = 0; i < document->incomplete.count; i++)
    name = bs_arena_printf(&s.arena, "%s; incomplete: %s", name, document->incomplete.items[i].text);
  report_json_text(out, ",\n  \"name\": ", name);
  bs_strbuf_adds(out, ",\n  \"profiles\": [");
  uint32_t most = write_profiles(&s, out);
  report_json_number(out, "],\n  \"activeProfileIndex\": ", most);
  bs_strbuf_addf(out, ",\n  \"shared\": {\"frames\": [%s]}\n}\n", s.frames.text);
  for (uint32_t i = 0; i < s.profiles.count; i++) {
    bs_strbuf_fini(&s.profiles.items[i].samples);
    bs_strbuf_fini(&s.profiles.items[i].weights);
  }
  bs_vec_fini(&s.profiles);
  bs_strbuf_fini(&s.frames);
  bs_map_fini(&s.frame_index);
  bs_map_fini(&s.loop_index);
  bs_arena_fini(&s.arena);
}

/* Weighs each sample of a stall by the time until the next one. */
#include "reports/stacks.h"

#include "base/path.h"

#include <string.h>

typedef BS_VEC(report_frame) frame_list;

static void add_named(frame_list *frames, const char *function) {
  if (!function || !*function) return;
  if (frames->count && !strcmp(frames->items[frames->count - 1].function, function)) return;
  *bs_vec_push(frames) = (report_frame){.function = function, .module = ""};
}

static void visit_without_samples(const report_stall *stall, frame_list *frames, stack_visitor *visit,
                                  void *context) {
  frames->count = 0;
  add_named(frames, stall->callback);
  if (stall->has_culprit) add_named(frames, stall->culprit.function);
  add_named(frames, stall->api);
  if (!frames->count) add_named(frames, "[no stack]");
  if (stall->duration_ns) visit(context, stall, frames->items, frames->count, stall->duration_ns);
}

/* What a sample stands for; without a word of that, the time until the next one. */
static uint64_t weight(const report_stall *stall, uint32_t sample, bool is_told) {
  if (is_told) return stall->samples.items[sample].ns;
  uint64_t start = sample ? stall->samples.items[sample].at_ns : 0, end = stall->duration_ns;
  if (sample + 1 < stall->samples.count && stall->samples.items[sample + 1].at_ns < end)
    end = stall->samples.items[sample + 1].at_ns;
  return start < end ? end - start : 0;
}

static uint64_t told_time(const report_stall *stall) {
  uint64_t ns = 0;
  for (uint32_t i = 0; i < stall->samples.count; i++) ns += stall->samples.items[i].ns;
  return ns;
}

static void visit_unseen(const report_stall *stall, frame_list *frames, stack_visitor *visit, void *context,
                         uint64_t ns) {
  frames->count = 0;
  add_named(frames, stall->callback);
  add_named(frames, "[no stack]");
  visit(context, stall, frames->items, frames->count, ns);
}

/* The weights are the stall's duration, together: a part of which no stack was taken has a line of its own,
 * and crumbs are the main sample's. */
static void visit_stall(const report_stall *stall, frame_list *frames, stack_visitor *visit, void *context) {
  uint64_t told = told_time(stall),
           unseen = told && told < stall->duration_ns ? stall->duration_ns - told : 0;
  bool crumbs = unseen < stall->duration_ns / 100;
  if (!stall->samples.count) visit_without_samples(stall, frames, visit, context);
  for (uint32_t i = 0; i < stall->samples.count; i++) {
    const report_sample *sample = &stall->samples.items[i];
    uint64_t ns = weight(stall, i, told != 0) + (crumbs && i == stall->main ? unseen : 0);
    frames->count = 0;
    for (uint32_t k = sample->stack.count; k--;) *bs_vec_push(frames) = sample->stack.items[k];
    if (!frames->count) add_named(frames, "[no stack]");
    if (ns) visit(context, stall, frames->items, frames->count, ns);
  }
  if (unseen && !crumbs) visit_unseen(stall, frames, visit, context, unseen);
}

void stacks_visit(const report_document *document, stack_visitor *visit, void *context) {
  frame_list frames = {0};
  for (uint32_t i = 0; i < document->stalls.count; i++)
    visit_stall(&document->stalls.items[i], &frames, visit, context);
  bs_vec_fini(&frames);
}

const char *stack_frame_name(bs_arena *arena, const report_frame *frame) {
  if (*frame->function) return frame->function;
  if (frame->module && *frame->module) return bs_arena_printf(arena, "[%s]", bs_path_basename(frame->module));
  return "[unknown]";
}

const char *stack_loop_name(bs_arena *arena, const report_loop *loop) {
  const char *library = *loop->library ? loop->library : "own";
  const char *name = *loop->name ? bs_arena_printf(arena, " (%s)", loop->name) : "";
  return bs_arena_printf(arena, "%s loop, thread %d%s", library, loop->thread, name);
}

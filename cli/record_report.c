/* The recording as a document of the finding model. */
#include "cli/record.h"

#include "version.h"

static const char *text_or_null(const char *text) { return text && *text ? text : NULL; }

enum { CALLS_TOLD = 1000 };

report_frame record_frame(const verdict *v, const frame *f) {
  return (report_frame){f->function, verdict_file(v, f), f->line, f->module ? f->module : "", f->inlined};
}

static void fill_sample(const verdict *v, const recorded_sample *from, report_sample *sample) {
  sample->at_ns = from->at;
  const frame_list *frames = &v->stacks.items[from->stack].frames;
  for (uint32_t i = 0; i < frames->count; i++)
    *bs_vec_push(&sample->stack) = record_frame(v, &frames->items[i]);
}

static void add_stall(const verdict *v, const recorded_stall *from, report_document *document) {
  report_stall *stall = bs_vec_push(&document->stalls);
  stall->loop = from->loop + 1;
  stall->start_ns = from->start > v->recording->began ? from->start - v->recording->began : 0;
  stall->duration_ns = from->duration;
  stall->cpu_ns = from->cpu_ns;
  stall->kind = stall_kind_names[from->kind];
  stall->ended = from->ended;
  if (from->hook != NO_INDEX) {
    stall->api = hook_name(from->hook);
    stall->rule = text_or_null(hook_rule(from->hook));
  }
  stall->scope = from->scope;
  for (uint32_t i = 0; i < from->samples.count; i++)
    fill_sample(v, &from->samples.items[i], bs_vec_push(&stall->samples));
  const named_stack *s = verdict_stack(v, from);
  if (!s) return;
  if (s->callback != NO_INDEX) stall->callback = text_or_null(s->frames.items[s->callback].function);
  if (s->culprit == NO_INDEX) return;
  const frame *f = &s->frames.items[s->culprit];
  stall->has_culprit = true;
  stall->culprit = (report_place){
      .function = f->function, .file = f->file ? verdict_file(v, f) : f->module, .line = f->line};
}

static void add_scope(const verdict *v, const recorded_scope *from, report_document *document) {
  const recording *r = v->recording;
  report_scope *scope = bs_vec_push(&document->scopes);
  scope->name = from->name;
  scope->outcome = scope_outcome_names[from->outcome];
  if (from->loop != NO_INDEX && !r->loops.items[from->loop].is_none) scope->loop = from->loop + 1;
  scope->process = r->processes.items[from->process].pid;
  scope->thread = from->tid;
  scope->start_ns = from->start > r->began ? from->start - r->began : 0;
  scope->duration_ns = from->duration;
  scope->threshold_ns = from->threshold;
  if (from->hook != NO_INDEX) {
    scope->api = hook_name(from->hook);
    scope->rule = text_or_null(hook_rule(from->hook));
  }
  for (uint32_t i = 0; i < from->samples.count; i++)
    fill_sample(v, &from->samples.items[i], bs_vec_push(&scope->samples));
}

static void add_loop(const verdict *v, uint32_t index, report_document *document) {
  const recorded_loop *l = &v->recording->loops.items[index];
  report_loop *loop = bs_vec_push(&document->recorded_loops);
  *loop = (report_loop){
      .id = index + 1,
      .process = v->recording->processes.items[l->process].pid,
      .thread = l->tid,
      .name = l->name,
      .library = *l->library ? l->library : "own",
      .iterations = l->iterations,
      .busy_ns = l->busy_ns,
      .idle_ns = l->idle_ns,
      .p50_ns = loop_quantile(l, 0.5),
      .p99_ns = loop_quantile(l, 0.99),
      .max_ns = l->max_ns,
      .dropped_events = l->dropped,
      .unplaced_calls = l->unplaced,
  };
  for (uint32_t i = 0; i < LAYOUT_BUCKETS; i++)
    if (l->histogram[i])
      *bs_vec_push(&loop->histogram) = (report_bucket){layout_bucket_ns(i), l->histogram[i]};
}

static void add_call(const verdict *v, const called_place *from, report_document *document) {
  const recorded_site *site = &v->recording->sites.items[from->site];
  report_call *call = bs_vec_push(&document->recorded_calls);
  *call = (report_call){.loop = site->loop + 1,
                        .api = hook_name(site->hook),
                        .rule = hook_rule(site->hook),
                        .calls = from->count,
                        .total_ns = from->total_ns,
                        .max_ns = from->max_ns,
                        .p50_ns = from->p50_ns,
                        .p99_ns = from->p99_ns};
  if (site->stack == NO_INDEX) return;
  const frame_list *frames = &v->stacks.items[site->stack].frames;
  for (uint32_t i = 0; i < frames->count; i++)
    *bs_vec_push(&call->stack) = record_frame(v, &frames->items[i]);
}

static void add_calls(const verdict *v, report_document *document) {
  place_list places = {0};
  places_make(v, true, &places);
  for (uint32_t i = 0; i < places.count && i < CALLS_TOLD; i++) add_call(v, &places.items[i], document);
  if (places.count > CALLS_TOLD)
    *bs_vec_push(&document->notes) = bs_arena_printf(
        &document->arena, "%u less costly places of calls are in the file only", places.count - CALLS_TOLD);
  bs_vec_fini(&places);
}

void record_report(const verdict *v, report_document *document) {
  const recording *r = v->recording;
  document->tool_version = BLOCKSCAN_VERSION;
  document->root_path = v->root;
  document->is_recording = true;
  document->threshold_ns = r->options.threshold_ns;
  for (uint32_t i = 0; i < r->loops.count; i++)
    if (!r->loops.items[i].is_none) add_loop(v, i, document);
  uint32_t others = 0;
  for (uint32_t i = 0; i < r->stalls.count; i++) {
    if (r->stalls.items[i].dropped) continue;
    add_stall(v, &r->stalls.items[i], document);
    others += r->stalls.items[i].others;
  }
  if (others)
    *bs_vec_push(&document->notes) = bs_arena_printf(
        &document->arena, "%u stalls like others that were longer are in the file only", others);
  for (uint32_t i = 0; i < r->scopes.count; i++) add_scope(v, &r->scopes.items[i], document);
  add_calls(v, document);
  record_findings(v, document);
  bs_strbuf text = BS_STRBUF_INIT;
  summary_warnings(r, &text);
  for (char *line = text.text, *end; *line; line = end + 1) {
    end = strchr(line, '\n');
    if (!end) break;
    *bs_vec_push(&document->notes) = bs_arena_strndup(&document->arena, line, (size_t)(end - line));
  }
  bs_strbuf_fini(&text);
}

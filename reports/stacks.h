/* A recording's stalls as weighted stacks, for profiles and flame graphs. */
#ifndef BLOCKSCAN_REPORTS_STACKS_H
#define BLOCKSCAN_REPORTS_STACKS_H

#include "reports/model/model.h"

/* Frames are outermost first; valid during the call. The weights of a stall's stacks add up to its duration.
 */
typedef void stack_visitor(void *context, const report_stall *stall, const report_frame *frames,
                           uint32_t count, uint64_t weight_ns);
/* Visits all stacks of all stalls, in their order. A sample stands for the time up to the next one, the first
 * also for the time before it. A stall without samples has a stack of what is known of it: the callback, the
 * function, the call. */
void stacks_visit(const report_document *document, stack_visitor *visit, void *context);
/* What a frame is called: its function, else its module in brackets. In the arena or borrowed. */
const char *stack_frame_name(bs_arena *arena, const report_frame *frame);
/* "libuv loop, thread 4711 (server)". In the arena. */
const char *stack_loop_name(bs_arena *arena, const report_loop *loop);

#endif

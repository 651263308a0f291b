/* What several output formats say in the same words: places, reasons, verdicts. All texts are in the arena or
 * live as long as what they are made from; none is escaped for any format. */
#ifndef BLOCKSCAN_REPORTS_PHRASE_H
#define BLOCKSCAN_REPORTS_PHRASE_H

#include "reports/model/model.h"

/* "1 note", "2 notes". */
const char *phrase_count(bs_arena *arena, uint64_t count, const char *one, const char *many);
/* "2,950". */
const char *phrase_grouped(bs_arena *arena, uint64_t count);
/* "212 ms". */
const char *phrase_duration(bs_arena *arena, uint64_t ns);
/* "src/main.c:12", without the line when there is none. */
const char *phrase_place(bs_arena *arena, const report_place *place);
/* "the libuv event loop", "the program's own event loop". */
const char *phrase_loop(bs_arena *arena, const report_entry *entry);
/* "timer callback, registered by uv_timer_start at server.c:88"; an entry can also be the loop's own body. */
const char *phrase_registration(bs_arena *arena, const report_entry *entry);
/* Why the callee of this place is the next step's function: "called through conn->handler, stored at
 * conn.c:12 (one of 3)". */
const char *phrase_reason(bs_arena *arena, const report_step *caller);
/* Whether an entry before this one is the same function: several entries of one function are several ways to
 * the same call. */
bool phrase_is_repeated(const report_finding *finding, uint32_t entry);
/* How many different functions the finding's entries are. */
unsigned phrase_callbacks(const report_finding *finding);
/* What a stall was made of, until little is left: "74% on the CPU in encode, 24% in poll under upload"; ""
 * unknown. */
const char *phrase_parts(bs_arena *arena, const report_stall *stall);
/* "confirmed: 12 stalls, longest 212 ms, p50 40 ms"; "" without a recording. */
const char *phrase_verdict(bs_arena *arena, const report_runtime *runtime);
/* "longest iteration 3 s (was 6 s), …": what is left without a finding or a cut; "" where nothing is
 * predicted. */
const char *phrase_prediction(bs_arena *arena, const report_prediction *prediction);
/* The same where what it computes stays on the loop; "" where that is no more. */
const char *phrase_prediction_most(bs_arena *arena, const report_prediction *prediction);
/* The whole finding in one line: what it is, who reaches it, what a recording says, what to use instead. */
const char *phrase_finding(bs_arena *arena, const report_finding *finding);

#endif

/* A recording in memory: filled by watch.c while the program runs, read by observe.c for the
 * reports, and by bounds.c.
 *
 * Times are CLOCK_MONOTONIC nanoseconds unless a name says otherwise; `began` is when the recording did.
 * Everything is found by index, for the vectors grow. Stacks are raw addresses, kept once each; account.c
 * gives them names when the program is gone.
 */
#ifndef BLOCKSCAN_COLLECT_RECORDING_H
#define BLOCKSCAN_COLLECT_RECORDING_H

#include "base/duration.h"
#include "base/intern.h"
#include "base/map.h"
#include "reports/model/observation.h"
#include "runtime-check/collect/collect.h"
#include "runtime-check/collect/guard.h"
#include "runtime-check/collect/names.h"
#include "runtime-check/shared/hooks.h"

#include <signal.h>

enum { NO_INDEX = UINT32_MAX };
#define NO_TIME UINT64_MAX

/* A bound that the user set: on a call's count or time, on all stalls together, or on their number. */
/* Counters are the program's to write: what it says is kept below what sums and signed numbers hold. 2^56
 * nanoseconds are two years. */
static inline uint64_t recorded_bounded(uint64_t counter) {
  return counter < UINT64_C(1) << 56 ? counter : UINT64_C(1) << 56;
}

enum budget_kind { BUDGET_CALL_COUNT, BUDGET_CALL_TIME, BUDGET_TOTAL, BUDGET_STALLS };
typedef struct budget {
  enum budget_kind kind;
  const char *text; /* as given: "fsync=0" */
  char api[32]; /* of calls */
  uint64_t limit; /* calls, stalls or nanoseconds */
} budget;

struct recording;
typedef struct recording_options {
  const char *file; /* of the store; NULL: none */
  const char *preload; /* libblockscan.so; NULL: beside the program or in ../lib/blockscan/runtime */
  const char *debuginfo; /* folder of debug information by build-id, or NULL */
  uint64_t threshold_ns;
  uint64_t fail_over_ns; /* 0: no bound */
  uint64_t duration_ns; /* 0: as long as the program runs */
  bool follow; /* watch processes that the program starts, too */
  bool live; /* a status line on stderr */
  /* Appends the text of the one stall or scope of an observation, for a program that asks; NULL: none. */
  void (*tell)(const observation *one, bs_strbuf *out);
  BS_VEC(budget) budgets;
  /* For recordings that go on: when to begin a new file (0: never), how many finished ones to keep. */
  uint64_t rotate_bytes, rotate_ns;
  unsigned keep;
  const char *const *command; /* of the session; NULL-terminated */
  const char *metrics; /* where to (metrics.h), or NULL */
  /* What SIGUSR1 to the recorder does; NULL: it is passed on to the program. */
  void (*summary)(struct recording *r, void *to);
  void *summary_to;
} recording_options;

typedef struct recorded_process {
  pid_t pid;
  tracee *tracee; /* NULL until the first stack */
  char *executable;
  int64_t stored; /* its row, 0 before it has one */
  bool gone;
  bool was_ended; /* by a signal, or by the end of the recording, and not by itself */
  bool ignored; /* not to be watched (--no-follow) */
  bool refused; /* no stacks of running threads */
} recorded_process;

typedef struct recorded_stack {
  uint32_t process, count, omitted;
  bool cut, running;
  bool pinned; /* more than stalls have it */
  bool used; /* recording_fold's */
  uint64_t *pc; /* `count` of them, innermost first; NULL: no longer in memory */
  int64_t stored;
} recorded_stack;

typedef struct recorded_sample {
  uint64_t at; /* since the stall's start */
  uint32_t stack;
  uint32_t hook; /* the call that the thread was parked in, or NO_INDEX */
  char state; /* the thread's, as proc(5) has it: R, S, D, T; 0 unknown */
} recorded_sample;

/* Calls of one API from one place in a stall; `site` is the first one's in the thread's table of places. */
typedef struct recorded_call {
  uint32_t hook, count, site;
  uint64_t caller, total_ns;
} recorded_call;

typedef struct recorded_stall {
  uint32_t loop;
  uint64_t start, duration;
  uint64_t cpu_ns; /* NO_TIME: unknown */
  int64_t switches; /* how often the thread gave up the CPU to wait, by its own word; -1 unknown */
  uint64_t on_cpu_ns, wait_ns, stopped_ns; /* as in stall_times */
  const char *kind; /* as stall_kind_of has it */
  bool settled; /* its end is known, as far as it can be */
  bool ended; /* a wait followed */
  bool dropped; /* proved to be none: the thread had left its loop */
  bool folded; /* recording_fold's */
  bool counted; /* metrics.c's */
  /* Shorter ones like it, which are in the store only: how many, how long together, how many of them past
   * --fail-over. */
  uint32_t others, others_over;
  uint64_t others_ns;
  uint32_t hook; /* the API whose calls are its largest part, or NO_INDEX */
  const char *scope; /* name of the innermost scope that it was in, or NULL */
  const char *task; /* of the Python task, in a scope's place; NULL unknown */
  int64_t stored;
  BS_VEC(recorded_sample) samples;
  BS_VEC(recorded_call) calls;
} recorded_stall;

/* A stretch of a named scope of the linkable API (blockscan/runtime.h), in a thread that runs a loop or none.
 */
typedef struct recorded_scope {
  uint32_t process, loop; /* loop NO_INDEX: none */
  pid_t tid;
  const char *name;
  uint64_t start, duration, threshold;
  enum layout_scope outcome;
  uint32_t hook; /* as in a stall */
  int64_t stored;
  BS_VEC(recorded_sample) samples;
} recorded_scope;

/* A loop's watched calls of one function. */
typedef struct recorded_calls {
  uint32_t hook;
  uint64_t count, total_ns;
} recorded_calls;

typedef struct recorded_loop {
  struct recorded_loop *base; /* what there was when the file began; NULL: it began with the loop. Owned */
  uint32_t process;
  pid_t tid;
  char name[16]; /* the thread's, as the kernel knows it */
  uint32_t wait_stack; /* a stack of its wait, or NO_INDEX */
  const char *library; /* "" unknown */
  bool is_none; /* a library that waited for itself, in a few calls: no event loop */
  uint64_t iterations, busy_ns, idle_ns, max_ns, dropped;
  uint64_t histogram[LAYOUT_BUCKETS];
  BS_VEC(recorded_calls) calls; /* of each function that was called */
  uint64_t unplaced; /* calls that are in no site */
  uint64_t placed_late; /* calls that are in one only because they were slow */
  int64_t stored;
  uint64_t stored_totals; /* hash of what the row says; 0 nothing */
} recorded_loop;

/* A watched call's totals at one place of a loop thread, within iterations; another depth of the stack is
 * another path to it. */
typedef struct recorded_site {
  uint32_t loop, hook;
  uint32_t stack; /* of its first call, or NO_INDEX */
  bool dropped; /* its stack is not the loop's */
  bool nested; /* a loop that a callback ran and that served the same events: no blocking call */
  uint64_t caller, sp; /* sp 0: of calls that found the thread's table full */
  uint64_t iteration; /* number of that of the first call; 0 unknown */
  uint64_t count, total_ns, max_ns;
  uint32_t *histogram; /* LAYOUT_CALL_BUCKETS; owned */
  uint64_t base_count, base_total_ns; /* when the file began */
  uint32_t *base_histogram; /* NULL: nothing; owned */
  int64_t stored;
  uint64_t stored_count; /* what the row says */
  uint32_t stored_stack;
} recorded_site;

/* executable.c */
enum executable_kind {
  EXECUTABLE_PLAIN, /* or unknown, or no ELF file */
  EXECUTABLE_STATIC, /* without a dynamic loader: nothing can be preloaded */
  EXECUTABLE_MUSL, /* of another C library, whose loader does not take what is preloaded */
  EXECUTABLE_GO, /* makes its system calls itself: what is preloaded sees nothing */
};
enum executable_kind executable_kind_of(const char *path);

/* A process below the program, and the programs of those that did not load the library. */
typedef struct stray {
  pid_t pid;
  uint64_t seen; /* first */
  bool judged;
} stray;
typedef struct stray_program {
  char *path;
  uint32_t count;
} stray_program;

/* The memory of one watched process. */
typedef struct region {
  layout_head *head;
  layout_slot *slots;
  pid_t pid; /* whose it is, by the kernel */
  int pidfd; /* -1 when it could not be opened */
  uint32_t process; /* in the recording; NO_INDEX until a thread took a slot */
  uint32_t generations[LAYOUT_SLOTS]; /* of each slot, as last seen taken */
  uint32_t copies_seen; /* head->copies_made, of which all were taken out */
  guard guard;
} region;

/* The row of something, before the transaction that is being written. */
typedef struct stored_before {
  int64_t *field, id;
} stored_before;

typedef struct recording {
  recording_options options;
  BS_VEC(region *) regions; /* owned */
  int offers; /* where they come from; -1 none */
  int handed_down; /* the program's end of that; -1 none */
  bool offered; /* a process was watched */
  uint32_t offers_refused; /* memory that was not as it should be, or one too many */
  uint32_t slots_refused; /* threads of processes that are gone, which found no slot */
  uint32_t broken; /* processes whose memory had pages that could not be read */
  uint64_t began, ended;
  uint64_t started; /* when the first file began */
  pid_t program;
  sigset_t mask; /* of signals, as the program shall have it */
  store *store;
  symbols *symbols;
  int64_t session;
  BS_VEC(recorded_process) processes;
  BS_VEC(recorded_loop) loops;
  BS_VEC(recorded_stall) stalls;
  BS_VEC(recorded_scope) scopes;
  BS_VEC(recorded_stack) stacks;
  BS_VEC(recorded_site) sites;
  bs_map stack_index, site_index;
  BS_VEC(stray) strays;
  BS_VEC(stray_program) stray_programs;
  int end_signal; /* that ended the program, 0 none */
  uint32_t hidden; /* threads whose processes were not found: of another PID namespace */
  uint32_t scopes_flushed; /* all before this are in the store */
  uint32_t stalls_flushed; /* all before this are in the store */
  uint32_t next_fold; /* stalls in memory that are worth another recording_fold */
  uint32_t next_site; /* the first to look at when the next batch is written */
  uint32_t left_running; /* watched processes that went on after the program */
  bool left_unwatched; /* only others did */
  bs_intern names; /* of scopes */
  BS_VEC(stored_before) undo; /* of the transaction that is being written */
  uint32_t loops_refused; /* threads whose loops were too many */
  uint64_t scopes_gone[SCOPE_OUTCOMES]; /* that are in the file and no longer in memory */
  uint64_t unstored; /* stalls that are not in the file: it could not be written for too long */
  bool attached; /* to a program that asked for it, and is nobody's child; the first of `processes` */
  int control; /* of that: readable when it lets the recorder go; else -1 */
  struct metrics *metrics; /* metrics.h; NULL: none. Whoever watches frees it */
  uint64_t period_ns; /* between looks from outside (runtime-check/attach); 0: the program has the library */
  uint32_t loops_looked; /* from outside, with no breakpoints to tell their iterations */
  const char *no_breakpoints; /* why, a part of a sentence */
  uint32_t loops_fast; /* from outside, with more iterations than breakpoints may tell */
  uint32_t unproven; /* stretches without a wait that may have been many iterations */
  enum executable_kind kind; /* of the program */
} recording;

uint64_t clock_now(void);

/* sums.c: what a stall was made of. Looks are at schedstat. */
typedef struct stall_look {
  uint64_t at, cpu_ns, wait_ns; /* at 0: there was none */
} stall_look;
typedef struct stall_looks {
  stall_look before; /* the stall */
  stall_look first, latest; /* while it went on */
  stall_look over; /* some time behind its end */
  bool slept; /* between its end and that: the thread was in its wait */
} stall_looks;
/* Fills the times, the kind and the API of a stall whose start, duration, cpu_ns, calls and samples are
 * known. */
void recorded_sum_up(recorded_stall *stall, const stall_looks *looks);
/* A stall and a scope as producers and the file tell them: without a number, the loop, samples and calls,
 * which the file keeps in tables of their own. */
observed_stall recorded_stall_observed(const recording *r, const recorded_stall *stall);
observed_scope recorded_scope_observed(const recording *r, const recorded_scope *scope);
/* Fills an empty list, in the order of the APIs' names. */
void recorded_calls_by_api(const recorded_stall *stall, report_call_times *out);

/* With a socket for the memory of the processes to come. */
bool recording_init(recording *r, const recording_options *options, bs_error *error);
/* With the memory of a program that made it itself; its threshold is the recording's. `memory` and `offers`
 * are taken, `control` too. */
typedef struct recording_ends {
  int memory, control, offers;
} recording_ends;
bool recording_join(recording *r, const recording_options *options, pid_t program, const recording_ends *ends,
                    bs_error *error);
void recording_fini(recording *r);
/* regions.c */
/* Makes the socket that offers come through; the program's end is r->handed_down. */
bool regions_open(recording *r, bs_error *error);
/* Offers come through this one, which is taken. */
bool regions_listen(recording *r, int socket, bs_error *error);
/* Takes one offer, if there is one: *more says whether to ask again. The memory that was offered, or NULL
 * when there was none, or it was refused. */
region *regions_accept(recording *r, bool *more);
/* The memory behind a descriptor, which is borrowed; NULL when it is not as the library makes it. */
region *region_new(int fd, pid_t pid);
void region_free(region *g);
/* The process of `pid`; a new one when there is none that still runs. */
uint32_t recording_process(recording *r, pid_t pid);
/* The tracee of a process, for stacks and modules. */
tracee *recording_tracee(recording *r, uint32_t process);
/* A new loop; NO_INDEX when there are too many. */
uint32_t recording_loop(recording *r, uint32_t process, pid_t tid);
/* The index of this stack; kept once. */
uint32_t recording_stack(recording *r, uint32_t process, const stack *st);
/* The task that was running, by a sample, as it is told in a scope's place; NULL unknown. */
const char *recording_task(recording *r, const stack *st);
/* The index of the site; a new one when there is none, NO_INDEX when there are too many. `key` as in
 * layout_site_key. */
uint32_t recording_site(recording *r, uint32_t loop, uint64_t caller, uint64_t key);
/* Counts one call that is in no thread's table at its place. */
void recording_call(recording *r, uint32_t loop, const layout_event *call);
/* strays.c */
/* Looks for processes that did not load the library, now and then. */
void strays_look(recording *r, uint64_t now);
void strays_fini(recording *r);
/* Appends what is new to the store, all or nothing; what could not be written now is tried again the next
 * time. */
void recording_flush(recording *r);
/* At the end, with what only the end tells: waits for a file that is locked, tries again after an error, and
 * then writes what it can. */
struct account;
void recording_store(recording *r, const struct account *v);
/* After a flush: frees what memory does not need of stalls that are in the store. Returns by how many places
 * those that are not moved. */
uint32_t recording_fold(recording *r);
/* The packs that the functions below ask, from here on; the set must outlive the recording. Without one they
 * know no library. */
struct rule_set; /* rules/rules.h */
void loop_libraries_use(const struct rule_set *rules);
/* The loop library that a module's path or a function's name belongs to, or NULL. The name is the pack's. */
const char *loop_library_of_path(const char *path);
const char *loop_library_of_function(const char *function);
/* The library whose loop this function runs, or NULL. */
const char *loop_library_of_run(const char *function);
/* The same for a frame: by its module and its function, of Python code by its file and its function. */
const char *loop_library_of_frame(const report_frame *f);
const char *loop_library_of_run_frame(const report_frame *f);

/* Watches until the program has ended, `--duration` is over or a signal says so. Returns the program's wait
 * status. */
typedef struct watcher watcher;
int watch(recording *r, int signals);

/* Starts the program with the library preloaded and the memory handed down; r->program is its pid. */
bool launch_start(recording *r, char *const *command, bs_error *error);
/* A signalfd for what ends a recording and for SIGCHLD, which are blocked from here on. */
int launch_signals(recording *r, bs_error *error);

/* What the stalls are made of, in names. Made once, when the program is gone. */
typedef struct named_stack {
  frame_list frames; /* innermost first, inlined ones too */
  uint32_t callback; /* index of the function that the loop had called, or NO_INDEX */
  uint32_t culprit; /* innermost frame of the program's own code, or NO_INDEX */
  uint32_t shared; /* how many of the outermost functions are also on the stack of the loop's wait */
  BS_VEC(uint32_t) first; /* of each address, the first of its frames */
  bool in_own_loop; /* the callback was found by these */
} named_stack;
typedef struct account {
  recording *recording;
  BS_VEC(named_stack) stacks; /* as the recording's */
} account;
void account_init(account *v, recording *r);
void account_fini(account *v);
/* Writes to the store what is known only at the end. */
void account_store(const account *v);
/* Names for one stack of a loop (or NO_INDEX), while the recording goes on; `stack_index` may be NO_INDEX.
 * The other stacks have none. */
void account_init_one(account *v, recording *r, uint32_t loop, uint32_t stack_index);

/* A bound, and whether it was kept. */
typedef struct bound {
  const char *name;
  bool passed;
  char *text; /* what was measured; the caller of bounds_make frees it by bounds_free */
} bound;
typedef BS_VEC(bound) bound_list;
void bounds_make(const account *v, bound_list *out);
void bounds_free(bound_list *bounds);
bool bounds_pass(const bound_list *bounds);

/* notes.c: what could not be observed or stored, a sentence each. */
void recording_notes(const recording *r, observed_note_visitor *visit, void *to);
/* Those of them that say what was seen and is lost. */
void recording_losses(const recording *r, observed_note_visitor *visit, void *to);

/* precedence.c */
/* The calling thread gets a CPU sooner from here on, as far as that is allowed. Returns its nice value, for
 * precedence_drop(). */
int precedence_take(void);
void precedence_drop(int before);

/* quantile.c */
/* The upper end, in nanoseconds, of the bucket that the quantile `part` (0 to 1) of a loop's iterations falls
 * into, and no more than the longest; 0 without any. */
uint64_t loop_quantile(const recorded_loop *loop, double part);
/* A bucket of calls by its lower end. */
report_range call_bucket(uint64_t low_ns, uint64_t count);

#endif

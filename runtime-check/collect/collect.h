/* The collector's parts, beside the watched program.
 *
 * - launch.c: starts the program with the library preloaded.
 * - watch*.c: the watchdog. It reads the slots, sleeps to the exact deadline, samples stalls, drains rings.
 * - stack.c, unwind.c, ptrace.c: one stack of one thread, from outside. A parked thread has published its
 *   registers, a running one is stopped for microseconds.
 * - memory.c, maps.c, elf.c: the memory of a process, what is mapped where, the ELF files' unwind tables.
 * - symbols.c: addresses to functions, files, lines and inlined frames (libdw), after the run or on demand.
 * - recording.c: what was seen, in memory. fold.c keeps that bounded, sums.c says what a stall was made of,
 *   observe.c hands it out, live.c shows the status line.
 * - account*.c: which function the loop had called, and which line held it.
 * - bounds.c, notes.c: the user's bounds; what could not be seen.
 * - store*.c: the SQLite file, whose schema docs/stalls-db.md describes; store_read*.c hands it out again.
 *
 * What is handed out is an observation (reports/model/observation.h). No report is written here.
 *
 * Nothing here runs in the watched program. */
#ifndef BLOCKSCAN_COLLECT_COLLECT_H
#define BLOCKSCAN_COLLECT_COLLECT_H

#include "base/error.h"
#include "base/mem.h"
#include "base/vec.h"
#include "reports/model/observation.h"
#include "reports/model/parts.h"
#include "runtime-check/shared/layout.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

enum { STACK_FRAMES_MAX = 256, STACK_INNER = 192, STACK_TASK_MAX = 64 };

typedef struct stack {
  /* Innermost first; return addresses but for a running thread's first. (Where a signal interrupted a
   * function, the place plus one, so that one rule serves both.) */
  uint64_t pc[STACK_FRAMES_MAX];
  uint32_t count;
  uint32_t
      omitted; /* of a deep recursion: frames left out behind pc[STACK_INNER - 1]; the outermost are kept */
  bool cut; /* frames were omitted, or unwinding ended before the root */
  bool running; /* pc[0] is the place of execution and no return address */
  char task[STACK_TASK_MAX]; /* the name of the asyncio task that the thread runs; "" unknown or none */
} stack;

/* What a stack was taken from; keeps maps and unwind tables between captures. One for each process. */
typedef struct tracee tracee;
tracee *tracee_new(pid_t pid);
void tracee_free(tracee *t);
/* Threads that wait in a call are only read from here on, whatever the call: a stop would make them run. */
void tracee_let_sleep(tracee *t);
struct python_places; /* runtime-check/python/python.h */
/* Python's frames are in stacks from here on, their places in these, which must outlive the tracee's use. */
void tracee_use_places(tracee *t, struct python_places *places);
/* Forgets the maps: the program loaded or unloaded a library. */
void tracee_refresh(tracee *t);

enum stack_result {
  STACK_OK,
  STACK_MOVED_ON /* it left the call meanwhile */,
  STACK_REFUSED /* no permission: say so once */,
  STACK_GONE
};
/* The stack of a thread parked in a watched call, from the registers it published; `slot` is checked before
 * and after. */
enum stack_result stack_parked(tracee *t, const layout_slot *slot, stack *out);
/* The stack of a thread on the CPU, or in a call that nobody watches, by the rules for what may be stopped.
 * `still` (or NULL) must be `value` while the stack is taken, as a slot's busy_since is in one iteration:
 * STACK_MOVED_ON when it is not. */
enum stack_result stack_running(tracee *t, pid_t tid, const _Atomic uint64_t *still, uint64_t value,
                                stack *out);
/* The stack that `bytes`, which were at registers->sp, are a copy of; the process may be gone meanwhile.
 * Takes the bytes, which malloc gave. */
enum stack_result stack_copied(tracee *t, const layout_registers *registers, char *bytes, size_t length,
                               stack *out);
/* Whether there is an interpreter in the process: only stacks from outside have its functions, no copies. */
bool stack_has_interpreter(tracee *t);
/* The writable mapping that `sp` lies in. */
bool stack_bounds(tracee *t, uint64_t sp, uint64_t *start, uint64_t *end);
/* How the thread spends its time now: nanoseconds on the CPU and waiting for one, from
 * /proc/PID/task/TID/schedstat. False when unreadable. */
bool stack_schedstat(pid_t pid, pid_t tid, uint64_t *cpu_ns, uint64_t *wait_ns);
/* The thread's state as proc(5) has it: R, S, D, T; 0 unknown. */
char stack_state(pid_t pid, pid_t tid);

/* A module of a process as it was mapped: survives the process. */
typedef struct module_row {
  const char *path; /* as in /proc/PID/maps, without " (deleted)"; "[jit]" for executable memory of no file */
  const char *build_id; /* hexadecimal, "" without */
  uint64_t start, end, bias;
  int file; /* open on the mapped file when the path no longer names it (deleted, other mount namespace), else
               -1 */
  pid_t pid; /* of the process */
} module_row;
/* The path of the module that places of Python code are in. */
#define PYTHON_MODULE "[python]"
#define JIT_MODULE "[jit]"
/* The module of an address, or NULL. Lives as long as the tracee. */
const module_row *tracee_module(tracee *t, uint64_t pc);

/* A function at an address; `module` may be NULL. */
typedef report_frame frame;
typedef BS_VEC(frame) frame_list;
typedef struct symbols symbols;
/* Debug information in files of its own is looked for in `folder`, too (NULL: none), beside /usr/lib/debug.
 */
symbols *symbols_new(const char *folder);
void symbols_free(symbols *s);
/* Where tracees put the places of Python code that they see (tracee.h), which are named from there. */
struct python_places *symbols_python(symbols *s);
/* Appends the frame of an address in a module and those it was inlined into, innermost first. Strings live as
 * long as `s`. */
void symbols_find(symbols *s, const module_row *module, uint64_t pc, bool is_return_address, frame_list *out);

/* The recording's file. All functions are no-ops after an error (a full disk), which store_error tells and
 * which is counted: the run goes on. */
typedef struct store store;
store *store_create(const char *path, bs_error *error);
store *store_open(const char *path,
                  bs_error *error); /* read only; refuses foreign and newer files with a clear error */
void store_close(store *s);
const char *store_error(const store *s); /* NULL while all is well */
uint64_t store_lost(const store *s); /* rows that were not written because of the error */
/* Writes are gathered in a transaction that is committed every 250 ms as further writes come; this commits
 * now. */
void store_flush(store *s);
/* All rows from here to store_commit() are written, or none. False when the file is locked by another process
 * for longer than that, or after an error: nothing is lost by it, and it can be tried again. */
bool store_begin(store *s, unsigned wait_ms);
/* False when not all could be written: then nothing was, and the store is as before store_begin(). */
bool store_commit(store *s);
/* The database, for reading by the views of docs/stalls-db.md. Lives as long as the store. */
struct sqlite3 *store_database(const store *s);

int64_t store_session(store *s, const char *const *command, int64_t start_ns, uint64_t threshold_ns);
int64_t store_process(store *s, int64_t session, pid_t pid, const char *executable);
int64_t store_loop(store *s, int64_t process, pid_t tid, const char *name, const char *library);
/* Totals of a loop, rewritten as they grow. */
typedef struct store_loop_totals {
  uint64_t iterations, busy_ns, idle_ns, max_ns, dropped;
  const uint64_t *histogram; /* LAYOUT_BUCKETS */
  uint64_t unplaced_calls; /* that are in no row of calls */
  int64_t wait_stack; /* row of a stack of the loop's wait; 0 unknown */
  const char *library; /* found later than the loop; NULL or "" leaves what is stored */
} store_loop_totals;
void store_loop_update(store *s, int64_t loop, const store_loop_totals *totals);
/* Adds a stall of the loop in that row, without its samples and calls. */
int64_t store_stall_add(store *s, int64_t loop, const observed_stall *stall);
/* Removes one that proved to be none. */
void store_stall_remove(store *s, int64_t id);
/* Removes all of a loop in one API (or NULL) whose first stack is this one (0: none). */
void store_stalls_remove_like(store *s, int64_t loop, const char *hook, int64_t stack_id);
/* A stack as raw addresses with modules; deduplicated. Returns its id. */
int64_t store_stack(store *s, int64_t process, const stack *st, tracee *t);
/* The sample's stack is the number of a row. */
void store_sample_add(store *s, int64_t stall, const observed_sample *sample);
/* Adds calls of an API to those of a stall. */
void store_stall_call_add(store *s, int64_t stall, const char *hook, uint64_t count, uint64_t total_ns);
/* Adds a scope of the process and loop in those rows (loop 0: in a thread that runs none), without its
 * samples. */
int64_t store_scope_add(store *s, int64_t process, int64_t loop, const observed_scope *scope);
void store_scope_sample_add(store *s, int64_t scope, const observed_sample *sample);
/* A place that makes a watched call, on one path to it; its row's id. */
int64_t store_call_add(store *s, int64_t loop, const char *hook, bool nested, uint64_t caller, tracee *t);
/* Its totals and the durations of its calls, rewritten as they grow. */
typedef struct store_call_totals {
  uint64_t count, total_ns, max_ns;
  int64_t stack; /* row of the stack that the calls were made from; 0 unknown */
  const uint64_t *histogram; /* LAYOUT_CALL_BUCKETS, or NULL */
} store_call_totals;
void store_call_update(store *s, int64_t call, const store_call_totals *totals);
/* A frame of a stored stack: depth of its address, level of the function inlined there. */
typedef struct store_frame {
  uint32_t depth, level;
} store_frame;
/* Says which frame is the callback and which the culprit; NULL for none. */
void store_stack_mark(store *s, int64_t stack_id, const store_frame *callback, const store_frame *culprit);
void store_call_remove(store *s, int64_t call);
/* Removes a loop that proved to be none, with all of it. */
void store_loop_remove(store *s, int64_t loop);
/* How long was recorded; and what could not be, a sentence for each line. */
void store_session_end(store *s, int64_t session, uint64_t duration_ns);
void store_note(store *s, int64_t session, uint32_t line, const char *text);
/* Resolves all addresses that have no frames yet. */
void store_symbolise(store *s, symbols *sy);

#endif

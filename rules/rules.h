/* The rule database: which APIs block, and how loop libraries register, offload and dispatch callbacks.
 *
 * Knowledge is data: rules/blocking/ and rules/loops/ hold JSON files, rules/schema.json says what may stand
 * in them, docs/adding-a-rule.md and docs/adding-a-loop.md how to add one. A user's own files (`rules:` and
 * `packs:` in .blockscan.yaml) have the same form. Nothing here knows the analysis.
 */
#ifndef BLOCKSCAN_RULES_RULES_H
#define BLOCKSCAN_RULES_RULES_H

#include "base/error.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/strbuf.h"
#include "base/vec.h"

#include <stdbool.h>
#include <stdint.h>

/* The categories, levels, latencies, confidences and roles of the JSON contract; names by the functions
 * below. */
enum rule_category {
  RULE_SLEEP,
  RULE_DISK,
  RULE_NETWORK,
  RULE_DNS,
  RULE_LOCK,
  RULE_PROCESS,
  RULE_CPU,
  RULE_DATABASE,
  RULE_IPC,
  RULE_TERMINAL,
  RULE_NESTED_LOOP,
  RULE_UNKNOWN,
  RULE_CATEGORIES
};
enum rule_severity { RULE_NOTE, RULE_WARNING, RULE_ERROR, RULE_SEVERITIES };
enum rule_latency { RULE_MICROSECONDS, RULE_MILLISECONDS, RULE_SECONDS, RULE_UNBOUNDED, RULE_LATENCIES };
enum rule_confidence { RULE_POSSIBLE, RULE_LIKELY, RULE_CERTAIN, RULE_CONFIDENCES };
enum rule_role {
  RULE_ROLE_IO,
  RULE_ROLE_TIMER,
  RULE_ROLE_IDLE,
  RULE_ROLE_SIGNAL,
  RULE_ROLE_ASYNC,
  RULE_ROLE_WORK_DONE,
  RULE_ROLE_REQUEST,
  RULE_ROLE_OTHER,
  RULE_ROLES
};
extern const char *const rule_category_names[RULE_CATEGORIES]; /* "sleep", … "nested-loop", "unknown" */
extern const char *const rule_severity_names[RULE_SEVERITIES]; /* "note", "warning", "error" */
extern const char *const rule_latency_names[RULE_LATENCIES]; /* "microseconds", … "unbounded" */
extern const char *const rule_confidence_names[RULE_CONFIDENCES]; /* "possible", "likely", "certain" */
extern const char *const rule_role_names[RULE_ROLES]; /* "io", … "work-done", "request", "other" */

/* A condition on one argument of the call (index from 0; in C++ member calls the object is not counted). */
enum rule_test {
  RULE_TEST_EQUALS, /* {"arg": 2, "equals": 0} an integer constant */
  RULE_TEST_HAS, /* {"arg": 3, "has": "MSG_DONTWAIT"}: all bits of the flag are set. Flags by name: the loader
                    knows their Linux values; or a number */
  RULE_TEST_LACKS, /* {"arg": 1, "lacks": "LOCK_NB"}: none of the bits is set */
  RULE_TEST_NULL, /* {"arg": 5, "is": "null"} a NULL pointer */
  RULE_TEST_NOT_NULL, /* {"arg": 5, "is": "not-null"} */
  /* {"arg": 4, "is": "zero-struct"}: the address of a struct of zeros: a zero timeout */
  RULE_TEST_ZERO_STRUCT,
  /* {"arg": 0, "is": "retried"}: the call is made again and again, without a wait, until it does not end with
   * EAGAIN */
  RULE_TEST_RETRIED,
  RULE_TEST_FIFO, /* {"arg": 0, "is": "fifo"}: a path that is also given to mkfifo() */
  /* {"arg": 0, "descriptor": ["file", "tty"]}: where the descriptor came from, see below */
  RULE_TEST_DESCRIPTOR,
  /* {"arg": 0, "type": "thread_pool"}: the name of the argument's class has this part; without "arg" that of
   * the object whose member is called */
  RULE_TEST_TYPE,
  /* {"arg": 0, "string": "^/proc/|^/sys/"}: a literal, or the name of a function, that the PCRE2 pattern
     finds */
  RULE_TEST_STRING,
  RULE_TEST_ABOVE, /* {"arg": 1, "field": "sem_op", "above": 0}: greater than the number */
  RULE_TEST_AT_MOST, /* {"arg": 2, "at_most": 512}: a number up to this, and not below 0 */
  /* {"arg": 0, "handle": "libssh2"}: an object of that library that does not wait, as descriptors.json tells;
   * without "arg" whatever one the library has, where the API names none: getch() */
  RULE_TEST_HANDLE,
  /* {"after": ["PQisBusy"], "equals": 0}, {"after": ["XPending"], "is": "not-null"}: the call stands behind a
   * test of what that function gave */
  RULE_TEST_AFTER,
  RULE_TEST_ALL, /* {"all": [{…}, {…}]}: every one of these holds */
  RULE_TESTS
};
/* What a descriptor is known to be, as bits. */
enum rule_descriptor {
  RULE_FD_FILE = 1 << 0, /* open() of a path, mkstemp, fileno of a FILE: disk I/O whatever its flags say */
  RULE_FD_SOCKET = 1 << 1, /* socket, accept, socketpair */
  RULE_FD_PIPE = 1 << 2, /* pipe, popen */
  RULE_FD_TTY = 1 << 3, /* a terminal: openpty, posix_openpt, /dev/tty */
  RULE_FD_EVENT = 1 << 4, /* eventfd, timerfd, signalfd, inotify, epoll: never waits for a device */
  RULE_FD_NONBLOCKING =
      1 << 5, /* O_NONBLOCK is set: in its creation or by a setter on every way that is seen */
  RULE_FD_BLOCKING =
      1 << 6, /* created without O_NONBLOCK and no setter anywhere, or a setter made it blocking */
  RULE_FD_DATAGRAM = 1 << 7, /* UDP, raw, netlink: connects and sends at once, nobody has to answer */
  RULE_FD_WATCHED = 1 << 8, /* handed to poll, epoll or a loop library, which reports when it is ready */
  RULE_FD_MEMORY = 1 << 9, /* memfd_create, shm_open: there is no device behind it */
  RULE_FD_LINGERING = 1 << 10, /* SO_LINGER with a time: close() waits for what is not sent */
  RULE_FD_CONNECTIONLESS = 1 << 11, /* connects at once; a send waits while the other end's queue is full */
};
typedef struct rule_condition {
  enum rule_test test;
  int argument;
  int64_t value; /* EQUALS, HAS, LACKS; DESCRIPTOR: bits, any of which fits */
  /* EQUALS, HAS, LACKS: the test is of this field of the struct that the argument points to: {"arg": 2,
   * "field": "ai_flags", "has": "AI_NUMERICHOST"}; else NULL */
  const char *field;
  const char *text; /* as written: "MSG_DONTWAIT", the pattern, the handle's library: for messages */
  void *pattern; /* STRING: compiled pcre2_code, owned by the set */
  /* EQUALS: with several values, any of them: {"arg": 1, "equals": ["FIFREEZE", "FITHAW"]}; AFTER: none */
  const int64_t *values;
  uint32_t nvalues;
  const char *const *functions; /* AFTER: NULL-terminated */
  bool negated; /* AFTER: the result is not `value` */
  struct rule_condition *all; /* ALL: its parts */
  uint32_t nall;
} rule_condition;

/* The argument that says how long a call may wait: {"arg": 2, "unit": "ms"}; or the object that an earlier
 * call gave a limit: {"arg": 0, "limit": "curl"}, by the "limits" of descriptors.json. */
enum rule_unit {
  RULE_UNIT_NONE, /* the rule knows no such argument */
  RULE_UNIT_NANOSECONDS, /* "ns" */
  RULE_UNIT_MICROSECONDS, /* "us" */
  RULE_UNIT_MILLISECONDS, /* "ms" */
  RULE_UNIT_SECONDS, /* "s" */
  RULE_UNIT_TIMESPEC, /* "timespec": a pointer to one, or one; a field "tv_sec" and "tv_nsec" */
  RULE_UNIT_TIMEVAL, /* "timeval" */
  RULE_UNITS
};
typedef struct rule_timeout {
  int argument; /* -1 without */
  enum rule_unit unit;
  bool absolute; /* a point in time, not a length: its value says nothing */
  bool zero_is_none; /* "zero": "unlimited" */
  int names; /* the argument that is an array of names, `argument` being that of their values; -1 without */
  const char *limit; /* the family of limits; `argument` is the object. NULL without */
  const char *find; /* the number behind this text in a literal: "connect_timeout="; with `names` the name;
                       NULL without */
} rule_timeout;

typedef struct rule_advice {
  const char *loop; /* "libuv", "libevent", …, or "any" */
  const char *text; /* one or two sentences; names the function to use */
  bool general; /* the file's, for all its rules: the rule's own comes first */
} rule_advice;

/* What a file of rules is about: for lists, the audit and the documentation. */
typedef struct rule_library {
  const char *name; /* "libpq"; NULL for a file about no one library */
  const char *packages; /* Debian packages with its headers, by spaces; "" without */
  const char *headers; /* that declare its functions, by spaces; "" without */
  const char *flags; /* "pkg:libpq" or compiler flags; "" without */
} rule_library;

typedef struct rule {
  const char *id; /* "dns.getaddrinfo": category-like prefix, dot, name; unique */
  /* linker-level C names and qualified C++ names ("std::this_thread::sleep_for") */
  BS_VEC(const char *) functions;
  enum rule_category category;
  /* by default from the latency: microseconds note, milliseconds warning, else error */
  enum rule_severity severity;
  bool severity_is_set; /* by the project: what is found does not change it */
  enum rule_latency latency;
  const char *message; /* completes "NAME() …": "waits for the name server" */
  const char *manual; /* "getaddrinfo(3)" or a URL */
  bool wait; /* the call is an event loop's wait (epoll_wait, poll, select): a loop's own wait is no finding;
                               one below a callback is */
  /* of a wait: the argument that counts what it waits for, since a wait for one descriptor is no loop's;
   * -1 none */
  int wait_count;
  BS_VEC(rule_condition) unless; /* any that holds for sure makes the call harmless */
  BS_VEC(rule_condition) only_if; /* all must hold; "unknown" says what a call is where one cannot be told */
  /* the argument whose descriptor, when a loop has reported it ready, lets one call through; -1 none */
  int ready;
  rule_timeout timeout; /* the argument that bounds the wait */
  const rule_library *library; /* never NULL */
  /* confidence when no `unless` is known to hold and an `only_if` cannot be told; default: likely */
  enum rule_confidence unknown;
  /* the most that is said of a call, whatever its conditions say; default: certain */
  enum rule_confidence confidence;
  BS_VEC(rule_advice) advice;
  const char *example_includes; /* lines "#include …" and file-scope code before the callback; or NULL */
  const char *example_blocks; /* body of a loop callback with a finding of this rule; or NULL */
  const char *example_silent; /* the body without one; or NULL */
  const char *example_offloaded; /* instead of `example_silent`: the body of a worker's callback; or NULL */
  const char *example_language; /* "c" (default) or "c++" */
  /* space-separated compiler flags or pkg-config names ("pkg:glib-2.0") that the examples need, or "" */
  const char *example_flags;
  const char *file; /* where the rule stands */
  unsigned line;
} rule;

/* How a loop library takes callbacks. */
enum pack_kind {
  PACK_REGISTER, /* a call (or field store) whose function runs later on the loop: an entry point */
  PACK_OFFLOAD, /* whose function runs elsewhere: a worker thread, a child process */
  PACK_RUN, /* runs the loop: what stands behind it in the caller runs after the loop */
  PACK_DISPATCH, /* calls back synchronously the functions stored in named fields: libinput_dispatch */
  PACK_CALL, /* calls its function argument before it returns: qsort, g_list_foreach */
  PACK_DEFER, /* keeps its function for a time that is not the loop's: atexit, signal, pthread_key_create */
  PACK_KINDS
};
/* When a run function returns. The condition of ARGUMENT is read by the build, for the recorder's wrapper
 * (cmake/RunFunctions.cmake). */
enum pack_returns { PACK_RETURNS_AT_END, PACK_RETURNS_EACH_TURN, PACK_RETURNS_BY_ARGUMENT };
typedef struct pack_row {
  enum pack_kind kind;
  /* API name; NULL for a row about a field. A DISPATCH row has both and is found by its function */
  const char *function;
  /* index of the callback (or, with `table`, of the pointer to a struct of callbacks); -1 without: in a
   * REGISTER row, what overrides this method is called by the loop */
  int argument;
  /* every function in the struct or array that the argument points to: wl_resource_set_implementation */
  bool table;
  bool slots; /* REGISTER: the methods on_NAME_SIGNAL() of the class of the argument's object */
  bool object; /* OFFLOAD: what the object's class registers, and it itself, runs elsewhere: moveToThread() */
  const char *record,
      /* a store to this field: {"record": "ev_io", "field": "cb"}; record is the tag or typedef name;
       * field "*" any */
      *field;
  enum rule_role role;
  BS_VEC(rule_condition) unless; /* the row does not apply: {"arg": 3, "is": "null"} */
  /* RUN: whether the call returns only when the loop is over, never (one turn), or as an argument says */
  enum pack_returns returns;
  struct loop_pack *pack;
} pack_row;

typedef struct loop_pack {
  const char *name; /* "libuv" */
  const char *title; /* "libuv event loop" */
  const char *manual;
  BS_VEC(pack_row) rows;
  const char *offload_advice; /* how to move work off the loop here: "uv_queue_work(loop, req, work, done)" */
  /* it is about what a host program takes from others (modules, scripts): where the host is the project
   * itself, its own sources tell more */
  bool guests;
  const char *like; /* the pack whose advice is meant where there is none for this one; or NULL */
  const char *offload_code; /* its shape, some lines of code at file scope, ended by a newline; or NULL */
  /* parts of the names of types whose functions run on threads of their own: "thread_pool" */
  BS_VEC(const char *) offload_types;
  /* What the recorder knows the library by, beside its run functions: how the file names of its shared
   * libraries begin ("libuv.so"), how the names of its own functions do ("uv__"), and functions that run a
   * turn or call callbacks without being run functions. */
  BS_VEC(const char *) modules, prefixes, turns, dispatchers, python, python_turns;
  const char *file;
} loop_pack;

typedef struct rule_set {
  bs_arena arena;
  BS_VEC(rule *) rules; /* in the order of their ids */
  BS_VEC(loop_pack *) packs; /* in the order of their names */
  uint64_t hash; /* of all that was read: part of a report cache's key */
  struct rule_index *index;
} rule_set;

/* An empty set; what it hands out lives until rule_set_fini. */
void rule_set_init(rule_set *set);
void rule_set_fini(rule_set *set);
/* Reads one file, rules or packs by its "kind". False with "FILE:LINE:COLUMN: what; expected …" on the
 * first error; the set then still holds what it held. A rule with a known id, or a pack with a known name,
 * replaces the old one. */
bool rule_set_load_file(rule_set *set, const char *path, bs_error *error);
/* The same for a text in memory with a zero byte behind it; `path` is for messages. */
bool rule_set_load_text(rule_set *set, const char *path, const char *text, size_t length, bs_error *error);
/* Calls `report` with each error of a file, in the order of the file, and returns their number. Loads
 * nothing. */
typedef void rule_report(void *context, const char *error);
unsigned rule_set_check_file(const char *path, rule_report *report, void *context);
/* The same for a text in memory, as above. */
unsigned rule_set_check_text(const char *path, const char *text, size_t length, rule_report *report,
                             void *context);
/* Reads every *.json below `folder`/blocking and `folder`/loops, in the order of their names, and its
 * descriptors.json. */
bool rule_set_load_folder(rule_set *set, const char *folder, bs_error *error);
/* A set that came from one folder, as a table of bytes that rule_set_load_folder() takes instead of the JSON
 * files as long as they are the same, from a file of this name in their folder or beside the program. */
#define RULE_TABLE_FILE "rules.table"
void rule_set_write_table(const rule_set *set, bs_strbuf *out);
/* The folder of the bundled rules: $BLOCKSCAN_RULES, else beside the running binary (the build tree, or
 * ../share/blockscan/rules). NULL with an error when there is none. */
const char *rule_set_find_folder(bs_arena *arena, bs_error *error);
/* Rebuilds the look-up tables; call it once after the last load. */
void rule_set_index(rule_set *set);

/* Rules for an API, NULL-terminated, or NULL. Several rules may speak of one function with different
 * conditions. */
const rule *const *rule_set_for_function(const rule_set *set, const char *function);
/* Pack rows for an API, NULL-terminated, or NULL. */
const pack_row *const *rule_set_rows_for_function(const rule_set *set, const char *function);
/* Pack rows for a field of a record known by tag or typedef, NULL-terminated, or NULL; rows with field "*"
 * are found by any. */
const pack_row *const *rule_set_rows_for_field(const rule_set *set, const char *record, const char *field);
/* The pack of this name, or NULL. */
const loop_pack *rule_set_find_pack(const rule_set *set, const char *name);
/* The rule of this id, or NULL. */
const rule *rule_set_find(const rule_set *set, const char *id);
/* The advice of a rule for a loop: the rule's own for that loop, its own for any, that of its file for that
 * loop, that of its file for any; else NULL. A pack that is like another one (GTK like GLib) takes its
 * words. */
const char *rule_advice_for(const rule_set *set, const rule *rule, const char *loop);
/* Appends one of the rule's two examples as a complete program: includes, then a callback that is handed to
 * libuv. False when the rule has none. */
bool rule_example(const rule *rule, bool blocks, bs_strbuf *out);
/* The value of a flag by its name, or of several ("O_RDWR|O_NONBLOCK"). False when a name is not known. */
bool rule_flag_value(const char *name, int64_t *value);

/* Some names of functions that create descriptors or change their mode, as data in rules/descriptors.json. */
enum descriptor_kind {
  DESCRIPTOR_CREATE,
  DESCRIPTOR_SET,
  DESCRIPTOR_WATCH,
  DESCRIPTOR_MARK, /* gives a descriptor one more property: setsockopt(SO_LINGER) */
  /* a library gives a descriptor that it was given to a callback, or out of an object of its own:
   * event_new(), g_io_channel_unix_get_fd() */
  DESCRIPTOR_HAND_ON,
  /* a library whose objects have a mode, by its name: whether those of which nothing is known wait
   * (always_blocking), do not (always_nonblocking), or may (neither) */
  DESCRIPTOR_HANDLE,
  /* says for how long later calls on an object wait: curl_easy_setopt(CURLOPT_TIMEOUT), SO_RCVTIMEO */
  DESCRIPTOR_LIMIT
};
typedef struct descriptor_row {
  enum descriptor_kind kind;
  const char *function; /* WATCH: or "record.field", to which the descriptor is stored */
  unsigned bits; /* CREATE: rule_descriptor kind bits of what it gives */
  /* CREATE: -1 it returns the descriptor; else it fills the array or variable this argument points to */
  int out_argument;
  int flags_argument; /* CREATE: argument that may carry O_NONBLOCK/SOCK_NONBLOCK/…; -1 without */
  /* CREATE: the row is for calls whose `only_argument` equals `only` (or has its bits), and not for those
   * whose `unless_argument` equals `unless`; -1 without. The bits of all rows that fit are joined. */
  int only_argument, unless_argument;
  int64_t only, unless;
  bool only_bits;
  /* CREATE: the row is for calls whose `path_argument` is a literal that begins with one of these
   * (NULL-terminated), or that holds the word behind "*"; the function's other rows are not for those. NULL
   * without */
  int path_argument;
  const char *const *paths;
  int64_t nonblock_bit; /* CREATE: the bit; SET: bit in the value that means non-blocking */
  bool always_nonblocking; /* CREATE: without flags, or SET: evutil_make_socket_nonblocking */
  int descriptor_argument; /* SET, WATCH: which argument is the descriptor */
  int command_argument;
  int64_t command; /* SET: applies only if this argument equals (fcntl F_SETFL); -1 without */
  /* SET: argument whose value (flags with nonblock_bit, or a boolean) decides; -1 without */
  int value_argument;
  const char
      *value_field; /* SET: the value is this field of the struct that the argument points to; or NULL */
  bool value_inverted; /* SET: a true value means blocking (uv_stream_set_blocking) */
  /* HAND_ON: the callback and which of its parameters is the descriptor; -1: `handle` keeps it (with a
   * descriptor_argument), or gives it back: as the result, or by `out_argument` */
  int callback_argument, callback_parameter;
  /* the library whose objects are meant ("libssh2"), from the file's "handles"; NULL for descriptors */
  const char *handle;
  int from_argument; /* SET, CREATE: the mode is that of this argument, a descriptor or handle; -1 without */
  bool always_blocking; /* CREATE: always waits, whatever was said before: mysql_use_result */
  bool each; /* HANDLE: nothing is taken from the library's other objects for one that is not known */
  rule_timeout timeout; /* LIMIT: of the family `handle`, for the object `descriptor_argument` */
  const rule_condition *conditions; /* MARK, LIMIT: the row is for calls where all hold */
  uint32_t nconditions;
} descriptor_row;
/* Rows for a function, NULL-terminated, or NULL. */
const descriptor_row *const *rule_set_descriptors(const rule_set *set, const char *function);
/* Functions whose result is 0 in a child process: fork, vfork, forkpty, clone …: from the same file
 * ("forks"). */
bool rule_set_is_fork(const rule_set *set, const char *function);

#endif

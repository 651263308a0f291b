/* Marks in a program for blockscan's recorder, and checks for tests: this block must not hold the event loop.
 *
 *   BS_NO_STALLS("upload", 10 * BS_MILLISECOND, BS_ABORT) {
 *     uv_run(loop, UV_RUN_DEFAULT);
 *   }
 *
 * A scope is a named block of one thread. It stalls when the thread stays in it for its threshold or longer
 * without the loop's wait: the loop that runs inside may wait as long as it likes, and a handler that is
 * called directly may not. What happens then is the scope's action: count it, log it with the stack, abort,
 * or call a function of the program's. BS_EXPECT_STALL is the opposite: the action is taken when the block
 * did not stall. BS_ALLOW marks a block that may.
 *
 * Under `blockscan record` this works as it is: the recorder brings the library, nothing has to be linked,
 * and stalled scopes are in its report. A program that is linked to the library starts a recorder of its own
 * by bs_runtime_start(). Without a recorder a mark costs a load and a branch, and no action is taken.
 *
 * For C and C++. A thread's scopes are its own and end in reverse order. docs/linking.md has examples. */
#ifndef BLOCKSCAN_RUNTIME_H
#define BLOCKSCAN_RUNTIME_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define BS_MILLISECOND UINT64_C(1000000) /* all times are in nanoseconds */

enum bs_action {
  BS_DEFAULT, /* of a scope: the process' action */
  BS_COUNT, /* bs_runtime_counts() tells, and the recorder's report */
  BS_LOG, /* the text, with the stack, on stderr */
  BS_ABORT, /* the same, then abort() */
  BS_CALLBACK /* a function of the program's */
};

/* What an action is about. Valid during the callback. */
typedef struct bs_stall {
  const char *scope; /* its name; NULL: an iteration of a loop */
  uint64_t duration_ns, threshold_ns; /* of the longest stall in the scope */
  unsigned count; /* of stalls in the scope; 0 when one was expected and did not come */
  const char *text; /* what BS_LOG writes: some lines, with the stack as far as it could be taken */
} bs_stall;

/* Called on the thread that stalled, at the scope's end or before the loop's next wait; never from a signal
 * handler. It may leave by longjmp or, where its caller may throw, by an exception: this is how a test fails.
 */
typedef void bs_callback(const bs_stall *stall, void *data);

/* A local variable of the function that it is a block of. The caller fills it, or has it filled by
 * bs_scope_begin(). */
typedef struct bs_scope {
  const char *name; /* a text that stays where it is: a literal. The first 55 bytes of it count */
  uint64_t threshold_ns; /* 0: the recorder's */
  enum bs_action action;
  int expects_stall; /* the action is for a stall that does not come */
  bs_callback *callback; /* of BS_CALLBACK; NULL: the process' one, with its data */
  void *data;
} bs_scope;

/* What libblockscan.so exports for the marks; call the functions below. */
__attribute__((weak)) extern void *bs_runtime_recorder;
__attribute__((weak)) extern void bs_runtime_scope_begin(bs_scope *scope);
__attribute__((weak)) extern unsigned bs_runtime_scope_end(bs_scope *scope);
__attribute__((weak)) extern void bs_runtime_allow_begin(void);
__attribute__((weak)) extern void bs_runtime_allow_end(void);

/* The address, or null without the library. By way of the global offset table even where the program is
 * linked to a fixed address: there the linker would otherwise decide once and for all that a weak symbol
 * without a definition is null. */
#if defined(__x86_64__)
#define BS_RUNTIME_FIND(f, name) __asm__(".weak " #name "\n\tmovq " #name "@GOTPCREL(%%rip), %0" : "=r"(f))
#else
#define BS_RUNTIME_FIND(f, name) ((f) = &name)
#endif

/* Part of the function that is marked at every optimisation: the library tells by the stack pointer whether
 * that function is inside of a loop. */
#define BS_RUNTIME_INLINE static inline __attribute__((always_inline))

/* Whether anybody records this process. */
BS_RUNTIME_INLINE int bs_recorded(void) {
  void *const *recorder;
  BS_RUNTIME_FIND(recorder, bs_runtime_recorder);
  return __builtin_expect(recorder && __atomic_load_n(recorder, __ATOMIC_RELAXED), 0);
}

/* Opens the scope, whose first fields are filled. */
BS_RUNTIME_INLINE void bs_scope_open(bs_scope *scope) {
  if (bs_recorded()) {
    void (*begin)(bs_scope *);
    BS_RUNTIME_FIND(begin, bs_runtime_scope_begin);
    begin(scope);
  }
}

/* Opens a scope with the process' action. */
BS_RUNTIME_INLINE void bs_scope_begin(bs_scope *scope, const char *name, uint64_t threshold_ns) {
  if (bs_recorded()) {
    scope->name = name;
    scope->threshold_ns = threshold_ns;
    scope->action = BS_DEFAULT;
    scope->expects_stall = 0;
    scope->callback = NULL;
    scope->data = NULL;
    bs_scope_open(scope);
  }
}

/* Closes the innermost scope, which `scope` is, and takes its action if there is reason to. Returns how often
 * it stalled: 0 without a recorder. */
BS_RUNTIME_INLINE unsigned bs_scope_end(bs_scope *scope) {
  unsigned (*end)(bs_scope *);
  if (!bs_recorded()) return 0;
  BS_RUNTIME_FIND(end, bs_runtime_scope_end);
  return end(scope);
}

/* From here to bs_allow_end() this thread may hold its loop: the time counts neither for its iteration nor
 * for its scopes. They nest; the end must be reached. */
BS_RUNTIME_INLINE void bs_allow_begin(void) {
  if (bs_recorded()) {
    void (*begin)(void);
    BS_RUNTIME_FIND(begin, bs_runtime_allow_begin);
    begin();
  }
}

BS_RUNTIME_INLINE void bs_allow_end(void) {
  if (bs_recorded()) {
    void (*end)(void);
    BS_RUNTIME_FIND(end, bs_runtime_allow_end);
    end();
  }
}

/* The same as blocks, which may be left by break, return and, in C++ and with -fexceptions, an exception:
 *   BS_SCOPE("reload", 10 * BS_MILLISECOND) reload();      the process' action
 *   BS_NO_STALLS("reload", 10 * BS_MILLISECOND, BS_LOG) { … }
 *   BS_EXPECT_STALL("first start", 10 * BS_MILLISECOND, BS_ABORT) { … }
 *   BS_ALLOW { load_plugins(); } */
#define BS_SCOPE(name, threshold_ns) BS_RUNTIME_BLOCK(name, threshold_ns, BS_DEFAULT, 0, NULL, NULL)
#define BS_NO_STALLS(name, threshold_ns, action) BS_RUNTIME_BLOCK(name, threshold_ns, action, 0, NULL, NULL)
#define BS_EXPECT_STALL(name, threshold_ns, action) \
  BS_RUNTIME_BLOCK(name, threshold_ns, action, 1, NULL, NULL)
/* With a function to call, a bs_callback, and its data. */
#define BS_NO_STALLS_CALL(name, threshold_ns, callback, data) \
  BS_RUNTIME_BLOCK(name, threshold_ns, BS_CALLBACK, 0, callback, data)
#define BS_EXPECT_STALL_CALL(name, threshold_ns, callback, data) \
  BS_RUNTIME_BLOCK(name, threshold_ns, BS_CALLBACK, 1, callback, data)
#define BS_ALLOW \
  for (int bs_runtime_once __attribute__((cleanup(bs_runtime_allowed))) = bs_runtime_allow(); \
       bs_runtime_once; bs_runtime_once = 0)

#define BS_RUNTIME_BLOCK(name, threshold_ns, action, expects, callback, data) \
  for (bs_scope bs_runtime_scope __attribute__((cleanup(bs_runtime_close))), \
       *bs_runtime_once = \
           bs_runtime_open(&bs_runtime_scope, name, threshold_ns, action, expects, callback, data); \
       bs_runtime_once; bs_runtime_once = NULL)

BS_RUNTIME_INLINE bs_scope *bs_runtime_open(bs_scope *scope, const char *name, uint64_t threshold_ns,
                                            enum bs_action action, int expects_stall, bs_callback *callback,
                                            void *data) {
  if (bs_recorded()) {
    scope->name = name;
    scope->threshold_ns = threshold_ns;
    scope->action = action;
    scope->expects_stall = expects_stall;
    scope->callback = callback;
    scope->data = data;
    bs_scope_open(scope);
  }
  return scope;
}
BS_RUNTIME_INLINE void bs_runtime_close(bs_scope *scope) { (void)bs_scope_end(scope); }
BS_RUNTIME_INLINE int bs_runtime_allow(void) {
  bs_allow_begin();
  return 1;
}
BS_RUNTIME_INLINE void bs_runtime_allowed(int *unused) {
  (void)unused;
  bs_allow_end();
}

/* The rest is for programs that are linked to the library: pkg-config blockscan-runtime, or
 * blockscan::runtime in CMake. */

typedef struct bs_runtime_options {
  uint64_t threshold_ns; /* of an iteration; 0: 10 ms. Under `blockscan record` its own threshold holds */
  enum bs_action action; /* for iterations that stall, and scopes of BS_DEFAULT; BS_DEFAULT here: BS_COUNT */
  bs_callback *callback; /* of BS_CALLBACK */
  void *data;
  const char *file; /* stores the recording there; NULL: nowhere */
  const char *program; /* blockscan; NULL: $BLOCKSCAN, or the one that lies beside the library */
} bs_runtime_options;

/* Starts a recorder of this process, a process that ends with it, and watches this and later threads. Call it
 * before threads that run loops. Under `blockscan record`, or when one was started already, that one goes on,
 * with these actions. 0, or -1 with a sentence in bs_runtime_error(). `options` may be NULL. */
extern int bs_runtime_start(const bs_runtime_options *options);
/* Ends the recorder that bs_runtime_start() started and waits until its file is complete. 0, or -1 as above.
 */
extern int bs_runtime_stop(void);
/* Why the last start or stop failed; "" when it did not. */
extern const char *bs_runtime_error(void);

/* What this process' threads did since the start. */
typedef struct bs_counts {
  uint64_t iterations; /* of loops: stalls */
  uint64_t scopes; /* stalls in scopes */
  uint64_t expected; /* stalls where they were expected */
  uint64_t missed; /* scopes that expected one in vain */
  uint64_t longest_ns; /* of all stalls that were not expected */
} bs_counts;
extern void bs_runtime_counts(bs_counts *counts);
/* The last stalls with their stacks as text, the newest first, as many as fit into `size` bytes with a zero
 * at the end. Returns the text's length; 0 when there was none. Waits for the recorder, 5 s at most. */
extern size_t bs_runtime_text(char *text, size_t size);

#ifdef __cplusplus
}

namespace blockscan {

/* The named block of bs_scope_open(), from here to the end of the C++ block. A callback that throws needs a
 * block that is not left by an exception already. */
class scope {
public:
  __attribute__((always_inline)) explicit scope(const char *name, uint64_t threshold_ns = 0,
                                                bs_action action = BS_DEFAULT, bs_callback *callback = NULL,
                                                void *data = NULL, bool expects_stall = false) {
    bs_runtime_open(&scope_, name, threshold_ns, action, expects_stall, callback, data);
  }
#if __cplusplus >= 201103L
  ~scope() noexcept(false) { bs_runtime_close(&scope_); }
  scope(const scope &) = delete;
  scope &operator=(const scope &) = delete;
#else
  ~scope() { bs_runtime_close(&scope_); }

private:
  scope(const scope &);
  scope &operator=(const scope &);
#endif

private:
  bs_scope scope_;
};

/* A block whose action is taken when it does not stall. */
class expect_stall : public scope {
public:
  __attribute__((always_inline)) explicit expect_stall(const char *name, uint64_t threshold_ns = 0,
                                                       bs_action action = BS_DEFAULT,
                                                       bs_callback *callback = NULL, void *data = NULL)
      : scope(name, threshold_ns, action, callback, data, true) {}
};

/* A block that may hold the loop. */
class allow {
public:
  __attribute__((always_inline)) allow() { bs_allow_begin(); }
  ~allow() { bs_allow_end(); }
#if __cplusplus >= 201103L
  allow(const allow &) = delete;
  allow &operator=(const allow &) = delete;
#else
private:
  allow(const allow &);
  allow &operator=(const allow &);
#endif
};

} // namespace blockscan
#endif

#endif

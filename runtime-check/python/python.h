/* What a CPython interpreter is doing, read from outside: the frames of a thread as file, line and function.
 *
 * Everything is found by the interpreter's own structures, from `_PyRuntime` on: interpreters, thread states,
 * frames, code objects, location tables (python-frames in docs/recording.md says for which versions). The
 * interpreter's lock is not taken and nothing is stopped here. So what is read may change meanwhile, or be
 * garbage: every walk has a bound, every size a limit, and a reader that says "no" ends it.
 *
 * Frames are read in two steps. The chain of a thread (python_chain_read) is a few words a frame: it is what
 * has to be read while the thread stands still. Names and lines (python_place_of) come from code objects,
 * which do not change and live at least as long as their frames: they can be read afterwards. */
#ifndef BLOCKSCAN_PYTHON_PYTHON_H
#define BLOCKSCAN_PYTHON_PYTHON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* A process' memory. `read` copies all of the bytes or says false; it may be handed any address. */
typedef struct python_memory {
  bool (*read)(const void *process, uint64_t address, void *bytes, size_t length);
  const void *process;
} python_memory;

typedef struct python python;
/* The interpreter whose `_PyRuntime` is at this address; its version as PY_VERSION_HEX has it, of which only
 * the first two numbers count; 0: it publishes that itself (3.13 and later). NULL: of a version whose
 * structures are not known. The caller frees it. */
python *python_new(const python_memory *memory, uint64_t runtime, uint32_t version);
void python_free(python *p);

/* A frame as it is on the chain. `entry`: the evaluator was entered anew for it; those further in, up to the
 * next entry, run in the same call of the evaluator. */
typedef struct python_frame {
  uint64_t code, at; /* its code object; its instruction, in the interpreter's own terms */
  bool entry;
} python_frame;

enum { PYTHON_FRAMES_MAX = 1024 };
typedef struct python_chain {
  uint32_t count;
  bool whole; /* it was read up to the thread's outermost frame */
  python_frame frames[PYTHON_FRAMES_MAX]; /* innermost first */
} python_chain;

/* The frames of a thread by the number that itself sees as its own. False without any: it runs no Python, or
 * the structures were being changed. */
bool python_chain_read(python *p, pid_t thread, python_chain *out);

/* Looks for asyncio, when modules came since the last time. It reads much. */
void python_find_tasks(python *p);
/* The name that the program gave to the asyncio task which a thread with these frames runs. False: it runs
 * none, or one without such a name; several loops run one; or the version's structures are not known (those
 * of 3.11 are). */
bool python_task_name(python *p, const python_chain *chain, char *out, size_t size);

/* A line of a function. Texts are UTF-8 and live as long as the places. */
typedef struct python_place {
  const char *function, *file;
  unsigned line; /* 0 unknown */
} python_place;

/* All places that were seen, each with a number that is made from what it says: equal in each run, even, and
 * below 2^56. */
typedef struct python_places python_places;
python_places *python_places_new(void);
void python_places_free(python_places *places);
uint64_t python_places_add(python_places *places, const python_place *place);
/* False: there is none of this number. */
bool python_places_find(const python_places *places, uint64_t number, python_place *out);

/* The number of a frame's place, which is added; 0 when the code object cannot be read. */
uint64_t python_place_of(python *p, const python_frame *frame, python_places *places);

/* Whether a source file is of Python's own library or of an installed package, and not the program's. */
bool python_file_is_library(const char *file);

#endif

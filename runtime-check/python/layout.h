/* Where a version of CPython keeps what is read of it: offsets in bytes. Private to the room. */
#ifndef BLOCKSCAN_PYTHON_LAYOUT_H
#define BLOCKSCAN_PYTHON_LAYOUT_H

#include "runtime-check/python/python.h"

enum { PYTHON_NONE = 0xffff }; /* an offset of something that the version has not */

enum python_lines {
  PYTHON_LINES_LNOTAB,   /* 3.8, 3.9: pairs of increments of bytes and lines */
  PYTHON_LINES_RANGES,   /* 3.10: the same with ranges without a line */
  PYTHON_LINES_LOCATIONS /* 3.11 and later: PEP 626 and 657, columns too */
};

/* How the end of a call of the evaluator is told. */
enum python_entry {
  PYTHON_ENTRY_EACH, /* each frame has a call of its own */
  PYTHON_ENTRY_FLAG, /* the frame says so */
  PYTHON_ENTRY_OWNER /* a frame on the C stack, which runs no code, lies around it */
};

/* Of the interpreter, dictionaries, modules and asyncio's tasks: what leads to a task's name. */
typedef struct python_objects {
  uint32_t modules; /* of the interpreter: sys.modules; 0: none of these is known */
  uint32_t used, keys, values; /* of a dictionary */
  uint32_t index_bytes, kind, entries, indices; /* of its keys */
  uint32_t namespace; /* of a module */
  uint32_t type_name, task_coroutine, task_name, coroutine_code;
} python_objects;

typedef struct python_layout {
  uint32_t version; /* 0x030b for 3.11 */
  enum python_lines lines;
  enum python_entry entries;
  uint32_t instruction_size; /* what a unit of the frame's instruction is, in bytes; 0: it is an address */
  bool wide_state; /* of a text: its kind begins at bit 8 instead of 2 */
  uint32_t interpreters, interpreter_next, threads, thread_next;
  uint32_t thread_id, native_id; /* pthread_t; the kernel's, or PYTHON_NONE */
  uint32_t frame, frame_indirect; /* of the innermost frame in the thread state, or in what that points to */
  uint32_t previous, code, instruction, entry;
  uint32_t file, name, qualified, first_line, table, instructions;
  uint32_t text_length, text_state, ascii, text;
  uint32_t bytes_length, bytes;
  python_objects objects; /* zero where they are not known */
} python_layout;

/* Fills the layout of the interpreter; false when it is not known. */
bool python_layout_find(const python_memory *memory, uint64_t runtime, uint32_t version, python_layout *out);

/* The line of the instruction at `offset` bytes; 0 when the table has none. The table is garbage, perhaps. */
unsigned python_line_of(enum python_lines how, int first_line, const unsigned char *table, size_t length,
                        uint64_t offset);

#endif

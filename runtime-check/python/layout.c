/* The offsets of CPython's structures.
 *
 * 3.13 and later publish them at the beginning of `_PyRuntime` (struct _Py_DebugOffsets, "xdebugpy"). Those
 * of earlier versions are fixed within a minor version, on one architecture; they were printed by offsetof()
 * from the installed headers of 3.8.18, 3.9.18, 3.10.13, 3.11.2, 3.11.7 and 3.12.1 on x86-64:
 * Include/internal/pycore_runtime.h, pycore_interp.h (3.8: pycore_pystate.h), pycore_frame.h,
 * Include/cpython/pystate.h, code.h, frameobject.h, unicodeobject.h (bench/python/offsets.c prints them). */
#include "runtime-check/python/layout.h"

#include <string.h>

static const python_layout layouts[] = {
    {.version = 0x0308,
     .lines = PYTHON_LINES_LNOTAB,
     .entries = PYTHON_ENTRY_EACH,
     .instruction_size = 1,
     .interpreters = 32,
     .threads = 8,
     .thread_next = 8,
     .thread_id = 176,
     .native_id = PYTHON_NONE,
     .frame = 24,
     .frame_indirect = PYTHON_NONE,
     .previous = 24,
     .code = 32,
     .instruction = 104,
     .entry = PYTHON_NONE,
     .file = 104,
     .name = 112,
     .qualified = PYTHON_NONE,
     .first_line = 40,
     .table = 120,
     .instructions = 48,
     .text_length = 16,
     .text_state = 32,
     .ascii = 48,
     .text = 72,
     .bytes_length = 16,
     .bytes = 32},
    {.version = 0x0309,
     .lines = PYTHON_LINES_LNOTAB,
     .entries = PYTHON_ENTRY_EACH,
     .instruction_size = 1,
     .interpreters = 32,
     .threads = 8,
     .thread_next = 8,
     .thread_id = 176,
     .native_id = PYTHON_NONE,
     .frame = 24,
     .frame_indirect = PYTHON_NONE,
     .previous = 24,
     .code = 32,
     .instruction = 104,
     .entry = PYTHON_NONE,
     .file = 104,
     .name = 112,
     .qualified = PYTHON_NONE,
     .first_line = 40,
     .table = 120,
     .instructions = 48,
     .text_length = 16,
     .text_state = 32,
     .ascii = 48,
     .text = 72,
     .bytes_length = 16,
     .bytes = 32},
    {.version = 0x030a,
     .lines = PYTHON_LINES_RANGES,
     .entries = PYTHON_ENTRY_EACH,
     .instruction_size = 2,
     .interpreters = 32,
     .threads = 8,
     .thread_next = 8,
     .thread_id = 176,
     .native_id = PYTHON_NONE,
     .frame = 24,
     .frame_indirect = PYTHON_NONE,
     .previous = 24,
     .code = 32,
     .instruction = 96,
     .entry = PYTHON_NONE,
     .file = 104,
     .name = 112,
     .qualified = PYTHON_NONE,
     .first_line = 40,
     .table = 120,
     .instructions = 48,
     .text_length = 16,
     .text_state = 32,
     .ascii = 48,
     .text = 72,
     .bytes_length = 16,
     .bytes = 32},
    {.version = 0x030b,
     .lines = PYTHON_LINES_LOCATIONS,
     .entries = PYTHON_ENTRY_FLAG,
     .interpreters = 40,
     .threads = 16,
     .thread_next = 8,
     .thread_id = 152,
     .native_id = 160,
     .frame = 56,
     .frame_indirect = 8,
     .previous = 48,
     .code = 32,
     .instruction = 56,
     .entry = 68,
     .file = 112,
     .name = 120,
     .qualified = 128,
     .first_line = 72,
     .table = 136,
     .instructions = 184,
     .text_length = 16,
     .text_state = 32,
     .ascii = 48,
     .text = 72,
     .bytes_length = 16,
     .bytes = 32,
     .objects = {.modules = 888,
                 .used = 16,
                 .keys = 32,
                 .values = 40,
                 .index_bytes = 9,
                 .kind = 10,
                 .entries = 24,
                 .indices = 32,
                 .namespace = 16,
                 .type_name = 24,
                 .task_coroutine = 136,
                 .task_name = 144,
                 .coroutine_code = 16}},
    {.version = 0x030c,
     .lines = PYTHON_LINES_LOCATIONS,
     .entries = PYTHON_ENTRY_OWNER,
     .interpreters = 40,
     .threads = 72,
     .thread_next = 8,
     .thread_id = 136,
     .native_id = 144,
     .frame = 56,
     .frame_indirect = 0,
     .previous = 8,
     .code = 0,
     .instruction = 56,
     .entry = 70,
     .file = 112,
     .name = 120,
     .qualified = 128,
     .first_line = 68,
     .table = 136,
     .instructions = 192,
     .text_length = 16,
     .text_state = 32,
     .ascii = 40,
     .text = 56,
     .bytes_length = 16,
     .bytes = 32},
};

/* The number of each published offset, counted in words from the cookie. */
typedef struct published {
  uint32_t version;
  uint8_t interpreter_next, threads, thread_next, frame, thread_id, native_id;
  uint8_t previous, code, instruction, owner;
  uint8_t file, name, qualified, table, first_line, instructions;
  uint8_t bytes_length, bytes, text_state, text_length, ascii;
} published;

enum { WORD_VERSION = 1, WORD_FREE_THREADED = 2, WORD_INTERPRETERS = 5, WORDS = 96, OFFSET_MAX = 1 << 20 };

/* 3.13: Include/internal/pycore_runtime.h; 3.14: Include/internal/pycore_debug_offsets.h, not tested. */
static const published all_published[] = {
    {.version = 0x030d,
     .interpreter_next = 8,
     .threads = 9,
     .thread_next = 21,
     .frame = 23,
     .thread_id = 24,
     .native_id = 25,
     .previous = 29,
     .code = 30,
     .instruction = 31,
     .owner = 33,
     .file = 35,
     .name = 36,
     .qualified = 37,
     .table = 38,
     .first_line = 39,
     .instructions = 43,
     .bytes_length = 65,
     .bytes = 66,
     .text_state = 68,
     .text_length = 69,
     .ascii = 70},
    {.version = 0x030e,
     .interpreter_next = 8,
     .threads = 9,
     .thread_next = 24,
     .frame = 26,
     .thread_id = 27,
     .native_id = 28,
     .previous = 32,
     .code = 33,
     .instruction = 34,
     .owner = 36,
     .file = 40,
     .name = 41,
     .qualified = 42,
     .table = 43,
     .first_line = 44,
     .instructions = 48,
     .bytes_length = 75,
     .bytes = 76,
     .text_state = 78,
     .text_length = 79,
     .ascii = 80},
};

static bool take_published(const uint64_t *words, const published *p, python_layout *out) {
  const uint8_t used[] = {WORD_INTERPRETERS, p->interpreter_next,
                          p->threads,        p->thread_next,
                          p->frame,          p->thread_id,
                          p->native_id,      p->previous,
                          p->code,           p->instruction,
                          p->owner,          p->file,
                          p->name,           p->qualified,
                          p->table,          p->first_line,
                          p->instructions,   p->bytes_length,
                          p->bytes,          p->text_state,
                          p->text_length,    p->ascii};
  for (size_t i = 0; i < sizeof used / sizeof *used; i++)
    if (words[used[i]] >= OFFSET_MAX) return false;
  uint32_t ascii = (uint32_t)words[p->ascii];
  *out = (python_layout){
      .version = p->version,
      .lines = PYTHON_LINES_LOCATIONS,
      .entries = PYTHON_ENTRY_OWNER,
      .wide_state = p->version >= 0x030e && words[WORD_FREE_THREADED],
      .interpreters = (uint32_t)words[WORD_INTERPRETERS],
      .interpreter_next = (uint32_t)words[p->interpreter_next],
      .threads = (uint32_t)words[p->threads],
      .thread_next = (uint32_t)words[p->thread_next],
      .thread_id = (uint32_t)words[p->thread_id],
      .native_id = (uint32_t)words[p->native_id],
      .frame = (uint32_t)words[p->frame],
      .frame_indirect = PYTHON_NONE,
      .previous = (uint32_t)words[p->previous],
      .code = (uint32_t)words[p->code],
      .instruction = (uint32_t)words[p->instruction],
      .entry = (uint32_t)words[p->owner],
      .file = (uint32_t)words[p->file],
      .name = (uint32_t)words[p->name],
      .qualified = (uint32_t)words[p->qualified],
      .first_line = (uint32_t)words[p->first_line],
      .table = (uint32_t)words[p->table],
      .instructions = (uint32_t)words[p->instructions],
      .text_length = (uint32_t)words[p->text_length],
      .text_state = (uint32_t)words[p->text_state],
      .ascii = ascii,
      .text = ascii + 16, /* PyCompactUnicodeObject: two words more */
      .bytes_length = (uint32_t)words[p->bytes_length],
      .bytes = (uint32_t)words[p->bytes],
  };
  return true;
}

static bool find_published(const python_memory *memory, uint64_t runtime, python_layout *out) {
  uint64_t words[WORDS];
  if (!memory->read(memory->process, runtime, words, sizeof words)) return false;
  if (memcmp(words, "xdebugpy", sizeof *words) != 0) return false;
  for (size_t i = 0; i < sizeof all_published / sizeof *all_published; i++)
    if (all_published[i].version == words[WORD_VERSION] >> 16)
      return take_published(words, &all_published[i], out);
  return false;
}

bool python_layout_find(const python_memory *memory, uint64_t runtime, uint32_t version, python_layout *out) {
  for (size_t i = 0; i < sizeof layouts / sizeof *layouts; i++) {
    if (layouts[i].version != version >> 16) continue;
    *out = layouts[i];
    return true;
  }
  return find_published(memory, runtime, out);
}

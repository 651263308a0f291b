/* What chains and code objects share of an interpreter. Private to the room. */
#ifndef BLOCKSCAN_PYTHON_INTERPRETER_H
#define BLOCKSCAN_PYTHON_INTERPRETER_H

#include "runtime-check/python/layout.h"

#include "base/map.h"
#include "base/strbuf.h"
#include "base/vec.h"

/* A code object as it was read; `words` tell whether another one lies at its address now. */
typedef struct python_code {
  uint64_t words[5]; /* addresses of its file's name, its names and its table; its first line */
  char *function, *file;
  unsigned char *table; /* NULL: not to be had */
  size_t length;
} python_code;

struct python {
  python_memory memory;
  uint64_t runtime;
  python_layout layout;
  bs_map thread_of; /* the kernel's number to an index of `states` */
  BS_VEC(uint64_t) states; /* thread states */
  bs_map code_of; /* address to an index of `codes` */
  BS_VEC(python_code) codes;
  uint64_t modules_used; /* how many modules there were when asyncio's was looked for */
  uint64_t tasks, dictionary_type; /* asyncio's dictionary of current tasks; 0 not found */
};

bool python_read(const python *p, uint64_t address, void *bytes, size_t length);
bool python_read_word(const python *p, uint64_t address, uint64_t *value);
/* A compact str (PEP 393) as UTF-8; the caller frees it. NULL: it is none, or too long to be a name. */
char *python_text(const python *p, uint64_t object);
/* Frees what is known of code objects. */
void python_codes_fini(python *p);

#endif

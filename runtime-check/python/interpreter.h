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
};

bool python_read(const python *p, uint64_t address, void *bytes, size_t length);
bool python_read_word(const python *p, uint64_t address, uint64_t *value);
/* Frees what is known of code objects. */
void python_codes_fini(python *p);

#endif

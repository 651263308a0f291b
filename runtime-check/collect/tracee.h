/* What the parts that take stacks share of a watched process: its mappings, its modules, its memory. Private
 * to them. */
#ifndef BLOCKSCAN_COLLECT_TRACEE_H
#define BLOCKSCAN_COLLECT_TRACEE_H

#include "base/map.h"
#include "base/strbuf.h"
#include "runtime-check/collect/collect.h"
#include "runtime-check/python/python.h"

enum { TRACEE_PAGE = 4096 };
/* Above this are places of Python code (python_places' numbers), in a module of their own. */
#define TRACEE_PYTHON UINT64_C(0x7000000000000000)

/* A module and what unwinding needs of it. The binary search table of .eh_frame_hdr lies in the process'
 * memory. */
typedef struct tracee_elf {
  module_row row;
  uint64_t identity; /* hash of the first bytes in memory: another file at the same place differs */
  uint64_t hdr; /* address of .eh_frame_hdr, 0 without a usable table */
  uint32_t fdes; /* entries of its table, which begins at hdr + 12 */
  bool looked_for_python;
} tracee_elf;

typedef struct tracee_mapping {
  uint64_t start, end, offset;
  bool readable, writable, executable;
  tracee_elf *elf; /* NULL: data, or memory of no module */
} tracee_mapping;

struct tracee {
  pid_t pid;
  bs_arena arena; /* the modules and their strings */
  BS_VEC(tracee_elf *) modules;
  BS_VEC(tracee_mapping) mappings; /* by address */
  bs_strbuf maps; /* what they were read from */
  uint64_t maps_at; /* when; 0: read them again */
  uint64_t layout; /* hash of which modules lie where: what was cached holds for it */
  bs_map page_of; /* pages of memory that is not writable: address to index in `pages` */
  BS_VEC(char *) pages;
  struct tracee_unwinder *unwinder; /* unwind.c's; NULL until the first stack */
  bool lets_sleep; /* threads that wait in a call are not stopped for a stack */
  python_places *places;        /* borrowed; NULL: Python's frames are not asked for */
  struct tracee_python *python; /* python_stack.c's; NULL until the first stack */
};

/* Reads the maps when they are older than 5 ms, or at once when `now`. */
enum stack_result tracee_update(tracee *t, bool now);
/* The mapping of an address, or NULL. Valid until the next update. */
const tracee_mapping *tracee_mapping_of(const tracee *t, uint64_t address);
/* Where the memory that begins at or just above `address` ends (a stack may have grown since the maps were
 * read), or 0. */
uint64_t tracee_end_of(const tracee *t, uint64_t address);
/* Copies the process' memory; the number of bytes that could be read, 0 with errno set. */
size_t tracee_read(const tracee *t, uint64_t address, void *bytes, size_t length);
/* The same for memory that is not writable, by a cache. False when it is not such memory. */
bool tracee_read_constant(tracee *t, uint64_t address, void *bytes, size_t length);
/* What a failed read means. */
enum stack_result tracee_result(int error);

/* Fills the module that begins in `bytes` (`length` of them, read from `start`): bias, end, build-id, unwind
 * table. False: not an ELF file of this machine. */
bool elf_read(tracee *t, uint64_t start, const void *bytes, size_t length, tracee_elf *out);

/* A function or object that the module exports, by its dynamic symbols. */
bool elf_symbol(const tracee *t, const tracee_elf *e, const char *name, uint64_t *address, uint64_t *size);

/* Frees t->unwinder; takes NULL. */
void unwinder_free(struct tracee_unwinder *u);
/* Forgets cached rows: other code may lie at their addresses now. */
void unwinder_flush(struct tracee_unwinder *u);

#endif

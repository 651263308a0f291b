/* Machine code, as far as it tells where it can go: of x86-64. */
#ifndef BLOCKSCAN_COLLECT_CODE_H
#define BLOCKSCAN_COLLECT_CODE_H

#include "runtime-check/collect/collect.h"

enum code_flow {
  CODE_NEXT,    /* goes on behind the instruction; so do calls, which are taken to return */
  CODE_BRANCH,  /* there, or to `to` */
  CODE_JUMP,    /* to `to` */
  CODE_ENDS,    /* leaves the function, or traps */
  CODE_SOMEWHERE, /* to an address that is computed */
  CODE_INVALID
};
typedef struct code_instruction {
  uint32_t length;
  enum code_flow flow;
  uint64_t to;
} code_instruction;
/* The instruction in the first of `count` bytes, which lie at `address`. */
code_instruction code_decode(const uint8_t *bytes, size_t count, uint64_t address);

enum code_way { CODE_WAY_NONE, CODE_WAY_THERE, CODE_WAY_UNKNOWN };
/* Whether the code at one address can come to the call in the same function that returns to another one. A
 * jump to the place behind the call does not count: another loop may begin there. */
enum code_way code_reaches(tracee *t, uint64_t from, uint64_t to);

#endif

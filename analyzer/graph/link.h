/* What the files of the linker share: the units while they are linked, and where their ids went. */
#ifndef BLOCKSCAN_GRAPH_LINK_H
#define BLOCKSCAN_GRAPH_LINK_H

#include "analyzer/graph/program.h"

/* One unit while it is linked: its facts and where its ids went. */
typedef struct unit_link {
  facts_unit facts;
  uint32_t *strings, *functions, *nodes, *guards, *cycles,
      *calls; /* local to global; PROGRAM_NONE: not yet */
  uint32_t *call_end; /* of a function: the number behind that of its last call */
  uint32_t *bodies; /* of a defined function: into `linker.bodies` */
  bool *harvest; /* functions whose body is taken from this unit */
} unit_link;

/* A unit that defines a symbol. */
typedef struct candidate {
  uint32_t unit, function; /* PROGRAM_NONE: a variable */
  uint32_t next;           /* of the same symbol; PROGRAM_NONE at the end */
} candidate;

typedef struct linker {
  program *p;
  unit_link *units;
  uint32_t nunits;
  bs_map functions_defined, globals_defined; /* symbol -> first candidate */
  BS_VEC(candidate) candidates;
  bs_map chosen; /* (program, symbol) -> candidate, where several fit */
  uint32_t *main_of; /* of a unit: the program whose main it holds, or PROGRAM_NONE */
  bs_map file_programs; /* file -> the programs of all units that are compiled from it */
  bs_map group_programs; /* group -> its program, PROGRAM_NONE - 1 for several */
  bs_map harvested; /* (function, signature of its body) -> body */
  BS_VEC(program_set) bodies; /* the programs that a body is compiled into */
  bs_map call_seen; /* hash of a call, for bodies that several variants share -> its index + 1 */
  BS_VEC(program_set) call_programs;
  BS_VEC(uint32_t) definitions; /* function -> how many bodies were taken */
  bs_map ambiguous; /* symbols with several fitting definitions */
  bs_map overridden; /* symbols that the system's headers declare and the project defines */
  BS_VEC(uint32_t) guard_chain, cycle_chain; /* guards, loops of a unit that wait for the one around them */
  bs_map others; /* (unit, function row) -> first of `alternatives` + 1 */
  BS_VEC(uint32_t) alternatives; /* functions of other programs; each list ends with PROGRAM_NONE */
} linker;

/* link.c */
uint32_t link_string(linker *l, unit_link *u, facts_str s);

/* link_programs.c: which definition each program takes */
/* A unit defines a symbol; function PROGRAM_NONE for a variable. */
void link_candidate(linker *l, uint32_t unit, uint32_t symbol, uint32_t function);
/* Tells the programs of the database apart: fills `executables`, `sets` and the units' programs. */
void link_find_programs(linker *l);
/* The definitions that a unit's programs take for a symbol: the first, or PROGRAM_NONE; the others are added
 * to `alternatives`, and *others is the first of them + 1, or 0. */
uint32_t link_definition(linker *l, uint32_t unit, uint32_t symbol, uint32_t *others);

/* link_layout.c: fields that share memory */
void link_layouts(linker *l);

#endif

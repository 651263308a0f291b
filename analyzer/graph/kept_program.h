/* A solved program as a file that is mapped, for those who ask about a program that has not changed.
 *
 * Why in this form: all tables of a program are arrays of numbers and ids, so what lies in the file is what
 * lies in memory. Reading it is mapping it; pages that no question comes to are never looked at but for the
 * sum over all bytes. Only texts, the values of nodes and the sets of programs get tables of pointers anew.
 *
 * The file is believed whole or not at all: its sum is made with the key that the caller gives, which nobody
 * else can know, and it is checked before anything is read. Nothing in it points outside of it. */
#ifndef BLOCKSCAN_GRAPH_KEPT_PROGRAM_H
#define BLOCKSCAN_GRAPH_KEPT_PROGRAM_H

#include "analyzer/graph/program.h"

/* Maps the file into an empty program, solved and with its edges, when it has the key and is whole. */
bool program_map(program *p, const char *file, uint64_t key);
/* Writes a solved program that has its edges. A failure is no error: the next run solves it again. */
void program_keep(const program *p, const char *file, uint64_t key);
/* Forgets what lies in a mapped file; program_fini does the rest. */
void program_unmap(program *p);

#endif

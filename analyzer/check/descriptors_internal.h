/* What the files share that know descriptors: descriptors.c and descriptors_find.c. */
#ifndef BLOCKSCAN_CHECK_DESCRIPTORS_INTERNAL_H
#define BLOCKSCAN_CHECK_DESCRIPTORS_INTERNAL_H

#include "analyzer/check/internal.h"

enum { DESCRIPTOR_STATES = 64 };

/* What a descriptor is called where it is used: a variable, or a field of an object. */
typedef struct descriptor_name {
  uint32_t node;
  uint32_t object; /* of a field, by its variable; 0: it is not known which */
} descriptor_name;

/* The first state of each descriptor that a node may hold. */
typedef struct descriptor_list {
  uint32_t item[DESCRIPTOR_STATES], count;
  uint32_t holder[DESCRIPTOR_STATES]; /* the call that gave it */
} descriptor_list;

/* Where what a name holds at a call comes from. */
typedef struct descriptor_origin {
  bool told; /* from the last stores, and nothing else */
  bool direct; /* each of them stores what a call gave: no other name here means it */
  bool is_new; /* with the object, which a call has just made */
  descriptor_name alias; /* the variable that the one store takes it from; node 0: none */
  uint32_t since; /* the first call behind them */
} descriptor_origin;

descriptor_name descriptors_name_of(const checker *c, const program_argument *a);
/* In checker.mode_sets_of: the setters of what this is called in the function of the call. */
uint64_t descriptors_sets_key(const checker *c, uint32_t call, descriptor_name name);
/* Those that a node may ever hold. */
void descriptors_add_states(const checker *c, uint32_t node, descriptor_list *out);
/* Those that a variable or field may hold when a call is made: what its last stores gave it. */
descriptor_origin descriptors_states_of(const checker *c, uint32_t call, descriptor_name name,
                                        descriptor_list *out);

#endif

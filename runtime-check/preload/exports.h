/* Preprocessed into the linker's version script: what libblockscan.so exports is this list and nothing else. */
#define NEXT(name) name;
{
global:
#include "next.h"
  bs_runtime_scope_begin;
  bs_runtime_scope_end;
  bs_runtime_allow_begin;
  bs_runtime_allow_end;
local:
  *;
};

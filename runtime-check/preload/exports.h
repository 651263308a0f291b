/* Preprocessed into the linker's version script: what libblockscan.so exports is this list and nothing else.
 */
#define NEXT(name) name;
{
global:
#include "runtime-check/preload/next.h"
  bs_runtime_recorder;
  bs_runtime_start;
  bs_runtime_stop;
  bs_runtime_error;
  bs_runtime_counts;
  bs_runtime_text;
  bs_runtime_scope_begin;
  bs_runtime_scope_end;
  bs_runtime_allow_begin;
  bs_runtime_allow_end;
local:
  *;
};

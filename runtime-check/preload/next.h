/* NEXT(name) for every exported function of hooks.def. */
#define WAIT(name, ...) NEXT(name)
#define WAIT_LIBRARY(name, ...) NEXT(name)
#define WAIT_OTHER(type, name, ...) NEXT(name)
#define RUN(name, ...) NEXT(name)
#define HOOK(type, name, ...) NEXT(name)
#define HOOK_VOID(name, ...) NEXT(name)
#define HOOK_FORMAT(type, name, ...) NEXT(name)
#define HOOK_FORMAT_VOID(name, ...) NEXT(name)
#define HOOK_FD(type, name, ...) NEXT(name)
#define HOOK_OPENS(type, name, ...) NEXT(name)
#define HOOK_LOCK(name, ...) NEXT(name)
#define HOOK_OWN(type, name, ...) NEXT(name)
#define TRACKED(type, name, ...) NEXT(name)
#include "runtime-check/shared/hooks.def"
#undef NEXT

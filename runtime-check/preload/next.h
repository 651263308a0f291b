/* NEXT(name) for every exported function of hooks.def. */
#define WAIT(name, ...) NEXT(name)
#define HOOK(type, name, ...) NEXT(name)
#define HOOK_FD(type, name, ...) NEXT(name)
#define HOOK_OPENS(type, name, ...) NEXT(name)
#define HOOK_LOCK(name, ...) NEXT(name)
#define HOOK_OWN(type, name, ...) NEXT(name)
#define TRACKED(type, name, ...) NEXT(name)
#include "shared/hooks.def"
#undef NEXT

/* What an agent can do for its model. */
#ifndef AGENT_LOOP_TOOLS_H
#define AGENT_LOOP_TOOLS_H

#include <uv.h>

/* Called once with the tool's result, at once or later, on the loop. `result` is borrowed. */
typedef void (*tool_done)(const char *result, void *user);
typedef void (*tool)(uv_loop_t *loop, const char *argument, tool_done done, void *user);

/* NULL when there is no tool of that name. */
tool tool_find(const char *name);

#endif

/* The tools. One of them waits for a program to end, as one writes it first; compiled with FIXED it does so
 * on the loop. */
#include "tools.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { OUTPUT_LIMIT = 4096 };

/* The time of day. */
static void tell_time(uv_loop_t *loop, const char *argument, tool_done done, void *user) {
  char text[32];
  time_t now = time(NULL);
  struct tm parts;
  (void)loop, (void)argument;
  gmtime_r(&now, &parts);
  strftime(text, sizeof text, "%FT%TZ", &parts);
  done(text, user);
}

/* How many words the argument has. */
static void count_words(uv_loop_t *loop, const char *argument, tool_done done, void *user) {
  char text[16];
  int words = 0;
  (void)loop;
  for (const char *at = argument; *at; at++) words += *at != ' ' && (at == argument || at[-1] == ' ');
  snprintf(text, sizeof text, "%d", words);
  done(text, user);
}

#ifndef FIXED

/* What a shell command prints. Fifty sessions wait while it runs. */
static void run_command(uv_loop_t *loop, const char *argument, tool_done done, void *user) {
  char output[OUTPUT_LIMIT];
  (void)loop;
  FILE *program = popen(argument, "r");
  size_t length = program ? fread(output, 1, sizeof output - 1, program) : 0;
  output[length] = '\0';
  if (program) pclose(program);
  done(output, user);
}

#else

struct command {
  uv_process_t process;
  uv_pipe_t pipe;
  tool_done done;
  void *user;
  int open_handles;
  size_t length;
  char output[OUTPUT_LIMIT];
};

static void on_closed(uv_handle_t *handle) {
  struct command *command = handle->data;
  if (--command->open_handles) return;
  command->output[command->length] = '\0';
  command->done(command->output, command->user);
  free(command);
}

static void on_room(uv_handle_t *handle, size_t suggested, uv_buf_t *buffer) {
  struct command *command = handle->data;
  (void)suggested;
  size_t room = sizeof command->output - 1 - command->length;
  *buffer = uv_buf_init(command->output + command->length, (unsigned)room);
}

static void on_output(uv_stream_t *stream, ssize_t count, const uv_buf_t *buffer) {
  struct command *command = stream->data;
  (void)buffer;
  if (count > 0) command->length += (size_t)count;
  if (count < 0) uv_close((uv_handle_t *)stream, on_closed); /* the end, or no room */
}

static void on_ended(uv_process_t *process, int64_t status, int signal) {
  (void)status, (void)signal;
  uv_close((uv_handle_t *)process, on_closed);
}

/* What a shell command prints. The loop goes on while it runs. */
static void run_command(uv_loop_t *loop, const char *argument, tool_done done, void *user) {
  struct command *command = calloc(1, sizeof *command);
  if (!command) {
    done("", user);
    return;
  }
  char *arguments[] = {"/bin/sh", "-c", (char *)argument, NULL};
  uv_stdio_container_t files[] = {
      {.flags = UV_IGNORE},
      {.flags = UV_CREATE_PIPE | UV_WRITABLE_PIPE, .data.stream = (uv_stream_t *)&command->pipe},
      {.flags = UV_INHERIT_FD, .data.fd = 2}};
  uv_process_options_t options = {
      .file = arguments[0], .args = arguments, .exit_cb = on_ended, .stdio = files, .stdio_count = 3};
  command->done = done;
  command->user = user;
  command->open_handles = 2;
  uv_pipe_init(loop, &command->pipe, 0);
  int error = uv_spawn(loop, &command->process, &options);
  command->process.data = command->pipe.data = command;
  if (error || uv_read_start((uv_stream_t *)&command->pipe, on_room, on_output)) {
    uv_close((uv_handle_t *)&command->pipe, on_closed);
    if (error) uv_close((uv_handle_t *)&command->process, on_closed); /* else its end is told */
  }
}

#endif

tool tool_find(const char *name) {
  static const struct {
    const char *name;
    tool run;
  } tools[] = {{"time", tell_time}, {"words", count_words}, {"command", run_command}};
  for (size_t i = 0; i < sizeof tools / sizeof *tools; i++)
    if (!strcmp(name, tools[i].name)) return tools[i].run;
  return NULL;
}

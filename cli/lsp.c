/* `blockscan lsp`: a language server on stdin and stdout.
 *
 * A scan is a process of its own (this program again, with its cache), so that the server answers while it
 * runs, one that is out of date can be ended, and a crash of the parser is a message to the person. */
#include "cli/cli.h"

#include "base/path.h"
#include "cli/lsp/framing.h"
#include "cli/lsp/server.h"
#include "reports/model/read_json.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { OPTION_STDIO = 256, OPTION_RUNTIME };

typedef struct session {
  char **scan_options; /* what follows "--" on the command line; NULL-terminated */
  BS_VEC(const char *) recordings; /* that the scan is joined with */
  lsp_server *server;
  lsp_framing input;
  char folder[64]; /* for the scan's report and messages */
  char *root; /* of the scan that is under way or wanted */
  pid_t scan; /* 0: none */
  int scan_ended; /* pidfd, readable then */
  bool told_missing; /* that a recording is not there */
  bool again; /* what the scan reads has changed since it began */
  bool broken; /* nobody reads what is sent */
} session;

extern char **environ;

static void send(void *context, const char *message, size_t length) {
  session *s = context;
  bs_strbuf text = BS_STRBUF_INIT;
  lsp_framing_write(&text, message, length);
  /* blockscan: ignore[*] -- an editor that does not read gets no answers; there is nothing else to do */
  if (!s->broken) s->broken = cli_write_stdout(&text) != 0;
  bs_strbuf_fini(&text);
}

static void file_in(const session *s, const char *name, char path[static 96]) {
  snprintf(path, 96, "%s/%s", s->folder, name);
}

/* Those that are there: without one that is not there yet, the source is shown all the same. */
static unsigned find_recordings(session *s, bs_arena *arena, const char **found) {
  unsigned count = 0;
  bs_strbuf missing = BS_STRBUF_INIT;
  for (uint32_t i = 0; i < s->recordings.count; i++) {
    const char *path = bs_path_normalise(arena, s->root, s->recordings.items[i]);
    if (bs_path_is_file(path))
      found[count++] = path;
    else
      bs_strbuf_addf(&missing, "%s%s", missing.length ? ", " : "blockscan: no such recording: ", path);
  }
  if (missing.length && !s->told_missing) lsp_server_tell(s->server, missing.text);
  s->told_missing = missing.length != 0;
  bs_strbuf_fini(&missing);
  return count;
}

/* blockscan scan -q --fail-on never --root . --output json=FILE OPTION…; with recordings it is
 * blockscan report … --runtime RECORDING … OPTION… */
static char **scan_command(session *s, bs_arena *arena) {
  unsigned count = 0;
  while (s->scan_options && s->scan_options[count]) count++;
  const char **found = bs_arena_alloc(arena, (s->recordings.count + 1) * sizeof *found);
  unsigned recordings = find_recordings(s, arena, found);
  char **command = bs_arena_alloc(arena, (count + recordings + 11) * sizeof *command), **next = command;
  const char *verb = recordings ? "report" : "scan";
  const char *const first[] = {"blockscan", verb, "-q", "--fail-on", "never", "--root", "."};
  for (size_t i = 0; i < sizeof first / sizeof *first; i++) *next++ = bs_arena_strdup(arena, first[i]);

  *next++ = bs_arena_printf(arena, "--output=json=%s/report.json", s->folder);
  for (unsigned i = 0; i < recordings; i++) *next++ = bs_arena_printf(arena, "--runtime=%s", found[i]);
  for (unsigned i = 0; i < count; i++) *next++ = s->scan_options[i];
  return command;
}

static void begin_scan(session *s) {
  bs_arena arena = {0};
  char messages[96];
  file_in(s, "messages", messages);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, messages, O_WRONLY | O_CREAT | O_TRUNC, 0600);
  posix_spawn_file_actions_addchdir_np(&actions, s->root);
  int problem = posix_spawn(&s->scan, "/proc/self/exe", &actions, NULL, scan_command(s, &arena), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (problem) {
    s->scan = 0;
    lsp_server_tell(s->server,
                    bs_arena_printf(&arena, "blockscan: cannot scan %s: %s", s->root, strerror(problem)));
  } else {
    s->scan_ended = (int)syscall(SYS_pidfd_open, s->scan, 0);
  }
  bs_arena_fini(&arena);
}

static void want_scan(void *context, const char *root) {
  session *s = context;
  free(s->root);
  s->root = bs_strdup(root);
  s->again = s->scan != 0;
  if (s->scan)
    kill(s->scan, SIGTERM);
  else
    begin_scan(s);
}

/* What the scan said last: errors come last. */
static void tell_messages(session *s) {
  bs_strbuf text = BS_STRBUF_INIT;
  char path[96];
  file_in(s, "messages", path);
  bs_strbuf_read_file(&text, path);
  while (text.length && text.text[text.length - 1] == '\n') text.text[--text.length] = 0;
  lsp_server_tell(s->server, text.length ? text.text : "blockscan: the scan failed without an error message");
  bs_strbuf_fini(&text);
}

static void take_report(session *s) {
  char path[96];
  bs_error error = BS_ERROR_INIT;
  report_document document;
  report_document_init(&document);
  file_in(s, "report.json", path);
  if (report_read_json(&document, path, &error))
    lsp_server_take_report(s->server, &document);
  else
    lsp_server_tell(s->server, error.text.text);
  report_document_fini(&document);
  bs_error_fini(&error);
}

/* An incomplete report (some units are broken) is shown as far as it goes. */
static void end_scan(session *s) {
  int status = 0;
  /* blockscan: ignore[process.waitpid] -- its pidfd has said that it ended */
  while (waitpid(s->scan, &status, 0) < 0 && errno == EINTR) {
  }
  if (s->scan_ended >= 0) close(s->scan_ended);
  s->scan = 0;
  bool is_report =
      WIFEXITED(status) && (WEXITSTATUS(status) == EXIT_CLEAN || WEXITSTATUS(status) == EXIT_INCOMPLETE);
  if (s->again) {
    s->again = false;
    begin_scan(s);
  } else if (is_report) {
    take_report(s);
  } else {
    tell_messages(s);
  }
}

/* False at the end of the input. */
static bool read_input(session *s) {
  char bytes[65536];
  /* blockscan: ignore[*] -- poll has said that there is something */
  ssize_t n = read(STDIN_FILENO, bytes, sizeof bytes);
  if (n < 0) return errno == EINTR || errno == EAGAIN;
  if (n == 0) return false;
  lsp_framing_add(&s->input, bytes, (size_t)n);
  const char *message;
  size_t length;
  enum lsp_framing_result result;
  while ((result = lsp_framing_next(&s->input, &message, &length)) == LSP_MESSAGE)
    lsp_server_handle(s->server, message, length);
  if (result == LSP_BROKEN) lsp_server_broken(s->server);
  return result != LSP_BROKEN;
}

static int serve(session *s) {
  int code;
  while (!lsp_server_has_ended(s->server, &code) && !s->broken) {
    struct pollfd watched[] = {{.fd = STDIN_FILENO, .events = POLLIN},
                               {.fd = s->scan ? s->scan_ended : -1, .events = POLLIN}};
    if (poll(watched, 2, -1) < 0 && errno != EINTR) break;
    if (watched[1].revents) end_scan(s);
    if (watched[0].revents && !read_input(s)) break;
  }
  return lsp_server_has_ended(s->server, &code) ? code : 1;
}

static void end_session(session *s) {
  if (s->scan) {
    kill(s->scan, SIGTERM);
    s->again = false;
    waitpid(s->scan, NULL, 0);
  }
  static const char *const names[] = {"messages", "report.json"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    char path[96];
    file_in(s, names[i], path);
    unlink(path);
  }
  rmdir(s->folder);
  lsp_server_free(s->server);
  lsp_framing_fini(&s->input);
  bs_vec_fini(&s->recordings);
  free(s->root);
}

static error_t parse(int key, char *argument, struct argp_state *state) {
  session *s = state->input;
  switch (key) {
  case OPTION_STDIO: return 0; /* what many clients add; there is no other way */
  case OPTION_RUNTIME: *bs_vec_push(&s->recordings) = argument; return 0;
  case ARGP_KEY_ARGS:
    s->scan_options = state->argv + state->next;
    state->next = state->argc;
    return 0;
  default: return ARGP_ERR_UNKNOWN;
  }
}

static const struct argp_option options[] = {
    {"stdio", OPTION_STDIO, NULL, 0,
     "Speak over stdin and stdout (always the case; accepted for editors that pass it)", 0},
    {"runtime", OPTION_RUNTIME, "FILE", 0,
     "A recording (in the workspace's folder unless absolute): verdicts with times, and lenses at the lines "
     "that were measured; repeatable",
     0},
    {0},
};
static const struct argp argp = {
    .options = options,
    .parser = parse,
    .args_doc = "[-- SCAN-OPTION...]",
    .doc = "Speaks the Language Server Protocol over stdin and stdout: diagnostics with the way from the "
           "callback, the same on hovering, and suppressing with a reason. Scans when it starts and when a "
           "file is saved. What follows -- are options of `blockscan scan`, which is run in the workspace's "
           "folder.\vExit codes: 0 after shutdown and exit, else 1; 2 an error.",
};

static bool make_folder(session *s, bs_error *error) {
  const char *temporary = getenv("TMPDIR");
  if (!temporary || strlen(temporary) > sizeof s->folder - 24) temporary = "/tmp";
  snprintf(s->folder, sizeof s->folder, "%s/blockscan-lsp-XXXXXX", temporary);
  if (mkdtemp(s->folder)) return true;
  return bs_error_set(error, "cannot make %s: %s", s->folder, strerror(errno));
}

static int run(int argc, char **argv) {
  session s = {.scan_ended = -1};
  const lsp_host host = {&s, send, want_scan};
  bs_error error = BS_ERROR_INIT;
  int code = EXIT_ERROR;
  if (cli_parse(&argp, argc, argv, ARGP_IN_ORDER, &s)) {
    if (!make_folder(&s, &error)) {
      code = cli_fail(&error);
    } else {
      s.server = lsp_server_new(&host);
      code = serve(&s);
      end_session(&s);
    }
  }
  bs_error_fini(&error);
  return code;
}

const cli_verb cli_verb_lsp = {
    .name = "lsp",
    .group = "Setup",
    .summary = "serve an editor: the Language Server Protocol over stdin and stdout",
    .argp = &argp,
    .run = run,
};

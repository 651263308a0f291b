/* What stdout and stderr are, and the two ways in which verbs speak to them. */
#include "cli/cli.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

int cli_fail(const bs_error *error) {
  fprintf(stderr, "blockscan: %s\n", bs_error_is_set(error) ? error->text.text : "failed");
  return EXIT_ERROR;
}

static bool is_set(const char *variable) {
  const char *value = getenv(variable);
  return value && *value;
}

bool cli_use_color(enum report_color choice, int fd) {
  if (choice != REPORT_COLOR_AUTO) return choice == REPORT_COLOR_ALWAYS;
  if (is_set("NO_COLOR")) return false;
  if (is_set("CLICOLOR_FORCE") && strcmp(getenv("CLICOLOR_FORCE"), "0") != 0) return true;
  if (is_set("CLICOLOR") && !strcmp(getenv("CLICOLOR"), "0")) return false;
  const char *term = getenv("TERM");
  return isatty(fd) && term && *term && strcmp(term, "dumb") != 0;
}

unsigned cli_terminal_width(int fd) {
  struct winsize size;
  if (!isatty(fd) || ioctl(fd, TIOCGWINSZ, &size) != 0) return 0;
  return size.ws_col;
}

int cli_write_stdout(const bs_strbuf *text) {
  for (size_t done = 0; done < text->length;) {
    ssize_t n = write(STDOUT_FILENO, text->text + done, text->length - done);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) {
      fprintf(stderr, "blockscan: cannot write to stdout: %s\n", strerror(errno));
      return EXIT_ERROR;
    }
    done += (size_t)n;
  }
  return 0;
}

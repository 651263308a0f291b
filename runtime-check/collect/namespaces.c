/* The numbers of threads in another PID namespace than the recorder's: a container, a sandbox.
 *
 * Whose memory it is the kernel says. A thread tells the number that it has itself, and the namespace that it
 * is of. In /proc, the line NSpid lists a task's numbers from the recorder's namespace to its own, which the
 * link ns/pid names. */
#include "runtime-check/collect/watch.h"

#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static uint64_t namespace_of(const char *process) {
  char path[320];
  struct stat s;
  snprintf(path, sizeof path, "/proc/%s/ns/pid", process);
  return stat(path, &s) == 0 ? s.st_ino : 0;
}

/* The last number of NSpid in a status file; 0 when it cannot be read. */
static pid_t innermost(const char *path) {
  bs_strbuf text = BS_STRBUF_INIT;
  pid_t number = 0;
  const char *line = bs_strbuf_read_file(&text, path) == 0 ? strstr(text.text, "\nNSpid:") : NULL;
  const char *end = line ? strchr(line + 1, '\n') : NULL;
  if (end) {
    while (end > line && isdigit((unsigned char)end[-1])) end--;
    number = (pid_t)atoi(end);
  }
  bs_strbuf_fini(&text);
  return number;
}

bool namespace_translate(uint64_t space, pid_t pid, pid_t *tid) {
  char folder[64], path[320];
  pid_t found = 0;
  if (!space || space == namespace_of("self")) return true;
  snprintf(folder, sizeof folder, "/proc/%d/task", (int)pid);
  DIR *tasks = opendir(folder);
  for (struct dirent *entry; tasks && !found && (entry = readdir(tasks));) {
    if (!isdigit((unsigned char)*entry->d_name)) continue;
    snprintf(path, sizeof path, "%s/%.64s/status", folder, entry->d_name);
    if (innermost(path) == *tid) found = (pid_t)atoi(entry->d_name);
  }
  if (tasks) closedir(tasks);
  *tid = found;
  return found != 0;
}

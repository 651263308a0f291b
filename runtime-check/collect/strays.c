/* Processes below the program that did not load the library: it was started with another environment, is
 * statically linked, or may do more than who started it. Nothing can be seen of them, so at least they are
 * counted and named.
 *
 * The recorder adopts what the program leaves, so all are below it. A process is judged a while after it was
 * first seen, when it has become the program that it will be; one that has loaded the library has the shared
 * memory among its mappings. */
#include "runtime-check/collect/recording.h"

#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SETTLE_NS = 200000000, MOST = 4096, DEEPEST = 16 };

static bool has_memory(pid_t pid, bool *known) {
  char path[64];
  bs_strbuf maps = BS_STRBUF_INIT;
  snprintf(path, sizeof path, "/proc/%d/maps", (int)pid);
  *known = bs_strbuf_read_file(&maps, path) == 0 && maps.length;
  bool found = *known && strstr(maps.text, "/memfd:blockscan");
  bs_strbuf_fini(&maps);
  return found;
}

static void count_program(recording *r, pid_t pid) {
  char link[64], path[4096];
  snprintf(link, sizeof link, "/proc/%d/exe", (int)pid);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (length <= 0) return; /* a thread of the kernel, or gone */
  path[length] = 0;
  for (uint32_t i = 0; i < r->stray_programs.count; i++)
    if (!strcmp(r->stray_programs.items[i].path, path)) {
      r->stray_programs.items[i].count++;
      return;
    }
  *bs_vec_push(&r->stray_programs) = (stray_program){bs_strdup(path), 1};
}

static void judge(recording *r, stray *s, uint64_t now) {
  bool known;
  if (s->judged || now < s->seen + SETTLE_NS) return;
  s->judged = true;
  if (!has_memory(s->pid, &known) && known) count_program(r, s->pid);
}

static void meet(recording *r, pid_t pid, uint64_t now) {
  for (uint32_t i = 0; i < r->strays.count; i++)
    if (r->strays.items[i].pid == pid) {
      judge(r, &r->strays.items[i], now);
      return;
    }
  if (r->strays.count < MOST) *bs_vec_push(&r->strays) = (stray){.pid = pid, .seen = now};
}

static void look_below(recording *r, pid_t pid, uint64_t now, int depth);

static void look_at_children(recording *r, const char *path, uint64_t now, int depth) {
  bs_strbuf list = BS_STRBUF_INIT;
  if (bs_strbuf_read_file(&list, path) == 0) {
    char *rest = list.text, *word;
    while ((word = strsep(&rest, " \n"))) {
      pid_t child = (pid_t)atoi(word);
      if (child <= 0) continue;
      if (child != r->program) meet(r, child, now);
      look_below(r, child, now, depth + 1);
    }
  }
  bs_strbuf_fini(&list);
}

/* Each thread has children of its own. */
static void look_below(recording *r, pid_t pid, uint64_t now, int depth) {
  char path[320];
  snprintf(path, sizeof path, "/proc/%d/task", (int)pid);
  DIR *tasks = depth < DEEPEST ? opendir(path) : NULL;
  for (struct dirent *entry; tasks && (entry = readdir(tasks));) {
    if (!isdigit((unsigned char)*entry->d_name)) continue;
    snprintf(path, sizeof path, "/proc/%d/task/%s/children", (int)pid, entry->d_name);
    look_at_children(r, path, now, depth);
  }
  if (tasks) closedir(tasks);
}

void strays_look(recording *r, uint64_t now) {
  if (r->options.follow && !r->attached && r->kind == EXECUTABLE_PLAIN) look_below(r, getpid(), now, 0);
}

void strays_fini(recording *r) {
  for (uint32_t i = 0; i < r->stray_programs.count; i++) free(r->stray_programs.items[i].path);
  bs_vec_fini(&r->stray_programs);
  bs_vec_fini(&r->strays);
}

/* A Python function has no frame of its own on the stack that the processor knows: it is run by the
 * interpreter's evaluator, which (since 3.11) may run many of them in one call. So a stack of such a thread
 * is two: the native one, and the interpreter's own chain. Each call of the evaluator is replaced by the
 * frames that it runs; the C functions between, those of extensions and built-ins, stay.
 *
 * A Python frame in a stack is an address that no program has (python_places' number above TRACEE_PYTHON),
 * in a module "[python]": the rest of the recorder, its file and the reports need not know more. */
#include "runtime-check/collect/python_stack.h"

#include "base/path.h"

#include <stdio.h>

struct tracee_python {
  python *interpreter; /* NULL: none that is known */
  uint64_t evaluator, evaluator_end;
  uint64_t layout; /* of the tracee, when it was looked for */
  bs_map inner_of; /* threads' numbers in their own PID namespace */
  python_chain chain;
  char task[STACK_TASK_MAX];
};

static bool read_memory(const void *process, uint64_t address, void *bytes, size_t length) {
  return tracee_read(process, address, bytes, length) == length;
}

/* "python3.10", "libpython3.8.so.1.0": PY_VERSION_HEX without its lower half. */
static uint32_t version_in_name(const char *path) {
  const char *number = strstr(bs_path_basename(path), "python3.");
  unsigned minor;
  return number && sscanf(number + 8, "%2u", &minor) == 1 ? 0x03000000 | minor << 16 : 0;
}

static uint32_t version_of(tracee *t, const tracee_elf *e) {
  uint64_t address, size;
  uint32_t version = 0;
  if (elf_symbol(t, e, "Py_Version", &address, &size) &&
      tracee_read(t, address, &version, sizeof version) == sizeof version)
    return version;
  return version_in_name(e->row.path);
}

static void look_in(tracee *t, const tracee_elf *e) {
  struct tracee_python *p = t->python;
  uint64_t runtime, size, evaluator, length;
  if (!elf_symbol(t, e, "_PyRuntime", &runtime, &size) ||
      !elf_symbol(t, e, "_PyEval_EvalFrameDefault", &evaluator, &length))
    return;
  const python_memory memory = {read_memory, t};
  p->interpreter = python_new(&memory, runtime, version_of(t, e));
  p->evaluator = evaluator;
  p->evaluator_end = evaluator + length;
}

void python_stack_prepare(tracee *t) {
  if (!t->places) return;
  if (!t->python) t->python = bs_calloc(1, sizeof *t->python);
  struct tracee_python *p = t->python;
  if (p->interpreter) python_find_tasks(p->interpreter);
  if (p->interpreter || p->layout == t->layout) return;
  p->layout = t->layout;
  for (uint32_t i = 0; i < t->modules.count && !p->interpreter; i++) {
    tracee_elf *e = t->modules.items[i];
    if (e->looked_for_python) continue;
    e->looked_for_python = true;
    look_in(t, e);
  }
}

bool stack_has_interpreter(tracee *t) {
  python_stack_prepare(t);
  return t->python && t->python->interpreter;
}

void python_tracee_free(struct tracee_python *p) {
  if (!p) return;
  python_free(p->interpreter);
  bs_map_fini(&p->inner_of);
  free(p);
}

/* The last number of the line NSpid of the thread's status: its own. */
static pid_t read_inner(const tracee *t, pid_t tid) {
  char path[64];
  bs_strbuf text = BS_STRBUF_INIT;
  snprintf(path, sizeof path, "/proc/%d/task/%d/status", (int)t->pid, (int)tid);
  const char *line = bs_strbuf_read_file(&text, path) == 0 ? strstr(text.text, "\nNSpid:") : NULL;
  int inner = (int)tid, number, used;
  for (line = line ? line + 7 : NULL; line && *line != '\n' && sscanf(line, "%d%n", &number, &used) == 1;
       line += used) {
    inner = number;
    if (line[used] == '\n') break;
  }
  bs_strbuf_fini(&text);
  return inner;
}

static pid_t inner_of(tracee *t, pid_t tid) {
  uint32_t inner;
  if (bs_map_find(&t->python->inner_of, (uint64_t)tid, &inner)) return (pid_t)inner;
  inner = (uint32_t)read_inner(t, tid);
  bs_map_add(&t->python->inner_of, (uint64_t)tid, inner, NULL);
  return (pid_t)inner;
}

void python_stack_read(capture *c, pid_t tid, bool inner) {
  struct tracee_python *p = c->t->python;
  if (!p || !p->interpreter) return;
  c->python = python_chain_read(p->interpreter, inner ? tid : inner_of(c->t, tid), &p->chain);
  if (!c->python || !python_task_name(p->interpreter, &p->chain, p->task, sizeof p->task)) *p->task = '\0';
}

/* The merged stack as it grows, innermost first: of a deep one the innermost and the outermost stay. */
typedef struct merged {
  BS_VEC(uint64_t) pc;
  tracee *t;
  const python_chain *chain;
  uint32_t next; /* frame of the chain */
} merged;

static bool is_evaluator(const struct tracee_python *p, uint64_t pc) {
  return pc > p->evaluator && pc <= p->evaluator_end;
}

/* The frames of one call of the evaluator. */
static void add_run(merged *m) {
  bool entry = false;
  while (m->next < m->chain->count && !entry) {
    const python_frame *f = &m->chain->frames[m->next++];
    uint64_t place = python_place_of(m->t->python->interpreter, f, m->t->places);
    if (place) *bs_vec_push(&m->pc) = TRACEE_PYTHON + place;
    entry = f->entry;
  }
}

static uint32_t runs_of(const python_chain *chain) {
  uint32_t runs = 0;
  for (uint32_t i = 0; i < chain->count; i++) runs += chain->frames[i].entry;
  return runs + (chain->count && !chain->frames[chain->count - 1].entry);
}

/* Where both end at the root, the outermost run belongs to the outermost call. A thread that was caught while
 * it entered or left a function has one more of either at the inner end. */
static void merge(merged *m, const stack *in) {
  const struct tracee_python *p = m->t->python;
  uint32_t runs = runs_of(m->chain), calls = 0;
  for (uint32_t i = 0; i < in->count; i++) calls += is_evaluator(p, in->pc[i]);
  bool to_root = m->chain->whole && !in->cut;
  uint32_t bare = to_root && calls > runs ? calls - runs : 0,
           extra = to_root && runs > calls ? runs - calls : 0;
  for (uint32_t i = 0; i < in->count; i++) {
    if (!is_evaluator(p, in->pc[i]) || bare) {
      bare -= bare && is_evaluator(p, in->pc[i]);
      *bs_vec_push(&m->pc) = in->pc[i];
      continue;
    }
    for (; extra; extra--) add_run(m);
    add_run(m);
  }
  while (m->next < m->chain->count) add_run(m); /* of calls beyond the part that was unwound */
}

static void take_merged(const merged *m, stack *out) {
  uint32_t count = m->pc.count, kept = count;
  if (count > STACK_FRAMES_MAX) {
    const uint32_t outer = STACK_FRAMES_MAX - STACK_INNER;
    kept = STACK_FRAMES_MAX;
    memcpy(out->pc, m->pc.items, STACK_INNER * sizeof *out->pc);
    memcpy(out->pc + STACK_INNER, m->pc.items + count - outer, outer * sizeof *out->pc);
    out->omitted += count - kept;
    out->cut = true;
  } else {
    memcpy(out->pc, m->pc.items, count * sizeof *out->pc);
  }
  out->count = kept;
}

void python_stack_merge(capture *c, stack *out) {
  if (!c->python || !c->t->python || !out->count) return;
  merged m = {.t = c->t, .chain = &c->t->python->chain};
  uint64_t first = out->pc[0];
  memcpy(out->task, c->t->python->task, sizeof out->task);
  merge(&m, out);
  if (m.pc.count) {
    take_merged(&m, out);
    out->running &= out->pc[0] == first;
  }
  bs_vec_fini(&m.pc);
}

/* From _PyRuntime to a thread's state, and from there along its frames. */
#include "runtime-check/python/interpreter.h"

enum {
  INTERPRETERS_MAX = 64,
  THREADS_MAX = 4096,
  WINDOW = 2048, /* frames of one chunk of the interpreter's own stack lie next to each other */
  WINDOW_ABOVE = 128,
  FRAME_BYTES = 112, /* up to the end of the last member that is read, at most */
  PTHREAD_TID = 720, /* of glibc's struct pthread on x86-64, since 2.4: the kernel's number */
  OWNER_NONE = 3,    /* FRAME_OWNED_BY_CSTACK, or _INTERPRETER, and what came after them */
  TAGS = 7,          /* of a _PyStackRef: objects are aligned to 16 bytes */
};

bool python_read(const python *p, uint64_t address, void *bytes, size_t length) {
  /* The lowest pages belong to nobody, and user memory ends at 2^47 here. */
  if (address < 4096 || address >= UINT64_C(1) << 47) return false;
  return p->memory.read(p->memory.process, address, bytes, length);
}

bool python_read_word(const python *p, uint64_t address, uint64_t *value) {
  return python_read(p, address, value, sizeof *value);
}

python *python_new(const python_memory *memory, uint64_t runtime, uint32_t version) {
  python_layout layout;
  if (!python_layout_find(memory, runtime, version, &layout)) return NULL;
  python *p = bs_calloc(1, sizeof *p);
  p->memory = *memory;
  p->runtime = runtime;
  p->layout = layout;
  return p;
}

void python_free(python *p) {
  if (!p) return;
  python_codes_fini(p);
  bs_map_fini(&p->thread_of);
  bs_map_fini(&p->code_of);
  bs_vec_fini(&p->states);
  bs_vec_fini(&p->codes);
  free(p);
}

/* The kernel's number of a thread state's thread; 0 when it has none. Before 3.11 only its pthread_t is
 * there, which is the address of what the C library knows of it. */
static pid_t thread_of_state(const python *p, uint64_t state) {
  const python_layout *l = &p->layout;
  uint64_t id;
  int32_t tid = 0;
  if (l->native_id != PYTHON_NONE)
    return python_read_word(p, state + l->native_id, &id) && id <= INT32_MAX ? (pid_t)id : 0;
  if (!python_read_word(p, state + l->thread_id, &id)) return 0;
  return python_read(p, id + PTHREAD_TID, &tid, sizeof tid) ? tid : 0;
}

/* Goes through all thread states; 0 when the thread has none. */
static uint64_t search_state(const python *p, pid_t thread) {
  const python_layout *l = &p->layout;
  uint64_t interpreter, state;
  unsigned left = THREADS_MAX;
  if (!python_read_word(p, p->runtime + l->interpreters, &interpreter)) return 0;
  for (int i = 0; i < INTERPRETERS_MAX && interpreter; i++) {
    if (!python_read_word(p, interpreter + l->threads, &state)) return 0;
    for (; state && left; left--) {
      if (thread_of_state(p, state) == thread) return state;
      if (!python_read_word(p, state + l->thread_next, &state)) break;
    }
    if (!python_read_word(p, interpreter + l->interpreter_next, &interpreter)) return 0;
  }
  return 0;
}

/* A thread state is asked for often, and searched for once. */
static uint64_t state_of(python *p, pid_t thread) {
  uint32_t index;
  bool known = bs_map_find(&p->thread_of, (uint64_t)thread, &index);
  if (known && thread_of_state(p, p->states.items[index]) == thread) return p->states.items[index];
  uint64_t state = search_state(p, thread);
  if (!state) return 0;
  if (known) {
    p->states.items[index] = state;
  } else {
    bs_map_add(&p->thread_of, (uint64_t)thread, p->states.count, NULL);
    *bs_vec_push(&p->states) = state;
  }
  return state;
}

typedef struct window {
  uint64_t start, length;
  char bytes[WINDOW];
} window;

/* Reads a frame, and those below it with it. */
static bool read_frame(const python *p, window *w, uint64_t frame, char *out) {
  if (frame >= w->start && frame - w->start <= w->length && w->length - (frame - w->start) >= FRAME_BYTES) {
    memcpy(out, w->bytes + (frame - w->start), FRAME_BYTES);
    return true;
  }
  w->start = frame + WINDOW_ABOVE - WINDOW;
  w->length = 0;
  if (p->layout.entries != PYTHON_ENTRY_EACH && python_read(p, w->start, w->bytes, WINDOW)) {
    w->length = WINDOW;
    memcpy(out, w->bytes + (frame - w->start), FRAME_BYTES);
    return true;
  }
  return python_read(p, frame, out, FRAME_BYTES);
}

static uint64_t word_at(const char *bytes, uint32_t offset) {
  uint64_t value = 0;
  if (offset + sizeof value <= FRAME_BYTES) memcpy(&value, bytes + offset, sizeof value);
  return value;
}

/* Where the evaluation of a frame stands: bytes from its first instruction, or an address. */
static uint64_t instruction_of(const python_layout *l, const char *bytes) {
  if (!l->instruction_size) return word_at(bytes, l->instruction);
  int32_t last;
  memcpy(&last, bytes + l->instruction, sizeof last);
  return last > 0 ? (uint64_t)last * l->instruction_size : 0;
}

static void add_frame(const python_layout *l, const char *bytes, python_chain *out) {
  char entry = l->entry < FRAME_BYTES ? bytes[l->entry] : 0;
  if (l->entries == PYTHON_ENTRY_OWNER && entry >= OWNER_NONE) {
    if (out->count) out->frames[out->count - 1].entry = true;
    return;
  }
  out->frames[out->count++] =
      (python_frame){.code = word_at(bytes, l->code) & ~(uint64_t)TAGS,
                     .at = instruction_of(l, bytes),
                     .entry = l->entries == PYTHON_ENTRY_EACH || (l->entries == PYTHON_ENTRY_FLAG && entry)};
}

bool python_chain_read(python *p, pid_t thread, python_chain *out) {
  const python_layout *l = &p->layout;
  uint64_t state = thread > 0 ? state_of(p, thread) : 0, frame;
  char bytes[FRAME_BYTES];
  window w;
  w.start = w.length = 0;
  out->count = 0;
  out->whole = false;
  if (!state || !python_read_word(p, state + l->frame, &frame)) return false;
  if (l->frame_indirect != PYTHON_NONE && !python_read_word(p, frame + l->frame_indirect, &frame))
    return false;
  for (unsigned steps = 2 * PYTHON_FRAMES_MAX; frame && out->count < PYTHON_FRAMES_MAX && steps; steps--) {
    if (!read_frame(p, &w, frame, bytes)) return out->count > 0;
    add_frame(l, bytes, out);
    frame = word_at(bytes, l->previous);
  }
  out->whole = !frame;
  if (out->whole && out->count) out->frames[out->count - 1].entry = true;
  return out->count > 0;
}

/* libunwind over memory that was copied from another process: our accessors, and the table of .eh_frame_hdr,
 * so that nothing is unpacked or mapped anew for each stack. What is not known is refused, so that unwinding
 * stops instead of guessing. */
#include "runtime-check/collect/unwind.h"

enum {
  CHUNK = 64 * 1024,
  STEPS_MAX = 1 << 17, /* frames looked at */
  SEARCH_WORDS = 4096, /* of the stack, for a lost rbp */
  READS_MAX = 1 << 22, /* words of a stack and of unwind information: an expression of DWARF may be a loop */
  OUTER = STACK_FRAMES_MAX - STACK_INNER,
};

void capture_fini(capture *c) {
  for (uint32_t i = 0; i < c->chunks.count; i++) free(c->chunks.items[i].bytes);
  bs_vec_fini(&c->chunks);
}

void capture_set(capture *c, unsigned reg, uint64_t value) {
  c->registers[reg] = value;
  c->known |= UINT32_C(1) << reg;
}

bool capture_holds(const capture *c) {
  return !c->guard || atomic_load_explicit(c->guard, memory_order_relaxed) == c->guarded;
}

/* As much of `limit` as there is up to the end of the mapping. */
static size_t up_to_end(const capture *c, uint64_t address, size_t limit) {
  uint64_t end = tracee_end_of(c->t, address);
  return end > address && end - address < limit ? end - address : limit;
}

bool capture_copy_into(capture *c, char *bytes, uint64_t address, size_t limit) {
  unwind_chunk *chunk = bs_vec_push(&c->chunks);
  *chunk = (unwind_chunk){.start = address, .end = address, .bytes = bytes};
  c->last = c->chunks.count - 1;
  chunk->end += tracee_read(c->t, address, bytes, up_to_end(c, address, limit));
  return chunk->end > address;
}

bool capture_copy(capture *c, uint64_t address, size_t limit) {
  limit = up_to_end(c, address, limit);
  return capture_copy_into(c, bs_malloc(limit), address, limit);
}

static bool in_chunk(const unwind_chunk *chunk, uint64_t address, uint64_t *value) {
  if (address < chunk->start || address > chunk->end || chunk->end - address < 8) return false;
  memcpy(value, chunk->bytes + (address - chunk->start), 8);
  return true;
}

static bool in_copies(capture *c, uint64_t address, uint64_t *value) {
  if (c->last < c->chunks.count && in_chunk(&c->chunks.items[c->last], address, value)) return true;
  for (uint32_t i = 0; i < c->chunks.count; i++) {
    if (!in_chunk(&c->chunks.items[i], address, value)) continue;
    c->last = i;
    return true;
  }
  return false;
}

/* The word at an address of the copy (or, where `still`, of the process). */
static bool read_word(capture *c, uint64_t address, uint64_t *value) {
  if (c->reads++ >= READS_MAX) return false;
  if (in_copies(c, address, value) || tracee_read_constant(c->t, address, value, 8)) return true;
  if (!c->still) {
    const tracee_mapping *m = tracee_mapping_of(c->t, address);
    if (!c->missing && m && m->writable) c->missing = address;
    return false;
  }
  return capture_copy(c, address, CHUNK) && in_copies(c, address, value);
}

/* Frames as they come: the innermost, then the last ones in a circle. */
typedef struct frames {
  stack *out;
  uint64_t outer[OUTER];
  uint32_t count;
} frames;

static void add_frame(frames *f, uint64_t pc) {
  if (f->count < STACK_INNER)
    f->out->pc[f->count] = pc;
  else
    f->outer[(f->count - STACK_INNER) % OUTER] = pc;
  f->count++;
}

static void end_frames(frames *f, bool complete) {
  uint32_t outer = f->count > STACK_INNER ? f->count - STACK_INNER : 0, kept = outer > OUTER ? OUTER : outer;
  for (uint32_t i = 0; i < kept; i++) f->out->pc[STACK_INNER + i] = f->outer[(outer - kept + i) % OUTER];
  f->out->omitted = outer - kept;
  f->out->count = f->count - f->out->omitted;
  f->out->cut = !complete || f->out->omitted > 0;
}

#include <libunwind-x86_64.h>

/* Exported by libunwind for its own remote back ends, and declared in no header of its. */
int _Ux86_64_dwarf_search_unwind_table(unw_addr_space_t as, unw_word_t ip, unw_dyn_info_t *di,
                                       unw_proc_info_t *pi, int need_unwind_info, void *arg);

/* Two address spaces, since the cache takes an address for a place of execution or a return address as it
 * came first. */
struct tracee_unwinder {
  unw_addr_space_t cached, uncached;
};

static int find_proc_info(unw_addr_space_t as, unw_word_t ip, unw_proc_info_t *pi, int need_unwind_info,
                          void *arg) {
  capture *c = arg;
  const tracee_mapping *m = tracee_mapping_of(c->t, ip);
  if (!m || !m->elf || !m->elf->hdr) return -UNW_ENOINFO;
  unw_dyn_info_t di = {
      .start_ip = m->elf->row.start,
      .end_ip = m->elf->row.end > m->end ? m->elf->row.end : m->end,
      .format = UNW_INFO_FORMAT_REMOTE_TABLE,
      .u.rti = {.segbase = m->elf->hdr, .table_len = m->elf->fdes, .table_data = m->elf->hdr + 12},
  };
  return _Ux86_64_dwarf_search_unwind_table(as, ip, &di, pi, need_unwind_info, arg);
}

static void put_unwind_info(unw_addr_space_t as, unw_proc_info_t *pi, void *arg) {
  (void)as, (void)pi, (void)arg;
}

static int no_dynamic_info(unw_addr_space_t as, unw_word_t *address, void *arg) {
  (void)as, (void)address, (void)arg;
  return -UNW_ENOINFO;
}

static int access_mem(unw_addr_space_t as, unw_word_t address, unw_word_t *value, int write, void *arg) {
  (void)as;
  if (write) return -UNW_EINVAL;
  return read_word(arg, address, value) ? 0 : -UNW_EINVAL;
}

static int access_reg(unw_addr_space_t as, unw_regnum_t reg, unw_word_t *value, int write, void *arg) {
  (void)as;
  capture *c = arg;
  if (write || reg < 0 || reg >= UNWIND_REGISTERS) return -UNW_EBADREG;
  if (!(c->known >> reg & 1)) {
    if (reg == UNW_X86_64_RBP) c->wants_rbp = true;
    return -UNW_EBADREG;
  }
  *value = c->registers[reg];
  return 0;
}

static int no_fpreg(unw_addr_space_t as, unw_regnum_t reg, unw_fpreg_t *value, int write, void *arg) {
  (void)as, (void)reg, (void)value, (void)write, (void)arg;
  return -UNW_EBADREG;
}

static int no_resume(unw_addr_space_t as, unw_cursor_t *cursor, void *arg) {
  (void)as, (void)cursor, (void)arg;
  return -UNW_EINVAL;
}

static int no_proc_name(unw_addr_space_t as, unw_word_t address, char *name, size_t size, unw_word_t *offset,
                        void *arg) {
  (void)as, (void)address, (void)name, (void)size, (void)offset, (void)arg;
  return -UNW_ENOINFO;
}

static unw_addr_space_t new_space(unw_caching_policy_t policy) {
  unw_accessors_t accessors = {
      .find_proc_info = find_proc_info,
      .put_unwind_info = put_unwind_info,
      .get_dyn_info_list_addr = no_dynamic_info,
      .access_mem = access_mem,
      .access_reg = access_reg,
      .access_fpreg = no_fpreg,
      .resume = no_resume,
      .get_proc_name = no_proc_name,
  };
  unw_addr_space_t space = unw_create_addr_space(&accessors, 0);
  if (space) unw_set_caching_policy(space, policy);
  return space;
}

static unw_addr_space_t space_of(capture *c) {
  struct tracee_unwinder *u = c->t->unwinder;
  if (!u) {
    u = c->t->unwinder = bs_calloc(1, sizeof *u);
    u->cached = new_space(UNW_CACHE_GLOBAL);
    u->uncached = new_space(UNW_CACHE_NONE);
  }
  return c->returned_to ? u->cached : u->uncached;
}

void unwinder_free(struct tracee_unwinder *u) {
  if (!u) return;
  if (u->cached) unw_destroy_addr_space(u->cached);
  if (u->uncached) unw_destroy_addr_space(u->uncached);
  free(u);
}

void unwinder_flush(struct tracee_unwinder *u) {
  if (u && u->cached) unw_flush_cache(u->cached, 0, 0);
}

static bool is_code(const tracee *t, uint64_t pc) {
  const tracee_mapping *m = tracee_mapping_of(t, pc);
  return m && m->executable;
}

/* Remembers the frame that could not be left. */
static void note_lost(capture *c, unw_cursor_t *cursor, unw_word_t sp) {
  unw_proc_info_t info;
  c->lost_sp = sp;
  c->lost_function = unw_get_proc_info(cursor, &info) == 0 ? info.start_ip : 0;
}

/* Steps from frame to frame until the root: a frame whose return address is undefined or 0. */
static bool walk(capture *c, frames *f) {
  unw_cursor_t cursor;
  unw_word_t pc, sp = c->registers[UNWIND_RSP];
  uint64_t first = c->registers[UNWIND_RIP];
  unw_addr_space_t space = space_of(c);
  if (!space || !is_code(c->t, first)) return false;
  add_frame(f, first);
  /* libunwind takes the first address for a place of execution: a return address stands behind its call. */
  if (c->returned_to) c->registers[UNWIND_RIP]--;
  int status = unw_init_remote(&cursor, space, c);
  c->registers[UNWIND_RIP] = first;
  while (status >= 0 && f->count < STEPS_MAX) {
    int interrupted = unw_is_signal_frame(&cursor);
    unw_cursor_t before = cursor;
    unw_get_reg(&cursor, UNW_REG_SP, &sp);
    status = unw_step(&cursor);
    if (status < 0 && c->wants_rbp) note_lost(c, &before, sp);
    if (status == 0) return true;
    if (status < 0 || unw_get_reg(&cursor, UNW_REG_IP, &pc) < 0) return false;
    if (pc == 0) return true;
    if (!is_code(c->t, pc)) return false;
    add_frame(f, interrupted > 0 ? pc + 1 : pc);
  }
  return false;
}

bool unwind(capture *c, stack *out) {
  frames f = {.out = out};
  c->wants_rbp = false;
  c->lost_sp = 0;
  bool complete = walk(c, &f);
  end_frames(&f, complete);
  return complete;
}

/* Unwinds with rbp = base; keeps the stack when it reaches the root and agrees with what was known without
 * it. */
static bool try_base(capture *c, uint64_t base, stack *out) {
  stack *found = bs_calloc(1, sizeof *found);
  uint32_t known = c->known;
  found->running = out->running;
  capture_set(c, UNWIND_RBP, base);
  bool good = unwind(c, found) && found->count >= out->count &&
              memcmp(found->pc, out->pc, out->count * sizeof *out->pc) == 0;
  c->known = known;
  if (good) *out = *found;
  free(found);
  return good;
}

/* Whether a return address stands behind a direct call of the function: e8, then the distance. */
static bool returns_from(capture *c, uint64_t back, uint64_t function) {
  unsigned char call[5];
  int32_t distance;
  if (!tracee_read_constant(c->t, back - sizeof call, call, sizeof call) || call[0] != 0xe8) return false;
  memcpy(&distance, call + 1, sizeof distance);
  return back + (uint64_t)(int64_t)distance == function;
}

/* A function that needs rbp has pushed its caller's at its frame's base, below its return address: the lowest
 * base that leads to the root is the one. Where the return address stands behind a direct call of that very
 * function there is no doubt. */
bool unwind_searching(capture *c, stack *out) {
  if (unwind(c, out)) return true;
  if (!c->lost_sp) return false;
  uint64_t first = (c->lost_sp + 7) & ~UINT64_C(7), function = c->lost_function, back;
  for (int certain = 1; certain >= 0; certain--) {
    for (uint64_t base = first; base < first + SEARCH_WORDS * 8 && read_word(c, base + 8, &back); base += 8) {
      if (!is_code(c->t, back) || returns_from(c, back, function) != (certain == 1)) continue;
      if (try_base(c, base, out)) return true;
    }
  }
  return false;
}

/* A hostile module in memory: its headers, notes and unwind information are what the input says, and so is
 * the stack. The headers are read, stacks are unwound from several places of it; that always ends, and soon.
 */
#include "fuzz.h"
#include "runtime-check/collect/unwind.h"

#include <sys/mman.h>

#define IMAGE UINT64_C(0x10000000)
#define STACK UINT64_C(0x20000000)
enum { IMAGE_SIZE = 16384, STACK_SIZE = 1024 };

static char *map_at(uint64_t address, size_t size) {
  char *page = mmap((void *)address, size, PROT_READ | PROT_WRITE,
                    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
  if (page == MAP_FAILED) abort();
  return page;
}

static void take_stack(tracee *t, const uint8_t *bytes, uint64_t pc, bool still) {
  capture c = {.t = t, .still = still, .returned_to = pc % 2};
  stack *out = calloc(1, sizeof *out);
  for (unsigned r = 0; r < UNWIND_REGISTERS; r++)
    if (r == UNWIND_RSP || r == UNWIND_RIP || r == UNWIND_RBX || (pc & 4 && r == UNWIND_RBP))
      capture_set(&c, r, STACK + 64);
  capture_set(&c, UNWIND_RIP, pc);
  char *copy = bs_malloc(STACK_SIZE);
  memcpy(copy, bytes, STACK_SIZE);
  *bs_vec_push(&c.chunks) = (unwind_chunk){STACK, STACK + STACK_SIZE, copy};
  unwind_searching(&c, out);
  if (out->count > STACK_FRAMES_MAX) abort();
  capture_fini(&c);
  free(out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static char *image, *words;
  if (!image) {
    image = map_at(IMAGE, IMAGE_SIZE);
    words = map_at(STACK, 4096);
  }
  size_t used = size < IMAGE_SIZE ? size : IMAGE_SIZE;
  memset(image, 0, IMAGE_SIZE);
  memcpy(image, data, used);
  /* The stack is the image's end: return addresses that lead back into it among others. */
  uint8_t bytes[STACK_SIZE];
  for (size_t i = 0; i < STACK_SIZE; i++) bytes[i] = used ? data[(used - 1 - i % used)] : 0;
  for (size_t i = 0; i + 8 <= STACK_SIZE; i += 24) {
    uint64_t back = IMAGE + bytes[i] * 16u;
    memcpy(bytes + i, &back, 8);
  }
  memcpy(words, bytes, STACK_SIZE);
  tracee *t = tracee_new(getpid());
  tracee_elf e = {.row = {.start = IMAGE, .file = -1, .path = "/fuzz.so", .build_id = NULL, .pid = getpid()}};
  if (elf_read(t, IMAGE, image, 4096, &e)) {
    *bs_vec_push(&t->mappings) = (tracee_mapping){IMAGE, IMAGE + IMAGE_SIZE, 0, true, false, true, &e};
    *bs_vec_push(&t->mappings) = (tracee_mapping){STACK, STACK + 4096, 0, true, true, false, NULL};
    for (uint64_t at = 0; at < 8; at++) take_stack(t, bytes, IMAGE + 0x1000 + at * 9, at & 1);
    take_stack(t, bytes, IMAGE + (bytes[1] | bytes[2] << 8) % IMAGE_SIZE, true);
  }
  tracee_free(t);
  return 0;
}

/* Shared memory that a hostile program writes, before and while the recorder reads it. The input is a list of
 * words and where they go; its second half is written by a thread while the watchdog looks. Whatever comes of
 * it can be reported. Numbers of processes in it are this process' or nobody's, so that no other one is
 * stopped or read. */
#include "evidence/observed.h"
#include "fuzz_check.h"
#include "runtime-check/collect/observe.h"

#include <fcntl.h>
#include <pthread.h>
#include <stddef.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>

enum { SLOTS_USED = 4, NOBODY = 0x3ffffff0 };

typedef struct change {
  uint64_t offset, value;
  uint8_t size;
} change;

static BS_VEC(change) changes;
static char *memory;
static atomic_bool stop;

/* Where something interesting lies: the head, a slot's head, its ring, its sites, its names, a copy. */
static uint64_t place(fuzz_input *in) {
  uint64_t slot = sizeof(layout_head) + (fuzz_byte(in) % SLOTS_USED) * sizeof(layout_slot),
           row = fuzz_byte(in);
  uint64_t copy =
      sizeof(layout_head) + LAYOUT_SLOTS * sizeof(layout_slot) + row % LAYOUT_COPIES * sizeof(layout_copy);
  switch (fuzz_byte(in) % 8) {
  case 0: return fuzz_byte(in) % 8 * 8 + offsetof(layout_head, threshold_ns);
  case 1: return offsetof(layout_head, ask) + fuzz_byte(in) % 8 * 4;
  case 2: return offsetof(layout_head, copies_made) + fuzz_byte(in) % (LAYOUT_COPIES + 1) * 4;
  case 3: return slot + row % 32 * 8;
  case 4: return slot + offsetof(layout_slot, head) + (uint64_t)(row % 3) * 8;
  case 5:
    return slot + offsetof(layout_slot, events) + row % 16 * sizeof(layout_event) + fuzz_byte(in) % 9 * 8;
  case 6: return slot + offsetof(layout_slot, sites) + row % 8 * sizeof(layout_site) + fuzz_byte(in) % 16 * 8;
  default:
    return row & 1 ? slot + offsetof(layout_slot, names) + row % 8 * sizeof(layout_name)
                   : copy + fuzz_byte(in) % 16 * 8;
  }
}

static bool is_number_of_process(uint64_t offset) {
  if (offset >= offsetof(layout_head, ask) && offset < offsetof(layout_head, ask) + 32) return false;
  if (offset < sizeof(layout_head)) return false;
  uint64_t within = (offset - sizeof(layout_head)) % sizeof(layout_slot);
  return offset < sizeof(layout_head) + LAYOUT_SLOTS * sizeof(layout_slot) &&
         within < offsetof(layout_slot, generation);
}

static void apply(uint32_t first, uint32_t count) {
  for (uint32_t i = first; i < first + count; i++) {
    const change *c = &changes.items[i];
    if (!is_number_of_process(c->offset))
      __atomic_store_n((uint32_t *)(memory + c->offset), (uint32_t)c->value, __ATOMIC_SEQ_CST);
    if (c->size == 8 && !is_number_of_process(c->offset + 4))
      __atomic_store_n((uint32_t *)(memory + c->offset + 4), (uint32_t)(c->value >> 32), __ATOMIC_SEQ_CST);
  }
}

static void *keep_writing(void *unused) {
  (void)unused;
  while (!atomic_load(&stop)) apply(changes.count / 2, changes.count - changes.count / 2);
  return NULL;
}

static void take_slots(layout_head *head, uint8_t how) {
  for (uint32_t i = 0; i < SLOTS_USED; i++) {
    layout_slot *s = &layout_slots(head)[i];
    s->pid = how >> i & 1 ? (uint32_t)getpid() : NOBODY;
    s->tid = how >> i & 1 ? (uint32_t)getpid() : NOBODY + i;
    s->state = i % 2 ? LAYOUT_LOOP : LAYOUT_THREAD;
    s->generation = 1 + i;
    s->busy_since = clock_now() - 50000000;
  }
  head->taken[0] = (1 << SLOTS_USED) - 1;
}

static void tell(const observation *one, bs_strbuf *out) {
  report_document document;
  bs_error none = BS_ERROR_INIT;
  report_document_init(&document);
  document.root_path = "/src";
  if (observed_only(one, &document, &none)) report_write_text(&document, &(report_options){0}, out);
  report_document_fini(&document);
  bs_error_fini(&none);
}

static void report(recording *r) {
  account v;
  memory_observation seen;
  report_document document;
  bs_error error = BS_ERROR_INIT;
  report_document_init(&document);
  document.root_path = "/src";
  account_init(&v, r);
  memory_observation_init(&seen, &v);
  if (!observed_alone(&seen.made, fuzz_rules(), NULL, &document, &error)) abort();
  fuzz_check_document(&document);
  report_document_fini(&document);
  memory_observation_fini(&seen);
  account_fini(&v);
}

static int new_memory(uint64_t threshold) {
  int fd = memfd_create("fuzz", MFD_ALLOW_SEALING);
  if (fd < 0 || ftruncate(fd, (off_t)layout_size()) != 0 || fcntl(fd, F_ADD_SEALS, LAYOUT_SEALS) != 0) abort();
  memory = mmap(NULL, layout_size(), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_NORESERVE, fd, 0);
  if (memory == MAP_FAILED) abort();
  layout_begin((layout_head *)memory, threshold);
  return fd;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  fuzz_input in = {data, data + (size < 4000 ? size : 4000)};
  uint8_t how = fuzz_byte(&in);
  changes.count = 0;
  while (in.at < in.end) {
    uint64_t offset = place(&in);
    uint64_t value = (uint64_t)fuzz_number(&in);
    *bs_vec_push(&changes) = (change){offset, value, fuzz_byte(&in) % 4 ? 8 : 4};
  }
  int fd = new_memory(how & 64 ? 0 : 10000000);
  take_slots((layout_head *)memory, how);
  apply(0, changes.count / 2);
  int offers[2];
  if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, offers) != 0) abort();
  const recording_ends ends = {
      .memory = fd,
      .control = eventfd(1, EFD_CLOEXEC), /* readable: the watchdog looks once, and once more at the end */
      .offers = offers[0],
  };
  recording r;
  bs_error error = BS_ERROR_INIT;
  recording_options options = {.threshold_ns = 10000000, .follow = how & 32, .tell = tell};
  if (recording_join(&r, &options, getpid(), &ends, &error)) {
    pthread_t writer;
    atomic_store(&stop, false);
    bool writes = how & 128 && pthread_create(&writer, NULL, keep_writing, NULL) == 0;
    watch(&r, -1);
    atomic_store(&stop, true);
    if (writes) pthread_join(writer, NULL);
    report(&r);
  }
  recording_fini(&r);
  close(offers[1]);
  munmap(memory, layout_size());
  bs_error_fini(&error);
  return 0;
}

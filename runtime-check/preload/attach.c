/* Joining a recording, and the slots: which thread has one, from its first wait to its end. */
#include "runtime-check/shared/attach.h"
#include "runtime-check/preload/marks.h"

#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

_Thread_local thread_self preload_self;
recording_view preload_view = {.clock = clock_gettime};

enum {
  FIRST_LEVEL_KEYS = 32
}; /* glibc keeps the values of these in the thread itself; later ones it allocates */

static uint64_t own_namespace; /* of process ids; 0 unknown */
enum { EPOCH_NONE = UINT32_MAX }; /* in the page: nothing is recorded, or not yet */
static uint32_t last_epoch; /* what the page holds, or held in the parent before a fork */
static pthread_key_t end_key;
static bool has_end_key;

static void end_thread(void *slot) {
  thread_self *self = &preload_self;
  self->active = false;
  self->ended = true;
  if (!self->slot || self->slot != slot || self->epoch != atomic_load(preload_view.epoch)) return;
  atomic_store_explicit(&self->slot->busy_since, 0, memory_order_relaxed);
  atomic_store_explicit(&self->slot->state, LAYOUT_ENDED, memory_order_release);
  self->slot = NULL;
}

static bool parse_number(const char **text, uint64_t *number) {
  char *end;
  if (**text < '0' || **text > '9') return false;
  *number = strtoull(*text, &end, 10);
  *text = end;
  return true;
}

/* FD:INODE:NS; false when the variable is not there or not ours. */
static bool find_offers(const char *text) {
  uint64_t fd, inode, threshold;
  return text && parse_number(&text, &fd) && fd <= INT32_MAX && *text++ == ':' &&
         parse_number(&text, &inode) && *text++ == ':' && parse_number(&text, &threshold) && !*text &&
         region_offers_through((int)fd, inode, threshold);
}

/* A page that the child of a fork finds zeroed. Without one (Linux before 4.14) nothing is recorded: a child
 * would write into its parent's slot. */
static _Atomic uint32_t *make_epoch(void) {
  size_t size = (size_t)sysconf(_SC_PAGESIZE);
  /* cppcheck-suppress invalidFunctionArg */
  void *page = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (page == MAP_FAILED) return NULL;
  if (madvise(page, size, MADV_WIPEONFORK) == 0) return page;
  munmap(page, size);
  return NULL;
}

static void use_memory(layout_head *head) {
  preload_view.slots = layout_slots(head);
  __atomic_store_n(&preload_view.head, head, __ATOMIC_RELEASE);
}

/* In a child of fork: memory of its own, where the parent's was. False when it is not to be had: the child is
 * not watched. */
static bool leave_parent(void) {
  layout_head *head = preload_view.passive ? NULL : region_offer(preload_view.head);
  if (head)
    use_memory(head);
  else
    region_forget(preload_view.head);
  return head != NULL;
}

/* The epoch of this process, 0 without one. In a fork's child the first thread that asks begins a new one; it
 * stays EPOCH_NONE when that cannot be. */
static uint32_t own_epoch(void) {
  uint32_t epoch = atomic_load(preload_view.epoch);
  if (likely(epoch)) return epoch == EPOCH_NONE ? 0 : epoch;
  if (!atomic_compare_exchange_strong(preload_view.epoch, &epoch, EPOCH_NONE))
    return epoch == EPOCH_NONE ? 0 : epoch;
  if (!leave_parent()) return 0;
  uint32_t next = __atomic_add_fetch(&last_epoch, 1, __ATOMIC_RELAXED);
  atomic_store(preload_view.epoch, next);
  return next;
}

/* At once: later the program may have closed what the collector is reached by. */
static void in_child(void) {
  int before = errno;
  if (preload_view.head) own_epoch();
  errno = before;
}

static void make_end_key(void) {
  if (has_end_key) return;
  has_end_key = pthread_key_create(&end_key, end_thread) == 0;
  if (has_end_key && end_key >= FIRST_LEVEL_KEYS) {
    pthread_key_delete(end_key);
    has_end_key = false;
  }
}

/* Of a process that filters its calls: as it was before, or in a child of fork its only thread's. */
static uint32_t process_id(uint32_t tid) {
  static uint32_t of_epoch, pid;
  uint32_t epoch = current_epoch();
  if (__atomic_load_n(&of_epoch, __ATOMIC_ACQUIRE) == epoch) return __atomic_load_n(&pid, __ATOMIC_RELAXED);
  uint32_t found = preload_view.passive ? tid : (uint32_t)getpid();
  struct stat s;
  if (!preload_view.passive) own_namespace = stat("/proc/self/ns/pid", &s) == 0 ? s.st_ino : 0;
  __atomic_store_n(&pid, found, __ATOMIC_RELAXED);
  __atomic_store_n(&of_epoch, epoch, __ATOMIC_RELEASE);
  return found;
}

/* musl has all names that this library needs but these. They are weak, so that a program of that C library,
 * started by one that is recorded, is run all the same. Nothing of it is watched. */
// NOLINTBEGIN(bugprone-reserved-identifier)
extern int __register_atfork(void (*prepare)(void), void (*parent)(void), void (*child)(void), void *object)
    __attribute__((weak));
extern void *__dso_handle __attribute__((visibility("hidden")));
// NOLINTEND(bugprone-reserved-identifier)
extern __typeof__(dlvsym) dlvsym __attribute__((weak));

static bool is_glibc(void) { return &__register_atfork && &dlvsym; }

static bool tell_children(void) { return __register_atfork(NULL, NULL, in_child, &__dso_handle) == 0; }

/* A new epoch, so that threads leave the slots that they had. The memory that was stays: threads may be at
 * work in it. */
bool preload_record_into(layout_head *head) {
  __atomic_store_n(&bs_runtime_recorder, NULL, __ATOMIC_RELAXED);
  if (!head) return true;
  if (!preload_view.epoch) {
    preload_view.epoch = make_epoch();
    if (!preload_view.epoch || !tell_children()) return false;
  }
  make_end_key();
  use_memory(head);
  atomic_store(preload_view.epoch, __atomic_add_fetch(&last_epoch, 1, __ATOMIC_RELAXED));
  process_id((uint32_t)getpid()); /* while it may be asked */
  __atomic_store_n(&bs_runtime_recorder, head, __ATOMIC_RELEASE);
  return true;
}

/* By its name in the list of loaded objects: nothing is loaded. */
static void find_clock(void) {
  void *vdso = dlopen("linux-vdso.so.1", RTLD_LAZY | RTLD_LOCAL | RTLD_NOLOAD);
#if defined(__x86_64__)
  void *found = vdso ? dlvsym(vdso, "__vdso_clock_gettime", "LINUX_2.6") : NULL;
#elif defined(__aarch64__)
  void *found = vdso ? dlvsym(vdso, "__kernel_clock_gettime", "LINUX_2.6.39") : NULL;
#else
  void *found = NULL;
#endif
  if (found) *(void **)&preload_view.clock = found;
}

/* The C library keeps the id of each thread in its descriptor: at this offset, in all releases of glibc for
 * this machine since 2005. */
static void find_thread_id(void) {
#if defined(__x86_64__) && defined(__LP64__) && defined(__GLIBC__)
  enum { TID_AT = 0x2d0 };
  const volatile uint32_t *tid = (const volatile uint32_t *)((uintptr_t)pthread_self() + TID_AT);
  if (*tid == (uint32_t)own_call(SYS_gettid)) preload_view.tid_at = TID_AT;
#endif
}

/* 0: not to be had. */
static uint32_t thread_id(void) {
  if (!preload_view.passive) return (uint32_t)own_call(SYS_gettid);
  if (!preload_view.tid_at) return 0;
  return *(const volatile uint32_t *)((uintptr_t)pthread_self() + preload_view.tid_at);
}

void preload_attach(void) {
  int before = errno;
  if (!is_glibc()) return;
  preload_resolve_all();
  find_clock();
  find_thread_id();
  if (find_offers(secure_getenv(ATTACH_VARIABLE))) preload_record_into(region_offer(NULL));
  errno = before;
}

#ifndef BLOCKSCAN_DIRECT /* the test's main() attaches by itself */
__attribute__((constructor(101))) static void attach_at_start(void) {
  preload_attach();
  dlerror(); /* a function that this C library lacks is no error of the program's */
}
#endif

static void clear_words(_Atomic uint64_t *words, size_t bytes) {
  for (size_t i = 0; i < bytes / sizeof *words; i++)
    if (atomic_load_explicit(&words[i], memory_order_relaxed))
      atomic_store_explicit(&words[i], 0, memory_order_relaxed);
}

/* Everything but the ring itself, which `head` guards. */
static void clear_slot(layout_slot *slot) {
  if (atomic_load_explicit(&slot->sites_used, memory_order_relaxed))
    clear_words(&slot->sites[0].pc, sizeof slot->sites);
  clear_words(&slot->busy_since, offsetof(layout_slot, events) - offsetof(layout_slot, busy_since));
}

static layout_slot *take_slot(void) {
  uint32_t tid = thread_id();
  for (uint32_t i = 0; tid && i < LAYOUT_SLOTS; i++) {
    layout_slot *slot = &preload_view.slots[(tid + i) % LAYOUT_SLOTS];
    uint32_t expected = LAYOUT_FREE;
    if (atomic_load_explicit(&slot->state, memory_order_relaxed) != LAYOUT_FREE) continue;
    if (!atomic_compare_exchange_strong(&slot->state, &expected, LAYOUT_THREAD)) continue;
    uint32_t index = (uint32_t)(slot - preload_view.slots);
    clear_slot(slot);
    atomic_fetch_or(&preload_view.head->taken[index / 64], UINT64_C(1) << index % 64);
    atomic_store(&slot->pid, process_id(tid));
    atomic_store(&slot->pid_namespace, own_namespace);
    atomic_store(&slot->tid, tid);
    atomic_fetch_add(&slot->generation, 1);
    bell_look();
    return slot;
  }
  atomic_fetch_add(&preload_view.head->slots_refused, 1);
  return NULL;
}

thread_self *preload_watch(void) {
  if (likely(!preload_view.head)) return NULL;
  thread_self *self = &preload_self;
  uint32_t epoch = own_epoch();
  if (!epoch) return NULL;
  if (likely(self->slot && self->epoch == epoch)) return self;
  if (self->ended && self->epoch == epoch) return NULL;
  int before = errno;
  entry_registers entry = self->entry;
  *self = (thread_self){.entry = entry, .epoch = epoch, .publish_in = 1};
  self->slot = take_slot();
  self->ended = !self->slot;
  if (self->slot && has_end_key) pthread_setspecific(end_key, self->slot);
  errno = before;
  return self->slot ? self : NULL;
}

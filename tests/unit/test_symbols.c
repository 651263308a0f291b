/* Addresses to names: inlined functions, the ELF symbol tables, a file that was rebuilt since, and code made at run time. */
#include "runtime-check/collect/collect.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

static tracee *self;
static symbols *names;

static int begin(void **state) {
  (void)state;
  self = tracee_new(getpid());
  names = symbols_new(NULL);
  return 0;
}

static int end(void **state) {
  (void)state;
  symbols_free(names);
  tracee_free(self);
  return 0;
}

static uint64_t return_address;

static __attribute__((noinline)) void note_caller(void) {
  return_address = (uint64_t)(uintptr_t)__builtin_return_address(0);
  __asm__ volatile("" ::: "memory");
}

static inline __attribute__((always_inline)) void inner_part(void) {
  note_caller();
  __asm__ volatile("" ::: "memory");
}

static inline __attribute__((always_inline)) void middle_part(void) { inner_part(); }

static __attribute__((noinline)) unsigned outer_part(void) {
  middle_part();
  return __LINE__ - 1;
}

static void test_inlined_functions(void **state) {
  (void)state;
  unsigned line = outer_part();
  const module_row *module = tracee_module(self, return_address);
  assert_non_null(module);
  assert_true(module->start <= return_address && return_address < module->end);
  for (int i = 0; i < 2; i++) { /* the second answer comes from the cache */
    frame_list frames = {0};
    symbols_find(names, module, return_address, true, &frames);
    assert_int_equal(frames.count, 3);
    const char *const expected[] = {"inner_part", "middle_part", "outer_part"};
    for (uint32_t k = 0; k < 3; k++) {
      assert_string_equal(frames.items[k].function, expected[k]);
      assert_non_null(strstr(frames.items[k].file, "test_symbols.c"));
      assert_int_equal(frames.items[k].inlined, k < 2);
      assert_string_equal(frames.items[k].module, module->path);
    }
    assert_int_equal(frames.items[2].line, line);
    bs_vec_fini(&frames);
  }
}

static void assert_name(const module_row *module, uint64_t pc, bool is_return, const char *name) {
  frame_list frames = {0};
  symbols_find(names, module, pc, is_return, &frames);
  assert_int_equal(frames.count, 1);
  assert_string_equal(frames.items[0].function, name);
  assert_null(frames.items[0].file);
  bs_vec_fini(&frames);
}

/* libstdc++ of a distribution has no DWARF, and C++ names in .dynsym. */
static void test_dynamic_symbols_are_demangled(void **state) {
  (void)state;
  void *library = dlopen("libstdc++.so.6", RTLD_NOW);
  assert_non_null(library);
  uint64_t pc = (uint64_t)(uintptr_t)dlsym(library, "_ZSt20__throw_length_errorPKc");
  assert_int_not_equal(pc, 0);
  tracee_refresh(self);
  const module_row *module = tracee_module(self, pc);
  assert_non_null(module);
  assert_non_null(strstr(module->path, "libstdc++"));
  frame_list frames = {0};
  symbols_find(names, module, pc, false, &frames);
  assert_int_equal(frames.count > 0, 1);
  assert_string_equal(frames.items[frames.count - 1].function, "std::__throw_length_error(char const*)");
  bs_vec_fini(&frames);
  dlclose(library);
}

static void test_a_rebuilt_file_gives_no_names(void **state) {
  (void)state;
  outer_part();
  module_row other = *tracee_module(self, return_address);
  other.build_id = "00112233445566778899aabbccddeeff00112233";
  assert_name(&other, return_address, true, "");
}

static void test_a_missing_file_gives_no_names(void **state) {
  (void)state;
  const module_row module = {.path = "/nowhere/at/all", .build_id = "", .file = -1};
  assert_name(&module, 0x1234, true, "");
}

/* What V8 says of a function of a script is taken apart. */
static void assert_handle(const module_row *module, uint64_t pc, bool is_return) {
  frame_list frames = {0};
  symbols_find(names, module, pc, is_return, &frames);
  assert_int_equal(frames.count, 1);
  assert_string_equal(frames.items[0].function, "handle");
  assert_string_equal(frames.items[0].file, "server.js");
  assert_int_equal(frames.items[0].line, 7);
  bs_vec_fini(&frames);
}

static void test_code_made_at_run_time(void **state) {
  (void)state;
  char path[64];
  snprintf(path, sizeof path, "/tmp/perf-%d.map", (int)getpid());
  int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  assert_true(fd >= 0);
  void *code = mmap(NULL, 8192, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  assert_ptr_not_equal(code, MAP_FAILED);
  uint64_t at = (uint64_t)(uintptr_t)code;
  dprintf(fd, "%lx 100 old name\nnot a line\n%lx 40 LazyCompile:*handle server.js:7:1\n%lx 40 next\n",
          (unsigned long)at, (unsigned long)at, (unsigned long)at + 0x40);
  close(fd);
  tracee_refresh(self);
  const module_row *module = tracee_module(self, at + 0x10);
  assert_non_null(module);
  assert_string_equal(module->path, "[jit]");
  assert_handle(module, at + 0x10, false);
  assert_handle(module, at + 0x40, true);
  assert_name(module, at + 0x40, false, "next");
  assert_name(module, at + 0x90, false, "old name");
  assert_name(module, at + 0x1000, false, "");
  unlink(path);
  munmap(code, 8192);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(test_inlined_functions, begin, end),
      cmocka_unit_test_setup_teardown(test_dynamic_symbols_are_demangled, begin, end),
      cmocka_unit_test_setup_teardown(test_a_rebuilt_file_gives_no_names, begin, end),
      cmocka_unit_test_setup_teardown(test_a_missing_file_gives_no_names, begin, end),
      cmocka_unit_test_setup_teardown(test_code_made_at_run_time, begin, end),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

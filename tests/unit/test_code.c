/* The lengths of instructions and where they lead, and what that says of a function: where its loop ends. */
#include "runtime-check/collect/code.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

typedef struct sample {
  const char *bytes;
  uint32_t length;
  enum code_flow flow;
  uint64_t to;
} sample;

static void test_instructions(void **state) {
  (void)state;
  const sample samples[] = {
      {"\x90", 1, CODE_NEXT, 0},
      {"\xf3\x0f\x1e\xfa", 4, CODE_NEXT, 0},                                 /* endbr64 */
      {"\x48\x8b\x84\x24\x00\x01\x00\x00", 8, CODE_NEXT, 0},                 /* mov 0x100(%rsp),%rax */
      {"\x48\xb8\x01\x02\x03\x04\x05\x06\x07\x08", 10, CODE_NEXT, 0},        /* movabs */
      {"\x66\xc7\x05\x01\x00\x00\x00\x02\x00", 9, CODE_NEXT, 0},             /* movw $2,1(%rip) */
      {"\xf6\xc1\x01", 3, CODE_NEXT, 0},                                     /* test $1,%cl */
      {"\xf6\xd1", 2, CODE_NEXT, 0},                                         /* not %cl */
      {"\x66\x0f\x3a\x0f\xc1\x08", 6, CODE_NEXT, 0},                         /* palignr */
      {"\xc5\xf8\x77", 3, CODE_NEXT, 0},                                     /* vzeroupper */
      {"\xc4\xe3\x7d\x39\xc1\x01", 6, CODE_NEXT, 0},                         /* vextracti128 */
      {"\x62\xf1\xfe\x48\x6f\x46\x01", 7, CODE_NEXT, 0},                     /* vmovdqu64 64(%rsi),%zmm0 */
      {"\xe8\x10\x00\x00\x00", 5, CODE_NEXT, 0},
      {"\x75\xfe", 2, CODE_BRANCH, 0x1000},
      {"\x0f\x84\x00\x01\x00\x00", 6, CODE_BRANCH, 0x1106},
      {"\xeb\x02", 2, CODE_JUMP, 0x1004},
      {"\xe9\xfb\xff\xff\xff", 5, CODE_JUMP, 0x1000},
      {"\xc3", 1, CODE_ENDS, 0},
      {"\x0f\x0b", 2, CODE_ENDS, 0},
      {"\x3e\xff\xe0", 3, CODE_SOMEWHERE, 0},                                /* notrack jmp *%rax */
      {"\x06", 1, CODE_INVALID, 0},
  };
  for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) {
    uint8_t bytes[15] = {0};
    memcpy(bytes, samples[i].bytes, samples[i].length);
    code_instruction got = code_decode(bytes, sizeof bytes, 0x1000);
    assert_int_equal(got.length, samples[i].length);
    assert_int_equal(got.flow, samples[i].flow);
    if (samples[i].to) assert_int_equal(got.to, samples[i].to);
  }
  /* Fewer bytes than it has. */
  assert_int_equal(code_decode((const uint8_t *)"\xe8\x01", 2, 0).flow, CODE_INVALID);
}

#if defined(__x86_64__)
/* A loop with a place in it and one behind it; a loop that begins where a call returns to, so that its jumps
 * lead there; a switch. */
__asm__(".text\n"
        "code_test_begin: call code_test_behind\n"
        "code_test_returned: nop\n"
        "code_test_inside: call code_test_behind\n"
        "cmp $1, %eax\n"
        "jne code_test_begin\n"
        "code_test_behind: nop\n"
        "ret\n"
        "code_test_run: call code_test_begin\n"
        "code_test_ran: call code_test_behind\n"
        "code_test_waited: cmp $1, %eax\n"
        "jne code_test_ran\n"
        "ret\n"
        "code_test_switch: nop\n"
        "jmp *%rax\n");
extern const char code_test_returned[], code_test_inside[], code_test_behind[], code_test_switch[],
    code_test_run[], code_test_ran[], code_test_waited[];

static void test_ways(void **state) {
  (void)state;
  tracee *t = tracee_new(getpid());
  uint64_t wait = (uintptr_t)code_test_returned, ran = (uintptr_t)code_test_ran;
  assert_non_null(tracee_module(t, wait));
  assert_int_equal(code_reaches(t, (uintptr_t)code_test_inside, wait), CODE_WAY_THERE);
  assert_int_equal(code_reaches(t, (uintptr_t)code_test_behind, wait), CODE_WAY_NONE);
  assert_int_equal(code_reaches(t, (uintptr_t)code_test_run, ran), CODE_WAY_THERE);
  assert_int_equal(code_reaches(t, (uintptr_t)code_test_waited, ran), CODE_WAY_NONE);
  assert_int_equal(code_reaches(t, (uintptr_t)code_test_switch, wait), CODE_WAY_UNKNOWN);
  assert_int_equal(code_reaches(t, 16, wait), CODE_WAY_UNKNOWN);
  tracee_free(t);
}
#endif

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_instructions),
#if defined(__x86_64__)
      cmocka_unit_test(test_ways),
#endif
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

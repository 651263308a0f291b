/* What a build's command line becomes for libclang. Each case gives the words behind what every unit gets. */
#include "analyzer/frontend/command.h"
#include "analyzer/frontend/frontend.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void check(const char *file, const char *command, const char *expected) {
  bs_arena arena = {0};
  path_list words = {0};
  bs_strbuf text = BS_STRBUF_INIT;
  command_split(&arena, command, &words);
  compdb_entry entry = {
      .directory = "/p", .file = file, .output = "", .arguments = words.items, .narguments = words.count};
  uint32_t count, i = 0;
  const char *const *arguments = clang_arguments(&arena, &entry, "/llvm/lib/clang/19", &count);
  assert_null(arguments[count]);
  while (i < count && strcmp(arguments[i], "-resource-dir") != 0) i++;
  assert_true(i + 3 < count);
  assert_string_equal(arguments[i + 1], "/llvm/lib/clang/19");
  assert_string_equal(arguments[i + 2], "-x");
  for (i += 3; i < count; i++) bs_strbuf_addf(&text, "%s%s", text.length ? " " : "", arguments[i]);
  assert_string_equal(text.text, expected);
  bs_strbuf_fini(&text);
  bs_vec_fini(&words);
  bs_arena_fini(&arena);
}

static void knows_the_language(void **state) {
  (void)state;
  check("/p/a.c", "cc -c a.c", "c");
  check("/p/a.cc", "gcc -c a.cc", "c++");
  check("/p/a.C", "gcc -c a.C", "c++");
  check("/p/a.c", "g++-12 -c a.c", "c++");
  check("/p/a.c", "/usr/bin/clang++ -c a.c", "c++");
  check("/p/a.c", "cc -xc++ -c a.c", "c++");
  check("/p/a.cpp", "cc -x c -c a.cpp", "c");
  check("/p/a.c", "cc -std=c++17 -c a.c", "c");
  check("/p/a.c", "cc -std=gnu11 -c a.c", "c -std=gnu11");
}

static void skips_launchers(void **state) {
  (void)state;
  check("/p/a.c", "ccache gcc -DX a.c", "c -DX");
  check("/p/a.c", "/usr/bin/ccache distcc /opt/gcc -DX a.c", "c -DX");
  check("/p/a.c", "env -u HOME A=b C=d sccache g++ -DX a.c", "c++ -DX");
  check("/p/a.c", "CCACHE_DIR=/x ccache gcc -DX a.c", "c -DX");
  check("/p/a.c", "libtool --tag=CC --mode=compile gcc -DX a.c", "c -DX");
  check("/p/a.c", "/bin/sh ../libtool --silent --mode=compile gcc -DX a.c", "c -DX");
}

static void drops_what_must_not_act_twice(void **state) {
  (void)state;
  check("/p/a.c", "cc -c a.c -o a.o -MD -MMD -MP -MF a.d -MT a.o -MQa.o -MG -E -S", "c");
  check("/p/a.c", "cc -Werror -Wall -pedantic -save-temps=obj -fplugin=x.so -specs=y -g3 -pipe a.c", "c");
  check("/p/a.c",
        "cc -Wl,-rpath,x -lfoo -L lib -z now -T script -u sym -Xlinker -s -fuse-ld=gold -flto=auto a.c", "c");
  check("/p/a.c", "cc -Wp,-MD,a.d,-DX -Wp,-U,Y a.c", "c -DX -U Y");
  check("/p/a.c",
        "cc -fconserve-stack -ftrivial-auto-var-init=zero --param x=3 -fprofile-arcs "
        "-mpreferred-stack-boundary=4 a.c",
        "c");
  check("/p/a.c", "clang -Xclang -include-pch -Xclang a.pch -Xclang -include -Xclang a.h a.c",
        "c -include-pch a.pch -Xclang -include -Xclang a.h"); /* see precompiled.c */
  check("/p/a.c", "cc other.o a.c -o", "c");
}

static void keeps_what_decides(void **state) {
  (void)state;
  check(
      "/p/a.c",
      "cc -DX -D Y=1 -UZ -include z.h -O2 -pthread -fno-builtin-malloc -funsigned-char -fPIC -fno-exceptions "
      "a.c",
      "c -DX -D Y=1 -UZ -Xclang -include -Xclang z.h -O2 -pthread -fno-builtin-malloc -funsigned-char -fPIC "
      "-fno-exceptions");
  check("/p/a.c", "cc -march=native -mavx2 -msse4.2 -mno-avx512f -m32 a.c",
        "c -march=native -mavx2 -msse4.2 -mno-avx512f -m32");
}

static void tells_the_source_of_sanitizers(void **state) {
  (void)state;
  check("/p/a.c", "gcc -fsanitize=address,undefined a.c",
        "c -Xclang -fsanitize=address -D__SANITIZE_ADDRESS__=1");
  check("/p/a.c", "clang-19 -fsanitize=memory a.c", "c -Xclang -fsanitize=memory");
  check("/p/a.c", "clang -fsanitize=thread a.c", "c -Xclang -fsanitize=thread");
  check("/p/a.c", "gcc -fsanitize=thread -fno-sanitize=all a.c", "c");
  check("/p/a.c", "gcc -fsanitize=undefined -fno-sanitize=address a.c", "c");
}

static void makes_folders_absolute(void **state) {
  (void)state;
  check("/p/a.c", "cc -I. -Iinc -I ./x -I../up -I/abs a.c", "c -I/p -I/p/inc -I /p/x -I/p/../up -I/abs");
  check("/p/a.c", "cc -iquote q -isystem s -idirafter d a.c", "c -iquote /p/q -isystem /p/s -idirafter /p/d");
  check("/p/a.c", "cc --sysroot=r -isysroot r -I=usr a.c", "c --sysroot=/p/r -isysroot /p/r -I=usr");
}

static void derives_the_target(void **state) {
  (void)state;
  check("/p/a.c", "mips64-linux-gnu-gcc-12 a.c", "c --target=mips64-linux-gnu");
  check("/p/a.cc", "/usr/bin/riscv64-none-elf-g++ a.cc", "c++ --target=riscv64-none-elf");
  check("/p/a.c", "ccache x86_64-w64-mingw32-cc a.c", "c --target=x86_64-w64-mingw32");
  check("/p/a.c", "clang --target=riscv64-linux-gnu a.c", "c --target=riscv64-linux-gnu");
  check("/p/a.c", "mips64-linux-gnu-clang -target armv7-linux a.c", "c -target armv7-linux");
  check("/p/a.c", "musl-gcc a.c", "c");
  check("/p/a.c", "afl-clang a.c", "c");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(knows_the_language),     cmocka_unit_test(skips_launchers),
      cmocka_unit_test(keeps_what_decides),     cmocka_unit_test(drops_what_must_not_act_twice),
      cmocka_unit_test(derives_the_target),     cmocka_unit_test(tells_the_source_of_sanitizers),
      cmocka_unit_test(makes_folders_absolute),
  };
  return cmocka_run_group_tests_name("arguments", tests, NULL, NULL);
}

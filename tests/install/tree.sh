# tree.sh BUILD_FOLDER: installs it into an empty prefix and runs what is there, moved, without an environment variable.
set -eu
build=$1
unset BLOCKSCAN_RULES
cmake --install "$build" --prefix "$TMP/first" >/dev/null
mv "$TMP/first" "$TMP/prefix"
prefix=$TMP/prefix

for file in bin/blockscan share/blockscan/rules/schema.json include/blockscan/annotations.h include/blockscan/runtime.h \
  lib/blockscan/runtime/libblockscan.so share/pkgconfig/blockscan.pc share/pkgconfig/blockscan-runtime.pc \
  share/cmake/blockscan/blockscanConfig.cmake share/man/man1/blockscan.1 share/bash-completion/completions/blockscan \
  share/zsh/vendor-completions/_blockscan share/fish/vendor_completions.d/blockscan.fish; do
  [ -s "$prefix/$file" ] || { echo "missing: $file"; exit 1; }
done

bash -n "$prefix/share/bash-completion/completions/blockscan"
man --warnings "$prefix/share/man/man1/blockscan.1" 2>&1 >/dev/null | tee "$TMP/man.log"
[ ! -s "$TMP/man.log" ] || exit 1

mkdir "$TMP/project"
cd "$TMP/project"
cat >server.c <<'END'
#include <ev.h>
#include <unistd.h>
static void on_timer(struct ev_loop *loop, ev_timer *timer, int events) {
  (void)loop, (void)timer, (void)events;
  sleep(2);
}
int main(void) {
  struct ev_loop *loop = ev_default_loop(0);
  ev_timer timer;
  ev_timer_init(&timer, on_timer, 1, 0);
  ev_timer_start(loop, &timer);
  ev_run(loop, 0);
}
END
printf '[{"directory": "%s", "file": "server.c", "arguments": ["cc", "-c", "server.c"]}]\n' "$PWD" >compile_commands.json
status=0
env -i PATH=/usr/bin:/bin "$prefix/bin/blockscan" scan --no-cache --color=never compile_commands.json >report.txt || status=$?
cat report.txt
[ "$status" = 1 ] || { echo "exit code $status, expected 1"; exit 1; }
grep -q '^server\.c:5:3: error: .*sleep' report.txt

# The package files lead to that same program.
found=$(PKG_CONFIG_PATH=$prefix/share/pkgconfig pkg-config --variable=blockscan blockscan)
[ "$("$found" --version)" = "$("$prefix/bin/blockscan" --version)" ]
cat >CMakeLists.txt <<'END'
cmake_minimum_required(VERSION 3.25)
project(user C)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
find_package(blockscan 0.2 REQUIRED)
add_library(server OBJECT server.c)
target_link_libraries(server PRIVATE blockscan::annotations)
blockscan_add_scan(scan --no-cache --fail-on never)
enable_testing()
add_executable(held held.c)
blockscan_add_test(NAME held THRESHOLD 50ms COMMAND held 100)
blockscan_add_test(NAME free THRESHOLD 10s COMMAND held 1)
END
cat >held.c <<'END'
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>
int main(int count, char **arguments) {
  for (int i = 0; i < 5; i++) {
    struct pollfd none = {.fd = -1};
    poll(&none, 1, 5);
    if (i == 3) usleep((useconds_t)atoi(arguments[count - 1]) * 1000);
  }
}
END
cmake -S . -B out -G Ninja "-DCMAKE_PREFIX_PATH=$prefix" >/dev/null
cmake --build out --target scan | grep -q 'server\.c:5:3: error: '
cmake --build out --target held >/dev/null
ctest --test-dir out >tests.txt || true
grep -q 'free .*Passed' tests.txt && grep -q 'held .*Failed' tests.txt || { cat tests.txt; exit 1; }
grep -q '<failure' out/held.stalls.xml && ! grep -q '<failure' out/free.stalls.xml

# The CTest example: both tests pass, and with a callback that sleeps both fail.
for slow in OFF ON; do
  threshold=$([ $slow = ON ] && echo 50ms || echo 20s)
  cmake -S "$BLOCKSCAN_SOURCE/examples/ci/ctest" -B ctest -G Ninja "-DCMAKE_PREFIX_PATH=$prefix" -DTICKER_SLOW=$slow \
    -DTICKER_THRESHOLD="$threshold" >/dev/null
  cmake --build ctest >/dev/null
  ctest --test-dir ctest >$slow.txt || true
done
[ "$(grep -c ' Passed ' OFF.txt)" = 2 ] && [ "$(grep -c '\*\*\*Failed ' ON.txt)" = 2 ] || { cat OFF.txt ON.txt; exit 1; }

# A program that starts a recorder itself, linked in both ways; the recorder is the installed one.
cat >marked.c <<'END'
#include <blockscan/runtime.h>
#include <stdio.h>
#include <unistd.h>
static void tell(const bs_stall *stall, void *data) {
  (void)data;
  fputs(stall->text, stdout);
}
int main(void) {
  if (bs_runtime_start(NULL) != 0) return puts(bs_runtime_error()), 1;
  BS_NO_STALLS_CALL("nap", 50 * BS_MILLISECOND, tell, NULL) usleep(200000);
  return bs_runtime_stop();
}
END
cat >>CMakeLists.txt <<'END'
add_executable(marked marked.c)
target_link_libraries(marked PRIVATE blockscan::runtime)
END
cmake --build out --target marked >/dev/null
# shellcheck disable=SC2046 # several words
cc -o marked marked.c $(PKG_CONFIG_PATH=$prefix/share/pkgconfig pkg-config --cflags --libs blockscan-runtime)
for program in out/marked ./marked; do
  env -i PATH=/usr/bin:/bin "$program" >marked.txt || { cat marked.txt; exit 1; }
  grep -q "Scope 'nap' stalled .* in usleep" marked.txt || { cat marked.txt; exit 1; }
done

# The rules that are used are those that were installed.
rm "$prefix/share/blockscan/rules/blocking/sleep.json"
env -i PATH=/usr/bin:/bin "$prefix/bin/blockscan" scan --no-cache -q compile_commands.json >report.txt
! grep sleep report.txt || exit 1

# The recorder finds its library beside the installed program.
env -i PATH=/usr/bin:/bin "$prefix/bin/blockscan" record -o "$TMP/stalls.db" -- sh -c 'exit 5' 2>"$TMP/record.txt" || status=$?
[ "$status" = 5 ] || { cat "$TMP/record.txt"; exit 1; }
grep -q 'no event loop was seen' "$TMP/record.txt"

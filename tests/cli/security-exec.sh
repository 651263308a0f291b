# No compile database makes clang, or blockscan, run a program: forty of them ask for it, each in another way, with programs of the names
# that clang's driver knows first in PATH.
set -eu
fail() { echo "FAILED: $*" >&2; exit 1; }
command -v strace >/dev/null || exit 77
strace -f -o "$TMP/probe" true 2>/dev/null || exit 77 # ptrace is not allowed here

cd "$TMP"
mkdir bin
for name in nvptx-arch amdgpu-arch offload-arch clang clang++ gcc cc g++ nvcc hipcc as ld ld.lld ptxas fatbinary objcopy xcrun wrapper ml64 cl; do
  printf '#!/bin/sh\necho %s >>%s/RAN\n' "$name" "$TMP" >"bin/$name"
  chmod +x "bin/$name"
done
printf 'int answer(void) { return 42; }\n' >a.c
cp a.c a.cc
cp a.c a.cu
printf '%s\n' '-fopenmp' '-fopenmp-targets=nvptx64' >nvptx.rsp
printf '*cc1:\n%s/bin/wrapper %%(cc1)\n' "$TMP" >specs

cat >commands <<'END_OF_COMMANDS'
cc -fopenmp -fopenmp-targets=nvptx64 -c a.c
cc -fopenmp -fopenmp-targets=nvptx64-nvidia-cuda -c a.c
cc -fopenmp -fopenmp-targets=amdgcn-amd-amdhsa -c a.c
cc -fopenmp --offload-arch=native -c a.c
cc -fopenmp --offload-arch=sm_70 -c a.c
cc -fopenmp=libomp -fopenmp-targets=x86_64,nvptx64 -c a.c
cc -Xclang -fopenmp-targets=nvptx64 -fopenmp -c a.c
cc -Xpreprocessor -fopenmp-targets=nvptx64 -fopenmp -c a.c
cc -Wp,-fopenmp,-fopenmp-targets=nvptx64 -c a.c
cc @nvptx.rsp -c a.c
clang++ -x cuda --cuda-gpu-arch=native -c a.cu
clang++ -x cuda --offload-arch=native -c a.cu
clang++ -x hip --offload-arch=native -c a.cu
clang++ -x hip -c a.cu
clang++ -c a.cu
nvcc -arch=native -c a.cu
clang --target=amdgcn-amd-amdhsa -mcpu=native -c a.c
clang --target=nvptx64-nvidia-cuda -march=native -c a.c
clang -target nvptx64 -march=native -c a.c
clang -target amdgcn -mcpu=native -c a.c
clang -march=native -target nvptx64 -c a.c
clang -cl-std=CL2.0 -x cl -c a.c
cc -fplugin=./bin/wrapper -c a.c
clang -Xclang -load -Xclang ./bin/wrapper -c a.c
clang -fpass-plugin=./bin/wrapper -c a.c
clang -Xclang -plugin -Xclang evil -c a.c
cc -wrapper ./bin/wrapper -c a.c
cc -specs=specs -c a.c
cc --specs=specs -c a.c
cc -B./bin -c a.c
cc -B bin -no-integrated-as -c a.c
clang -fno-integrated-cc1 -c a.c
clang -fno-integrated-as -save-temps -c a.c
clang --config=nvptx.rsp -c a.c
clang -fuse-ld=./bin/wrapper -flto -c a.c
clang -ccc-install-dir bin -c a.c
clang --gcc-toolchain=bin -c a.c
clang --sysroot=bin -isysroot bin -c a.c
clang --target=x86_64-apple-macosx -c a.c
clang --target=x86_64-pc-windows-msvc -fms-compatibility -c a.c
./bin/wrapper gcc -c a.c
ccache ./bin/clang -c a.c
END_OF_COMMANDS
[ "$(wc -l <commands)" -ge 40 ] || fail "fewer than forty databases"

n=0
while read -r command; do
  n=$((n + 1))
  file=${command##* }
  printf '{"directory": "%s", "file": "%s", "command": "%s"},\n' "$TMP" "$file" "$command" >>all
  printf '[{"directory": "%s", "file": "%s", "command": "%s"}]' "$TMP" "$file" "$command" >"$n.json"
done <commands
# All at once, and the ones with a cross compiler's name or a language of its own by themselves.
{ echo '['; sed '$s/,$//' all; echo ']'; } >compile_commands.json
export ASAN_OPTIONS="${ASAN_OPTIONS:-}:detect_leaks=0" # the leak checker cannot run under a tracer
for database in compile_commands.json 1.json 11.json 17.json; do
  PATH=$TMP/bin:$PATH strace -f -qq -e trace=execve,execveat -o trace "$BLOCKSCAN" scan -q -j1 --no-cache --root . "$database" >out 2>err || :
  grep -c execve trace >count || :
  [ "$(cat count)" = 1 ] || { cat trace >&2; fail "$database: a program was run"; }
done
[ ! -e RAN ] || fail "ran $(cat RAN)"
# The trace sees what is run.
strace -f -qq -e trace=execve -o trace sh -c 'bin/clang; :'
[ "$(grep -c execve trace)" -ge 2 ] || fail "the trace shows nothing"

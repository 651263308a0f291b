# exports.sh LIBRARY RUN_FUNCTIONS: it exports the rows of hooks.def, the marks of runtime.h and nothing else, and needs the C library only.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
rows() { cat "$BLOCKSCAN_SOURCE"/runtime-check/shared/hooks*.def "$2"; }
rows "$@" | sed -nE 's/^(WAIT_LIBRARY|RUN)\(([a-z_0-9]+),.*/\2/p' | sort >"$folder/library"
rows "$@" | sed -nE 's/^(WAIT|HOOK_LOCK|HOOK_VOID|HOOK_FORMAT_VOID)\(([A-Za-z_0-9]+),.*/\2/p
  s/^(HOOK|HOOK_FD|HOOK_TAKES|HOOK_OPENS|HOOK_OWN|HOOK_FORMAT|TRACKED|WAIT_OTHER)\([^,]+, ([A-Za-z_0-9]+),.*/\2/p' | sort >"$folder/hooks"
sed -nE 's/^(__attribute__.*)?extern .*[ *](bs_runtime_[a-z_]+)[(;].*/\2/p' "$BLOCKSCAN_SOURCE/runtime-check/include/blockscan/runtime.h" >"$folder/marks"
sort "$folder/library" "$folder/hooks" "$folder/marks" >"$folder/wanted"
nm -D --defined-only "$1" | awk '{ print $NF }' | sort >"$folder/exported"
diff "$folder/wanted" "$folder/exported"
[ "$(wc -l <"$folder/wanted")" -gt 500 ]
# A name that the C library does not have would be a hook that is never called.
libc=$(ldd "$1" | awk '$1 ~ /^libc\.so/ { print $3 }')
nm -D --defined-only "$libc" | awk '{ sub(/@.*/, "", $NF); print $NF }' | sort -u >"$folder/libc"
comm -23 "$folder/hooks" "$folder/libc" >"$folder/unknown"
[ ! -s "$folder/unknown" ] || { cat "$folder/unknown"; exit 1; }
readelf -d "$1" | sed -n 's/.*NEEDED.*\[\(.*\)\]/\1/p' | sort >"$folder/needed"
! grep -v '^libc\.so\|^ld-linux' "$folder/needed"
# Nothing of what a watched thread must not do.
nm -D --undefined-only "$1" | awk '{ sub(/@.*/, "", $NF); print $NF }' >"$folder/used"
! grep -xE '(m|c|re)alloc|free|__tls_get_addr|printf|fprintf|snprintf|fwrite|sigaction|signal|_Unwind_.*|pthread_mutex_(un)?lock' "$folder/used"
# What musl does not have is weak: a program of that C library inherits the variable and must start.
! nm -D --undefined-only "$1" | awk '$1 == "U" { sub(/@.*/, "", $NF); print $NF }' | grep -xE '__register_atfork|dlvsym|dladdr1|_dl_find_object|__libc_stack_end'

# What cannot be watched is said: processes that lost the preloaded library, and programs of another C library, which start all the same.
set -eu
. "$(dirname "$0")/record-helpers"
cd "$TMP"
record 0 -- sh -c 'env -i sleep 1 & env -i sleep 1; wait'
says 'not observable: 2 processes did not load the library'
says "$(readlink -f "$(command -v sleep)") (2)"
record 0 -- sh -c 'sleep 1 & sleep 1; wait'
says_not 'did not load the library'

# A loader by that name, which is the usual one in truth.
loader=$(readelf -l "$(command -v sleep)" | sed -n 's/.*interpreter: \(.*\)\]/\1/p')
ln -s "$loader" ld-musl-x86_64.so.1
echo 'int main(void) { return __builtin_getenv("LD_PRELOAD") ? 1 : 5; }' | sed 's/__builtin_getenv/getenv/; 1s/^/char *getenv(const char *); /' >musl.c
cc -o musl musl.c -Wl,--dynamic-linker="$TMP/ld-musl-x86_64.so.1"
record 5 -- ./musl
says 'the program uses the C library musl'
# Bounds are not said to be kept by a program that nobody saw.
record 1 --fail-over 1s -- ./musl

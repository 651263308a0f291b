# Databases that are missing, broken or empty, and entries that cannot be parsed: clear words, never exit code 0.
set -eu
. "$(dirname "$0")/helpers"
cd "$TMP"

extract 2 nowhere.json --dump
says nowhere.json
: >empty.json
extract 2 empty.json --dump
says 'empty.json:1:1: the file is empty; expected an array of compile commands'
printf '[\n  {"directory": "/", "file": ' >truncated.json
extract 2 truncated.json --dump
says 'truncated.json:2:'
echo '{"file": "a.c"}' >object.json
extract 2 object.json --dump
says 'expected an array of compile commands'
echo '[]' >none.json
extract 2 none.json --dump
says 'no usable entry'
printf '[\n{"directory": "."},\n3]' >useless.json
extract 2 useless.json --dump
says 'useless.json:2: an entry without "file"'

# Broken units: named, and exit code 3 past --max-broken. The others are still there.
echo 'int good(void) { return 1; }' >good.c
echo '#include "missing.h"' >header.c
echo 'int bad(void) { return 1 ' >syntax.c
cat >broken.json <<'END'
[{"directory": ".", "file": "good.c", "command": "cc -c good.c"},
 {"directory": ".", "file": "gone.c", "command": "cc -c gone.c"},
 {"directory": ".", "file": "header.c", "command": "cc -c header.c"},
 {"directory": ".", "file": "syntax.c", "command": "cc -c syntax.c"}]
END
extract 3 broken.json --dump --no-cache
says gone.c
says missing.h
says syntax.c
prints good
extract 3 broken.json --dump --no-cache --max-broken 2
extract 0 broken.json --dump --no-cache --max-broken 3

# A header that appears is seen: broken units are not kept.
extract 3 broken.json --dump
echo '/* nothing */' >missing.h
settle
extract 0 broken.json --dump --max-broken 2
if grep -q missing.h "$TMP/err"; then fail "missing.h is still missed"; fi

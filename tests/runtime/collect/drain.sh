# drain.sh PROGRAM, in a folder of its own ($TMP): it reports no race. Address randomisation is turned off where that is allowed.
set -eu
if setarch -R true 2>/dev/null; then
  exec setarch -R "$1" "$TMP/stalls.db"
fi
exec "$1" "$TMP/stalls.db"

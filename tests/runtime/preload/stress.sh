# stress.sh PROGRAM: it reports no race. Address randomisation is turned off where that is allowed.
set -eu
if setarch -R true 2>/dev/null; then
  exec setarch -R "$1"
fi
exec "$1"

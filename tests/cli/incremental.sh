# After any edit (calls, callbacks, stores, lines, units, a header, the configuration) an answer made with what
# is kept of earlier runs is that of a fresh scan, byte for byte; also when what is kept is damaged, cut short
# or an old one.
set -eu
exec python3 "$(dirname "$0")/incremental.py" "$BLOCKSCAN" "$TMP" 8

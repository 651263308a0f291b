# Which callback a stall of a program's own loop is in, and which line of it, when there is more than one that it could be.
set -eu
. "$(dirname "$0")/record-helpers"
cd "$TMP"
program=$BLOCKSCAN_PROGRAMS/dispatch

# A function that calls both handlers from one place is a dispatcher, and they are the callbacks.
record 0 --threshold 30ms -- "$program" handlers 80
holds '[.stalls[] | select(.duration_ms >= 79) | .callback] == ["on_read", "on_write"]'

# A callback stays one, whatever it calls through a pointer: the loop calls different functions from one place, too.
record 0 --threshold 30ms -- "$program" methods 80
holds '[.stalls[] | select(.duration_ms >= 79) | .callback] == ["on_read", "on_read", "on_write"]'

# The line that the most time was seen on speaks for the stall, not the first one that was seen.
record 0 --threshold 30ms -- "$program" parts 60
holds '[.stalls[] | select(.duration_ms >= 419)] | length == 1 and (.[0].samples | length >= 3)'
holds '.stalls[] | select(.duration_ms >= 419) | .samples[0].stack | map(.function) | index("short_part") != null'
says "long_part"
says_not "short_part"

# One that is over as soon as it is a stall has its whole stack: it was taken before.
record 0 --threshold 400ms -- "$program" once 400
holds '[.stalls[] | select(.duration_ms >= 400)] | length == 1 and .[0].callback == "dispatch" and .[0].culprit.function == "rest"'

# Functions that were inlined do not make a wait lie too deep for a loop's: an interpreter's does.
record 0 --threshold 100ms -- "$program" deep 200
holds '[.stalls[] | select(.duration_ms >= 200)] | length == 1 and .[0].culprit.function == "rest"'

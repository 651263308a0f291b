# What programs say and return is the same under the recorder, which takes stacks of all that lasts a millisecond.
set -eu
. "$(dirname "$0")/record-helpers"
cd "$TMP"
programs=$BLOCKSCAN_PROGRAMS/../preload
for name in transparent signals early throws; do
  [ "$name" != throws ] || [ -e "$programs/preload-$name" ] || continue # there was no C++ compiler
  code=0
  "$programs/preload-$name" >plain || code=$?
  [ -s plain ] || fail "$name says nothing"
  record "$code" --threshold 1ms -- "$programs/preload-$name"
  cmp plain out || { diff plain out >&2 || :; fail "$name says something else"; }
  holds '.loops | length > 0'
done
# And the recorder did look: stacks were taken.
record 5 --threshold 1ms -- "$programs/preload-transparent"
holds '[.stalls[] | select(.samples | length > 0)] | length >= 1'

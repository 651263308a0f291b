# Loops that wait by reading an eventfd, a timerfd, a signalfd, inotify or a netlink group have iterations and stalls; a poll in such a
# loop is a call of it. Elsewhere such a read is none of a loop's waits: in a callback it holds the loop, behind a wait it ends nothing.
set -eu
. "$(dirname "$0")/record-helpers"
cd "$TMP"
program=$BLOCKSCAN_PROGRAMS/reads
held='[.stalls[] | select(.api == "usleep" and .culprit.function == "handle" and .duration_ms >= 59)] | length == 1'
for kind in eventfd eventfd_read timerfd signalfd inotify netlink; do
  for way in '' polls first; do
    [ $kind != netlink ] || "$program" $kind || continue # not everybody may
    [ $kind = timerfd ] || [ $kind = eventfd ] || [ -z "$way" ] || continue
    # shellcheck disable=SC2086 # no word is none
    record 0 --threshold 30ms -- "$program" $way $kind
    holds '.loops | length == 1 and .[0].library == "own" and .[0].iterations >= 7 and .[0].iterations <= 14'
    holds "$held"
    holds '[.stalls[] | select(.api != "usleep" and .duration_ms >= 59)] == []'
    [ "$way" != polls ] || holds 'any(.calls[]; .api == "poll" and .calls >= 7)'
  done
done

record 0 --threshold 30ms -- "$program" behind
holds '.loops | length == 1 and .[0].iterations >= 9 and .[0].iterations <= 13'
holds "$held"
record 0 --threshold 30ms -- "$program" within
holds '.loops | length == 1 and .[0].iterations >= 9 and .[0].iterations <= 13'
holds '[.stalls[] | select(.api == "read" and .callback == "ask" and .duration_ms >= 59)] | length == 1'

record 0 -- "$program" once
holds '.loops == []'

# Loops that wait for signals or messages have iterations and stalls.
set -eu
. "$(dirname "$0")/record-helpers"
cd "$TMP"
for kind in sigwait sigwaitinfo sigtimedwait msgrcv mq_receive mq_timedreceive; do
  case $kind in mq_*) "$BLOCKSCAN_PROGRAMS/queues" $kind || continue ;; esac # a kernel without them
  record 0 --threshold 30ms -- "$BLOCKSCAN_PROGRAMS/queues" $kind
  holds '.loops | length == 1 and .[0].iterations >= 7'
  holds '[.stalls[] | select(.api == "usleep" and .culprit.function == "handle" and .duration_ms >= 59)] | length == 1'
  holds '[.stalls[] | select(.duration_ms >= 200)] == []'
done

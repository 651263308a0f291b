#!/bin/sh
# The story of pdf-ingest in five steps: demo.sh BLOCKSCAN BUILD [STEP…], from any folder. Without steps: find, prove, join.
#
#   reproduce   one client, then fifty: the latency grows with every client
#   find        scan the source
#   prove       record the running service
#   join        one report: what was found beside what was seen
#   verify      the service without the blocking endpoint: nothing is found, nothing stalls, ten requests overlap
#   predict     what the recording predicts for the fix, beside what the fixed service is when it is recorded
#   load        100 and 1,000 requests at once against both endpoints: tables and charts (some minutes)
#
# BLOCKSCAN is the program; everything is built and written below BUILD.
set -eu
blockscan=$1
build=$2
shift 2
[ $# -gt 0 ] || set -- find prove join
here=$(dirname "$0")

say() { printf '\n== %s\n' "$*"; }
# shown COMMAND…: prints a command and runs it.
shown() {
  printf '$ %s\n' "$*"
  "$@"
}
# found COMMAND…: the same for one that has to end with 1, "there are findings": the example blocks its loop on purpose.
found() {
  code=0
  shown "$@" || code=$?
  [ "$code" = 1 ] || {
    echo "demo: the code was $code; 1 (findings) was expected" >&2
    exit 1
  }
}
configure() { cmake -S "$here" -B "$1" -G Ninja -DCMAKE_BUILD_TYPE=RelWithDebInfo -DBLOCKING_ENDPOINT="$2" >/dev/null; }
compile() {
  configure "$1" "$2"
  cmake --build "$1" >/dev/null
}

reproduce() {
  compile "$build/pdf-ingest" ON
  say "reproduce: a client alone, then fifty at once"
  shown python3 "$here/measure.py" "$build/pdf-ingest/pdf-ingest" --s3rver "$build/s3rver" --sizes 1,50 --runs 1 --endpoints blocking
}

find() {
  configure "$build/pdf-ingest" ON
  say "find: scan the source"
  found "$blockscan" scan --no-cache "$build/pdf-ingest/compile_commands.json"
}

prove() {
  compile "$build/pdf-ingest" ON
  say "prove: record the service while it takes eight documents, each upload taking 150 ms"
  shown python3 "$here/load.py" "$blockscan" record -o "$build/stalls.db" -- "$build/pdf-ingest/pdf-ingest"
}

join() {
  say "join: what was found beside what was seen"
  found "$blockscan" report --static "$build/pdf-ingest/compile_commands.json" --runtime "$build/stalls.db" \
    --output text --output "json=$build/report.json" --output "html=$build/report.html"
  say "the same as a page: open $build/report.html in a browser"
}

verify() {
  compile "$build/pdf-ingest-fixed" OFF
  say "verify: the same service without the blocking endpoint"
  shown "$blockscan" scan --no-cache "$build/pdf-ingest-fixed/compile_commands.json"
  say "ten documents at once; a stall of 50 ms would fail this"
  shown python3 "$here/load.py" --small --endpoints async --each 10 --at-once 10 \
    "$blockscan" record --fail-over 50ms -o "$build/fixed.db" -- "$build/pdf-ingest-fixed/pdf-ingest"
}

predict() {
  compile "$build/pdf-ingest" ON
  say "predict: what was foretold, and what came"
  shown python3 "$here/predicted.py" "$blockscan" "$build/pdf-ingest/pdf-ingest" --s3rver "$build/s3rver" ${MARKDOWN:+--markdown "$MARKDOWN"}
}

load() {
  compile "$build/pdf-ingest" ON
  say "load: both endpoints under 100 and 1,000 requests at once"
  shown python3 "$here/measure.py" "$build/pdf-ingest/pdf-ingest" --s3rver "$build/s3rver" --charts "$build/charts" ${MARKDOWN:+--markdown "$MARKDOWN"}
  say "the charts: $build/charts/showcase-latency.svg and $build/charts/showcase-health.svg"
}

mkdir -p "$build"
for step; do
  case $step in
  reproduce | find | prove | join | verify | predict | load) "$step" ;;
  *)
    echo "demo: no step '$step'; the steps are reproduce, find, prove, join, verify, predict and load" >&2
    exit 2
    ;;
  esac
done

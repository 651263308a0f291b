# Many recordings of one program add up: what is alike in all of them is one kind, and no more is listed one by one than of a single one.
set -eu
. "$(dirname "$0")/record-helpers"
cd "$TMP"
record 0 --threshold 30ms -- "$BLOCKSCAN_PROGRAMS/dispatch" methods 40
kinds=$(jq '[.stalls[] | select(.alike)] | length' report.json)
stalls=$(jq .recording.stalls report.json)
set --
for i in $(seq 150); do
  ln stalls.db "host-$i.db"
  set -- "$@" --runtime "host-$i.db"
done
"$BLOCKSCAN" report "$@" --output json=fleet.json >/dev/null 2>err || true
mv fleet.json report.json
holds ".recording.stalls == 150 * $stalls"
holds "[.stalls[] | select(.alike)] | length == $kinds"
holds "[.stalls[].alike.stalls // 0] | add == 150 * $stalls"
holds '.stalls | length <= 200'
holds '[.ledger.notes[] | select(test("are listed one by one"))] | length == 1'
holds '.loops | length == 150'

# Hosts are named, and two builds of one program are told apart: what is alike in both is two kinds.
cat >build.c <<'END_C'
#include <poll.h>
#include <unistd.h>
static int silent[2];
__attribute__((noinline)) static void hold(void) {
  usleep(60000);
  __asm__("");
}
int main(void) {
  if (pipe(silent)) return 1;
  for (int i = 0; i < 8; i++) {
    struct pollfd p = {.fd = silent[0], .events = POLLIN};
    poll(&p, 1, 5);
    if (i > 5) hold();
  }
}
END_C
for build in 1 2; do
  cc -g -O1 "-Wl,--build-id=0x0${build}0${build}" -o program build.c
  record 0 --threshold 30ms -- ./program
  holds '.stalls | length >= 2'
  for host in 1 2; do
    cp stalls.db "build-$build-host-$host.db"
    sqlite3 "build-$build-host-$host.db" "UPDATE sessions SET host = 'web-$build$host'"
  done
done
set -- --runtime build-1-host-1.db --runtime build-1-host-2.db
"$BLOCKSCAN" report "$@" --output json=report.json >/dev/null 2>err || true
one=$(jq '[.stalls[] | select(.alike)] | length' report.json)
set -- "$@" --runtime build-2-host-1.db --runtime build-2-host-2.db
"$BLOCKSCAN" report "$@" --output json=report.json >/dev/null 2>err || true
holds "[.stalls[] | select(.alike)] | length == 2 * $one"
for build in 1 2; do
  holds "any(.ledger.notes[]; test(\"^program, build-id 0${build}0${build}: 2 recordings, [0-9]+ stalls, .* on web-${build}1, web-${build}2$\"))"
done
# A twin: one recording alone names nobody. One that was made before hosts were known is read.
sqlite3 build-1-host-1.db 'ALTER TABLE sessions DROP COLUMN host; PRAGMA user_version = 4'
"$BLOCKSCAN" report --runtime build-1-host-1.db --output json=report.json >/dev/null 2>err || true
holds '.stalls | length >= 2'
holds 'all(.ledger.notes[]; test("web-|build-id 0") | not)'

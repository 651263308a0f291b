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

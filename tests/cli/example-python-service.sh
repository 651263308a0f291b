# The example in Python, unchanged, under asyncio and uvloop: each blocking endpoint is in the stalls with its own line, in Python's terms.
set -eu
. "$(dirname "$0")/record-helpers"
/usr/bin/python3 -c "import fastapi, uvicorn, uvloop, fitz, boto3" 2>/dev/null || { echo "skipped: the service's packages are not installed"; exit 77; }
cd "$TMP"
service=$BLOCKSCAN_SOURCE/examples/python-service
# in_stall FUNCTION TEXT: some stall has a frame of this function on the line of service.py that has the text.
in_stall() {
  line=$(grep -n "$2" "$service/service.py" | cut -d: -f1)
  holds "[.stalls[].samples[].stack[] | select(.function == \"$1\" and .line == $line and (.file | endswith(\"service.py\")))] | length >= 1"
}
for loop in asyncio uvloop; do
  "$service/load.py" --loop "$loop" "$BLOCKSCAN" record -q -o stalls.db --output json=report.json -- >out 2>err || fail "$loop: exit code $?"
  in_stall sleep 'time\.sleep(0\.2)'
  in_stall hash_password hashlib.scrypt
  in_stall make_key 'hex(pow('
  in_stall ingest_blocking 'texts, images = read(document)'
  in_stall read 'pixels.tobytes'
  holds "[.loops[] | select(.library == \"$loop\")] | length >= 1"
done

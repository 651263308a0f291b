# What would keep a scan or a recording busy for ever ends within seconds, with a sentence that names the file.
set -eu
fail() { echo "FAILED: $*" >&2; exit 1; }
cd "$TMP"
printf 'int x;\n' >ok.c
printf '[{"directory": "%s", "file": "ok.c", "arguments": ["cc", "-c", "ok.c"]}]\n' "$PWD" >ok.json

# ends WHAT TEXT ARGUMENT…: exit code 2 within seconds, and TEXT on stderr.
ends() {
  what=$1 text=$2 code=0
  shift 2
  timeout 20 "$BLOCKSCAN" "$@" >out 2>err || code=$?
  [ $code = 2 ] || { head -c 600 err >&2; fail "$what: exit code $code, not 2"; }
  grep -qF -- "$text" err || { head -c 600 err >&2; fail "$what: stderr does not say: $text"; }
  [ "$(wc -c <err)" -lt 2000 ] || fail "$what: an endless message"
}
python3 -c 'print("rules: " + "[" * 100000)' >.blockscan.yaml
ends "flow sequences" '.blockscan.yaml:1:71: nested more than 64 levels deep' scan --no-cache ok.json
python3 -c 'print("- " * 100000 + "x")' >.blockscan.yaml
ends "block sequences" 'nested more than 64 levels deep' scan --no-cache ok.json
python3 -c 'print("{a: " * 50000 + "}" * 50000)' >.blockscan.yaml
ends "flow mappings" 'nested more than 64 levels deep' scan --no-cache ok.json
mkfifo fifo
for key in packs rules; do
  for file in fifo /dev/zero /dev/urandom; do
    echo "$key: [$file]" >.blockscan.yaml
    ends "$key: $file" "'$file' is not a regular file" scan --no-cache ok.json
  done
done
rm .blockscan.yaml
mkfifo .blockscan.yaml
ends "a configuration" '.blockscan.yaml: not a regular file' scan --no-cache ok.json
rm .blockscan.yaml
ends "--config" '/dev/zero' scan --no-cache --config /dev/zero ok.json
ends "--rules" '/dev/zero' scan --no-cache --rules /dev/zero ok.json
mkfifo .blockscan-baseline.json
ends "a baseline" '.blockscan-baseline.json: not a regular file' scan --no-cache --if-no-loops=ok ok.json
rm .blockscan-baseline.json
ends "a database" '/dev/zero' scan --no-cache /dev/zero
ends "a recording" '/dev/zero' report --runtime /dev/zero
python3 -c 'print("[" * 100000)' >deep.json
ends "a deep database" 'deep.json' scan --no-cache deep.json
ends "deep rules" 'deep.json' scan --no-cache --rules deep.json ok.json
ends "a deep report" 'deep.json' diff deep.json deep.json
# A pipe in a folder is no database that is looked for.
mkdir empty
mkfifo empty/compile_commands.json
(cd empty && ends "a database that is a pipe" 'compile_commands.json' scan --no-cache .)
# A program that is a pipe.
chmod +x fifo
code=0
timeout 20 "$BLOCKSCAN" record -o s.db -- ./fifo >out 2>err || code=$?
[ $code != 124 ] && [ $code != 0 ] || fail "record -- ./fifo: exit code $code"
grep -q 'fifo' err || fail "record: the program is not named"
# A limit on the size of files is a failed write.
code=0
(ulimit -f 1; timeout 20 "$BLOCKSCAN" scan --no-cache --if-no-loops=ok --output html=big.html ok.json) >out 2>err || code=$?
[ $code = 2 ] || { cat err >&2; fail "RLIMIT_FSIZE: exit code $code"; }
grep -q 'cannot write big.html: File too large' err || { cat err >&2; fail "RLIMIT_FSIZE is not named"; }
[ ! -e big.html ] || fail "half a page is left"

# The manual page has every verb and option, and roff has nothing to complain about.
set -eu
fail() { echo "$*" >&2; exit 1; }

"$BLOCKSCAN" man >"$TMP/blockscan.1"
head -n 1 "$TMP/blockscan.1" | grep -q '^\.TH BLOCKSCAN 1' || fail "no title"
for word in 'blockscan scan' 'blockscan why' 'blockscan rules' 'fail\\-on' 'max\\-broken' 'EXIT STATUS'; do
  grep -q -- "$word" "$TMP/blockscan.1" || fail "no $word"
done
[ "$(grep -c 'max\\-broken\\fR=' "$TMP/blockscan.1")" = 1 ] || fail "shared options are not listed once"
command -v groff >/dev/null || exit 0
groff -man -Tascii -ww -z "$TMP/blockscan.1" 2>"$TMP/err"
[ ! -s "$TMP/err" ] || { cat "$TMP/err"; fail "groff complains"; }

# What the documents show works as it stands there: rule files, a loop pack, the configuration, rule ids, verbs and options.
set -eu
fail() { echo "FAILED: $*" >&2; exit 1; }
docs=$BLOCKSCAN_SOURCE/docs
cd "$TMP"

# block FILE LANGUAGE: the first code block of that language.
block() { awk -v fence="^ *\`\`\`$2\$" '$0 ~ fence { on = 1; next } on && /^ *```/ { exit } on' "$docs/$1"; }
block adding-a-rule.md json >thumb.json
block adding-a-loop.md json >tick.json
"$BLOCKSCAN" rules check thumb.json tick.json || fail "a rule file in docs/ is wrong"

mkdir -p tools/blockscan
block configuration.md yaml >.blockscan.yaml
cp thumb.json tools/blockscan/our-rpc.json
cp tick.json tools/blockscan/our-loop.json
cat >main.c <<'END'
typedef struct tick tick;
void tick_watch_fd(tick *, int, void (*)(tick *));
void tick_submit(tick *, void (*)(void *), void (*)(void *));
int thumb_render(const char *name, int flags);
static void on_fd(tick *t) { (void)t; thumb_render("a", 0); thumb_render("b", 4); }
static void work(void *x) { (void)x; thumb_render("c", 0); }
static void done(void *x) { (void)x; }
void start(tick *t) { tick_watch_fd(t, 1, on_fd); tick_submit(t, work, done); }
END
echo '[{"directory": ".", "file": "main.c", "arguments": ["cc", "-c", "main.c"]}]' >compile_commands.json
code=0
"$BLOCKSCAN" -q --no-cache --output json >report.json || code=$?
[ "$code" = 1 ] || fail "docs/configuration.md: exit code $code"
[ "$(jq -c '[.findings[] | [.rule, .sink.line]]' report.json)" = '[["thumb.render",5]]' ] || { cat report.json; fail "other findings"; }

"$BLOCKSCAN" rules list --json | jq -r '.[].id' >ids
grep -ohE 'ignore\[[a-z][a-z0-9.-]*\]' "$BLOCKSCAN_SOURCE/README.md" "$docs"/*.md | sed 's/ignore\[\(.*\)\]/\1/' | sort -u >named
while read -r id; do
  [ "$id" = rule.id ] || grep -qx -- "$id" ids || fail "the documents name a rule that is not there: $id"
done <named

# Every option that a document names in backquotes is one of some verb; comparison.md is of other programs.
for verb in scan record report diff learn why graph extract link rules lsp install-hook completion; do "$BLOCKSCAN" "$verb" --help; done >help
grep -ohE '`(blockscan [a-z ]*)?--[a-z-]+' --exclude=comparison.md "$BLOCKSCAN_SOURCE/README.md" "$docs"/*.md | grep -oE -- '--[a-z-]+' | sort -u >options
while read -r option; do
  case $option in --sysroot | --target) continue ;; esac # a compiler's
  grep -q -- "$option" help || fail "the documents name an option that is not there: $option"
done <options

# Links between documents lead to files and headings that are there, and the index names every document.
cd "$BLOCKSCAN_SOURCE"
for file in README.md CHANGELOG.md docs/*.md bench/README.md examples/*/README.md; do
  awk '/^```/ { code = !code } !code' "$file" | grep -oE '\]\([^)]+\)' | sed 's/^](\(.*\))$/\1/' | grep -v '^http' | sort -u >"$TMP/links" || true
  while read -r link; do
    path=${link%%#*} heading=
    case $link in *'#'*) heading=${link#*#} ;; esac
    target=$file
    [ -z "$path" ] || target=$(dirname "$file")/$path
    [ -e "$target" ] || fail "$file: no $target"
    [ -z "$heading" ] || grep '^#' "$target" | sed 's/^#* //' | tr 'A-Z ' 'a-z-' | tr -cd 'a-z0-9\n-' | grep -qx -- "$heading" ||
      fail "$file: no heading $heading in $target"
  done <"$TMP/links"
done
for file in docs/*.md; do
  [ "$file" = docs/README.md ] || grep -qF "(${file#docs/})" docs/README.md || fail "docs/README.md does not name $file"
done

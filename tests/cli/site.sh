# The documents as a site and as manual pages: every link leads somewhere, nothing is loaded from elsewhere, man has nothing to complain of.
set -eu
command -v cmark-gfm >/dev/null || exit 77
cd "$TMP"
python3 "$BLOCKSCAN_SOURCE/docs/site.py" html site >/dev/null
python3 "$BLOCKSCAN_SOURCE/docs/site.py" man man >/dev/null
python3 - <<'END'
import html, pathlib, re, sys

pages = {path.name: path.read_text(encoding="utf-8") for path in pathlib.Path("site").glob("*.html")}
assert {"index.html", "documents.html", "ci.html", "editors.html", "changelog.html"} <= set(pages), sorted(pages)
problems = []
for name, text in pages.items():
    assert text.count("<main>") == 1 and text.count('aria-current="page"') == 1, name
    for attribute, target, heading in re.findall(r'\b(href|src)="([^"#]*)(#[^"]*)?"', text):
        if re.match(r"https?:|mailto:", target):
            if attribute == "src":
                problems.append(f"{name}: loads {target}")
            continue
        target = html.unescape(target) or name
        if not pathlib.Path("site", target).exists():
            problems.append(f"{name}: no {target}")
        elif heading and f'id="{heading[1:]}"' not in pages[target]:
            problems.append(f"{name}: no {heading} in {target}")
sys.exit("\n".join(problems) or None)
END
for page in man/*.7; do
  complaints=$(LC_ALL=C.UTF-8 MANWIDTH=80 man --warnings -E UTF-8 -l -Tutf8 -Z "$page" 2>&1 >/dev/null) || true
  [ -z "$complaints" ] || { printf '%s: %s\n' "$page" "$complaints" >&2; exit 1; }
done
LC_ALL=C.UTF-8 man -l -P cat man/blockscan-formats.7 | grep -q 'speedscope' || exit 1

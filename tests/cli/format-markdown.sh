# Markdown: rendered by GitHub's own library it shows the names as they are, mentions nobody, and fits into a comment.
set -eu
. "$(dirname "$0")/format-helpers"
cd "$TMP"
command -v cmark-gfm >/dev/null || exit 77
render() { cmark-gfm --unsafe -e table -e strikethrough -e autolink -e tagfilter "$1" >"$1.html" || fail "cmark-gfm $1"; }

samples markdown
for document in empty everything static recording odd many; do render $document.markdown; done
cat >read.py <<'END'
import html.parser, re

KNOWN = {"h2", "h3", "p", "details", "summary", "b", "code", "ol", "ul", "li", "table", "thead", "tbody", "tr", "th", "td", "pre", "blockquote", "strong"}

class Reader(html.parser.HTMLParser):
    """Collects the text, in and outside of code; an element that no report has fails."""
    def __init__(self, name):
        super().__init__(convert_charrefs=True)
        self.open, self.codes, self.prose, self.titles, self.details = [], [], [], [], 0
        self.feed(open(name, encoding="utf-8").read())
        self.close()
        assert not self.open, self.open
    def handle_starttag(self, tag, attributes):
        assert tag in KNOWN, (tag, attributes)
        # "start" of a list whose numbers go on
        assert all(name in ("class", "start", "align") for name, _ in attributes), (tag, attributes)
        self.open.append(tag)
        self.details += tag == "details"
        if tag == "code":
            self.codes.append("")
    def handle_endtag(self, tag):
        assert self.open.pop() == tag, (tag, self.open)
    def handle_data(self, data):
        if "code" in self.open:
            self.codes[-1] += data
            return
        self.prose.append(data)
        if self.open and self.open[-1] == "h2":
            self.titles.append(data)

read = {name: Reader(name + ".markdown.html") for name in ["empty", "everything", "static", "recording", "odd", "many"]}
sizes = {name: len(open(name + ".markdown", "rb").read()) for name in read}
assert max(sizes.values()) < 65536, sizes
assert read["empty"].titles == ["blockscan: no callback of an event loop was found, so nothing was checked"], read["empty"].titles
assert read["everything"].titles == ["blockscan: 2 new errors, 1 fixed"]
assert read["static"].titles == ["blockscan: 1 error, 1 warning"], read["static"].titles
assert {"src/server.c:120", "getaddrinfo()", "src/old.c:9", "resolve", "src/foo.c"} <= set(read["everything"].codes)
assert "usleep()" in read["everything"].codes and "fopen()" not in read["everything"].codes
text = " ".join(read["everything"].prose)
for part in ["confirmed: 12 stalls, longest 212 ms", "Compared with revision 1a2b3c4", "3 stalls in 3 loops", "known before", "Fixed", "1 of 14 units did not parse cleanly"]:
    assert part in text, part
# whole findings are left out, and it is said how many
many = read["many"]
left_out = int(re.search(r"Not shown: (\d+) more findings, because a comment has a limited length", " ".join(many.prose)).group(1))
assert many.details + left_out == 3333 and many.details > 20, (many.details, left_out)
# names stay what they are, but for what cannot be shown; pieces of prose end where a mention, an issue or an emoji would begin
odd = read["odd"]
for wanted in ["</script><img src=x onerror=alert(1)>", "a \"quoted\" 'name' & 100% <b>|`*_[x](y)_*`~#1 @user :x: ${x} {0} \\n",
               "line break  tab\ufffd\ufffd[31m\ufffd", "std::map<int, foo[2]>::operator[](int&&)::{lambda()#1}", "1. --> ]]> --- | a | b |"]:
    assert wanted + "()" in odd.codes or wanted in odd.codes, (wanted, odd.codes[:40])
for piece in odd.prose:
    assert not re.search(r"@\w|#\d|(?<![:\w]):x:", piece), piece
END
python3 read.py || fail "the rendered report"

odd_project odd >name
scan 1 --output markdown
render out
grep -qF "<code>a b&amp;c%41/d&lt;e&gt;'f/grün;#{1}.c:4</code>" out.html || { cat out.html; fail "the place"; }

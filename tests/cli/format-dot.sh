# DOT: Graphviz draws it; each function is one node, and a node's text is what the name is.
set -eu
. "$(dirname "$0")/format-helpers"
cd "$TMP"
command -v dot >/dev/null || exit 77
samples dot
for document in empty everything static recording odd; do
  dot -Tsvg -o $document.svg $document.dot 2>err || { cat err >&2; fail "dot $document"; }
  ! grep -v 'libpango\|fontconfig\|Fontconfig' err | grep . || fail "dot warns of $document"
done
gvpr 'BEG_G { print(nNodes($G), " ", nEdges($G)); }' many.dot >counts || fail "gvpr"
[ "$(cat counts)" = "7116 13632" ] || { cat counts; fail "the nodes and edges of 3,333 findings in 50 files"; }
cat >read.py <<'END'
import xml.etree.ElementTree as tree

SVG = "{http://www.w3.org/2000/svg}"
def texts(name):
    return {"\n".join(t.text or "" for t in g.findall(f".//{SVG}text")): g for g in tree.parse(name).iter(SVG + "g") if g.get("class") == "node"}

nodes = texts("everything.svg")
assert "on_read\nsrc/server.c\nlibuv loop, io" in nodes and "resolve\nsrc/dns.c" in nodes, list(nodes)
confirmed = nodes["getaddrinfo()\nsrc/dns.c:2\nconfirmed: 12 stalls, longest 212 ms, p50 of 340 calls 40 ms"]
assert confirmed.find(SVG + "polygon").get("fill") == "#cf222e"
edges = [g.find(SVG + "title").text for g in tree.parse("everything.svg").iter(SVG + "g") if g.get("class") == "edge"]
assert len(edges) == 5, edges
odd = "\n".join(texts("odd.svg"))
for name in ["</script><img src=x onerror=alert(1)>", "std::map<int, foo[2]>::operator[](int&&)::{lambda()#1}", "{x} {0} \\n", "&", "caf\u00e9 \u20ac \U0001f600"]:
    assert name in odd, (name, odd)
END
python3 read.py || fail "the drawing"

odd_project odd >name
scan 1 --output dot --full-paths
dot -Tsvg -o out.svg out || fail "dot"
grep -q 'größe' out.svg && ! grep -q quiet out.svg || fail "the nodes"

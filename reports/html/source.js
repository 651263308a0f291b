// Excerpts of C and C++ source, coloured.

const KEYWORDS = new Set(("alignas auto bool break case catch char class const constexpr continue default delete do double else enum " +
  "explicit extern false final float for friend goto if inline int long namespace new noexcept nullptr operator override private " +
  "protected public register restrict return short signed sizeof static static_cast struct switch template this throw true try " +
  "typedef typename union unsigned using virtual void volatile while NULL size_t ssize_t int8_t int16_t int32_t int64_t uint8_t " +
  "uint16_t uint32_t uint64_t").split(" "));
const TOKEN = new RegExp([
  /\/\*[^]*?(?:\*\/|$)/, /\/\/.*$/, /"(?:[^"\\]|\\.)*(?:"|$)/, /'(?:[^'\\]|\\.)*(?:'|$)/, /^\s*#\s*\w+/,
  /\b(?:0[xX][\da-fA-F]+|\d[\d.]*(?:[eE][+-]?\d+)?)\w*/, /[A-Za-z_]\w*/,
].map((part) => part.source).join("|"), "gm");

function tokenClass(token, after) {
  if (token.startsWith("/*") || token.startsWith("//")) return "t-comment";
  if (token[0] === '"' || token[0] === "'") return "t-string";
  if (/^\s*#/.test(token)) return "t-directive";
  if (/^\d/.test(token)) return "t-number";
  if (KEYWORDS.has(token)) return "t-keyword";
  return /^\s*\(/.test(after) ? "t-call" : "";
}

// The line as nodes, and whether its end is inside a comment.
function colour(text, inComment) {
  const nodes = [];
  let at = 0;
  if (inComment) {
    const end = text.indexOf("*/");
    at = end < 0 ? text.length : end + 2;
    nodes.push(el("span", { class: "t-comment" }, text.slice(0, at)));
    if (end < 0) return { nodes, inComment: true };
  }
  let open = false;
  TOKEN.lastIndex = at;
  for (let match = TOKEN.exec(text); match; match = TOKEN.exec(text)) {
    if (match.index > at) nodes.push(text.slice(at, match.index));
    at = match.index + match[0].length;
    const name = tokenClass(match[0], text.slice(at));
    nodes.push(name ? el("span", { class: name }, match[0]) : match[0]);
    open = match[0].startsWith("/*") && (match[0].length < 4 || !match[0].endsWith("*/"));
  }
  if (at < text.length) nodes.push(text.slice(at));
  return { nodes, inComment: open };
}

function shortestIndent(lines) {
  const indents = lines.filter(([, line]) => line.text.trim()).map(([, line]) => line.text.search(/\S/));
  return indents.length ? Math.min(...indents) : 0;
}

// A figure with the line and those around it that the report holds; null when it holds none.
function excerpt(file, line, around, mark, label) {
  const source = sources().files.get(file);
  if (!source || !source.has(line)) return null;
  const lines = [];
  for (let n = line - around; n <= line + around; n++)
    if (source.has(n)) lines.push([n, { ...source.get(n), text: source.get(n).text.replaceAll("\t", "    ") }]);
  const indent = shortestIndent(lines);
  let inComment = beginsInComment(source, lines[0][0]);
  const rows = lines.map(([n, content]) => {
    const coloured = colour(content.text.slice(indent), inComment);
    inComment = coloured.inComment;
    const here = n === line;
    return el("span", { class: here ? `line ${mark}` : "line" },
      el("span", { class: "number", "aria-hidden": "true" }, String(n)),
      el("span", { class: "content" }, here ? hiddenText(`line ${n}, ${label}: `) : "", coloured.nodes, "\n"));
  });
  return el("pre", { class: "excerpt", tabindex: "0", role: "group", "aria-label": `${file}, line ${line}` }, el("code", {}, rows));
}

// From the beginning of the run of lines that the report holds.
function beginsInComment(source, line) {
  let first = line;
  while (!source.get(first).starts) first--;
  let inside = source.get(first).inComment;
  for (let n = first; n < line; n++) inside = colour(source.get(n).text, inside).inComment;
  return inside;
}

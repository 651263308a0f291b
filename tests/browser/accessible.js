// What axe-core calls serious, of that what can be asked of a page without it: returns a list of sentences.
const problems = [];
const visible = (node) => node.checkVisibility({ contentVisibilityAuto: true, visibilityProperty: true });
const describe = (node) => node.outerHTML.slice(0, 100);
const all = (selector) => [...document.querySelectorAll(selector)].filter(visible);

const byIds = (ids) => ids.split(/\s+/).map((id) => (document.getElementById(id) || { textContent: "" }).textContent).join(" ");
const nameOf = (node) => (node.getAttribute("aria-label") ||
  (node.hasAttribute("aria-labelledby") ? byIds(node.getAttribute("aria-labelledby")) : "") ||
  (node.labels && [...node.labels].map((label) => label.textContent).join(" ")) || node.textContent || "").trim();

for (const node of all("button, a[href], input, select, summary, [role=img], [role=listbox], [role=tree], [role=option], [role=treeitem], " +
  "[role=group], [role=region], nav, form, dialog"))
  if (!nameOf(node)) problems.push(`no name: ${describe(node)}`);

const ids = new Map();
for (const node of document.querySelectorAll("[id]")) ids.set(node.id, (ids.get(node.id) || 0) + 1);
for (const [id, count] of ids) if (count > 1) problems.push(`${count} elements have the id ${id}`);
for (const name of ["aria-labelledby", "aria-controls", "aria-activedescendant", "for"])
  for (const node of document.querySelectorAll(`[${name}]`))
    for (const id of node.getAttribute(name).split(/\s+/)) if (!ids.has(id)) problems.push(`${name} leads nowhere: ${describe(node)}`);

for (const [selector, least, most] of [["main", 1, 1], ["header", 1, 1], ["footer", 1, 1], ["h1", 1, 1], ["nav", 1, 1]]) {
  const count = all(selector).length;
  if (count < least || count > most) problems.push(`${count} of ${selector}`);
}
let level = 0;
for (const node of all("h1, h2, h3, h4, h5, h6")) {
  const own = Number(node.tagName[1]);
  if (own > level + 1) problems.push(`h${own} after h${level}: ${describe(node)}`);
  level = own;
}
for (const node of all("[role=option]")) if (!node.closest("[role=listbox]")) problems.push("an option outside of a listbox");
for (const node of all("[role=treeitem]")) if (!node.closest("[role=tree]")) problems.push("a treeitem outside of a tree");
for (const node of all("body *"))
  if (node.scrollHeight > node.clientHeight + 1 && /auto|scroll/.test(getComputedStyle(node).overflowY) && node.tabIndex < 0 &&
      !node.querySelector("button, a[href], input, select, summary, [tabindex]"))
    problems.push(`scrolls, but not by keys: ${describe(node)}`);

// Contrast, by WCAG 2: https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio
const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
function rgba(text) {
  canvas.clearRect(0, 0, 1, 1);
  canvas.fillStyle = text;
  canvas.fillRect(0, 0, 1, 1);
  return [...canvas.getImageData(0, 0, 1, 1).data];
}
const luminance = (colour) => colour.slice(0, 3).map((part) => part / 255)
  .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
  .reduce((sum, part, i) => sum + part * [0.2126, 0.7152, 0.0722][i], 0);
function ground(node) {
  for (let at = node; at; at = at.parentElement) {
    const colour = rgba(getComputedStyle(at).backgroundColor);
    if (colour[3] === 255) return colour;
  }
  return rgba(getComputedStyle(document.documentElement).colorScheme.includes("dark") ? "#000" : "#fff");
}
for (const node of all("body *")) {
  const hasText = [...node.childNodes].some((child) => child.nodeType === Node.TEXT_NODE && child.textContent.trim());
  if (!hasText || node.closest("noscript, script, style, option, .sr, :disabled, svg")) continue;
  const [a, b] = [luminance(rgba(getComputedStyle(node).color)), luminance(ground(node))];
  const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  if (ratio < 4.5) problems.push(`contrast ${ratio.toFixed(2)}: ${describe(node)}`);
}
return problems;

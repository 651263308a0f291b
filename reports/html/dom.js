// Building elements. What a report says only ever becomes text nodes and attributes: nothing here parses HTML.

const byId = (id) => document.getElementById(id);

function fill(node, properties, children) {
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== ""));
  return node;
}

// el("p", {class: "x", onclick: f}, "text", el("b", {}, "more"))
const el = (tag, properties = {}, ...children) => fill(document.createElement(tag), properties, children);
const svg = (tag, properties = {}, ...children) =>
  fill(document.createElementNS("http://www.w3.org/2000/svg", tag), properties, children);

const code = (text, name = "") => el("code", name ? { class: name } : {}, text);
// Text in which names stand in `backticks`.
const prose = (text) => text.split("`").map((part, i) => (i % 2 ? code(part) : part));
const hiddenText = (text) => el("span", { class: "sr" }, text);

const plural = (count, one, many) => `${count.toLocaleString("en")} ${count === 1 ? one : many}`;

// "212 ms", with three digits that mean something.
function duration(ns) {
  const units = [[1e9, "s"], [1e6, "ms"], [1e3, "µs"]];
  const [unit, name] = units.find(([size]) => ns >= size) || [1, "ns"];
  const value = ns / unit;
  const digits = value >= 100 || unit === 1 ? 0 : value >= 10 ? 1 : 2;
  return `${Number(value.toFixed(digits)).toLocaleString("en")} ${name}`;
}

const percent = (part, whole) => `${(whole ? (100 * part) / whole : 0).toFixed(1)}%`;

const place = (file, line) => (line ? `${file}:${line}` : file);

// Storage may be refused to pages from disk; nothing depends on it.
function remember(key, value) {
  try {
    localStorage.setItem(`blockscan.${key}`, value);
  } catch {
    return;
  }
}
function recall(key) {
  try {
    return localStorage.getItem(`blockscan.${key}`) || "";
  } catch {
    return "";
  }
}

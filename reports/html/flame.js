// A flame graph of stalled time: what the loop was held in, the callback on top, the blocking call at the bottom. A sample
// counts for what it stands for, or for the time until the next one.

const NARROWEST = 0.001; // of the whole; narrower frames are left out

function weights(stall) {
  if (stall.weights.some((weight) => weight)) return stall.weights;
  return stall.samples.map((sample, i) => {
    const from = i ? sample.at : 0;
    const to = i + 1 < stall.samples.length ? stall.samples[i + 1].at : stall.durationNs;
    return Math.max(0, to - from);
  });
}

const moduleName = (frame) => frame.module.split("/").pop();
const frameName = (frame) => frame.function || moduleName(frame) || "?";

// Outermost first; from the callback on where it is on the stack and the whole is not asked for. An iteration can be in several
// callbacks: a sample in another one than its stall's begins at that.
function framesOf(stall, sample, callbacks) {
  const frames = [...sample.stack].reverse();
  if (!callbacks || !stall.callback) return frames;
  let at = frames.findIndex((frame) => frame.function === stall.callback);
  if (at < 0) at = frames.findIndex((frame) => callbacks.has(frame.function));
  return at > 0 ? frames.slice(at) : frames;
}

function addStack(root, frames, weight) {
  let node = root;
  node.weight += weight;
  for (const frame of frames) {
    const name = frameName(frame);
    if (!node.children.has(name)) node.children.set(name, { name, frame, weight: 0, children: new Map(), parent: node });
    node = node.children.get(name);
    node.weight += weight;
  }
}

// Of a stall that was over before a stack could be taken: its callback, its function, its call, as far as they are known.
function knownFrames(stall) {
  const names = [stall.callback, stall.function, stall.api].filter((name, i, all) => name && name !== all[i - 1]);
  const frames = names.map((name) => ({ function: name, module: "", file: name === stall.function ? stall.file : "", line: stall.line }));
  return frames.length ? frames : [{ function: "(no stack taken)", module: "", file: "", line: 0 }];
}

function flameTree(stalls, whole) {
  const root = { name: "all stalls", frame: null, weight: 0, children: new Map(), parent: null };
  const callbacks = whole ? null : new Set(stalls.map((stall) => stall.callback).filter(Boolean));
  for (const stall of stalls) {
    const shares = weights(stall);
    if (!shares.length) addStack(root, knownFrames(stall), stall.durationNs);
    stall.samples.forEach((sample, i) => addStack(root, framesOf(stall, sample, callbacks), shares[i]));
  }
  return root;
}

const sorted = (node) => [...node.children.values()].sort((a, b) => b.weight - a.weight || (a.name < b.name ? -1 : 1));

function describe(node, total) {
  const at = node.frame && node.frame.file ? ` ${place(node.frame.file, node.frame.line)}` : "";
  return `${node.name}${at}: ${duration(node.weight)}, ${percent(node.weight, total)} of the stalled time`;
}

// Colours tell the project's own code from libraries'. Files below the project's root have relative paths.
const isOwn = (frame) => frame.file && !frame.file.startsWith("/") && !frame.file.startsWith("../");
const flameClass = (node) => (!node.frame ? "root" : isOwn(node.frame) ? `own shade-${node.name.length % 3}` : "library");

function flameGraph(stalls) {
  let tree = flameTree(stalls, false);
  let focus = tree;
  let nodes = []; // of the drawn frames, in the order of the elements
  const text = el("p", { class: "flame-text", role: "status" });
  const box = el("div", { class: "flame", role: "tree", tabindex: "0", "aria-label": "Flame graph of stalled time" });
  const whole = el("input", { type: "checkbox", id: "flame-whole", onchange: () => {
    tree = flameTree(stalls, whole.checked);
    draw(tree);
  } });
  const back = el("button", { type: "button", hidden: true, onclick: () => draw(tree) }, "All of it");
  const neighbour = (at, by) => {
    const level = nodes[at].level;
    for (let i = at + by; nodes[i] && nodes[i].level >= level; i += by) if (nodes[i].level === level) return i;
    return at;
  };
  const go = keyed(box, {
    parts: () => [...box.children],
    next: (key, at) => {
      if (at < 0) return ["ArrowDown", "ArrowUp", "ArrowLeft", "ArrowRight", "Home"].includes(key) ? 0 : undefined;
      if (key === "ArrowDown") return nodes[at + 1] && nodes[at + 1].level > nodes[at].level ? at + 1 : at;
      if (key === "ArrowUp") return Math.max(0, nodes.findIndex((item) => item.node === nodes[at].node.parent));
      if (key === "ArrowLeft") return neighbour(at, -1);
      if (key === "ArrowRight") return neighbour(at, 1);
      return key === "Home" ? 0 : undefined;
    },
    choose: (index) => {
      text.textContent = describe(nodes[index].node, tree.weight);
    },
    enter: (at) => at >= 0 && draw(nodes[at].node),
    escape: () => draw(focus.parent || tree),
  });
  function add(node, level, left, scale) {
    const width = node.weight * scale;
    if (width < NARROWEST) return;
    const item = el("div", { role: "treeitem", id: `flame-${nodes.length}`, class: flameClass(node), "aria-level": level + 1,
      "aria-label": describe(node, tree.weight), title: describe(node, tree.weight) }, el("span", {}, node.name));
    item.style.left = `${100 * left}%`;
    item.style.width = `${100 * width}%`;
    item.style.top = `${level * 1.5}rem`;
    box.append(item);
    nodes.push({ node, level });
    let at = left;
    for (const child of sorted(node)) {
      add(child, level + 1, at, scale);
      at += child.weight * scale;
    }
  }
  function draw(node) {
    focus = node;
    nodes = [];
    box.replaceChildren();
    box.removeAttribute("aria-activedescendant");
    const above = [];
    for (let up = node.parent; up; up = up.parent) above.unshift(up);
    above.forEach((up, level) => {
      const item = el("div", { role: "treeitem", id: `flame-${nodes.length}`, class: `${flameClass(up)} above`,
        "aria-level": level + 1, "aria-label": describe(up, tree.weight), title: describe(up, tree.weight) },
      el("span", {}, up.name));
      item.style.left = "0%";
      item.style.width = "100%";
      item.style.top = `${level * 1.5}rem`;
      box.append(item);
      nodes.push({ node: up, level });
    });
    add(node, above.length, 0, 1 / (node.weight || 1));
    box.style.height = `${1.5 * (1 + Math.max(...nodes.map((item) => item.level)))}rem`;
    back.hidden = node === tree;
    text.textContent = describe(node, tree.weight);
  }
  box.addEventListener("click", (event) => {
    const index = [...box.children].indexOf(event.target.closest("[role=treeitem]"));
    if (index < 0) return;
    const { node } = nodes[index];
    go(index);
    draw(node);
  });
  draw(tree);
  return el("div", {}, text, box, el("p", { class: "hint" }, el("label", { for: "flame-whole" }, whole, " with the frames above the callbacks"), " ", back,
    " Warm: the project’s functions; grey: libraries’. Arrow keys move, Enter or a click enlarges, Escape goes back."));
}

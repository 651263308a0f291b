// A loop's stalls over time: a bar at each, as high as it was long.

const SLOTS = 400; // of the width; of several stalls in one, the longest is drawn

function stallSentence(stall) {
  const what = stall.api ? ` in ${stall.api}` : "";
  return `${duration(stall.durationNs)} at ${duration(stall.startNs)}, ${KINDS[stall.kind] || stall.kind}${what}` +
    (stall.callback ? `, callback ${stall.callback}` : "") + (stall.ended ? "" : ", not ended");
}

// The longest stall of each slot, and how many there are.
function bySlot(stalls, from, to) {
  const slots = new Map();
  for (const stall of stalls) {
    if (stall.startNs + stall.durationNs < from || stall.startNs > to) continue;
    const slot = Math.floor((SLOTS * (stall.startNs - from)) / (to - from || 1));
    const old = slots.get(slot);
    if (!old) slots.set(slot, { stall, count: 1 });
    else slots.set(slot, { stall: stall.durationNs > old.stall.durationNs ? stall : old.stall, count: old.count + 1 });
  }
  return [...slots.entries()].sort(([a], [b]) => a - b).map(([, value]) => value);
}

function bar({ stall, count }, from, to, longest, floor) {
  const height = 8 + (92 * Math.log(stall.durationNs / floor)) / Math.log(longest / floor || 2);
  const node = el("div", {
    role: "option", "aria-selected": "false", class: `stall ${stall.kind}`, id: `bar-${stall.index}`,
    "aria-label": stallSentence(stall) + (count > 1 ? `, the longest of ${count} about then` : ""),
    title: stallSentence(stall) + (count > 1 ? ` (the longest of ${count} about then)` : ""),
  });
  node.style.left = `${Math.max(0, (100 * (stall.startNs - from)) / (to - from || 1))}%`;
  node.style.width = `${(100 * stall.durationNs) / (to - from || 1)}%`;
  node.style.height = `${Math.max(8, Math.min(100, height))}%`;
  return node;
}

const endOf = (stalls) => stalls.reduce((end, stall) => Math.max(end, stall.startNs + stall.durationNs), 0);

// `end` is that of the axis, the same for all loops. `choose` is told the stall that was picked.
function timeline(stalls, end, label, choose) {
  const longest = stalls.reduce((most, stall) => Math.max(most, stall.durationNs), 0) * 1.05;
  const floor = stalls.reduce((least, stall) => Math.min(least, stall.durationNs), longest) * 0.8;
  let shown = [];
  const box = el("div", { class: "timeline", role: "listbox", tabindex: "0", "aria-label": `Stalls of ${label} over time` });
  const axis = el("div", { class: "axis", "aria-hidden": "true" });
  const whole = el("button", { type: "button", hidden: true, onclick: () => draw(0, end) }, "Whole run");
  const pick = (index) => {
    for (const node of box.children) node.setAttribute("aria-selected", "false");
    box.children[index].setAttribute("aria-selected", "true");
    choose(shown[index].stall);
  };
  const go = keyed(box, {
    parts: () => [...box.children],
    next: (key, at) => ({ ArrowRight: Math.min(at + 1, shown.length - 1), ArrowLeft: Math.max(at - 1, 0), Home: 0,
      End: shown.length - 1 })[key],
    choose: pick,
    enter: (at) => at >= 0 && byId("stall-detail").focus(),
    escape: () => draw(0, end),
  });
  function draw(from, to) {
    shown = bySlot(stalls, from, to);
    box.removeAttribute("aria-activedescendant");
    box.replaceChildren(...shown.map((item) => bar(item, from, to, longest, floor)));
    axis.replaceChildren(...ticks(to - from).filter((at) => at < 0.97 * (to - from)).map((at) => {
      const tick = el("span", {}, at + from ? duration(at + from) : "0");
      tick.style.left = `${(100 * at) / (to - from)}%`;
      return tick;
    }));
    whole.hidden = from === 0 && to === end;
  }
  // Drawing over a part of it with the mouse shows that part; a click picks the stall under it.
  let pressed = null;
  const share = (event) => (event.clientX - box.getBoundingClientRect().left) / box.clientWidth;
  let range = [0, end];
  box.addEventListener("pointerdown", (event) => (pressed = share(event)));
  box.addEventListener("pointerup", (event) => {
    const [a, b] = [pressed, share(event)].sort((x, y) => x - y);
    const index = [...box.children].indexOf(event.target);
    if (pressed !== null && b - a > 0.02) {
      range = whole.hidden ? [0, end] : range;
      range = [range[0] + a * (range[1] - range[0]), range[0] + b * (range[1] - range[0])];
      draw(...range);
    } else if (index >= 0) go(index);
    pressed = null;
  });
  draw(0, end);
  return {
    node: el("div", { class: "timeline-box" }, box, axis, el("p", { class: "hint" }, "Arrow keys or a click pick a stall; ",
      "drag over a part to enlarge it. ", whole)),
    // Marks a stall that was picked elsewhere.
    mark: (stall) => {
      for (const node of box.children) node.setAttribute("aria-selected", String(node.id === `bar-${stall.index}`));
    },
  };
}

function stackTable(stack, callback) {
  const rows = stack.map((frame) => el("li", { class: frame.function === callback ? "frame callback" : "frame" },
    code(frame.function || "?"), " ", frame.inlined ? el("span", { class: "tag" }, "inlined") : "",
    el("span", { class: "where" }, frame.file ? place(frame.file, frame.line) : moduleName(frame))));
  return el("ol", { class: "stack", tabindex: "0", "aria-label": "Stack, innermost first" }, rows);
}

// What is said of a stall that was picked.
function stallDetail(stall) {
  const inIt = findingsOf(stall);
  const cpu = stall.cpuNs === null ? "" : `, ${duration(stall.cpuNs)} of it on the CPU`;
  return [
    el("h4", {}, `Stall of ${duration(stall.durationNs)}${stall.api ? ` in ${stall.api}()` : ""}`),
    el("p", {}, `${duration(stall.startNs)} after the start, ${KINDS[stall.kind] || stall.kind}${cpu}`,
      stall.callback ? [", in the callback ", code(stall.callback)] : "",
      stall.scope ? [", in the scope ", code(stall.scope)] : "", stall.ended ? "." : "; it has not ended."),
    stall.sum ? el("p", {}, `${stall.sum}.`) : null,
    stall.file ? excerpt(stall.file, stall.line, 2, "blocks", "where the loop was held") : null,
    inIt.length ? el("ul", { class: "in-it" }, inIt.map((finding) => el("li", {}, findingLink(finding)))) : null,
    stall.samples.length ? [
      el("h5", {}, stall.samples.length > 1 ? `Stack at one of ${stall.samples.length} samples, where most of it was` : "Stack, innermost first"),
      stackTable(stall.samples[stall.main].stack, stall.callback)] : el("p", {}, "It was over before a stack could be taken."),
  ].flat().filter(Boolean);
}

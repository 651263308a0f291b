// What the charts share, and the histogram of a loop's iterations.

// Three to eight round numbers from 0 to a length.
function ticks(length) {
  const rough = length / 5;
  const power = 10 ** Math.floor(Math.log10(rough || 1));
  const step = [1, 2, 5, 10].find((factor) => factor * power >= rough) * power;
  const result = [];
  for (let at = 0; at <= length; at += step) result.push(at);
  return result;
}

const KINDS = { "off-cpu": "waiting (off-CPU)", "on-cpu": "computing (on-CPU)", runnable: "waiting for a CPU", mixed: "some of each",
  stopped: "stopped by a signal" };

function legend() {
  return el("ul", { class: "legend", "aria-label": "Colours" },
    Object.entries(KINDS).map(([kind, text]) => el("li", {}, el("span", { class: `swatch ${kind}`, "aria-hidden": "true" }), text)));
}

// A widget of one tab stop whose parts are reached by the arrow keys: `parts` are its elements, `next` tells where a key leads.
function keyed(box, { parts, next, choose, enter, escape }) {
  const go = (index) => {
    const old = parts().find((part) => part.id === box.getAttribute("aria-activedescendant"));
    const part = parts()[index];
    if (!part) return;
    if (old) old.classList.remove("active");
    part.classList.add("active");
    box.setAttribute("aria-activedescendant", part.id);
    choose(index);
  };
  const current = () => parts().findIndex((part) => part.id === box.getAttribute("aria-activedescendant"));
  box.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === "Enter" || event.key === " ") enter(current());
    else if (event.key === "Escape") escape();
    else {
      const to = next(event.key, current());
      if (to === undefined) return;
      go(to);
    }
    event.preventDefault();
    event.stopPropagation();
  });
  return go;
}

function loopTitle(loop) {
  const library = loop.library === "own" || !loop.library ? "Own loop" : `${loop.library} loop`;
  return `${library}${loop.name ? `, ${loop.name}` : ""}, process ${loop.process}, thread ${loop.thread}`;
}

// The buckets by powers of two: the table of the histogram.
function histogramTable(loop) {
  const powers = new Map();
  for (let i = 0; i < loop.histogram.length; i += 2) {
    const low = 2 ** Math.floor(Math.log2(Math.max(loop.histogram[i], 1)));
    powers.set(low, (powers.get(low) || 0) + loop.histogram[i + 1]);
  }
  const rows = [...powers].map(([low, count]) => el("tr", {}, el("td", {}, `${duration(low)} to ${duration(2 * low)}`),
    el("td", { class: "n" }, count.toLocaleString("en"))));
  return el("details", {}, el("summary", {}, "As a table"), el("table", {},
    el("caption", { class: "sr" }, "Iterations by how long they took"),
    el("thead", {}, el("tr", {}, el("th", { scope: "col" }, "Iteration"), el("th", { scope: "col", class: "n" }, "Count"))),
    el("tbody", {}, rows)));
}

// Bars over a logarithmic axis of time; heights are logarithmic too, or one stall in a million would not show.
function histogram(loop, thresholdNs) {
  if (!loop.histogram.length) return el("p", { class: "empty" }, "The recording holds no histogram of this loop.");
  const lows = loop.histogram.filter((_, i) => i % 2 === 0).map((low) => Math.max(low, 1));
  const counts = loop.histogram.filter((_, i) => i % 2 === 1);
  const from = Math.floor(Math.log10(lows[0]));
  const to = Math.max(Math.ceil(Math.log10(Math.max(lows[lows.length - 1] * 1.125, thresholdNs || 1))), from + 1);
  const x = (ns) => (100 * (Math.log10(Math.max(ns, 1)) - from)) / (to - from);
  const most = Math.log10(Math.max(...counts) + 1);
  const bars = lows.map((low, i) => {
    const height = (84 * Math.log10(counts[i] + 1)) / most;
    return svg("rect", { class: thresholdNs && low >= thresholdNs ? "bar over" : "bar", x: `${x(low)}%`, y: `${88 - height}%`,
      width: `${Math.max(x(low * 1.125) - x(low) - 0.1, 0.2)}%`, height: `${height}%` },
    svg("title", {}, `${counts[i].toLocaleString("en")} from ${duration(low)}`));
  });
  const labels = [];
  for (let power = from; power <= to; power++) {
    const anchor = power === from ? "start" : power === to ? "end" : "middle";
    labels.push(svg("line", { class: "grid", x1: `${x(10 ** power)}%`, x2: `${x(10 ** power)}%`, y1: "0%", y2: "88%" }),
      svg("text", { x: `${x(10 ** power)}%`, y: "98%", "text-anchor": anchor }, duration(10 ** power)));
  }
  const marks = [[loop.p50Ns, "p50"], [loop.p99Ns, "p99"], [thresholdNs, "threshold"]].filter(([ns]) => ns).map(([ns, name], i) => [
    svg("line", { class: `mark ${name}`, x1: `${x(ns)}%`, x2: `${x(ns)}%`, y1: `${2 + 7 * i}%`, y2: "88%" }),
    svg("text", { class: "mark-label", x: `${x(ns)}%`, y: `${6 + 7 * i}%`, dx: x(ns) > 85 ? -4 : 4,
      "text-anchor": x(ns) > 85 ? "end" : "start" }, `${name} ${duration(ns)}`)]).flat();
  const summary = `Histogram of ${plural(loop.iterations, "iteration", "iterations")}: half take less than ${duration(loop.p50Ns)}, ` +
    `99% less than ${duration(loop.p99Ns)}, the longest ${duration(loop.maxNs)}.`;
  return el("div", {}, svg("svg", { class: "histogram", role: "img", "aria-label": summary }, labels, bars, marks),
    histogramTable(loop));
}

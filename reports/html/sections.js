// The parts beside the findings: the recording, the cuts, what was fixed, the ledger.

const STALL_ROWS = 25;
const CALL_ROWS = 50;

// A part of the page is built when it is first shown.
const SECTIONS = {
  findings: { title: "Findings", count: () => findings.length,
    shown: () => findings.length > 0 || !report.isRecording, build: () => {} },
  recording: { title: "Recording", count: () => run().stalls.length, shown: () => report.isRecording, build: buildRecording },
  callbacks: { title: "By callback", count: () => callbacks().length, shown: () => callbacks().length > 0, build: buildCallbacks },
  cuts: { title: "Cheapest cuts", count: () => report.cuts.length, shown: () => report.cuts.length > 0, build: buildCuts },
  fixed: { title: "Fixed", count: () => fixed.length, shown: () => report.isComparison, build: buildFixed },
  ledger: { title: "Not seen", count: () => ledgerItems().length, shown: () => true, build: buildLedger },
};

const cell = (text, name = "") => el("td", name ? { class: name } : {}, text);

function table(caption, heads, rows) {
  return el("div", { class: "scroll", tabindex: "0", role: "group", "aria-label": caption }, el("table", {},
    el("caption", { class: "sr" }, caption),
    el("thead", {}, el("tr", {}, heads.map(([text, name]) => el("th", { scope: "col", class: name }, text)))),
    el("tbody", {}, rows)));
}

function figures(pairs) {
  return el("dl", { class: "figures" }, pairs.map(([name, value]) => el("div", {}, el("dt", {}, name), el("dd", {}, value))));
}

function gain(without) {
  const share = (ns) => percent(ns, without.time);
  return figures([["Longest iteration", change(without, "max")], ["p99", change(without, "p99")], ["Held", change(without, "held")],
    ...(without.time ? [["Held, of its time", change(without, "held", share)], ["Busy", change(without, "busy", share)]] : [])]);
}

// What all of it would bring, and what the figures are.
function outlook(without) {
  return el("section", { class: "outlook", "aria-label": "Without all that is reported" }, el("h3", {}, "Without all that is reported"),
    gain(without), el("p", {}, GAIN_MEANS));
}
const GAIN_MEANS = "Computed from the recording: the time of the calls is taken out of each iteration. Of two figures the second is for " +
  "calls that become asynchronous and compute on the loop as before. What they cost on other threads is not in it.";

function loopPart(loop, choose) {
  const stalls = run().stalls.filter((stall) => stall.loop === loop.id);
  const title = loopTitle(loop);
  if (!stalls.length) return { mark: () => {}, node: quietLoop(loop, title) };
  const chart = timeline(stalls, 1.02 * endOf(run().stalls), title, choose);
  const held = stalls.reduce((sum, stall) => sum + stall.durationNs, 0);
  return { mark: chart.mark, node: el("section", { class: "loop", "aria-label": title },
    el("h3", {}, title),
    figures([["Iterations", loop.iterations.toLocaleString("en")], ["p50", duration(loop.p50Ns)], ["p99", duration(loop.p99Ns)],
      ["Longest", duration(loop.maxNs)], ["Stalls", stalls.length.toLocaleString("en")], ["Stalled", duration(held)],
      ["Busy", percent(loop.busyNs, loop.busyNs + loop.idleNs)],
      ...(loop.dropped ? [["Events lost", loop.dropped.toLocaleString("en")]] : [])]),
    el("div", { class: "charts" },
      el("div", {}, el("h4", {}, "Stalls over time"), chart.node),
      el("div", {}, el("h4", {}, "How long iterations take"), histogram(loop, run().thresholdNs)))) };
}

// A loop that was never held is a line.
function quietLoop(loop, title) {
  const lost = loop.dropped ? `, ${plural(loop.dropped, "event", "events")} lost` : "";
  return el("details", { class: "loop" }, el("summary", {}, title, el("span", { class: "where" }, "no stall, " +
    `${plural(loop.iterations, "iteration", "iterations")}, p99 ${duration(loop.p99Ns)}, longest ${duration(loop.maxNs)}${lost}`)),
  histogram(loop, run().thresholdNs));
}

// Without debug information only the module is known.
const stallPlace = (stall) => (stall.line ? place(stall.file, stall.line) : stall.file.split("/").pop());

function stallTable(stalls, choose) {
  const longest = [...stalls].sort((a, b) => b.durationNs - a.durationNs || a.startNs - b.startNs);
  const makeRow = (stall) => el("tr", { id: `stall-row-${stall.index}` },
    el("td", { class: "n" }, el("button", { type: "button", class: "link", onclick: () => choose(stall) }, duration(stall.durationNs))),
    cell(duration(stall.startNs), "n"), cell([el("span", { class: `swatch ${stall.kind}`, "aria-hidden": "true" }),
      KINDS[stall.kind] || stall.kind]), cell(stall.api ? code(stall.api) : ""), cell(stall.callback ? code(stall.callback) : ""),
    cell(stallPlace(stall), "where"), cell(stallLink(stall, "page")));
  const heads = [["Duration", "n"], ["At", "n"], ["Kind"], ["In"], ["Callback"], ["Place"], ["Link"]];
  const box = table("Stalls, the longest first", heads, longest.slice(0, STALL_ROWS).map(makeRow));
  if (longest.length <= STALL_ROWS) return [box];
  const more = el("button", { type: "button", onclick: () => {
    box.querySelector("tbody").append(...longest.slice(STALL_ROWS).map(makeRow));
    more.remove();
  } }, `Show ${plural(longest.length - STALL_ROWS, "more stall", "more stalls")}`);
  return [box, more];
}

function callTable(calls) {
  const costly = [...calls].sort((a, b) => b.totalNs - a.totalNs).slice(0, CALL_ROWS);
  const rows = costly.map((call) => {
    const caller = call.stack[0];
    return el("tr", {}, cell(code(call.nested ? `${call.api} (nested loop)` : call.api)), cell(caller ? code(frameName(caller)) : ""),
      cell(caller ? (caller.file ? place(caller.file, caller.line) : moduleName(caller)) : "", "where"),
      cell(call.calls.toLocaleString("en"), "n"), cell(duration(call.totalNs), "n"), cell(duration(call.maxNs), "n"),
      cell(duration(call.p50Ns), "n"), cell(duration(call.p99Ns), "n"));
  });
  return [el("h3", {}, "Calls on the loops"), calls.length > CALL_ROWS ? el("p", {}, `The ${CALL_ROWS} costliest of ${calls.length}.`) : null,
    table("Calls that can block, made on loop threads", [["Call"], ["Made by"], ["Place"], ["Calls", "n"], ["Together", "n"],
      ["Longest", "n"], ["p50", "n"], ["p99", "n"]], rows)];
}

// Named scopes of blockscan/runtime.h that took too long, or did not although that was expected.
const OUTCOMES = { stalled: "too long", expected: "too long, as expected", missed: "expected to take long, but did not" };
function scopeTable(scopes) {
  const rows = scopes.map((scope) => el("tr", {}, cell(code(scope.name)), cell(OUTCOMES[scope.outcome] || scope.outcome),
    cell(duration(scope.durationNs), "n"), cell(duration(scope.thresholdNs), "n"), cell(duration(scope.startNs), "n"),
    cell(scope.api ? code(scope.api) : "")));
  return [el("h3", {}, "Scopes"), table("Named scopes of the program", [["Scope"], ["Outcome"], ["Took", "n"], ["Allowed", "n"],
    ["At", "n"], ["In"]], rows)];
}

let chooseStall = () => {};

function buildRecording(section) {
  const { loops, stalls, scopes, calls, thresholdNs, allStalls } = run();
  const detail = el("div", { id: "stall-detail", class: "stall-detail", tabindex: "-1", role: "region", "aria-label": "The stall picked",
    "aria-live": "polite" });
  const held = new Set(stalls.map((stall) => stall.loop));
  const ordered = [...loops.filter((loop) => held.has(loop.id)), ...loops.filter((loop) => !held.has(loop.id))];
  const parts = ordered.map((loop) => loopPart(loop, (stall) => chooseStall(stall)));
  chooseStall = (stall) => {
    detail.replaceChildren(...stallDetail(stall));
    for (const part of parts) part.mark(stall);
  };
  const pickFromTable = (stall) => {
    chooseStall(stall);
    detail.focus();
    detail.scrollIntoView({ block: "nearest" });
  };
  const longest = stalls.reduce((most, stall) => (!most || stall.durationNs > most.durationNs ? stall : most), null);
  section.append(...[
    el("p", {}, `${plural(allStalls, "stall", "stalls")} in ${plural(loops.length, "loop", "loops")}`,
      thresholdNs ? `: iterations of ${duration(thresholdNs)} or longer.` : ".",
      allStalls > stalls.length ? ` The report holds the ${stalls.length.toLocaleString("en")} longest.` : ""),
    prediction(report.without) ? outlook(prediction(report.without)) : null,
    stalls.length ? legend() : null,
    parts.map((part) => part.node),
    stalls.length ? [detail, el("h3", {}, "Where the time went"), flameGraph(stalls), el("h3", {}, "Stalls, the longest first"),
      stallTable(stalls, pickFromTable)] : null,
    scopes.length ? scopeTable(scopes) : null,
    calls.length ? callTable(calls) : null,
  ].flat(2).filter(Boolean));
  if (longest) chooseStall(longest);
}

// What each callback can wait for by the scan, and what it has held a loop by the recording; the costliest first.
const callbacks = once(() => {
  const rows = new Map();
  const rowOf = (name) => {
    if (!rows.has(name)) rows.set(name, { name, files: new Set(), loops: new Set(), findings: new Set(), stalls: [], heldNs: 0, longestNs: 0 });
    return rows.get(name);
  };
  for (const finding of findings.filter(isLive))
    for (const { entry } of finding.callbacks) {
      const row = rowOf(entry.function);
      row.files.add(entry.file);
      row.findings.add(finding);
      row.loops.add(loopName(entry.loop));
    }
  for (const stall of report.isRecording ? run().stalls : []) {
    if (!stall.callback) continue;
    const row = rowOf(stall.callback);
    row.stalls.push(stall);
    row.heldNs += stall.durationNs;
    row.longestNs = Math.max(row.longestNs, stall.durationNs);
  }
  const level = (row, severity) => [...row.findings].filter((finding) => finding.severity === severity).length;
  for (const row of rows.values()) row.levels = ["error", "warning", "note"].map((severity) => level(row, severity));
  return [...rows.values()].sort((a, b) => b.heldNs - a.heldNs || b.levels[0] - a.levels[0] || b.levels[1] - a.levels[1] ||
    b.levels[2] - a.levels[2] || (a.name < b.name ? -1 : 1));
});

function callbackRow(row) {
  const levels = ["error", "warning", "note"].map((severity, i) =>
    (row.levels[i] ? el("span", { class: `level ${severity}` }, plural(row.levels[i], severity, `${severity}s`), " ") : ""));
  const cost = row.stalls.length ? `${plural(row.stalls.length, "stall", "stalls")}, ${duration(row.heldNs)}` : "";
  const box = el("details", { class: "by-callback", id: `cb-${row.name}` },
    el("summary", {}, el("span", {}, code(row.name), " ", el("span", { class: "where" }, [...row.files].join(", "))), el("span", { class: "cost" }, cost),
      el("span", { class: "cost" }, levels)));
  box.addEventListener("toggle", () => {
    if (box.childElementCount > 1) return;
    box.append(...[
      row.loops.size ? el("p", {}, `Called by ${[...row.loops].join(" and ")}.`) : null,
      stallLinks(row.stalls),
      row.findings.size ? el("ul", {}, [...row.findings].map((finding) => el("li", {}, el("span", { class: `level ${finding.severity}` },
        finding.severity), " ", findingLink(finding)))) : el("p", {}, "The scan found no call below it that can block."),
    ].filter(Boolean));
  });
  return box;
}

function buildCallbacks(section) {
  section.append(el("p", {}, report.isRecording && run().stalls.length
    ? "What each callback held its loop in the recording, and the calls below it that can block. The costliest comes first."
    : "The calls below each callback that can block. The one with the most comes first."),
  el("div", {}, callbacks().map(callbackRow)));
}

const stallLink = (stall, text) => el("a", { href: `#stall-${stall.index}` }, text);

// One stall alone, to be linked to: the same as where it is picked, and the ways to its neighbours in time.
function stallPage(stall) {
  const { stalls, loops } = run();
  const byTime = [...stalls].sort((a, b) => a.startNs - b.startNs || a.index - b.index);
  const at = byTime.indexOf(stall);
  const loop = loops.find((candidate) => candidate.id === stall.loop);
  const way = (other, text) => (other ? stallLink(other, text) : "");
  return [
    el("p", { class: "stall-ways" }, el("span", {}, `Stall ${at + 1} of ${byTime.length}${loop ? ` in ${loopTitle(loop)}` : ""}`),
      way(byTime[at - 1], "The one before"), way(byTime[at + 1], "The next one"), el("a", { href: "#recording" }, "All of them")),
    el("div", { class: "stall-detail" }, stallDetail(stall)),
  ];
}

function findingLink(finding) {
  return el("a", { href: `#f-${finding.id}` }, `${finding.message} `, el("span", { class: "where" }, place(finding.file, finding.line)));
}

// The shape of a fix; in full the first time only.
function fixShape(cut, shown) {
  if (!cut.code) return null;
  const shape = el("pre", { class: "excerpt sample", tabindex: "0", role: "group", "aria-label": `The shape of the fix for ${cut.function}` },
    el("code", {}, colourLines(cut.code)));
  if (shown.has(cut.code)) return el("details", {}, el("summary", {}, "The shape of the fix, as above"), shape);
  shown.add(cut.code);
  return shape;
}

function cutItem(cut, shown) {
  const gone = cut.findings.map((index) => findings[index]).filter(Boolean);
  return el("li", { class: "cut" },
    el("h3", {}, code(cut.function), el("span", { class: "where" }, place(cut.file, cut.line))),
    el("p", {}, `Removes ${plural(gone.length, "finding", "findings")}, ${plural(cut.paths, "path", "paths")} from callbacks of `,
      loopName(cut.loop), ". Instead: ", prose(cut.advice)),
    prediction(cut.without) ? gain(prediction(cut.without)) : null,
    fixShape(cut, shown),
    el("details", {}, el("summary", {}, `The ${plural(gone.length, "finding", "findings")}`),
      el("ul", {}, gone.map((finding) => el("li", {}, findingLink(finding))))));
}

function colourLines(text) {
  let inComment = false;
  return text.replace(/\n$/, "").split("\n").flatMap((line) => {
    const coloured = colour(line, inComment);
    inComment = coloured.inComment;
    return [...coloured.nodes, "\n"];
  });
}

function buildCuts(section) {
  const shown = new Set();
  section.append(el("p", {}, "Functions that many paths go through: to hand one to a worker, or to make it asynchronous, removes all of " +
    `them at once. The one that ${report.cuts.some((cut) => cut.without) ? "gives the most time back" : "removes the most"} comes first.`,
    report.cuts.some((cut) => cut.without) ? ` ${GAIN_MEANS}` : ""), el("ol", { class: "cuts" }, report.cuts.map((cut) => cutItem(cut, shown))));
}

function buildFixed(section) {
  section.append(el("p", {}, fixed.length ? `${plural(fixed.length, "finding is", "findings are")} gone since ` : "Nothing is gone since ",
    report.comparedWith || "the earlier report", "."),
  el("ul", { class: "fixed" }, fixed.map((finding) => el("li", {}, el("span", { class: `level ${finding.severity}` }, finding.severity), " ",
    finding.message, " in ", code(finding.function), " ", el("span", { class: "where" }, place(finding.file, finding.line))))));
}

// What the analysis could not see, and what that means for the reader: [sentence, explanation].
function ledgerItems() {
  const items = [];
  if (report.broken.length)
    items.push([`${report.broken.length} of ${plural(report.units, "unit", "units")} could not be parsed in full.`,
      "Calls in what could not be parsed are missing from this report. As a rule a generated header is not there yet, or a flag is missing."]);
  if (report.unresolved)
    items.push([`${plural(report.unresolved, "call goes", "calls go")} through a pointer that no known function reaches.`,
      "Whatever such a pointer holds at run time was not followed: a plugin, a function from a library, or code that is not in the compile database."]);
  if (report.capped)
    items.push([`${plural(report.capped, "call goes", "calls go")} through a pointer with more targets than --max-targets.`,
      "The first ones were followed, the rest were not."]);
  for (const note of report.notes) items.push([`${note[0].toUpperCase()}${note.slice(1)}${/[.!?]$/.test(note) ? "" : "."}`, ""]);
  if (sources().leftOut)
    items.push([`${plural(sources().leftOut, "line", "lines")} of source are not in this page.`,
      `It holds ${Math.round(sources().limit / 1048576)} MB of source at most; those places stand without an excerpt.`]);
  return items;
}

function ledgerLead(count) {
  if (count) return "A report is only as good as what it was made from. This is what is missing:";
  if (!report.units) return "Nothing is known to be missing.";
  return "Everything in the compile database was read, and each call through a pointer was followed.";
}

function buildLedger(section) {
  const items = ledgerItems();
  const broken = report.broken.map(([file, errors, first]) => el("tr", {}, cell(file, "where"), cell(String(errors), "n"), cell(first)));
  section.append(...[
    el("p", {}, ledgerLead(items.length)),
    el("ul", { class: "ledger" }, items.map(([sentence, meaning]) => el("li", {}, el("strong", {}, sentence), " ", meaning))),
    broken.length ? [el("h3", {}, "Units with errors"), table("Units with errors", [["File"], ["Errors", "n"], ["The first"]], broken)] : null,
    report.loops.length ? [el("h3", {}, "Event loops that were found"),
      el("ul", {}, report.loops.map((loop) => el("li", {}, loop)))] : null,
    report.units ? el("p", {}, `Followed: ${plural(report.entryPoints, "callback", "callbacks")} through ` +
      `${plural(report.functions, "function", "functions")} in ${plural(report.units, "unit", "units")}, with ` +
      `${plural(report.rules, "rule", "rules")}.`) : null,
  ].flat().filter(Boolean));
}

// One finding, opened: the path from the loop to the blocking call as a story in excerpts of source.

const SHORT_STORY = 9; // steps that are shown without a button
const AROUND = 2;
const ROLES = {
  io: "when a descriptor is ready", timer: "when a timer fires", idle: "around each wait", signal: "on a signal",
  async: "when another thread asks for it", "work-done": "when work is done", request: "for a request", other: "",
};
const ORIGINS = {
  field: "stored", parameter: "passed", variable: "assigned", virtual: "defined", type: "named", callback: "handed over",
};

const LATENCIES = {
  microseconds: "takes microseconds as a rule", milliseconds: "can take milliseconds", seconds: "can take seconds",
  unbounded: "can take any time",
};

const loopName = (loop) => (loop === "own" ? "the program’s own event loop" : `the ${loop} event loop`);

function reason(step) {
  const which = step.candidates > 1 ? `, one of ${step.candidates} functions that it may hold` : "";
  const through = step.through ? [" through ", code(step.through)] : [];
  switch (step.how) {
    case "direct": return ["directly"];
    case "virtual": return ["by a virtual call", through, which];
    case "type": return ["through a pointer of a fitting type", through.length ? [" (", code(step.through), ")"] : "",
      step.candidates > 1 ? `, one of ${step.candidates} functions that fit` : ""];
    case "callback": return step.through ? ["back by ", code(step.through), which] : ["back", which];
    default: return [through.length ? through : ` through a ${step.how}`, which];
  }
}

const where = (file, line) => el("span", { class: "where" }, place(file, line));

function because(step) {
  if (!step.because) return null;
  const { file, line } = step.because;
  const fn = step.because.function;
  return el("div", { class: "because" },
    el("p", {}, el("span", {}, ORIGINS[step.how] || "set", fn ? [" in ", code(fn)] : " at file scope"), where(file, line)),
    excerpt(file, line, 1, "marked", "where the pointer gets this function"));
}

function storyItem(kind, sentence, file, line, picture, after) {
  return el("li", { class: kind }, el("p", { class: "sentence" }, el("span", {}, sentence), where(file, line)), picture, after);
}

function beginning(callback) {
  const { entry } = callback;
  const when = ROLES[entry.role] ? ` ${ROLES[entry.role]}` : "";
  const via = entry.via.includes(" ") ? entry.via : code(entry.via);
  const sentence = [loopName(entry.loop).replace(/^t/, "T"), " calls ", code(entry.function), when,
    entry.via ? [", registered through ", via] : "", entry.registered && entry.registered.function ? [" in ", code(entry.registered.function)] : ""];
  const at = entry.registered || entry;
  return storyItem("start", sentence, at.file, at.line,
    entry.registered ? excerpt(at.file, at.line, 1, "marked", "the registration") : null, null);
}

function middle(step, callee) {
  const weak = step.confidence === "certain" ? "" : el("span", { class: `tag ${step.confidence}` }, step.confidence);
  const verb = step.how === "callback" ? "has called" : "calls";
  const sentence = [code(step.function), ` ${verb} `, code(callee), " ", reason(step), " ", weak];
  return storyItem("step", sentence, step.file, step.line, excerpt(step.file, step.line, AROUND, "marked", `calls ${callee}`),
    because(step));
}

function end(finding, step) {
  const sentence = [code(step ? step.function : finding.function), " calls ", code(`${finding.api}()`),
    step && step.how !== "direct" ? [" ", reason(step)] : "", ": it blocks here"];
  return storyItem("end", sentence, finding.file, finding.line,
    excerpt(finding.file, finding.line, AROUND, "blocks", "the blocking call"), step ? because(step) : null);
}

function pathItems(finding, number) {
  const callback = finding.callbacks[number];
  const path = callback ? pathOf(finding, number) : [];
  const items = callback ? [beginning(callback)] : [];
  if (callback && !path.length && callback.entry.function !== finding.function)
    items.push(el("li", { class: "step" }, el("p", {}, "The scan kept no path for this callback (--max-paths).")));
  path.slice(0, -1).forEach((step, i) => items.push(middle(step, path[i + 1].function)));
  items.push(end(finding, path[path.length - 1]));
  return items;
}

// The middle of a long story waits behind a button.
function shorten(items) {
  if (items.length <= SHORT_STORY) return items;
  const hidden = items.slice(4, -3);
  for (const item of hidden) item.classList.add("folded");
  const more = el("li", { class: "more" }, el("button", {
    type: "button",
    onclick: () => {
      for (const item of hidden) item.classList.remove("folded");
      more.remove();
    },
  }, `Show ${plural(hidden.length, "more step", "more steps")}`));
  return [...items.slice(0, 4), more, ...hidden, ...items.slice(-3)];
}

const tellPath = (list, finding, number) => list.replaceChildren(...shorten(pathItems(finding, number)));

// "3. on_read (io, likely, seen running)"
function callbackLabel(callback, number) {
  const facts = [callback.entry.role, callback.confidence];
  if (report.isRecording && callback.seen) facts.push("seen running");
  return `${number + 1}. ${callback.entry.function} (${facts.join(", ")})`;
}

function callbackChooser(finding, list) {
  if (finding.callbacks.length < 2) return null;
  const id = `callback-${finding.index}`;
  const select = el("select", { id, onchange: () => tellPath(list, finding, Number(select.value)) },
    finding.callbacks.map((callback, i) => el("option", { value: i }, callbackLabel(callback, i))));
  const ways = finding.callbacks.length - finding.names;
  const label = ways ? `${plural(finding.names, "callback", "callbacks")}, ${plural(finding.callbacks.length, "way", "ways")}:`
    : `${plural(finding.names, "callback reaches", "callbacks reach")} it:`;
  return el("p", { class: "chooser" }, el("label", { for: id }, label), " ", select);
}

function verdictSentence(finding) {
  const calls = finding.calls ? ` in ${plural(finding.calls, "call", "calls")} on a loop` : "";
  const times = `longest ${duration(finding.maxNs)}, half under ${duration(finding.p50Ns)}, 99% under ${duration(finding.p99Ns)}, ` +
    `together ${duration(finding.totalNs)}`;
  switch (finding.verdict) {
    case "confirmed": return `It held the loop: ${plural(finding.stalls, "stall", "stalls")}${calls}; ${times}.`;
    case "observed-fast": return `It was called, and always was fast: ${plural(finding.calls, "call", "calls")} on a loop; ${times}.`;
    case "not-exercised": return "It was not called while the program was watched.";
    case "runtime-only": return `Only the recording knows it: ${plural(finding.stalls, "stall", "stalls")}${calls}; ${times}.`;
    default: return "";
  }
}

function fact(name, ...value) {
  return el("div", {}, el("dt", {}, name), el("dd", {}, value));
}

function facts(finding) {
  const rows = [];
  const add = (name, ...value) => rows.push(fact(name, ...value));
  if (finding.verdict) add("Recorded", verdictSentence(finding));
  if (finding.without) add("Without it", gainSentence(finding.without));
  if (finding.missed) add("Why the scan missed it", prose(finding.missed));
  if (finding.suppressedBy) add("Suppressed", `by ${finding.suppressedBy}: ${finding.reason || "no reason given"}`);
  if (finding.anchorFile)
    add("New because of", code(finding.anchorFunction || "file scope"), " ", place(finding.anchorFile, finding.anchorLine));
  if (finding.why) add("It blocks because", prose(finding.why));
  if (finding.advice) add("Instead", prose(finding.advice));
  add("Rule", code(finding.rule), `, ${finding.category}: ${LATENCIES[finding.latency]}. The path is ${finding.confidence}.`,
    finding.manual ? ` See ${finding.manual}.` : "");
  return el("dl", { class: "facts" }, rows);
}

// From what it was to what it would be; two figures where it depends on how the call leaves.
function change({ least, most, was }, name, show = duration) {
  const [low, high] = [show(least[name]), show(most[name])];
  return `${show(was[name])} → ${low}${most[name] > least[name] && low !== high ? ` to ${high}` : ""}`;
}

const gainSentence = (without) => `longest iteration ${change(without, "max")}, p99 ${change(without, "p99")}, ` +
  `held for ${change(without, "held")}`;

function stallLinks(stalls) {
  if (!stalls.length) return null;
  const longest = [...stalls].sort((a, b) => b.durationNs - a.durationNs).slice(0, 6);
  return el("p", { class: "stall-links" }, "Longest stalls: ", longest.map((stall) =>
    stallLink(stall, `${duration(stall.durationNs)} at ${duration(stall.startNs)}`)));
}

function story(finding) {
  const list = el("ol", { class: "path" });
  tellPath(list, finding, 0);
  return el("div", { class: "story" }, facts(finding), stallLinks(report.isRecording ? stallsOf(finding) : []), callbackChooser(finding, list), list);
}

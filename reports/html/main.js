// The page as a whole: its parts, keys, theme, links into it, printing.

const built = new Set();
const firstView = Object.keys(SECTIONS).find((name) => SECTIONS[name].shown());
let view = firstView;

function build(name) {
  if (built.has(name)) return;
  built.add(name);
  SECTIONS[name].build(byId(name));
}

function show(name) {
  view = name;
  if (SECTIONS[name]) build(name);
  for (const other of [...Object.keys(SECTIONS), "stall"]) byId(other).hidden = other !== name;
  for (const link of byId("views").querySelectorAll("a")) {
    if (link.hash === `#${name}`) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
}

// #recording is a part, #f-ID a finding, #cb-FUNCTION a callback, #stall-N a stall, with a page of its own.
function follow() {
  const target = decodeURIComponent(location.hash.slice(1));
  if (SECTIONS[target] && SECTIONS[target].shown()) {
    show(target);
    scrollTo(0, 0);
  } else if (target.startsWith("f-")) {
    show("findings");
    reveal(findings.findIndex((finding) => finding.id === target.slice(2)));
  } else if (target.startsWith("stall-") && report.isRecording) {
    const stall = run().stalls[Number(target.slice(6))];
    if (!stall) return;
    show("stall");
    byId("stall-page").replaceChildren(...stallPage(stall));
    scrollTo(0, 0);
    byId("stall").focus({ preventScroll: true });
  } else if (target.startsWith("cb-") && SECTIONS.callbacks.shown()) {
    show("callbacks");
    const row = byId(target);
    if (!row) return;
    row.open = true;
    row.scrollIntoView({ block: "start" });
    row.querySelector("summary").focus({ preventScroll: true });
  }
}

function makeViews() {
  for (const [name, section] of Object.entries(SECTIONS))
    if (section.shown())
      byId("views").append(el("a", { href: `#${name}` }, section.title, " ",
        el("span", { class: "count" }, section.count().toLocaleString("en"))));
  // A link to the part that is shown already leads to its top.
  byId("views").addEventListener("click", (event) => {
    if (event.target.closest("a") && event.target.closest("a").hash === location.hash) follow();
  });
}

function lead() {
  if (firstView === "recording") document.querySelector("h1").textContent = "What held the event loop";
  // As the text report counts: what is less sure is behind a filter.
  const live = findings.filter(isLive);
  const count = (test) => live.filter(test).length;
  const parts = [
    plural(count((f) => f.severity === "error"), "error", "errors"),
    plural(count((f) => f.severity === "warning"), "warning", "warnings"),
    plural(count((f) => f.severity === "note"), "note", "notes"),
  ].join(", ");
  const sentences = [report.units || findings.length ? `${parts}.` : ""];
  const verdicts = Object.keys(VERDICTS)
    .map((verdict) => [findings.filter((f) => f.verdict === verdict).length, VERDICTS[verdict]]).filter(([n]) => n);
  if (verdicts.length) sentences.push(`Of all findings, ${verdicts.map(([n, name]) => `${n} ${name}`).join(", ")}.`);
  if (report.isComparison)
    sentences.push(`Compared with ${report.comparedWith || "an earlier report"}: ${count((f) => f.change === "new" && isTold(f))} new, ` +
      `${fixed.filter((f) => isLive(f) && isTold(f)).length} fixed.`);
  if (report.isRecording) {
    const { allStalls, allHeldNs } = run();
    sentences.push(allStalls ? `The loops were held ${plural(allStalls, "time", "times")}, ${duration(allHeldNs)} in all.`
      : "No loop was held in the recording.");
    const without = prediction(report.without);
    if (without) {
      const least = duration(without.least.max), most = duration(without.most.max);
      sentences.push(`Without what is reported the longest iteration would take ${least}${most === least ? "" : ` to ${most}`} ` +
        `instead of ${duration(without.was.max)}.`);
    }
  }
  if (report.incomplete.length) {
    byId("incomplete").append(...report.incomplete.map(([text, hint]) =>
      el("p", {}, el("strong", {}, "Incomplete: "), `${text}.${hint ? ` ${hint}.` : ""}`)));
    byId("incomplete").hidden = false;
  }
  if (report.broken.length) sentences.push(`${plural(report.broken.length, "unit is", "units are")} missing or incomplete.`);
  byId("lead").textContent = sentences.filter(Boolean).join(" ");
}

// What was looked at: the project, its revision, when a recording was made.
function origin() {
  const parts = [report.project, report.revision ? `revision ${report.revision}` : "",
    report.isRecording && run().startedMs ? `recorded ${new Date(run().startedMs).toISOString().slice(0, 16).replace("T", " ")} UTC` : ""];
  byId("origin").textContent = parts.filter(Boolean).join(" · ");
  if (report.project) document.title = `${report.project}: ${document.title}`;
}

function makeTheme() {
  const apply = (value) => {
    if (value) document.documentElement.dataset.theme = value;
    else delete document.documentElement.dataset.theme;
  };
  const select = byId("theme");
  select.value = ["light", "dark"].includes(recall("theme")) ? recall("theme") : "";
  apply(select.value);
  select.addEventListener("change", () => {
    remember("theme", select.value);
    apply(select.value);
  });
}

const KEYS = [["j, ↓", "next finding"], ["k, ↑", "previous finding"], ["Enter, Space", "open or close it"], ["Escape", "close it; leave the search"],
  ["/", "search"], ["1 to 6", "the parts of the report"], ["?", "this list"]];
let singleKeys = recall("keys") !== "off";

function makeHelp() {
  const box = el("input", { type: "checkbox", id: "single-keys", onchange: () => {
    singleKeys = box.checked;
    remember("keys", singleKeys ? "on" : "off");
  } });
  box.checked = singleKeys;
  byId("help").append(el("h2", { id: "help-heading" }, "Keys"),
    el("dl", { class: "keys" }, KEYS.map(([key, text]) => el("div", {}, el("dt", {}, key.split(", ").map((name, i) => [i ? ", " : "",
      el("kbd", {}, name)]).flat()), el("dd", {}, text)))),
    el("p", {}, box, el("label", { for: "single-keys" }, " keys without Ctrl or Alt act")),
    el("button", { type: "button", onclick: () => byId("help").close() }, "Close"));
  byId("help-button").addEventListener("click", () => byId("help").showModal());
}

function toView(number) {
  const link = byId("views").children[number - 1];
  if (link) location.hash = link.hash;
}

function toSearch() {
  if (!SECTIONS.findings.shown()) return;
  if (view !== "findings") show("findings");
  byId("search").focus();
}

function pressPlain(event) {
  if (event.key === "/") toSearch();
  else if (event.key === "?") byId("help").showModal();
  else if (/^[1-9]$/.test(event.key)) toView(Number(event.key));
  else if (view !== "findings") return;
  else if (event.key === "j") moveFocus(1);
  else if (event.key === "k") moveFocus(-1);
  else return;
  event.preventDefault();
}

const isTyping = (node) => node.matches("input:not([type=checkbox]), select, textarea");

function press(event) {
  if (event.ctrlKey || event.altKey || event.metaKey || event.defaultPrevented || byId("help").open) return;
  const inSearch = event.target === byId("search");
  if (event.key === "Escape" && inSearch) moveFocus(1);
  else if (event.key === "Escape" && closeFocused()) event.preventDefault();
  else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && (inSearch || event.target.matches("button.row"))) {
    moveFocus(event.key === "ArrowDown" ? 1 : -1);
    event.preventDefault();
  } else if (singleKeys && !isTyping(event.target)) pressPlain(event);
}

// Paper has no parts to switch between and cannot scroll.
function beforePrint() {
  addAll();
  for (const [name, section] of Object.entries(SECTIONS))
    if (section.shown()) {
      build(name);
      byId(name).hidden = false;
    }
}

makeViews();
makeTheme();
makeHelp();
makeFilters(showList);
makeList();
lead();
origin();
byId("foot").textContent = `blockscan ${report.version}`;
byId("main").hidden = byId("tools").hidden = false;
show(firstView);
follow();
addEventListener("hashchange", follow);
addEventListener("keydown", press);
addEventListener("beforeprint", beforePrint);
addEventListener("afterprint", () => show(view));
performance.mark("blockscan-ready");

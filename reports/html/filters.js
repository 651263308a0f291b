// Which findings are shown: the facets beside the list and the search box. In a facet without a tick everything passes.

const VERDICTS = {
  confirmed: "confirmed", "observed-fast": "observed fast", "not-exercised": "not exercised", "runtime-only": "runtime only",
};

const present = (values, get) => values.filter((value) => findings.some((finding) => get(finding).includes(value)));
const loopsOf = (finding) => [...new Set(finding.callbacks.map((callback) => callback.entry.loop))];

const FACETS = [
  { name: "change", title: "Compared", values: ["new", "unchanged"], get: (f) => [f.change] },
  { name: "verdict", title: "Verdict", values: Object.keys(VERDICTS), labels: VERDICTS, get: (f) => [f.verdict] },
  { name: "severity", title: "Severity", values: ["error", "warning", "note"], get: (f) => [f.severity] },
  { name: "confidence", title: "Confidence", values: ["certain", "likely", "possible"], get: (f) => [f.confidence] },
  { name: "category", title: "Category", values: report.categories, get: (f) => [f.category] },
  { name: "loop", title: "Event loop", values: [...new Set(entries.map((entry) => entry.loop))].sort(), get: loopsOf,
    labels: { own: "the program’s own" } },
].map((facet) => ({ ...facet, values: present(facet.values, facet.get), ticked: new Set() }))
  .filter((facet) => facet.values.length > 1 || (facet.name === "verdict" && facet.values.length));

const filter = { text: "", words: [], file: "", suppressed: false };

// What the text report shows too.
function tickDefaults() {
  for (const facet of FACETS) facet.ticked.clear();
  Object.assign(filter, { text: "", words: [], file: "", suppressed: false });
  const tick = (name, values) => {
    const facet = FACETS.find((candidate) => candidate.name === name);
    if (facet) for (const value of values) if (facet.values.includes(value)) facet.ticked.add(value);
  };
  if (report.isComparison) tick("change", ["new"]);
  if (!report.showNotes) tick("severity", ["error", "warning"]);
  if (report.minConfidence) tick("confidence", report.confidences.slice(report.minConfidence));
}

function tickNone() {
  tickDefaults();
  for (const facet of FACETS) facet.ticked.clear();
  filter.suppressed = true;
}

function haystack(finding) {
  if (finding.haystack === undefined)
    finding.haystack = [finding.message, finding.rule, finding.api, finding.function, place(finding.file, finding.line), finding.id,
      finding.advice, ...new Set(finding.callbacks.map((callback) => callback.entry.function))].join("\n").toLowerCase();
  return finding.haystack;
}

const passesFacet = (finding, facet) => !facet.ticked.size || facet.get(finding).some((value) => facet.ticked.has(value));
const passesRest = (finding) => (filter.suppressed || !finding.suppressedBy) &&
  filter.words.every((word) => haystack(finding).includes(word));
const passesFile = (finding) => !filter.file || finding.file === filter.file;

// What text counts: not suppressed, not old, and not less sure than asked for.
const isLive = (finding) => !finding.suppressedBy && !(report.isComparison && finding.change === "unchanged") &&
  report.confidences.indexOf(finding.confidence) >= report.minConfidence;

const isTold = (finding) => report.showNotes || finding.severity !== "note";

const passing = () => findings.filter(
  (finding) => passesRest(finding) && passesFile(finding) && FACETS.every((facet) => passesFacet(finding, facet)));

// How many findings each value of a facet would leave, with the other facets as they are.
function countValues(facet) {
  const counts = new Map();
  const others = FACETS.filter((other) => other !== facet);
  for (const finding of findings) {
    if (!passesRest(finding) || !passesFile(finding) || !others.every((other) => passesFacet(finding, other))) continue;
    for (const value of facet.get(finding)) counts.set(value, (counts.get(value) || 0) + 1);
  }
  return counts;
}

function facetBox(facet, onchange) {
  const rows = facet.values.map((value) => {
    const id = `filter-${facet.name}-${value}`;
    const box = el("input", {
      type: "checkbox", id, name: facet.name, value,
      onchange: () => {
        facet.ticked[box.checked ? "add" : "delete"](value);
        onchange();
      },
    });
    const count = el("span", { class: "count", "data-count": value });
    return el("div", { class: "tick" }, box, el("label", { for: id }, (facet.labels && facet.labels[value]) || value, " ", count));
  });
  facet.box = el("fieldset", {}, el("legend", {}, facet.title), rows);
  return facet.box;
}

function fileChooser(onchange) {
  const counts = new Map();
  for (const finding of findings) counts.set(finding.file, (counts.get(finding.file) || 0) + 1);
  const select = el("select", { id: "filter-file", onchange: () => {
    filter.file = select.value;
    onchange();
  } }, el("option", { value: "" }, `all ${counts.size}`),
  [...counts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([file, count]) => el("option", { value: file }, `${file} (${count})`)));
  return el("div", { class: "field" }, el("label", { for: "filter-file" }, "File"), select);
}

function searchBox(onchange) {
  const box = el("input", {
    type: "search", id: "search", placeholder: "function, file, rule, callback", autocomplete: "off", spellcheck: "false",
    oninput: () => {
      filter.text = box.value;
      filter.words = box.value.toLowerCase().split(/\s+/).filter(Boolean);
      onchange();
    },
  });
  return el("div", { class: "field" }, el("label", { for: "search" }, "Search"), box);
}

function suppressedTick(onchange) {
  const count = findings.filter((finding) => finding.suppressedBy).length;
  if (!count) return null;
  const box = el("input", { type: "checkbox", id: "filter-suppressed", onchange: () => {
    filter.suppressed = box.checked;
    onchange();
  } });
  return el("div", { class: "tick" }, box, el("label", { for: box.id }, "Suppressed too ", el("span", { class: "count" }, count)));
}

// Ticks, texts and counts as the state says.
function refreshFilters() {
  for (const facet of FACETS) {
    const counts = countValues(facet);
    for (const box of facet.box.querySelectorAll("input")) {
      const count = counts.get(box.value) || 0;
      box.checked = facet.ticked.has(box.value);
      box.parentNode.querySelector(".count").textContent = count.toLocaleString("en");
      box.parentNode.classList.toggle("none", !count);
    }
  }
  byId("search").value = filter.text;
  byId("filter-file").value = filter.file;
  if (byId("filter-suppressed")) byId("filter-suppressed").checked = filter.suppressed;
}

function makeFilters(onchange) {
  const all = () => {
    refreshFilters();
    onchange();
  };
  const button = (text, act) => el("button", { type: "button", onclick: () => {
    act();
    all();
  } }, text);
  byId("filters").append(searchBox(all), fileChooser(all),
    el("details", { id: "facets" }, el("summary", {}, "Filters"), FACETS.map((facet) => facetBox(facet, all)),
      suppressedTick(all)) ,
    el("div", { class: "buttons" }, button("Defaults", tickDefaults), button("Show everything", tickNone)));
  byId("filters").addEventListener("submit", (event) => event.preventDefault());
  const wide = matchMedia("(min-width: 60rem)");
  const fit = () => (byId("facets").open = wide.matches);
  wide.addEventListener("change", fit);
  fit();
  tickDefaults();
  refreshFilters();
}

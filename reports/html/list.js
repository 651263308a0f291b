// The list of findings, in groups. It is built in portions while the browser is idle, so that thousands open at once; a story
// is built when its finding is opened.

const PORTION = 150;
const MOST_OPEN = 200; // "Open all" of more would take long

const GROUPINGS = {
  function: { title: "function that makes the call", key: (f) => `${f.file}\n${f.function}`, name: (f) => f.function || "file scope",
    more: (f) => f.file },
  library: { title: "library that blocks", key: (f) => f.library, name: (f) => f.library },
  api: { title: "blocking call", key: (f) => f.api, name: (f) => `${f.api}()` },
  callback: { title: "callback", key: (f) => (f.callbacks[0] ? f.callbacks[0].entry.function : ""),
    name: (f) => (f.callbacks[0] ? f.callbacks[0].entry.function : "no callback known") },
  category: { title: "category", key: (f) => f.category, name: (f) => f.category },
  file: { title: "file", key: (f) => f.file, name: (f) => f.file },
};

let shownGroups = []; // [{first, members}], as filtered
let nextGroup = 0; // those before it are in the page
let idle = 0; // the request for the next portion
const opened = new Set(); // indexes of findings

function verdictBadge(finding) {
  if (!finding.verdict) return null;
  const detail = finding.verdict === "confirmed" || finding.verdict === "runtime-only"
    ? ` ${finding.stalls.toLocaleString("en")} × to ${duration(finding.maxNs)}` : "";
  return el("span", { class: `tag ${finding.verdict}` }, VERDICTS[finding.verdict] + detail);
}

function badges(finding) {
  return el("span", { class: "badges" },
    finding.change === "new" ? el("span", { class: "tag new" }, "new") : "",
    verdictBadge(finding),
    finding.suppressedBy ? el("span", { class: "tag" }, "suppressed") : "",
    finding.confidence === "certain" ? "" : el("span", { class: `tag ${finding.confidence}` }, finding.confidence));
}

function setOpen(article, finding, open) {
  const button = article.querySelector("button.row");
  const old = article.querySelector(".story");
  button.setAttribute("aria-expanded", String(open));
  article.classList.toggle("open", open);
  opened[open ? "add" : "delete"](finding.index);
  if (old) old.hidden = !open;
  else if (open) article.append(story(finding));
}

// Alone in its group, a finding says what the group is: the list stays dense with one finding a function.
function row(finding, withPlace, heading = "h4", name = "") {
  const article = el("article", { class: "finding", id: `f-${finding.index}` });
  const spot = withPlace ? place(finding.file, finding.line) : finding.line ? `line ${finding.line}` : "";
  const message = el("span", { class: "message" }, finding.message);
  const callbacks = finding.names ? plural(finding.names, "callback", "callbacks") : "";
  const button = el("button", {
    type: "button", class: "row", "aria-expanded": "false",
    onclick: () => setOpen(article, finding, button.getAttribute("aria-expanded") !== "true"),
  },
  el("span", { class: `level ${finding.severity}` }, finding.severity), " ",
  name ? el("span", { class: "what" }, code(name), " ", message) : message, " ",
  badges(finding), " ",
  el("span", { class: "callbacks" }, callbacks), " ",
  el("span", { class: "spot" }, spot));
  article.append(el(heading, {}, button));
  if (opened.has(finding.index)) setOpen(article, finding, true);
  return article;
}

function groupNode(group, grouping) {
  const { first, members } = group;
  const name = grouping.name(first);
  const more = grouping.more ? grouping.more(first) : "";
  if (members.length === 1) return el("div", { class: "group single" }, row(first, true, "h3", name));
  return el("div", { class: "group" },
    el("h3", {}, code(name), more ? el("span", { class: "where" }, more) : "",
      members.length > 1 ? el("span", { class: "count" }, plural(members.length, "finding", "findings")) : ""),
    members.map((finding) => row(finding, grouping !== GROUPINGS.function && grouping !== GROUPINGS.file)));
}

const makeGroups = (list, grouping) => [...groupBy(list, grouping.key).values()].map((members) => ({ first: members[0], members }));

function addPortion(size) {
  const fragment = document.createDocumentFragment();
  const grouping = GROUPINGS[byId("group").value];
  for (let rows = 0; rows < size && nextGroup < shownGroups.length; nextGroup++) {
    rows += shownGroups[nextGroup].members.length;
    fragment.append(groupNode(shownGroups[nextGroup], grouping));
  }
  byId("list").append(fragment);
}

const later = window.requestIdleCallback || ((act) => setTimeout(act, 16));
const notLater = window.cancelIdleCallback || clearTimeout;

function addLater() {
  idle = nextGroup < shownGroups.length ? later(() => {
    addPortion(PORTION);
    addLater();
  }, { timeout: 200 }) : 0;
}

function addAll() {
  if (idle) notLater(idle);
  idle = 0;
  addPortion(Infinity);
}

function tellShown(count) {
  const hidden = findings.length - count;
  byId("shown").textContent = findings.length
    ? `${count.toLocaleString("en")} of ${plural(findings.length, "finding", "findings")} shown${hidden ? `, ${hidden.toLocaleString("en")} behind the filters` : ""}`
    : "No call was found that can block";
}

function emptyNote() {
  if (findings.length) return el("p", { class: "empty" }, "Nothing passes these filters.");
  if (!report.entryPoints && !report.isRecording)
    return el("p", { class: "empty" }, "No callback of an event loop was found, so nothing was checked: this says nothing about what " +
      "the program does.");
  return el("p", { class: "empty" }, report.broken.length ? "Nothing was found in what could be parsed."
    : report.incomplete.length ? "Nothing was found in what was checked."
    : "Nothing was found. What the analysis could not see stands in the last part.");
}

function showList() {
  const list = passing();
  if (idle) notLater(idle);
  shownGroups = makeGroups(list, GROUPINGS[byId("group").value]);
  nextGroup = 0;
  byId("list").replaceChildren();
  byId("list").classList.toggle("measured", Boolean(report.isRecording));
  if (!list.length) byId("list").append(emptyNote());
  tellShown(list.length);
  const button = byId("open-all");
  button.disabled = !list.length || list.length > MOST_OPEN;
  button.title = list.length > MOST_OPEN ? `For up to ${MOST_OPEN} findings: filter first` : "";
  addPortion(PORTION);
  addLater();
}

function toggleAll() {
  const open = byId("open-all").textContent === "Open all";
  addAll();
  for (const article of byId("list").querySelectorAll(".finding"))
    setOpen(article, findings[Number(article.id.slice(2))], open);
  byId("open-all").textContent = open ? "Close all" : "Open all";
}

// Opens a finding by its number and brings it into view; the filters give way when they hide it.
function reveal(index) {
  const finding = findings[index];
  if (!finding) return;
  if (!passing().includes(finding)) {
    tickNone();
    refreshFilters();
    showList();
  }
  addAll();
  const article = byId(`f-${index}`);
  setOpen(article, finding, true);
  article.scrollIntoView({ block: "start" });
  article.querySelector("button.row").focus({ preventScroll: true });
}

// The row before or after the one with the focus, or that the focus is in.
function moveFocus(by) {
  if (by > 0) addPortion(PORTION);
  const rows = [...byId("list").querySelectorAll("button.row")];
  const article = document.activeElement && document.activeElement.closest(".finding");
  const at = article ? rows.indexOf(article.querySelector("button.row")) : by > 0 ? -1 : rows.length;
  const next = rows[Math.max(0, Math.min(rows.length - 1, at + by))];
  if (!next) return;
  next.focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
}

function closeFocused() {
  const article = document.activeElement && document.activeElement.closest(".finding.open");
  if (!article) return false;
  setOpen(article, findings[Number(article.id.slice(2))], false);
  article.querySelector("button.row").focus();
  return true;
}

function makeList() {
  const used = Object.entries(GROUPINGS);
  byId("group").append(...used.map(([name, grouping]) => el("option", { value: name }, grouping.title)));
  byId("group").addEventListener("change", showList);
  byId("open-all").addEventListener("click", toggleAll);
  showList();
}

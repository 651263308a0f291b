// The report's tables, as reports/html_data.c and html_recording.c wrote them. Big ones are read when they are first needed.

const block = (name) => JSON.parse(byId(`data-${name}`).textContent);
const once = (make) => {
  let value;
  return () => (value === undefined ? (value = make()) : value);
};

const report = block("report");
const texts = block("texts");
const TEXT_COLUMNS = new Set(["rule", "message", "advice", "manual", "why", "api", "function", "file", "suppressedBy", "reason",
  "anchorFunction", "anchorFile", "missed", "kind", "sum", "callback", "scope", "name", "outcome"]);

function rowsToObjects(columns, rows) {
  const isText = columns.map((column) => TEXT_COLUMNS.has(column));
  return rows.map((row) => {
    const object = {};
    for (let i = 0; i < columns.length; i++) object[columns[i]] = isText[i] ? texts[row[i]] : row[i];
    return object;
  });
}

const entries = report.entries.map(([fn, file, line, loop, role, via, inFunction, inFile, atLine, atColumn]) => ({
  function: texts[fn],
  file: texts[file],
  line,
  loop: texts[loop],
  role: report.roles[role],
  via: texts[via],
  registered: inFile ? { function: texts[inFunction], file: texts[inFile], line: atLine, column: atColumn } : null,
}));

// What a loop would be without a finding, a cut or all of them; null where nothing is predicted.
function prediction(figures) {
  if (!figures) return null;
  const names = ["max", "p99", "held", "busy"];
  const row = (from) => Object.fromEntries(names.map((name, i) => [name, figures[from + i]]));
  return { least: row(0), most: row(4), was: row(8), time: figures[12] };
}

function finish(finding, index) {
  const triples = finding.callbacks;
  finding.index = index;
  finding.severity = report.severities[finding.severity];
  finding.confidence = report.confidences[finding.confidence];
  finding.category = report.categories[finding.category];
  finding.latency = report.latencies[finding.latency];
  finding.verdict = report.verdicts[finding.verdict];
  finding.without = prediction(finding.without);
  finding.change = report.changes[finding.change];
  finding.callbacks = [];
  for (let i = 0; i < triples.length; i += 3)
    finding.callbacks.push({
      entry: entries[triples[i] - 1],
      confidence: report.confidences[triples[i + 1]],
      seen: triples[i + 2],
    });
  finding.library = library(finding.rule);
  finding.names = new Set(finding.callbacks.map((callback) => `${callback.entry.function}\n${callback.entry.file}`)).size;
  return finding;
}

// Rules of a library are named after it; those of the system after what is waited for.
const SYSTEM = new Set(["cpu", "disk", "dns", "file", "ipc", "lock", "network", "process", "sleep", "stdio", "terminal", "users",
  "wait"]);
function library(rule) {
  const name = rule.split(".")[0];
  return SYSTEM.has(name) ? `C library and system: ${name}` : name;
}

const findings = rowsToObjects(report.columns, report.findings).map(finish);
const fixed = rowsToObjects(report.columns, report.fixed).map(finish);

const paths = once(() => block("paths"));
const steps = once(() =>
  paths().steps.map(([fn, file, line, column, how, confidence, through, candidates, inFunction, inFile, atLine]) => ({
    function: texts[fn],
    file: texts[file],
    line,
    column,
    how: report.hows[how],
    confidence: report.confidences[confidence],
    through: texts[through],
    candidates,
    because: inFile ? { function: texts[inFunction], file: texts[inFile], line: atLine } : null,
  }))
);

// The steps from a finding's callback to its sink; none where the scan kept no path.
function pathOf(finding, number) {
  const { cells, paths: ways } = paths();
  const [way, last] = ways[finding.index].slice(2 * number, 2 * number + 2);
  const path = last ? [steps()[last - 1]] : [];
  for (let cell = way; cell; cell = cells[2 * cell - 2]) path.unshift(steps()[cells[2 * cell - 1] - 1]);
  return path;
}

const run = once(() => {
  const data = block("recording");
  const frames = data.frames.map(([fn, file, line, module, inlined]) => ({
    function: texts[fn],
    file: texts[file],
    line,
    module: texts[module],
    inlined: Boolean(inlined),
  }));
  const stacks = data.stacks.map((stack) => stack.map((number) => frames[number - 1]));
  const stackOf = (number) => (number ? stacks[number - 1] : []);
  const stalls = rowsToObjects(data.stallColumns, data.stalls);
  const samplesOf = (pairs) => {
    const samples = [];
    for (let i = 0; i < pairs.length; i += 2) samples.push({ at: pairs[i], stack: stackOf(pairs[i + 1]) });
    return samples;
  };
  stalls.forEach((stall, index) => Object.assign(stall, { index, samples: samplesOf(stall.samples) }));
  const scopes = rowsToObjects(data.scopeColumns, data.scopes);
  for (const scope of scopes) scope.samples = samplesOf(scope.samples);
  const calls = rowsToObjects(data.callColumns, data.calls);
  for (const call of calls) call.stack = stackOf(call.stack);
  const held = stalls.reduce((sum, stall) => sum + stall.durationNs, 0);
  return { thresholdNs: data.thresholdNs, startedMs: data.startedMs, allStalls: Math.max(data.allStalls, stalls.length),
    allHeldNs: Math.max(data.allHeldNs, held), loops: data.loops, stalls, scopes, calls };
});

// The finding that explains a stall: in the same function, best of the same rule and line. A line may have moved since the
// recording, and a library waits by calls of its own.
function findingAt(stall, candidates) {
  const score = (f) => (f.line === stall.line ? 2 : 0) + (f.rule === stall.rule ? 1 : 0);
  const best = candidates.reduce((a, b) => (a && score(a) >= score(b) ? a : b), null);
  return best && score(best) ? best : null;
}

const groupBy = (list, key) => {
  const map = new Map();
  for (const item of list) {
    if (!map.has(key(item))) map.set(key(item), []);
    map.get(key(item)).push(item);
  }
  return map;
};

// For each stall the findings in it: first the one that explains it, then those whose calls stand on its stacks.
const explained = once(() => {
  const byFunction = groupBy(findings, (f) => `${f.file}\n${f.function}`);
  const byFrame = new Map();
  const atFrame = (frame) => {
    if (!byFrame.has(frame))
      byFrame.set(frame, (byFunction.get(`${frame.file}\n${frame.function}`) || []).filter((f) => f.line === frame.line));
    return byFrame.get(frame);
  };
  return run().stalls.map((stall) => {
    const found = new Set([findingAt(stall, byFunction.get(`${stall.file}\n${stall.function}`) || [])]);
    for (const sample of stall.samples) for (const frame of sample.stack) for (const finding of atFrame(frame)) found.add(finding);
    found.delete(null);
    return found;
  });
});
const findingsOf = (stall) => [...explained()[stall.index]];
const stallsOf = (finding) => run().stalls.filter((stall) => explained()[stall.index].has(finding));

const sources = once(() => {
  const data = block("sources");
  const files = new Map();
  for (const [name, runs] of Object.entries(data.files)) {
    const lines = new Map();
    for (const [first, inComment, ...content] of runs)
      content.forEach((text, i) => lines.set(first + i, { text, inComment: i === 0 && Boolean(inComment), starts: i === 0 }));
    files.set(name, lines);
  }
  return { files, leftOut: data.leftOut, limit: data.limit };
});

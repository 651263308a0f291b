// The VS Code extension without VS Code: its modules `vscode` and `vscode-languageclient/node` are small stand-ins, the server is the real
// one. Checks the command line that the settings make, restarts, lenses and their places.
//   node vscode.js EXTENSION_FOLDER BLOCKSCAN WORKSPACE
"use strict";
const assert = require("assert");
const child = require("child_process");
const Module = require("module");
const path = require("path");
const { pathToFileURL } = require("url");

const [, , extensionFolder, blockscan, workspace] = process.argv;
const manifest = require(path.join(extensionFolder, "package.json"));
const properties = manifest.contributes.configuration.properties;
const settings = { path: blockscan };
const commands = {}, executed = [], errors = [], started = [], listeners = {};

const uriOf = (fsPath) => ({ scheme: "file", fsPath, toString: () => pathToFileURL(fsPath).href });
const folder = { uri: uriOf(workspace), name: "work", index: 0 };

const vscode = {
  workspace: {
    workspaceFolders: [folder],
    getConfiguration: (section) => ({
      get(name) {
        const key = `${section}.${name}`;
        assert(key in properties, `${key} is not among the settings of package.json`);
        return name in settings ? settings[name] : properties[key].default;
      },
    }),
    createFileSystemWatcher: (pattern) => ({ pattern, dispose() {} }),
    onDidChangeWorkspaceFolders: (listener) => (listeners.folders = listener),
    onDidChangeConfiguration: (listener) => (listeners.configuration = listener),
  },
  window: {
    createOutputChannel: (name) => ({ name, show() {}, dispose() {} }),
    showErrorMessage: async (text) => { errors.push(text); },
  },
  commands: {
    registerCommand: (name, run) => { commands[name] = run; return { dispose() {} }; },
    executeCommand: (...call) => executed.push(call),
  },
  Uri: { parse: (text) => ({ text }) },
  Position: class { constructor(line, character) { Object.assign(this, { line, character }); } },
  Range: class { constructor(start, end) { Object.assign(this, { start, end }); } },
  Location: class { constructor(uri, range) { Object.assign(this, { uri, range }); } },
  RelativePattern: class { constructor(base, pattern) { Object.assign(this, { base, pattern }); } },
};

// As much of the library's client as a conversation takes.
class LanguageClient {
  constructor(id, name, server, options) { Object.assign(this, { id, name, server, options, waiting: [], messages: [], last: 0 }); }
  start() {
    started.push(this);
    return new Promise((resolve, reject) => {
      this.process = child.spawn(this.server.command, this.server.args, { cwd: this.server.options.cwd, stdio: ["pipe", "pipe", "inherit"] });
      this.process.on("error", reject);
      let bytes = Buffer.alloc(0);
      this.process.stdout.on("data", (more) => {
        bytes = Buffer.concat([bytes, more]);
        for (let at; (at = bytes.indexOf("\r\n\r\n")) >= 0;) {
          const length = Number(/Content-Length: (\d+)/.exec(bytes.subarray(0, at))[1]);
          if (bytes.length < at + 4 + length) break;
          this.take(JSON.parse(bytes.subarray(at + 4, at + 4 + length)));
          bytes = bytes.subarray(at + 4 + length);
        }
      });
      this.request("initialize", { rootUri: folder.uri.toString(), initializationOptions: this.options.initializationOptions, capabilities: {} })
        .then(() => { this.send({ method: "initialized", params: {} }); resolve(); });
    });
  }
  take(message) { this.messages.push(message); this.waiting = this.waiting.filter((wait) => !wait(message)); }
  send(message) {
    const text = JSON.stringify({ jsonrpc: "2.0", ...message });
    if (this.process.pid) this.process.stdin.write(`Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`);
  }
  until(test) {
    return new Promise((resolve) => {
      const wait = (message) => test(message) && (resolve(message), true);
      if (!this.messages.some(wait)) this.waiting.push(wait);
    });
  }
  request(method, params) {
    const id = ++this.last;
    this.send({ id, method, params });
    return this.until((message) => message.id === id && !message.method);
  }
  async dispose() { this.disposed = true; this.process.stdin.end(); }
}

const load = Module._load;
Module._load = (name, ...rest) =>
  name === "vscode" ? vscode : name === "vscode-languageclient/node" ? { LanguageClient, TransportKind: { stdio: 0 } } : load(name, ...rest);

async function main() {
  const extension = require(path.join(extensionFolder, manifest.main));
  const context = { subscriptions: [] };
  await extension.activate(context);
  for (const { command } of manifest.contributes.commands) assert(commands[command], `${command} is not registered`);
  assert.deepStrictEqual(errors, []);
  assert.strictEqual(started.length, 1);
  const [first] = started;
  assert.deepStrictEqual(first.server.args, ["lsp"]);
  assert(first.options.documentSelector.every((filter) => manifest.activationEvents.includes(`onLanguage:${filter.language}`)));

  const published = await first.until((message) => message.method === "textDocument/publishDiagnostics");
  assert.strictEqual(published.params.diagnostics[0].code, "sleep.sleep");
  const uri = published.params.uri;
  const { result: lenses } = await first.request("textDocument/codeLens", { textDocument: { uri } });
  const next = async () => lenses;
  assert.strictEqual(await first.options.middleware.provideCodeLenses({}, null, next), lenses);
  settings.codeLens = false;
  assert.deepStrictEqual(await first.options.middleware.provideCodeLenses({}, null, next), []);

  // A click on the lens lists the callback.
  const [lens] = lenses;
  commands[lens.command.command](...lens.command.arguments);
  const [command, at, position, places] = executed.pop();
  assert.strictEqual(command, "editor.action.showReferences");
  assert.strictEqual(at.text, uri);
  assert.strictEqual(position.line, lens.range.start.line);
  assert.deepStrictEqual(places.map((place) => [place.uri.text, place.range.start.line]), [[uri, 7]]);

  // Settings make the command line; a change starts another server in place of the first.
  Object.assign(settings, { options: ["--notes"], recordings: ["a.db", "b.db"] });
  await listeners.configuration({ affectsConfiguration: (section) => section === "blockscan" });
  assert(first.disposed);
  assert.deepStrictEqual(started[1].server.args, ["lsp", "--runtime", "a.db", "--runtime", "b.db", "--", "--notes"]);
  await listeners.configuration({ affectsConfiguration: () => false });
  assert.strictEqual(started.length, 2);

  // A program that is not there is said.
  settings.path = "/nonexistent/blockscan";
  await listeners.configuration({ affectsConfiguration: () => true });
  assert(errors.length === 1 && errors[0].includes("/nonexistent/blockscan") && errors[0].includes("blockscan.path"), errors.join());
  await extension.deactivate();
  assert(started[1].disposed);
}

main().then(() => process.exit(0), (error) => { console.error(error); process.exit(1); });

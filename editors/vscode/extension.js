// The client of `blockscan lsp`: one server for each folder of the workspace. All that is known of a program comes from the server; this
// file starts it, restarts it when its settings change, and shows the places behind a code lens.
"use strict";

const vscode = require("vscode");
const { LanguageClient, TransportKind } = require("vscode-languageclient/node");

const LANGUAGES = ["c", "cpp", "objective-c", "objective-cpp"];
const SHOW_PLACES = "blockscan.showPlaces";
// What changes the result without being a source that is saved in this editor.
const INPUTS = "{**/compile_commands.json,.blockscan.yaml,.blockscan-baseline.json}";

const clients = new Map(); // of a folder's URI
let output;

function serverOptions(folder) {
  const settings = vscode.workspace.getConfiguration("blockscan", folder.uri);
  const args = ["lsp"];
  for (const recording of settings.get("recordings")) args.push("--runtime", recording);
  const options = settings.get("options");
  if (options.length) args.push("--", ...options);
  return { command: settings.get("path"), args, transport: TransportKind.stdio, options: { cwd: folder.uri.fsPath } };
}

function clientOptions(folder) {
  const pattern = `${folder.uri.fsPath.replace(/[[\]{}*?]/g, "?")}/**/*`;
  const wantsLenses = () => vscode.workspace.getConfiguration("blockscan", folder.uri).get("codeLens");
  return {
    documentSelector: LANGUAGES.map((language) => ({ scheme: "file", language, pattern })),
    workspaceFolder: folder,
    outputChannel: output,
    initializationOptions: { lensCommand: SHOW_PLACES },
    synchronize: {
      fileEvents: vscode.workspace.createFileSystemWatcher(new vscode.RelativePattern(folder, INPUTS)),
    },
    middleware: {
      provideCodeLenses: (document, token, next) => (wantsLenses() ? next(document, token) : []),
    },
  };
}

async function start(folder) {
  const key = folder.uri.toString();
  if (folder.uri.scheme !== "file" || clients.has(key)) return;
  const client = new LanguageClient("blockscan", "blockscan", serverOptions(folder), clientOptions(folder));
  clients.set(key, client);
  try {
    await client.start();
  } catch (error) {
    clients.delete(key);
    const program = serverOptions(folder).command;
    const choice = await vscode.window.showErrorMessage(
      `blockscan: cannot run "${program}": ${error.message}. Install blockscan, or set blockscan.path.`, "Settings");
    if (choice) vscode.commands.executeCommand("workbench.action.openSettings", "blockscan.path");
  }
}

async function stop(folder) {
  const client = clients.get(folder.uri.toString());
  clients.delete(folder.uri.toString());
  if (client) await client.dispose().catch(() => {}); // one that has ended is as good as stopped
}

async function restart(folder) {
  await stop(folder);
  await start(folder);
}

const folders = () => vscode.workspace.workspaceFolders || [];

function showPlaces(uri, position, places) {
  const at = (p) => new vscode.Position(p.line, p.character);
  const locations = places.map((place) => new vscode.Location(
    vscode.Uri.parse(place.uri), new vscode.Range(at(place.range.start), at(place.range.end))));
  return vscode.commands.executeCommand(
    "editor.action.showReferences", vscode.Uri.parse(uri), at(position), locations);
}

async function activate(context) {
  output = vscode.window.createOutputChannel("blockscan");
  context.subscriptions.push(
    output,
    vscode.commands.registerCommand(SHOW_PLACES, showPlaces),
    vscode.commands.registerCommand("blockscan.scan", () => Promise.all(folders().map(restart))),
    vscode.commands.registerCommand("blockscan.output", () => output.show()),
    vscode.workspace.onDidChangeWorkspaceFolders((change) =>
      Promise.all([...change.removed.map(stop), ...change.added.map(start)])),
    vscode.workspace.onDidChangeConfiguration((change) =>
      Promise.all(folders().filter((folder) => change.affectsConfiguration("blockscan", folder.uri)).map(restart))),
  );
  await Promise.all(folders().map(start));
}

async function deactivate() {
  await Promise.all(folders().map(stop));
}

module.exports = { activate, deactivate };

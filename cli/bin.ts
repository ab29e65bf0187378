#!/usr/bin/env node
/** The `mizan` program: checks Node, turns on the compile cache, runs `main`, sets the exit status. */
import * as nodeModule from "node:module"; // by name it would not even load where Node has it not

/** As a shell reports a program that SIGPIPE ended: 128 + 13. */
const BROKEN_PIPE = 141;

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
if (major < 22 || (major === 22 && minor < 12)) {
  process.stderr.write(`mizan needs Node 22.12 or newer; this is ${process.versions.node}.\n`);
  process.exitCode = 5;
} else {
  nodeModule.enableCompileCache();
  for (const stream of [process.stdout, process.stderr]) stream.on("error", endOnBrokenPipe);
  const { main } = await import("./main.ts");
  process.exitCode = await main(process.argv.slice(2), process);
}

/** `mizan logs -f | head`: nobody reads any more. */
function endOnBrokenPipe(error: NodeJS.ErrnoException): void {
  if (error.code === "EPIPE") process.exit(BROKEN_PIPE);
  throw error;
}

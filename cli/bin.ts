#!/usr/bin/env node
/** The `mizan` program: checks Node, turns on the compile cache, runs `main`, sets the exit status. */
import { enableCompileCache } from "node:module";

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
if (major < 22 || (major === 22 && minor < 12)) {
  process.stderr.write(`mizan needs Node 22.12 or newer; this is ${process.versions.node}.\n`);
  process.exitCode = 5;
} else {
  enableCompileCache();
  const { main } = await import("./main.ts");
  process.exitCode = await main(process.argv.slice(2), process);
}

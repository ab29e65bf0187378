/** How long `mizan --help` takes against bare Node, both started in turn. */

import { execFileSync } from "node:child_process";
import { builtBin } from "../helpers/run-mizan.ts";
import { type Figure, medianOf, ratioFigure } from "./figure.ts";

const RUNS = 21;

export function benchCliStart(): readonly Figure[] {
  const bare: number[] = [];
  const help: number[] = [];
  for (let run = 0; run < RUNS; run += 1) {
    bare.push(timeNode(["-e", "0"]));
    help.push(timeNode([builtBin, "--help"]));
  }
  const ratio = medianOf(help) / medianOf(bare);
  const name = `mizan --help (${medianOf(help).toFixed(0)} ms) against bare node (${medianOf(bare).toFixed(0)} ms)`;
  return [ratioFigure(name, ratio, 2)];
}

function timeNode(args: readonly string[]): number {
  const startedAtMs = performance.now();
  execFileSync(process.execPath, args, { stdio: "ignore" });
  return performance.now() - startedAtMs;
}

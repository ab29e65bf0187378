/**
 * `npm run bench`: measures, in one run on one machine, what the product promises about speed. Words
 * choose: `npm run bench -- edge`. A target that is missed is exit status 1.
 */

import { execFileSync } from "node:child_process";
import { cpus, totalmem } from "node:os";
import { benchCliStart } from "./cli-start.ts";
import { benchDeploys } from "./deploys.ts";
import { benchEdge } from "./edge/bench-edge.ts";
import type { Figure } from "./figure.ts";
import { benchInspect } from "./inspect-repo.ts";
import { benchRender } from "./render/bench-render.ts";

const BENCHES: Readonly<Record<string, () => Promise<readonly Figure[]> | readonly Figure[]>> = {
  start: benchCliStart,
  inspect: benchInspect,
  deploys: benchDeploys,
  edge: benchEdge,
  render: benchRender,
};

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !(name in BENCHES));
if (unknown.length > 0) throw new Error(`There is no bench ${unknown}: ${Object.keys(BENCHES)}`);

execFileSync("npm", ["run", "--silent", "build"], { stdio: "inherit" });
const memoryGib = Math.round(totalmem() / 1024 ** 3);
console.log(`${cpus().length} cores, ${memoryGib} GiB, Node ${process.versions.node}`);
for (const [name, run] of Object.entries(BENCHES)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  for (const figure of await run()) {
    console.log(renderFigure(figure));
    if (figure.target?.isMet === false) process.exitCode = 1;
  }
}

function renderFigure({ name, shown, target }: Figure): string {
  const verdict =
    target === null ? "" : `target ${target.shown}: ${target.isMet ? "met" : "MISSED"}`;
  return `${shown.padStart(9)}  ${name.padEnd(72)} ${verdict}`;
}

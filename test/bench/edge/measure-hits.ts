/** What a hit costs: against a constant of the same workerd, against nginx, and among many contexts. */

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Figure, plainFigure, ratioFigure, shareFigure } from "../figure.ts";
import { buildContextPath, buildPagePath, HOST, mintBenchToken } from "./bench-app.ts";
import type { BenchEdge, BenchSite, Server } from "./bench-site.ts";
import { type Comparison, compareLoad, describeLoads, warmUp } from "./compare-load.ts";

/** wrk knows `Host` in this spelling alone. */
const ANONYMOUS = { Host: HOST, Accept: "application/json" };

/** What browsers send besides. */
const BROWSER = {
  "User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0",
  "Accept-Language": "de-DE,de;q=0.9,en;q=0.8",
  "Accept-Encoding": "gzip, deflate",
  "Sec-Fetch-Mode": "cors",
  Cookie: "theme=dark; csrftoken=KhYdQ0tqJ9m3fVb2sL8wXz5cRg7nPe1A",
};

export async function measureHits(
  edge: BenchEdge,
  constant: Server,
  nginx: Server,
): Promise<readonly Figure[]> {
  const signedIn = { ...ANONYMOUS, "X-Mizan-Token": mintBenchToken() };
  const compare = async (other: Server, headers: Readonly<Record<string, string>>) => {
    const question = { path: buildContextPath(0), headers };
    await warmUp({ server: edge, ...question });
    return compareLoad({ server: edge, ...question }, { server: other, ...question });
  };
  const anonymous = await compare(constant, ANONYMOUS);
  const known = await compare(constant, signedIn);
  const browser = await compare(constant, { ...signedIn, ...BROWSER });
  const cached = await compare(nginx, ANONYMOUS);
  return [
    describe("anonymous HIT against a constant", anonymous, 0.8),
    describe("signed-in HIT against a constant", known, 0.6),
    describe("the same with a browser's other headers", browser, null),
    describe("anonymous HIT against nginx proxy_cache", cached, null),
    plainFigure("anonymous HIT at 32 connections, p50", anonymous.one.p50Ms, "ms", 2),
    plainFigure("anonymous HIT at 32 connections, p99", anonymous.one.p99Ms, "ms", 2),
  ];
}

/** So many in turn, and twice as many paths: no processor keeps all that is touched in its caches. */
const MANY = 1000;

export interface ManifestSizes {
  readonly small: BenchEdge;
  readonly large: BenchEdge;
  /** Of the large one. */
  readonly contexts: number;
}

/** Of both manifests ten contexts and their page routes are asked. */
export async function measureManifestSize(
  site: BenchSite,
  { small, large, contexts }: ManifestSizes,
): Promise<readonly Figure[]> {
  const question = { path: "/", headers: ANONYMOUS };
  const ten = { ...question, scriptPath: writeScript(site, "ten", 10) };
  const many = { ...question, scriptPath: writeScript(site, "many", MANY) };
  await warmUp({ server: small, ...ten });
  await warmUp({ server: large, ...ten });
  const sizes = await compareLoad({ server: small, ...ten }, { server: large, ...ten });
  await warmUp({ server: large, ...many }, 2 * MANY);
  const sets = await compareLoad({ server: large, ...many }, { server: large, ...ten });
  const count = contexts.toLocaleString("en");
  return [
    ratioFigure(
      `HIT among ${count} contexts and routes against among 10${describeLoads(sizes)}`,
      sizes.share,
      1.2,
    ),
    describe(`HITs of ${MANY} contexts and their routes in turn against of 10`, sets, null),
  ];
}

/** Asks the first `contexts` contexts and their pages in turn. */
function writeScript(site: BenchSite, name: string, contexts: number): string {
  const path = join(site.folder, `${name}.lua`);
  const lua = `local requests, at = {}, 0
init = function()
  for index = 0, ${contexts - 1} do
    requests[#requests + 1] = wrk.format("GET", (("${buildContextPath(0)}"):gsub("c0", "c" .. index)))
    requests[#requests + 1] = wrk.format("GET", (("${buildPagePath(0)}"):gsub("c0", "c" .. index)))
  end
end
request = function()
  at = at % #requests + 1
  return requests[at]
end
`;
  writeFileSync(path, lua);
  return path;
}

function describe(name: string, comparison: Comparison, floor: number | null): Figure {
  return shareFigure(`${name}${describeLoads(comparison)}`, comparison.share, floor);
}

/** What a render costs, against react-dom alone in the same runtime. */

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { BenchSite, Server } from "../edge/bench-site.ts";
import { compareLoad, describeLoads, type Side } from "../edge/compare-load.ts";
import { type Figure, plainFigure, shareFigure } from "../figure.ts";
import { askText, FRAGMENT_QUESTION, PAGE_QUESTION, type Question } from "./bench-question.ts";
import { startBareBun, startBareWorkerd, startRender, startSsr } from "./render-site.ts";

/** Of the issue. */
const FLOOR = 0.9;
/** How far from 20 KiB the document may be, and the two sides' from each other. */
const TOLERANCE = 0.05;
const KIB = 1024;
const PAGE_BYTES = 20 * KIB;

export async function measureRenders(site: BenchSite): Promise<readonly Figure[]> {
  const render = await startRender(site);
  const bareWorkerd = await startBareWorkerd(site, "answerStreaming");
  const sizes = await compareAnswers(render, bareWorkerd);
  const ssr = await startSsr(site);
  const bareBun = await startBareBun(site, "answerStreaming");
  const wholeBun = await startBareBun(site, "answerWhole");
  await compareAnswers(ssr, bareBun);
  await compareAnswers(ssr, wholeBun);
  const compare = async (
    name: string,
    one: Server,
    other: Server,
    question: Question,
    floor: number | null,
  ) => {
    const load = buildLoad(site, question);
    const measured = await compareLoad({ server: one, ...load }, { server: other, ...load });
    return shareFigure(`${name}${describeLoads(measured)}`, measured.share, floor);
  };
  return [
    plainFigure("the page that is rendered", sizes / KIB, "KiB", 1),
    await compare("Render, a page, to bare react-dom", render, bareWorkerd, PAGE_QUESTION, FLOOR),
    await compare("Render, a fragment", render, bareWorkerd, FRAGMENT_QUESTION, FLOOR),
    await compare("SSR server, a page, to bare react-dom", ssr, bareBun, PAGE_QUESTION, FLOOR),
    await compare("SSR server, a fragment", ssr, bareBun, FRAGMENT_QUESTION, FLOOR),
    await compare("SSR server, a page, to renderToString", ssr, wholeBun, PAGE_QUESTION, null),
  ];
}

/**
 * Both must give the same page, but for the end mark and where tags of the head stand.
 * @returns bytes of the first's page
 */
async function compareAnswers(one: Server, other: Server): Promise<number> {
  const [first, second] = await Promise.all(
    [one, other].map(async ({ port }) => {
      const { path, body } = PAGE_QUESTION;
      return (await askText(port, path, body)).replace(/<!--mizan:[^>]*-->$/, "");
    }),
  );
  if (first === undefined || second === undefined) throw new Error("no answers");
  for (const [bytes, wanted] of [
    [first.length, PAGE_BYTES],
    [second.length, first.length],
  ] as const) {
    if (Math.abs(bytes / wanted - 1) > TOLERANCE) throw new Error(`${bytes} B, not ${wanted}`);
  }
  const [inFirst, inSecond] = [first, second].map((text) => sortTags(text));
  if (inFirst !== inSecond) throw new Error("the two sides render different pages");
  return Buffer.byteLength(first);
}

/** The tags and texts of a document, whatever their order. */
function sortTags(html: string): string {
  return html
    .split(/(?=<)/)
    .map((part) => part.trim())
    .toSorted()
    .join("\n");
}

function buildLoad(site: BenchSite, { path, body }: Question): Omit<Side, "server"> {
  const scriptPath = join(site.folder, `${path.slice(1)}.lua`);
  // Lua's long brackets: nothing within is special but their end.
  const lua = `wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
wrk.body = [==[${body}]==]
`;
  writeFileSync(scriptPath, lua);
  return { path, headers: {}, scriptPath };
}

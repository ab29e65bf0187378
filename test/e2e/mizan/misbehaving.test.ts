/** Components that misbehave, deployed: each gives its step, everybody else gets a whole page, and it is counted and logged. */

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { waitFor } from "../../helpers/wait-for.ts";
import { deployMisbehavingApp, type MisbehavingApp, type PageName } from "./misbehaving-app.ts";

let app: MisbehavingApp;
beforeAll(async () => {
  app = await deployMisbehavingApp();
});
afterAll(() => app?.project.remove());

/** How many documents each step has answered. */
async function countSteps(page: PageName) {
  const { render, ssr, shell, broken } = await app.readCounts(page);
  return { render, ssr, shell, broken };
}
const NONE = { render: 0, ssr: 0, shell: 0, broken: 0 };

/** `ssr threw frontend/pages/throws.tsx:4`, without the column, which engines count differently. */
function describeSteps(page: PageName): readonly string[] {
  return app.readSteps(page).map(({ component, step, reason, location }) => {
    expect(component).toBe(`frontend/pages/${page}.tsx`);
    return [step, reason, location?.replace(/:\d+$/, "") ?? "-"].join(" ");
  });
}

/** The document, its payload and the word that the browser renders. */
function expectShell(html: string): void {
  expect(html).toContain('window.__MIZAN_SSR_STEP__="shell"');
  expect(html).toMatch(/window\.__MIZAN_SSR_DATA__=\{.*Hello visitor-\d+, this page is whole\./);
  expect(html).toContain('<div id="mizan-root"></div>');
  expect(html.trimEnd()).toMatch(/The document's end\..*<\/html>$/s);
}

describe("a component that leaves its renderer alive", () => {
  it.concurrent("throws in the shell: the browser renders, after both others have tried", async () => {
    const { answer } = await app.askAmongOthers("throws");
    expect(answer).toMatchObject({ status: 200, isShell: true });
    expectShell(answer.html);
    expect(await countSteps("throws")).toEqual({ ...NONE, shell: 1 });
    expect(describeSteps("throws")).toEqual([
      "ssr threw frontend/pages/throws.tsx:4",
      "shell threw frontend/pages/throws.tsx:4",
    ]);
  });

  it.concurrent("throws inside of Suspense: Render's page, that part left to the browser, never stored", async () => {
    for (const _ of ["first", "second"]) {
      const answer = await app.ask("throws-inside", "the-same");
      expect(answer).toMatchObject({
        status: 200,
        mark: "MISS; stored=0; reason=render",
        isShell: false,
      });
      expect(answer.html).toContain("Hello the-same, this page is whole.");
      expect(answer.html).toMatch(/<!--mizan:[^>]*:recovered-->$/);
    }
    expect(await countSteps("throws-inside")).toEqual({ ...NONE, render: 2 });
    expect(app.readLog("render")).toContain("frontend/pages/throws-inside.tsx:6:");
  });

  it.concurrent("imports a module that is not there: the browser renders, and the log names it", async () => {
    const { answer } = await app.askAmongOthers("lacks");
    expect(answer).toMatchObject({ status: 200, isShell: true });
    expectShell(answer.html);
    expect(await countSteps("lacks")).toEqual({ ...NONE, shell: 1 });
    const [line] = app.readSteps("lacks");
    expect(line?.message).toContain("'./not-there.tsx', imported by frontend/pages/lacks.tsx");
  });

  it.concurrent("prints what could be taken for answers: its page is whole, from either renderer", async () => {
    for (const [page, step] of [
      ["prints", "render"],
      ["prints-by-node", "ssr"],
    ] as const) {
      const { answer } = await app.askAmongOthers(page);
      expect(answer).toMatchObject({ status: 200, isShell: false });
      expect(answer.html).toMatch(/<h1>Hello visitor-\d+, this page is whole\.<\/h1>/);
      expect(answer.html).not.toContain("printed");
      expect(await countSteps(page)).toEqual({ ...NONE, [step]: 1 });
      expect(describeSteps(page)).toEqual([]);
    }
    expect(app.readLog("ssr")).toContain("<p>printed</p>");
  });

  it.concurrent("writes without end: what was begun is marked, and the browser renders anew", async () => {
    const { answer } = await app.askAmongOthers("swells");
    expect(answer).toMatchObject({ status: 200, isShell: true });
    expect(answer.html.length).toBeGreaterThan(100_000);
    expect(answer.html).toMatch(/The document's end\.<\/p>\s*<\/body>\s*<\/html>\s*$/);
    expect(await countSteps("swells")).toEqual({ ...NONE, broken: 1 });
    expect(app.readSteps("swells")).toMatchObject([
      { isBegun: true, step: "shell", reason: "cut-off" },
    ]);
  });

  it.concurrent("never comes to an end: after its time the rest is left to the browser", async () => {
    const { answer, others } = await app.askAmongOthers("trickles");
    expect(answer).toMatchObject({ status: 200, isShell: false });
    expect(answer.html).toMatch(/<p>Part (<!-- -->)?20/);
    expect(answer.html).toMatch(/The document's end\..*:recovered-->$/s);
    expect(await countSteps("trickles")).toEqual({ ...NONE, render: 1 });
    expect(others).toBeGreaterThan(100);
  });
});

describe("a component that takes its renderer with it", () => {
  it.each([
    ["grows", /^held \d+ MiB of memory, more than 512/],
    ["loops", /^was silent for \d+ s/],
  ] as const)(
    "%s without end: the browser renders, and both renderers are ended and started anew",
    async (page, reason) => {
      const before = await app.findProcess("render");
      const { answer, others } = await app.askAmongOthers(page);
      expect(answer).toMatchObject({ status: 200, isShell: true });
      expectShell(answer.html);
      expect(others).toBeGreaterThanOrEqual(20);
      expect(await countSteps(page)).toEqual({ ...NONE, shell: 1 });
      expect(app.readSteps(page)).toMatchObject([{ step: "ssr" }, { step: "shell" }]);
      const after = await waitFor("another Render", async () => {
        const found = await app.findProcess("render");
        return found.pid !== before.pid && found.state === "ready" ? found : null;
      });
      expect(after.restarts).toBe(before.restarts + 1);
      expect(after.lastExit).toMatch(reason);
      expect(app.readLog("ssr")).toMatch(/renderer \d+ \(process \d+\) ended: /);
      const again = await app.ask("fine");
      expect(again).toMatchObject({ status: 200, isShell: false });
    },
  );
});

it("nobody else was ever answered by less than the SSR server", async () => {
  const { render, ...others } = await countSteps("fine");
  process.stdout.write(`fine pages beside the others: ${render} by Render, ${others.ssr} by SSR\n`);
  expect(others).toEqual({ ssr: others.ssr, shell: 0, broken: 0 });
  expect(render).toBeGreaterThan(200);
});

/** Mutations of a release that another one follows before they are answered (4 and 6). */

import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { pushEdgeState } from "../../../cli/targets/local/edge/edge-control.ts";
import { waitFor } from "../../helpers/wait-for.ts";
import { buildMizanState, CALL, contextPath, MANIFEST, MizanApp, readValue } from "./mizan-app.ts";
import type { Exchange } from "./scripted-origin.ts";

const app = new MizanApp();
const ITEM = contextPath("item");
/** Where `item` shows what `set_news` writes. */
const NEXT_MANIFEST = {
  ...MANIFEST,
  mutations: {
    ...MANIFEST.mutations,
    set_news: { ...MANIFEST.mutations.set_news, affects: ["news", "item"] },
  },
};
let releases = 0;
let version = 0;

beforeAll(async () => {
  await app.start();
  await app.origin.listen(app.fixture, 1);
});
afterAll(() => app.end());

/** Each test begins with a release that knows nothing of it. */
beforeEach(() => serve(MANIFEST));

async function serve(manifest: unknown): Promise<void> {
  releases += 1;
  const live = { release: `r${releases}`, slot: releases % 2 };
  await pushEdgeState(app.fixture.controlSocket, buildMizanState({ manifest }, live));
}

/** The next release serves, and keeps `item`; only then the old one writes and answers. */
async function overtake(
  path: string,
  ask: () => Promise<unknown>,
  answer: (exchange: Exchange) => unknown,
): Promise<void> {
  let begin: () => void = () => undefined;
  const begun = new Promise<void>((resolve) => (begin = resolve));
  const count = app.origin.of(path).length;
  app.origin.on(path, async (exchange) => {
    await begun;
    await answer(exchange);
  });
  const asked = ask();
  await waitFor("the request", async () => app.origin.of(path).length > count);
  await serve(NEXT_MANIFEST);
  await app.ask(ITEM);
  expect(await app.mark(ITEM)).toBe("HIT");
  begin();
  await asked;
}

function write(): void {
  version += 1;
  app.values.set("item", version);
}

async function expectNew(): Promise<void> {
  const answer = await app.ask(ITEM);
  expect(answer.headers["x-mizan-edge"]).toBe("MISS");
  expect(readValue(answer)).toBe(version);
}

const call = () => app.call("set_news");
const post = (path: string) => () =>
  app.ask(path, { method: "POST", headers: { "content-length": 1 }, body: "x" });

test("a call: what only the next release knows to be concerned is missed, too", async () => {
  await overtake(CALL, call, ({ sayJson }) => {
    write();
    sayJson({ result: 1, invalidate: ["news"] }, { wrote: true, invalidate: "news" });
  });
  await expectNew();
});

test("a call that wrote nothing leaves all as it is", async () => {
  await overtake(CALL, call, ({ sayJson }) => sayJson({ result: 1 }, { wrote: false }));
  expect(await app.mark(ITEM)).toBe("HIT");
});

test("an answer that streams on: when its headers come, and at its end", async () => {
  await overtake("/hooks/news/", post("/hooks/news/"), async ({ response, sign }) => {
    write();
    response.writeHead(200, sign({ wrote: null, invalidate: "news" }));
    response.write("first ");
    try {
      await waitFor("the first bump", async () => readValue(await app.ask(ITEM)) === version);
    } finally {
      write();
      response.end("second");
    }
  });
  await expectNew();
});

test("a form, which no intent covers: its header means more than it says", async () => {
  await overtake("/form/", post("/form/"), ({ say }) => {
    write();
    say({ wrote: true, invalidate: "news", body: "done" });
  });
  await expectNew();
});

test("an answer that never comes: everything is dirty until nothing can commit, then bumped", async () => {
  await overtake(CALL, call, ({ response }) => {
    response.destroy();
  });
  expect(await app.mark(ITEM)).toBe("BYPASS; reason=dirty");
  await sleep(500);
  write();
  await waitFor("the end", async () => (await app.mark(ITEM)) !== "BYPASS; reason=dirty", {
    timeoutSeconds: 10,
  });
  expect(readValue(await app.ask(ITEM))).toBe(version);
});

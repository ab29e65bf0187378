import { once } from "node:events";
import { request } from "node:http";
import { buffer, text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { pushEdgeState, readEdgeReport } from "../../../cli/targets/local/edge/edge-control.ts";
import type { Asset } from "../../../edge/cache/contract.ts";
import { waitFor } from "../../helpers/wait-for.ts";
import { ask, buildState, EdgeFixture, kill, open, type RunningEdge } from "./edge-fixture.ts";
import { storeText } from "./store-text.ts";

const fixture = new EdgeFixture();
let edge: RunningEdge;
let oldFile: Asset;
let newFile: Asset;

beforeAll(async () => {
  for (const slot of [0, 1]) {
    await fixture.startOrigin(slot, async (request, response) => {
      if (request.url === "/slow") {
        response.write(`begun by ${slot}, `);
        await sleep(1000);
      }
      response.end(`answered by ${slot}`);
    });
  }
  oldFile = storeText(fixture.assetsFolder, "old");
  newFile = storeText(fixture.assetsFolder, "new");
  edge = await fixture.startEdge(null);
});
afterAll(() => fixture.end());

function control(method: string, path: string, body: string): Promise<string> {
  const asked = request({ socketPath: fixture.controlSocket, method, path, agent: false });
  asked.end(body);
  return once(asked, "response").then(
    async ([response]) => `${response.statusCode} ${await text(response)}`,
  );
}

test("before the first release every request is told to come back", async () => {
  expect(await ask(edge.port, "/")).toMatchObject({ status: 503, headers: { "retry-after": "1" } });
  const report = await readEdgeReport(fixture.controlSocket);
  expect(report).toEqual({ version: 1, release: null, inFlight: {}, cache: null });
});

test("a state that is not one is refused with the place, and changes nothing", async () => {
  const state = buildState();
  const broken = (live: object) => JSON.stringify({ ...state, live: { ...state.live, ...live } });
  expect(await control("PUT", "/release", "{")).toMatch(/^400 /);
  expect(await control("PUT", "/release", broken({ slot: 99 }))).toContain("live.slot");
  expect(await control("PUT", "/release", broken({ fallback: "/no.html" }))).toContain(
    "live.fallback",
  );
  expect(await control("PUT", "/release", broken({ mediaPrefix: "/" }))).toContain(
    "live.mediaPrefix",
  );
  expect(await control("PUT", "/release", broken({ color: "red" }))).toContain(
    'unknown field \\"color\\"',
  );
  expect(await control("DELETE", "/release", "")).toMatch(/^405 /);
  expect(await control("GET", "/other", "")).toMatch(/^404 /);
  expect((await readEdgeReport(fixture.controlSocket)).release).toBeNull();
  await expect(
    pushEdgeState(fixture.controlSocket, buildState({ slot: -1 })),
  ).rejects.toMatchObject({
    code: "SERVICE_FAILED",
    message: expect.stringContaining("live.slot"),
  });
});

test("the control interface is not on the public listener", async () => {
  const answer = await ask(edge.port, "/release", { method: "PUT", body: "{}" });
  expect(answer.status).toBe(503);
});

test("what is under way ends at the old slot while all else goes to the new one", async () => {
  await pushEdgeState(fixture.controlSocket, buildState({ release: "r1", slot: 0 }));
  const slow = await open(edge.port, "/slow");
  expect((await readEdgeReport(fixture.controlSocket)).inFlight).toEqual({ "0": 1 });
  await pushEdgeState(fixture.controlSocket, buildState({ release: "r2", slot: 1 }));
  expect(await ask(edge.port, "/")).toMatchObject({ body: "answered by 1" });
  expect(await readEdgeReport(fixture.controlSocket)).toMatchObject({
    release: "r2",
    inFlight: { "0": 1 },
  });
  expect(String(await buffer(slow))).toBe("begun by 0, answered by 0");
  await waitFor("the old slot's last request", async () => {
    const { inFlight } = await readEdgeReport(fixture.controlSocket);
    return !("0" in inFlight);
  });
});

test("no request is lost while releases are switched under load", async () => {
  let isOver = false;
  const load = Array.from({ length: 8 }, async () => {
    const seen = [];
    while (!isOver) seen.push(await ask(edge.port, "/"));
    return seen;
  });
  for (let n = 0; n < 20; n++) {
    await pushEdgeState(fixture.controlSocket, buildState({ release: `r${n}`, slot: n % 2 }));
    const { body } = await ask(edge.port, "/");
    expect(body).toBe(`answered by ${n % 2}`);
  }
  isOver = true;
  const answers = (await Promise.all(load)).flat();
  expect(answers.length).toBeGreaterThan(20);
  expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
});

test("files of kept releases stay served, and the live release's come first", async () => {
  const kept = [{ "/app.css": oldFile, "/old.css": oldFile }];
  const state = buildState({ assets: { "/app.css": newFile } }, kept);
  await pushEdgeState(fixture.controlSocket, state);
  expect(await ask(edge.port, "/app.css")).toMatchObject({ body: "new" });
  expect(await ask(edge.port, "/old.css")).toMatchObject({ body: "old" });
});

test("an Edge that was killed comes back with what it is given at its start", async () => {
  await kill(edge.process);
  edge = await fixture.startEdge(
    buildState({ release: 'r"9', slot: 1, assets: { '/"\\é\n': newFile } }),
  );
  expect(await ask(edge.port, "/")).toMatchObject({ body: "answered by 1" });
  expect(await ask(edge.port, "/%22%5C%C3%A9%0A")).toMatchObject({ body: "new" });
  expect((await readEdgeReport(fixture.controlSocket)).release).toBe('r"9');
});

test("an Edge that cannot be reached is a typed error", async () => {
  await kill(edge.process);
  await expect(readEdgeReport(fixture.controlSocket)).rejects.toMatchObject({
    code: "SERVICE_FAILED",
    hint: "See what it says: mizan logs --process edge",
  });
});

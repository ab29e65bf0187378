import { describe, expect, test } from "vitest";
import { Authority } from "../../../../edge/authority/authority.ts";
import type { Question } from "../../../../edge/authority/numbers.ts";
import { buildScopeTags } from "../../../../edge/authority/target.ts";
import { computeHardAgeMs, DEFAULT_TIMES } from "../../../../edge/authority/times.ts";

const item: Question = { context: "item", params: ["id"], values: { id: "5" } };
const news: Question = { context: "news", params: [], values: {} };
const HARD_AGE_MS = computeHardAgeMs(DEFAULT_TIMES);
const nothing = { tags: [], bumpsScope: false };

function create(options: Partial<ConstructorParameters<typeof Authority>[0]> = {}): Authority {
  return new Authority({ incarnation: "one", ...options });
}

function open(authority: Authority, id: string, nowMs = 0, clientId = id) {
  return authority.openIntent({ id, scope: ["item"], clientId }, nowMs);
}

describe("a read", () => {
  test("gets the numbers of all its questions, in their order", () => {
    const authority = create();
    authority.bump(buildScopeTags(["news"]), 0);
    expect(authority.read([item, news], 0)).toEqual({
      obstacle: null,
      incarnation: "one",
      numbers: [0, 1],
      isLagging: false,
    });
  });

  test("hears of a hold first, then of the quarantine, then of dirt", () => {
    const authority = create({ quarantineUntilMs: 100 });
    open(authority, "a");
    authority.loseIntent("a", 0);
    authority.hold("deploy", ["news"]);
    expect(authority.read([item, news], 0)).toEqual({ obstacle: "held" });
    authority.releaseHold("deploy", 0);
    expect(authority.read([item, news], 99)).toEqual({ obstacle: "quarantine" });
    expect(authority.read([item, news], 100)).toEqual({ obstacle: "dirty" });
    expect(authority.read([news], 100).obstacle).toBeNull();
  });

  test("is told when the origin may lag behind the newest bump", () => {
    const authority = create({ originLagMs: 50 });
    authority.bump(buildScopeTags(["item"]), 1000);
    expect(authority.read([item], 1049)).toMatchObject({ isLagging: true });
    expect(authority.read([news], 1049)).toMatchObject({ isLagging: false });
    expect(authority.read([item], 1050)).toMatchObject({ isLagging: false });
    authority.bump(buildScopeTags(["news"]), 1060);
    expect(authority.read([item], 1061)).toMatchObject({ isLagging: false });
    expect(authority.read([news], 1061)).toMatchObject({ isLagging: true });
  });
});

describe("an intent", () => {
  test("gives the origin a minute, counted from its first opening", () => {
    const authority = create();
    expect(open(authority, "a", 1000)).toEqual({ refusal: null, deadlineMs: 61_000 });
    expect(open(authority, "a", 3000)).toEqual({ refusal: null, deadlineMs: 61_000 });
    expect(authority.buildReport(3000)).toMatchObject({
      openIntents: 1,
      oldestIntentOpenedAtMs: 1000,
    });
  });

  test("makes nothing dirty while its forward is alive, however long", () => {
    const authority = create();
    open(authority, "a");
    expect(authority.read([item], 10 * HARD_AGE_MS).obstacle).toBeNull();
    authority.settleIntent("a", { tags: [], bumpsScope: true }, 10 * HARD_AGE_MS);
    expect(authority.getNumbers([item])).toEqual([1]);
  });

  test("of unknown outcome is dirty until its hard age, and bumps then", () => {
    const authority = create();
    open(authority, "a", 1000);
    authority.loseIntent("a", 5000);
    expect(authority.read([item], 1000 + HARD_AGE_MS - 1)).toEqual({ obstacle: "dirty" });
    expect(authority.read([item], 1000 + HARD_AGE_MS)).toMatchObject({ numbers: [1] });
  });

  test("that is lost after its hard age bumps at once", () => {
    const authority = create();
    open(authority, "a");
    authority.loseIntent("a", HARD_AGE_MS);
    expect(authority.read([item], HARD_AGE_MS)).toMatchObject({ numbers: [1] });
  });

  test("of a stream that never ends is over at its hard age", () => {
    const authority = create();
    open(authority, "a");
    authority.beginStream("a", nothing, 10);
    expect(authority.read([item], HARD_AGE_MS - 1)).toEqual({ obstacle: "dirty" });
    expect(authority.read([item], HARD_AGE_MS)).toMatchObject({ numbers: [1] });
    authority.settleIntent("a", { tags: [], bumpsScope: true }, HARD_AGE_MS + 1);
    expect(authority.buildReport(HARD_AGE_MS + 1)).toMatchObject({ openIntents: 0, bumps: 1 });
  });

  test("beyond an eighth of all is refused to its client only", () => {
    const authority = create({ maxOpenIntents: 17 });
    open(authority, "a1", 0, "a");
    open(authority, "a2", 0, "a");
    expect(open(authority, "a3", 0, "a")).toEqual({ refusal: "client-share" });
    expect(open(authority, "b1", 0, "b").refusal).toBeNull();
    authority.loseIntent("a1", 0);
    expect(open(authority, "a3", 0, "a").refusal).toBeNull();
  });

  test("of everything makes every context dirty", () => {
    const authority = create();
    authority.loseUpload({ id: "a", scope: "*", clientId: "a" }, 0);
    expect(authority.read([news], 0)).toEqual({ obstacle: "dirty" });
    expect(authority.read([news], HARD_AGE_MS)).toMatchObject({ numbers: [1] });
  });
});

describe("a hold", () => {
  test("is released once, with one bump", () => {
    const authority = create();
    authority.hold("deploy", ["item"]);
    authority.hold("deploy", ["news"]);
    expect(authority.buildReport(0).holds).toEqual(["deploy"]);
    authority.releaseHold("deploy", 0);
    authority.releaseHold("deploy", 0);
    expect(authority.read([item, news], 0)).toMatchObject({ numbers: [1, 1] });
    expect(authority.buildReport(0).bumps).toBe(1);
  });

  test("of one deploy outlasts the end of another's", () => {
    const authority = create();
    authority.hold("one", ["item"]);
    authority.hold("two", "*");
    authority.releaseHold("one", 0);
    expect(authority.read([item], 0)).toEqual({ obstacle: "held" });
    authority.releaseHold("two", 0);
    expect(authority.read([item], 0).obstacle).toBeNull();
  });
});

import { expect, test } from "vitest";
import { BodyTurns } from "../../../../../edge/cache/origin/body-turns.ts";

const turn = () => new Promise((resolve) => setTimeout(resolve, 0));

/** Asks for a turn; `ends` gets what ends it once it has begun. */
function ask(turns: BodyTurns, clientId: string, atOnce: number) {
  const asked: { end: (() => void) | null; isRefused: boolean } = { end: null, isRefused: false };
  void turns.take(clientId, atOnce).then((end) => {
    asked.end = end;
    asked.isRefused = end === null;
  });
  return asked;
}

test("so many begin at once, of nobody all; the others follow in their order", async () => {
  const turns = new BodyTurns();
  const [a, a2, b, c] = ["a", "a", "b", "c"].map((client) => ask(turns, client, 2));
  await turn();
  expect([a?.end, a2?.end, b?.end, c?.end].map((end) => end !== null)).toEqual([
    true,
    false,
    true,
    false,
  ]);
  b?.end?.();
  await turn();
  expect(a2?.end).toBeNull(); // its client has its share
  expect(c?.end).not.toBeNull();
  a?.end?.();
  await turn();
  expect(a2?.end).not.toBeNull();
});

test.each([
  // Behind one address there may be a whole site.
  [4, ["a", "a", "a"], "110"],
  [4, ["a", "a", "b", "b", "c", "d"], "111010"],
  [32, Array<string>(17).fill("a"), "11111111111111110"],
  [1, ["a", "b"], "10"],
])("of %i turns a client has half of what the others leave: %j", async (atOnce, clients, begun) => {
  const turns = new BodyTurns();
  const asked = clients.map((client) => ask(turns, client, atOnce));
  await turn();
  expect(asked.map(({ end }) => Number(end !== null)).join("")).toBe(begun);
});

test("a turn that ends goes to who has fewer, though the other came first", async () => {
  const turns = new BodyTurns();
  const [a] = ["a", "a", "b", "c"].map((client) => ask(turns, client, 4));
  const [a3, d] = ["a", "d"].map((client) => ask(turns, client, 4));
  await turn();
  a?.end?.();
  await turn();
  expect(a3?.end).toBeNull();
  expect(d?.end).not.toBeNull();
});

test("a turn ends once, however often it is said", async () => {
  const turns = new BodyTurns();
  const [a, b, c] = ["a", "b", "c"].map((client) => ask(turns, client, 1));
  await turn();
  a?.end?.();
  a?.end?.();
  await turn();
  expect(b?.end).not.toBeNull();
  expect(c?.end).toBeNull();
});

test("who waits too long is refused, and leaves the turn to the next", async () => {
  const turns = new BodyTurns(20);
  const first = ask(turns, "a", 1);
  const late = ask(turns, "b", 1);
  await turn();
  await new Promise((resolve) => setTimeout(resolve, 60));
  expect(late.isRefused).toBe(true);
  const next = ask(turns, "c", 1);
  await turn();
  first.end?.();
  await turn();
  expect(next.end).not.toBeNull();
  expect(late.end).toBeNull();
});

test("of one client at most 32 wait, of all 256", async () => {
  const turns = new BodyTurns();
  const asked = Array.from({ length: 34 }, () => ask(turns, "a", 1));
  await turn();
  expect(asked.map(({ isRefused }) => isRefused).indexOf(true)).toBe(33);
  const others = Array.from({ length: 300 }, (_, index) => ask(turns, `b${index}`, 1));
  await turn();
  expect(others.filter(({ isRefused }) => !isRefused)).toHaveLength(256 - 32);
});

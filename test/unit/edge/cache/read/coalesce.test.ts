import { expect, test } from "vitest";
import { Flights } from "../../../../../edge/cache/read/coalesce.ts";

/** A read as the Edge makes it: joins, else asks; asks for itself where nothing was stored. */
async function read(
  flights: Flights<string>,
  key: string,
  ask: () => Promise<{ answer: string; isStorable: boolean }>,
): Promise<string> {
  const joined = await flights.find(key);
  if (joined !== null) return joined;
  const isFree = flights.find(key) === null;
  const flight = isFree ? flights.begin(key) : null;
  const { answer, isStorable } = await ask();
  flight?.land(isStorable ? answer : null);
  return answer;
}

function createOrigin(isStorable: boolean) {
  const origin = {
    asked: 0,
    ask: async () => {
      origin.asked += 1;
      const answer = `answer ${origin.asked}`;
      await new Promise((resolve) => setTimeout(resolve, 5));
      return { answer, isStorable };
    },
  };
  return origin;
}

test("1,000 identical misses at once reach the origin once", async () => {
  const [flights, origin] = [new Flights<string>(), createOrigin(true)];
  const leader = read(flights, "k", origin.ask);
  await Promise.resolve();
  const followers = Array.from({ length: 999 }, () => read(flights, "k", origin.ask));
  const answers = await Promise.all([leader, ...followers]);
  expect(new Set(answers)).toEqual(new Set(["answer 1"]));
  expect(origin.asked).toBe(1);
  expect(flights.size).toBe(0);
});

// Mutant `join-unstorable`.
test("nobody gets an answer of another's that may not be shared", async () => {
  const [flights, origin] = [new Flights<string>(), createOrigin(false)];
  const leader = read(flights, "k", origin.ask);
  await Promise.resolve();
  const followers = Array.from({ length: 9 }, () => read(flights, "k", origin.ask));
  const answers = await Promise.all([leader, ...followers]);
  expect(new Set(answers).size).toBe(10);
  expect(flights.size).toBe(0);
});

// Mutant `coalesce-without-number`.
test("a fetch under another number is not joined", () => {
  const flights = new Flights<string>();
  flights.begin('["i",[1]]k');
  expect(flights.find('["i",[2]]k')).toBeNull();
});

test("followers are told as soon as it is known, and the first word counts", async () => {
  const flights = new Flights<string>();
  const flight = flights.begin("k");
  const follower = flights.find("k");
  flight.land(null);
  flight.land("late");
  expect(await follower).toBeNull();
});

test("a fetch that ends late does not end its successor", async () => {
  const flights = new Flights<string>();
  const first = flights.begin("k");
  first.land("one");
  const second = flights.begin("k");
  first.land("one again");
  const follower = flights.find("k");
  second.land("two");
  expect(await follower).toBe("two");
});

test("two fetches under one key are a mistake of the caller", () => {
  const flights = new Flights<string>();
  flights.begin("k");
  expect(() => flights.begin("k")).toThrow("under way");
});

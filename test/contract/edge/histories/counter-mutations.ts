/** How clients change the counters, in every way that the Edge can learn of: requests as data. */

import type { SeededRandom } from "../../../helpers/history/seeded-random.ts";
import type { TimedAnswer, TimedRequest } from "../../../helpers/history/timed-client.ts";
import { CALL, HOST } from "../mizan-app.ts";
import { chooseItem, type Identity, ITEMS } from "./counter-reads.ts";

export interface CounterMutation {
  readonly name: MutationKind;
  readonly keys: readonly string[];
  readonly request: TimedRequest;
  /** By how much each counter is raised. */
  readonly raises: number;
  /** Status of the answer if all goes as it should. */
  readonly status: number;
  /** What that answer means. */
  readonly isDone: boolean;
  /** When it counts as answered: where it still writes while it answers, with the last byte. */
  readonly answeredAt: "head" | "end";
  /** Past the Edge, which is told afterwards. */
  readonly isPastEdge: boolean;
}

/** How often, by name. */
const SHARES = {
  add: 30,
  refused: 4,
  undone: 4,
  failed: 8,
  slow: 8,
  large: 3,
  all: 3,
  board: 6,
  both: 5,
  mine: 12,
  merge: 8,
  hook: 6,
  stream: 4,
  plain: 5,
  quiet: 6,
};

/** The Edge's own, which has no value: nobody knows whether anything was done, but that it was. */
const LOST_STATUS = 502;

/** The worker ends after the commit: what else it was about is lost, too. */
const KILLS = ["mine_killed", "item_killed"] as const;

export type MutationKind = keyof typeof SHARES | (typeof KILLS)[number];
export const MUTATION_KINDS: readonly string[] = [...Object.keys(SHARES), ...KILLS];

interface Parts {
  readonly item: number;
  readonly user: string | null;
  readonly random: SeededRandom;
  readonly call: (fn: string, args: object) => TimedRequest;
}

type Built = Pick<CounterMutation, "request"> & Partial<CounterMutation>;

const BUILD: Readonly<Record<MutationKind, (parts: Parts) => Built>> = {
  add: ({ call, item }) => ({ request: call("add", { item_id: item }) }),
  slow: ({ call, item, random }) => ({
    request: call("add", {
      item_id: item,
      before_ms: random.below(80),
      after_ms: random.below(80),
    }),
  }),
  refused: ({ call, item }) => ({
    request: call("add", { item_id: item, ending: "refused" }),
    status: 400,
    isDone: false,
  }),
  undone: ({ call, item }) => ({
    request: call("add", { item_id: item, ending: "undone" }),
    status: 500,
    isDone: false,
  }),
  failed: ({ call, item, random }) => ({
    request: call("add", { item_id: item, ending: "failed", after_ms: random.below(20) }),
    status: 500,
  }),
  item_killed: ({ call, item }) => ({
    request: call("add", { item_id: item, ending: "killed", after_ms: 20 }),
    status: LOST_STATUS,
  }),
  mine_killed: ({ call, user }) => ({
    request: call("add_to_mine", { user_id: Number(user), ending: "killed" }),
    keys: [`mine:${user}`],
    status: LOST_STATUS,
  }),
  large: ({ call, item }) => ({
    request: call("add_large", { item_id: item, padding: "x".repeat(300_000) }),
  }),
  all: ({ call }) => ({
    request: call("add_to_all", {}),
    keys: Array.from({ length: ITEMS }, (_, index) => `item:${index + 1}`),
  }),
  board: ({ call }) => ({ request: call("add_to_board", {}), keys: ["board"] }),
  both: ({ call, item }) => ({
    request: call("add_to_both", { item_id: item }),
    keys: [`item:${item}`, "board"],
  }),
  mine: ({ call, user }) => ({
    request: call("add_to_mine", { user_id: Number(user) }),
    keys: [`mine:${user}`],
  }),
  merge: ({ call, user }) => ({
    request: call("add_and_merge", { user_id: Number(user) }),
    keys: [`mine:${user}`],
  }),
  hook: ({ item }) => ({ request: buildPost(`/hooks/add/${item}/`) }),
  stream: ({ item }) => ({
    request: buildPost(`/hooks/stream/${item}/`),
    raises: 2,
    answeredAt: "end",
  }),
  plain: ({ item }) => ({ request: buildPost(`/plain/${item}/`) }),
  quiet: ({ item }) => ({ request: buildPost(`/quiet/${item}/`), isPastEdge: true }),
};

export function chooseMutation(random: SeededRandom, identity: Identity): CounterMutation {
  return buildMutation(random.choose<keyof typeof SHARES>(SHARES), random, identity);
}

/** The kinds one after the other. */
export function buildKill(
  index: number,
  random: SeededRandom,
  identity: Identity,
): CounterMutation {
  return buildMutation(KILLS[index % KILLS.length] ?? KILLS[0], random, identity);
}

function buildMutation(
  name: MutationKind,
  random: SeededRandom,
  { user, token }: Identity,
): CounterMutation {
  const item = chooseItem(random);
  const call = (fn: string, args: object) => ({
    ...buildPost(CALL, { "x-mizan-token": token ?? "" }),
    body: JSON.stringify({ fn, args }),
  });
  return {
    name,
    keys: [`item:${item}`],
    raises: 1,
    status: 200,
    isDone: true,
    answeredAt: "head",
    isPastEdge: false,
    ...BUILD[name]({ item, user, random, call }),
  };
}

function buildPost(path: string, headers: Readonly<Record<string, string>> = {}) {
  return { method: "POST", path, headers: { host: HOST, ...headers } };
}

/** @returns the value of the counter as the answer to a mutation says it; null: it does not */
export function readRaised({ body }: TimedAnswer, key: string): number | null {
  const line = body.split("\n").at(-1) ?? "";
  if (!line.startsWith("{")) return null;
  const json = JSON.parse(line);
  const n: unknown = (json.error?.details ?? json.result ?? json).n;
  if (typeof n === "number") return n;
  return (n as Readonly<Record<string, number>> | undefined)?.[key] ?? null; // the fixture's form
}

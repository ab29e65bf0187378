import { expect, test } from "vitest";
import type { EdgeSecrets, EdgeState, MizanPolicy } from "../../../../../edge/cache/contract.ts";
import { parseEdgeState } from "../../../../../edge/cache/release/parse-edge-state.ts";
import { parseEdgeStart } from "../../../../../edge/cache/release/parse-policy.ts";
import { prepareRelease } from "../../../../../edge/cache/release/prepared-release.ts";
import { StateError } from "../../../../../edge/cache/release/state-fields.ts";
import { EXAMPLE } from "../manifest/manifest-example.ts";

const mizan: MizanPolicy = {
  manifest: EXAMPLE,
  buildId: "b",
  isCacheOff: false,
  hosts: ["a.test"],
  sessionCookie: "sessionid",
  identityCookies: [],
  locale: {
    languages: [{ code: "en", hasCatalogue: true }],
    fallback: "en",
    cookieName: "django_language",
  },
  audience: null,
  requestLimitSeconds: 60,
  originLagMs: 0,
  ttlCapSeconds: 300,
};
const key = { kid: "k", state: "sign", secret: "hidden-value" } as const;
const secrets: EdgeSecrets = { edge: [key], cache: [key], mwt: [] };
const state: EdgeState = {
  version: 1,
  live: {
    release: "r1",
    slot: 0,
    assets: {},
    fallback: null,
    djangoServesRoot: true,
    mediaPrefix: null,
    mizan,
  },
  kept: [],
  secrets,
};

function withPolicy(fields: Readonly<Record<string, unknown>>): unknown {
  return { ...state, live: { ...state.live, mizan: { ...mizan, ...fields } } };
}

test("a whole state comes through as it is", () => {
  expect(parseEdgeState(JSON.parse(JSON.stringify(state)))).toEqual(state);
});

test.each<[string, unknown]>([
  ["secrets: missing", { ...state, secrets: undefined }],
  ["secrets.edge[0].state: not sign, verify or retired", withRing([{ ...key, state: "x" }])],
  ['secrets.edge[0]: unknown field "note"', withRing([{ ...key, note: 1 }])],
  ["secrets.edge[0].secret: not a text", withRing([{ ...key, secret: "" }])],
  ["live.mizan.hosts[0]: not a text", withPolicy({ hosts: [""] })],
  ["live.mizan.audience: not a text", withPolicy({ audience: 1 })],
  [
    "live.mizan.requestLimitSeconds: not a number from 0 on",
    withPolicy({ requestLimitSeconds: -1 }),
  ],
  ['live.mizan.locale: no field "languages"', withPolicy({ locale: {} })],
  ['live.mizan: unknown field "ttl"', withPolicy({ ttl: 1 })],
])("refuses: %s", (reason, raw) => {
  expect(() => parseEdgeState(raw)).toThrow(new StateError(reason));
});

function withRing(edge: readonly unknown[]): unknown {
  return { ...state, secrets: { ...secrets, edge } };
}

test.each<[string, EdgeState]>([
  ["secrets.cache: no key signs", { ...state, secrets: { ...secrets, cache: [] } }],
  [
    "secrets.edge: more than one key signs",
    { ...state, secrets: { ...secrets, edge: [key, { ...key, kid: "l" }] } },
  ],
  [
    "live.mizan.manifest: version: not 1",
    {
      ...state,
      live: { ...state.live, mizan: { ...mizan, manifest: { ...EXAMPLE, version: 3 } } },
    },
  ],
])("cannot be used: %s, and names no secret", async (reason, wrong) => {
  const failure = await prepareRelease(wrong).catch((error: unknown) => error);
  expect(failure).toEqual(new StateError(reason));
  expect(String(failure)).not.toContain("hidden-value");
});

test("a start without holds and with them comes through; none is none", () => {
  const start = {
    incarnation: "i",
    quarantineUntilMs: 5,
    holds: [
      { id: "h", scope: "*", untilMs: null },
      { id: "g", scope: ["news"], untilMs: 7 },
    ],
    cacheBytes: 1000,
  };
  expect(parseEdgeStart(start)).toEqual(start);
  expect(parseEdgeStart(null)).toBeNull();
  expect(() => parseEdgeStart({ ...start, incarnation: "" })).toThrow("start.incarnation");
});

/**
 * The real Edge without one rule each: what is changed in its text, and which kind of histories
 * notices. Every row of edge-consistency 11 that is marked with 1 is here, then mutants of our own.
 */

import type { Patch } from "./bundle-source.ts";
import type { ProfileName } from "./edge/profiles.ts";

export interface EdgeMutant {
  readonly name: string;
  /** Together they are one wrong Edge. */
  readonly planted: readonly Patch[];
  readonly caughtBy: ProfileName;
}

function caught(
  caughtBy: ProfileName,
  name: string,
  file: string,
  ...changes: readonly (readonly [find: string, replace: string])[]
): EdgeMutant {
  const planted = changes.map(([find, replace]) => ({ file, find, replace }));
  return { name, planted, caughtBy };
}

const READ = "edge/cache/read";
const PAGES = "edge/cache/pages";
const MUTATION = "edge/cache/mutation";
const AUTHORITY = "edge/authority";
const LIFE = "cli/targets/local/agent/edge-life.ts";

const HOLD = "cli/targets/local/mizan/context-hold.ts";

const LASTING_KEY =
  "JSON.stringify([kind, scheme, host, place, protocolKeys, identity, language, buildId])";

/** Numbers, intents, outcomes (sections 2 to 4). */
const NUMBER_MUTANTS: readonly EdgeMutant[] = [
  caught("freshness", "drop-generation", `${READ}/storage-key.ts`, [
    "JSON.stringify([incarnation, numbers])",
    "JSON.stringify([incarnation])",
  ]),
  caught(
    "freshness",
    "generation-after-origin",
    `${READ}/fetch-reduced.ts`,
    ["{ key, flight }: KeptPurpose,", "{ key: early, flight }: KeptPurpose,"],
    [
      "const { entries } = cached.cache;",
      `const { entries } = cached.cache;
  const late = cached.cache.authority.read(read.questions, Date.now());
  const key = late.obstacle === null
    ? JSON.stringify([late.incarnation, late.numbers]) + read.lastingKey
    : early;`,
    ],
  ),
  caught("freshness", "bump-after-response", `${MUTATION}/take-mutation-answer.ts`, [
    "record.settle(settlement, Date.now());\n  if (body === null)",
    "setTimeout(() => record.settle(settlement, Date.now()), 1);\n  if (body === null)",
  ]),
  caught("loss", "no-intent", `${MUTATION}/answer-mutation.ts`, [
    "authority.openIntent(request, Date.now())",
    "{ refusal: null, deadlineMs: Date.now() + visit.cached.policy.requestLimitSeconds * 1000 }",
  ]),
  caught("loss", "dirty-ends-without-bump", `${AUTHORITY}/authority.ts`, [
    "const scope = this.#intents.endExpired(nowMs);\n    this.#bump(buildScopeTags(scope), nowMs);",
    "this.#intents.endExpired(nowMs);",
  ]),
  caught("late-commit", "hard-deadline-short", `${AUTHORITY}/times.ts`, [
    "return forwardWaitMs + requestLimitMs + clockDifferenceMs;",
    "return requestLimitMs;",
  ]),
  caught("streams", "one-dirty-flag", `${AUTHORITY}/intents.ts`, [
    "if (left > 0) this.#dirty.set(context, left);\n      else this.#dirty.delete(context);",
    "this.#dirty.delete(context);",
  ]),
  caught("freshness", "error-clears", `${AUTHORITY}/outcome.ts`, [
    "if (wrote === true || isStreamed) return true;",
    "if (!isSuccess) return false;\n  if (wrote === true || isStreamed) return true;",
  ]),
  caught("streams", "stream-settles-at-headers", `${MUTATION}/take-mutation-answer.ts`, [
    "if (outcome.mayWriteLater) return",
    "if (false) return",
  ]),
  caught("freshness", "exact-spelling", `${AUTHORITY}/plain-value.ts`, [
    "(?:0|[1-9][0-9]*)",
    "[0-9]+",
  ]),
  caught("freshness", "no-floor", `${AUTHORITY}/numbers.ts`, [
    "known.floor = Math.max(known.floor, row.number);",
    "",
  ]),
  caught("freshness", "row-restarts", `${AUTHORITY}/numbers.ts`, [
    "known.rows.delete(key);\n    known.rows.set(key, { param, value, number: this.#counter });",
    `const own = (known.rows.get(key)?.number ?? 0) + 1;
    known.rows.delete(key);
    known.rows.set(key, { param, value, number: own });`,
  ]),
  caught("freshness", "absent-parameter", `${AUTHORITY}/numbers.ts`, [
    ": (known.any.get(param) ?? 0);",
    ": value === undefined ? 0 : (known.any.get(param) ?? 0);",
  ]),
  caught("freshness", "exact-key-purge", `${AUTHORITY}/numbers.ts`, [
    "known.any.set(param, this.#counter);",
    "",
  ]),
];

/** Key, sharing, age (sections 3 and 9). */
const READ_MUTANTS: readonly EdgeMutant[] = [
  caught(
    "freshness",
    "coalesce-without-number",
    `${READ}/obtain-answer.ts`,
    ["underWay = cache.flights.find(place.key)", "underWay = cache.flights.find(read.lastingKey)"],
    ["cache.flights.begin(place.key)", "cache.flights.begin(read.lastingKey)"],
  ),
  caught(
    "isolation",
    "join-unstorable",
    `${READ}/fetch-reduced.ts`,
    [
      "if (purpose.bypass === null && refusal === null) return keep(visit, read, purpose, answered);",
      `if (purpose.bypass === null && response.status === 200) {
    const kept = refusal === null ? cached.cache.entries : { put: () => true };
    return keep(visit, read, purpose, answered, kept);
  }`,
    ],
    [
      "const { response } = answered.answer;\n  const refusal",
      "const { response } = answered.answer;\n  const { cached } = visit;\n  const refusal",
    ],
    [
      "{ key, flight }: KeptPurpose,\n  answered: Answered,",
      "{ key, flight }: KeptPurpose,\n  answered: Answered,\n  entries,",
    ],
    ["const { entries } = cached.cache;", ""],
  ),
  caught("isolation", "key-without-user", `${READ}/understand-read.ts`, [
    "params: parameters, userId, rev",
    "params: parameters, userId: null, rev",
  ]),
  caught("isolation", "key-without-kind", `${READ}/storage-key.ts`, [
    LASTING_KEY,
    "JSON.stringify([scheme, host, protocolKeys, identity, language])",
  ]),
  caught("isolation", "key-without-host", `${READ}/storage-key.ts`, [
    LASTING_KEY,
    "JSON.stringify([kind, place, protocolKeys, identity, language, buildId])",
  ]),
  caught("deploy", "key-without-build", `${READ}/storage-key.ts`, [
    LASTING_KEY,
    "JSON.stringify([kind, scheme, host, place, protocolKeys, identity, language])",
  ]),
  caught("isolation", "key-without-claims", `${READ}/storage-key.ts`, [
    "[claims.pkey, claims.staff, claims.super]",
    "[]",
  ]),
  caught("age", "ttl-trust-store", `${READ}/entry-store.ts`, [
    "return ageMs >= 0 && ageMs < ttlMs;",
    "return ageMs >= 0;",
  ]),
  caught("age", "ttl-stamp-late", "edge/cache/origin/ask-origin.ts", [
    "return { response, askedAtMs, originMs",
    "return { response, askedAtMs: Date.now(), originMs",
  ]),
];

/** One machine: death, replacement, two releases (sections 5 and 6). */
const LIFE_MUTANTS: readonly EdgeMutant[] = [
  caught("crash", "no-quarantine", LIFE, [
    "quarantineUntilMs: nowMs + limitMs }",
    "quarantineUntilMs: 0 }",
  ]),
  caught("late-after-crash", "quarantine-short", LIFE, [
    "quarantineUntilMs: nowMs + limitMs }",
    "quarantineUntilMs: nowMs + limitMs / 2 }",
  ]),
  caught("crash", "same-incarnation", LIFE, [
    "incarnation: randomUUID()",
    'incarnation: "the same"',
  ]),
  caught("replace", "old-not-revoked", "edge/cache/control/control.ts", [
    "cache.authority.hold(id, scope, untilMs);",
    "",
  ]),
  caught("replace", "no-drain", LIFE, ["untilMs: nowMs + drainMs + limitMs }", "untilMs: nowMs }"]),
  caught("deploy", "switch-no-hold", HOLD, [
    "if (plan === null || plan.scope.length === 0) return;",
    "return;",
  ]),
  caught("deploy", "switch-early-release", HOLD, [
    "if (slot !== undefined && !(await waitUntilDrained(agent, slot))) return false;",
    "",
  ]),
];

/** Declared pages: of several contexts, rendered by somebody else (section 3, design D8). */
const PAGE_MUTANTS: readonly EdgeMutant[] = [
  caught("freshness", "early-fetch", `${PAGES}/compose-page.ts`, [
    "return await answerWithPage(visit, made, purpose);",
    `const late = purpose.bypass === null
      ? visit.cached.cache.authority.read(understood.read.questions, Date.now())
      : { obstacle: "none" };
    const numbers = late.obstacle === null ? JSON.stringify([late.incarnation, late.numbers]) : null;
    const key = numbers === null ? purpose.key : numbers + purpose.subject;
    return await answerWithPage(visit, made, { ...purpose, key });`,
  ]),
  caught("deploy", "page-key-without-build", `${PAGES}/page-key.ts`, [
    "protocolKeys, language, buildId]",
    "protocolKeys, language]",
  ]),
  caught("isolation", "page-key-without-host", `${PAGES}/page-key.ts`, [
    '["declared", scheme, host, place',
    '["declared", scheme, place',
  ]),
  caught("age", "page-ends-with-the-last", `${PAGES}/decide-page-store.ts`, [
    "const endMs = Math.min(",
    "const endMs = Math.max(",
  ]),
  caught("freshness", "recovered-page-is-stored", `${PAGES}/decide-page-store.ts`, [
    'verdict === "complete"',
    'verdict !== "broken"',
  ]),
  caught("freshness", "broken-page-is-stored", `${PAGES}/decide-page-store.ts`, [
    'verdict === "complete"',
    'verdict !== "recovered"',
  ]),
  {
    name: "page-of-the-ssr-server-is-stored",
    planted: [
      {
        file: `${PAGES}/decide-page-store.ts`,
        find: 'by === "render" && verdict === "complete"',
        replace: 'verdict === "complete"',
      },
      {
        file: `${PAGES}/compose-page.ts`,
        find: 'if (isError || rendered.by !== "render") return false;',
        replace: "if (isError) return false;",
      },
    ],
    caughtBy: "freshness",
  },
  caught("isolation", "page-of-what-may-not-be-shared-is-stored", `${PAGES}/decide-page-store.ts`, [
    'if (answer === null || !("json" in answer) || answer.kept === null) return null;',
    'if (answer === null || !("json" in answer)) return null;\n    if (answer.kept === null) continue;',
  ]),
  caught("isolation", "page-of-a-session-is-anonymous", `${PAGES}/understand-page.ts`, [
    'if (allIdentityCookies.has(name)) return "credentials";',
    "",
  ]),
  caught("isolation", "page-of-a-token-is-anonymous", `${PAGES}/understand-page.ts`, [
    'headers.has("x-mizan-token") || ',
    "",
  ]),
];

/** What is wrong is not in the list of the page. */
const OWN_MUTANTS: readonly EdgeMutant[] = [
  caught("slow-origin", "follower-takes-what-is-too-old", `${READ}/obtain-answer.ts`, [
    "visit.startedAtMs - stored.askedAtMs >= stored.ttlMs",
    "false",
  ]),
  caught("late-switch", "switch-forgets-who-was-lost", HOLD, [
    "|| (cache !== null && cache.unknownIntents > 0);",
    ";",
  ]),
  caught("uploads", "lost-upload-is-forgotten", `${MUTATION}/mutation-record.ts`, [
    "else if (this.#request.scope.length > 0) this.#authority.loseUpload(this.#request, nowMs);",
    "",
  ]),
  caught("isolation", "set-cookie-is-stored", `${READ}/decide-store.ts`, [
    'if (headers.has("set-cookie")) return "set-cookie";',
    "",
  ]),
  caught("isolation", "vary-anything-is-stored", `${READ}/decide-store.ts`, [
    'if (variesByAnything(headers.get("vary")) ||',
    "if (",
  ]),
  caught("isolation", "nonce-is-stored", `${READ}/decide-store.ts`, [
    'if (hasNonce(headers.get("content-security-policy"))) return "nonce";',
    "",
  ]),
  caught("isolation", "page-of-another-pattern-is-stored", `${READ}/decide-store.ts`, [
    'return head.isResolvedAsMatched ? null : "no-rule";',
    "return null;",
  ]),
  caught("isolation", "cookies-reach-the-origin", `${READ}/fetch-reduced.ts`, [
    "const url = new URL(visit.url);",
    `const url = new URL(visit.url);
  if (request.headers.has("cookie")) headers.set("cookie", request.headers.get("cookie"));`,
  ]),
  caught("isolation", "session-is-anonymous", `${READ}/decide-read.ts`, [
    'if (facts.hasAuthorization || hasIdentityCookie) return { bypass: "credentials" };',
    "",
  ]),
  caught("isolation", "token-is-not-verified", "edge/cache/identity/verify-mwt.ts", [
    "if (error instanceof errors.JWSSignatureVerificationFailed) continue;",
    `if (error instanceof errors.JWSSignatureVerificationFailed) {
        return Uint8Array.from(atob(token.split(".")[1]), (character) => character.charCodeAt(0));
      }`,
  ]),
  caught("isolation", "vary-is-ignored", `${READ}/decide-repeat.ts`, [
    "if (names.some((name) => facts.requestHeaders.has(name))) {",
    "if (false) {",
  ]),
  caught("isolation", "hit-ignores-vary", `${READ}/decide-read.ts`, [
    'if (varyNames.some((name) => headers.has(name))) return "vary";',
    "",
  ]),
  caught("isolation", "mizan-headers-come-in", "edge/cache/origin/forwarded-headers.ts", [
    'if (name.startsWith("x-mizan-")) return name !== CLIENT_TOKEN_HEADER;',
    "",
  ]),
  caught("isolation", "underscores-come-in", "edge/cache/origin/forwarded-headers.ts", [
    'if (name.includes("_")) return true;',
    "",
  ]),
  caught("isolation", "answers-may-be-kept-by-browsers", `${READ}/decide-store.ts`, [
    '  headers.set("cache-control", "private, no-store");\n',
    "",
  ]),
];

export const EDGE_MUTANTS: readonly EdgeMutant[] = [
  ...NUMBER_MUTANTS,
  ...READ_MUTANTS,
  ...LIFE_MUTANTS,
  ...PAGE_MUTANTS,
  ...OWN_MUTANTS,
];

/**
 * Every way of being wrong that lives in edge/authority or in the rules of whoever calls it
 * (edge-consistency 11, those marked with 1, and our own): what is changed, and what notices.
 */

import type { Patch } from "./bundle-source.ts";
import type { HostRules } from "./checks/freshness-world.ts";

/** Files in checks/: freshness-check.ts and so on; `forms` is header-check.ts. */
export type CheckName = "freshness" | "numbers" | "marks" | "forms" | "values";

export interface Mutant {
  readonly name: string;
  /** Changed text of a module, or a broken rule of the Edge around the authority. */
  readonly planted: Patch | { readonly rules: Partial<HostRules> };
  readonly caughtBy: CheckName;
}

function caught(caughtBy: CheckName, name: string, planted: Patch): Mutant {
  return { name, planted, caughtBy };
}

function broken(name: string, rules: Partial<HostRules>): Mutant {
  return { name, planted: { rules }, caughtBy: "freshness" };
}

function forgotten(name: string, file: string, find: string): Mutant {
  return caught("freshness", name, change(file, find, ""));
}

function change(file: string, find: string, replace: string): Patch {
  return { file, find, replace };
}

/** Rules that are kept outside the authority. edge/cache plants them again in the real Edge. */
const HOST_MUTANTS: readonly Mutant[] = [
  broken("drop-generation", { keyHasNumber: false }),
  broken("generation-after-origin", { asksNumbersFirst: false }),
  broken("bump-after-response", { bumpsBeforeResponse: false }),
  broken("no-intent", { opensIntents: false }),
  broken("stream-settles-at-headers", { settlesAtLastByte: false }),
  broken("no-quarantine", { quarantineQuarters: 0 }),
  broken("quarantine-short", { quarantineQuarters: 2 }),
  broken("same-incarnation", { isReborn: false }),
  broken("switch-no-hold", { holds: false }),
  broken("switch-early-release", { drainsBeforeRelease: false }),
];

const INTENT_MUTANTS: readonly Mutant[] = [
  caught(
    "freshness",
    "dirty-ends-without-bump",
    change(
      "authority.ts",
      "const scope = this.#intents.endExpired(nowMs);\n    this.#bump(buildScopeTags(scope), nowMs);",
      "this.#intents.endExpired(nowMs);",
    ),
  ),
  caught(
    "freshness",
    "hard-deadline-short",
    change(
      "times.ts",
      "return forwardWaitMs + requestLimitMs + clockDifferenceMs;",
      "return requestLimitMs;",
    ),
  ),
  caught(
    "freshness",
    "unknown-outcome-ends-clean",
    change("intents.ts", "    this.addUnknown(intent);\n", ""),
  ),
  caught(
    "freshness",
    "one-dirty-flag",
    change(
      "intents.ts",
      "if (left > 0) this.#dirty.set(context, left);\n      else this.#dirty.delete(context);",
      "this.#dirty.delete(context);",
    ),
  ),
  caught(
    "marks",
    "one-dirty-flag",
    change(
      "intents.ts",
      "if (left > 0) this.#dirty.set(context, left);\n      else this.#dirty.delete(context);",
      "this.#dirty.delete(context);",
    ),
  ),
  caught("freshness", "marks-never-end", change("intents.ts", "if (left > 0)", "if (left >= 0)")),
  caught(
    "marks",
    "folded-mark-ends-early",
    change(
      "intents.ts",
      "openedAtMs: Math.max(one.openedAtMs, other.openedAtMs)",
      "openedAtMs: Math.min(one.openedAtMs, other.openedAtMs)",
    ),
  ),
  caught(
    "freshness",
    "stream-makes-nothing-dirty",
    change("intents.ts", 'state: "streaming" });', 'state: "open" });'),
  ),
  caught(
    "freshness",
    "stream-forgets-what-its-header-names",
    change(
      "intents.ts",
      "const merged = mergeScopes(intent.scope, scope);",
      "const merged = intent.scope;",
    ),
  ),
  caught(
    "freshness",
    "upload-lost-unnoticed",
    change("authority.ts", "this.#intents.addUnknown({ ...request, openedAtMs: nowMs });", ""),
  ),
];

const NUMBER_MUTANTS: readonly Mutant[] = [
  caught(
    "values",
    "exact-spelling",
    change("plain-value.ts", "  if (value.length > MAX_LENGTH) return false;", "  return true;"),
  ),
  caught("freshness", "exact-spelling", change("plain-value.ts", "(?:0|[1-9][0-9]*)", "[0-9]+")),
  caught(
    "numbers",
    "no-floor",
    change("numbers.ts", "known.floor = Math.max(known.floor, row.number);", ""),
  ),
  caught(
    "freshness",
    "no-floor",
    change("numbers.ts", "known.floor = Math.max(known.floor, row.number);", ""),
  ),
  caught(
    "numbers",
    "row-restarts",
    change(
      "numbers.ts",
      "known.rows.set(key, { param, value, number: this.#counter });",
      "known.rows.set(key, { param, value, number: (known.rows.get(key)?.number ?? 0) + 1 });",
    ),
  ),
  caught(
    "freshness",
    "row-restarts",
    change(
      "numbers.ts",
      "known.rows.delete(key);\n    known.rows.set(key, { param, value, number: this.#counter });",
      "const own = (known.rows.get(key)?.number ?? 0) + 1;\n    known.rows.delete(key);\n    known.rows.set(key, { param, value, number: own });",
    ),
  ),
  caught(
    "freshness",
    "absent-parameter",
    change(
      "numbers.ts",
      ": (known.any.get(param) ?? 0);",
      ": value === undefined ? 0 : (known.any.get(param) ?? 0);",
    ),
  ),
  caught(
    "freshness",
    "exact-key-purge",
    change("numbers.ts", "known.any.set(param, this.#counter);", ""),
  ),
  caught(
    "numbers",
    "newest-row-goes-first",
    change(
      "numbers.ts",
      "for (const [key, row] of known.rows) {",
      "for (const [key, row] of [...known.rows].reverse()) {",
    ),
  ),
  caught(
    "numbers",
    "unknown-parameter-ignored",
    change("target.ts", "if (!isKnown) return", "if (false) return"),
  ),
  caught(
    "numbers",
    "function-bumps-nothing",
    change("target.ts", "functions.get(name) ?? []", "[]"),
  ),
];

const DEPLOY_MUTANTS: readonly Mutant[] = [
  caught(
    "freshness",
    "no-quarantine",
    change("authority.ts", 'if (nowMs < this.#quarantineUntilMs) return "quarantine";', ""),
  ),
  caught(
    "freshness",
    "quarantine-short",
    change(
      "authority.ts",
      "this.#quarantineUntilMs = options.quarantineUntilMs ?? 0;",
      "this.#quarantineUntilMs = (options.quarantineUntilMs ?? 0) - 5;",
    ),
  ),
  caught(
    "freshness",
    "same-incarnation",
    change("authority.ts", "this.incarnation = options.incarnation;", 'this.incarnation = "one";'),
  ),
  caught(
    "freshness",
    "switch-no-hold",
    change("authority.ts", 'if (scope === "*" || scope.includes(context)) return true;', ""),
  ),
  caught(
    "freshness",
    "switch-release-without-bump",
    change(
      "authority.ts",
      "if (scope === undefined) return;\n    this.#bump(buildScopeTags(scope), nowMs);",
      "",
    ),
  ),
];

/** What is read out of answers and messages. */
const READING_MUTANTS: readonly Mutant[] = [
  caught(
    "freshness",
    "error-clears",
    change(
      "outcome.ts",
      "if (wrote === true || isStreamed) return true;",
      "if (!isSuccess) return false;\n  if (wrote === true || isStreamed) return true;",
    ),
  ),
  caught(
    "freshness",
    "error-without-runtime-clears",
    change("outcome.ts", "return !isRefusal && (!isSuccess || isUnread);", "return false;"),
  ),
  caught(
    "freshness",
    "stream-settles-at-headers",
    change(
      "outcome.ts",
      "mayWriteLater: facts.isStreamed && facts.wrote === null",
      "mayWriteLater: false",
    ),
  ),
  caught(
    "freshness",
    "unreadable-header-names-nothing",
    change(
      "outcome.ts",
      '(parseInvalidateHeader(header) ?? "*")',
      "(parseInvalidateHeader(header) ?? [])",
    ),
  ),
  caught(
    "freshness",
    "merge-names-nothing",
    change("json-targets.ts", "return [...invalidated, ...merged];", "return invalidated;"),
  ),
  caught(
    "forms",
    "decoded-twice",
    change(
      "invalidate-header.ts",
      "return decodeURIComponent(encoded);",
      "return decodeURIComponent(decodeURIComponent(encoded));",
    ),
  ),
  caught(
    "forms",
    "cut-header-is-read",
    change("invalidate-header.ts", "return null;\n    targets.push", "continue;\n    targets.push"),
  ),
  caught(
    "freshness",
    "oob-id-first",
    change("authority.ts", 'if (admission === "new") this.#bump(tags, nowMs);', ""),
  ),
  caught(
    "freshness",
    "oob-short-memory",
    change("message-memory.ts", "3 * clockDifferenceMs", "clockDifferenceMs"),
  ),
  caught(
    "freshness",
    "oob-memory-counts-from-first",
    change(
      "message-memory.ts",
      "this.#remember(id, nowMs",
      "if (!isKnown) this.#remember(id, nowMs",
    ),
  ),
];

/** What a durable host finds again after its restart. */
const STORAGE_MUTANTS: readonly Mutant[] = [
  forgotten(
    "number-not-stored",
    "numbers.ts",
    '    this.#options.persist(key, { kind: "context", context, number, floor, any });',
  ),
  forgotten(
    "row-not-stored",
    "numbers.ts",
    '    this.#options.persist?.(key, { kind: "row", context, param, value, number });',
  ),
  forgotten(
    "intent-not-stored",
    "intents.ts",
    'this.#options.persist?.(buildRecordKey("intent", intent.id), { kind: "intent", intent });',
  ),
  forgotten(
    "ended-intent-stays-stored",
    "intents.ts",
    'this.#options.persist?.(buildRecordKey("intent", intent.id), null);',
  ),
  forgotten(
    "hold-not-stored",
    "authority.ts",
    'this.#persist?.(buildRecordKey("hold", id), { kind: "hold", id, hold: held });',
  ),
  forgotten(
    "message-not-stored",
    "message-memory.ts",
    'this.#options.persist?.(buildRecordKey("message", id), record);',
  ),
];

export const AUTHORITY_MUTANTS: readonly Mutant[] = [
  ...HOST_MUTANTS,
  ...INTENT_MUTANTS,
  ...NUMBER_MUTANTS,
  ...DEPLOY_MUTANTS,
  ...READING_MUTANTS,
  ...STORAGE_MUTANTS,
];

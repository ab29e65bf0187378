/** Reads the cache policy of a release, the rings, and what a process starts with: unknown → typed. */

import type {
  EdgeHold,
  EdgeKey,
  EdgeScope,
  EdgeSecrets,
  EdgeStart,
  LocalePolicy,
  MizanPolicy,
} from "../contract.ts";
import {
  fail,
  parseBoolean,
  parseFields,
  parseList,
  parseNumber,
  parseText,
  parseTexts,
} from "./state-fields.ts";

/** @throws {StateError}; the manifest is left as it is */
export function parsePolicy(raw: unknown, at: string): MizanPolicy {
  const fields = parseFields(raw, at, [
    "manifest",
    "buildId",
    "isCacheOff",
    "hosts",
    "sessionCookie",
    "identityCookies",
    "locale",
    "audience",
    "requestLimitSeconds",
    "originLagMs",
    "ttlCapSeconds",
  ]);
  const { audience } = fields;
  return {
    manifest: fields["manifest"],
    buildId: parseText(fields["buildId"], `${at}.buildId`),
    isCacheOff: parseBoolean(fields["isCacheOff"], `${at}.isCacheOff`),
    hosts: parseTexts(fields["hosts"], `${at}.hosts`),
    sessionCookie: parseText(fields["sessionCookie"], `${at}.sessionCookie`),
    identityCookies: parseTexts(fields["identityCookies"], `${at}.identityCookies`),
    locale: parseLocale(fields["locale"], `${at}.locale`),
    audience: audience === null ? null : parseText(audience, `${at}.audience`),
    requestLimitSeconds: parseNumber(fields["requestLimitSeconds"], `${at}.requestLimitSeconds`),
    originLagMs: parseNumber(fields["originLagMs"], `${at}.originLagMs`),
    ttlCapSeconds: parseNumber(fields["ttlCapSeconds"], `${at}.ttlCapSeconds`),
  };
}

function parseLocale(raw: unknown, at: string): LocalePolicy | null {
  if (raw === null) return null;
  const fields = parseFields(raw, at, ["languages", "fallback", "cookieName"]);
  return {
    languages: parseList(fields["languages"], `${at}.languages`).map((language, index) => {
      const place = `${at}.languages[${index}]`;
      const { code, hasCatalogue } = parseFields(language, place, ["code", "hasCatalogue"]);
      return {
        code: parseText(code, `${place}.code`),
        hasCatalogue: parseBoolean(hasCatalogue, `${place}.hasCatalogue`),
      };
    }),
    fallback: parseText(fields["fallback"], `${at}.fallback`),
    cookieName: parseText(fields["cookieName"], `${at}.cookieName`),
  };
}

/** @throws {StateError}, which names no secret */
export function parseSecrets(raw: unknown, at: string): EdgeSecrets {
  const fields = parseFields(raw, at, ["edge", "cache", "mwt"]);
  return {
    edge: parseRing(fields["edge"], `${at}.edge`),
    cache: parseRing(fields["cache"], `${at}.cache`),
    mwt: parseRing(fields["mwt"], `${at}.mwt`),
  };
}

/** Other fields of an entry (times) say nothing to the Edge. */
function parseRing(raw: unknown, at: string): readonly EdgeKey[] {
  return parseList(raw, at).map((entry, index) => {
    const place = `${at}[${index}]`;
    const { kid, state, secret } = parseFields(entry, place, ["kid", "state", "secret"]);
    if (state !== "sign" && state !== "verify" && state !== "retired") {
      return fail(`${place}.state`, "not sign, verify or retired");
    }
    return {
      kid: parseText(kid, `${place}.kid`),
      state,
      secret: parseText(secret, `${place}.secret`),
    };
  });
}

/** @returns null: the process was started without one */
export function parseEdgeStart(raw: unknown): EdgeStart | null {
  if (raw === null || raw === undefined) return null;
  const required = ["incarnation", "quarantineUntilMs", "holds"];
  const fields = parseFields(raw, "start", required, ["cacheBytes"]);
  const { cacheBytes } = fields;
  return {
    incarnation: parseText(fields["incarnation"], "start.incarnation"),
    quarantineUntilMs: parseNumber(fields["quarantineUntilMs"], "start.quarantineUntilMs"),
    holds: parseList(fields["holds"], "start.holds").map((hold, index) => {
      return parseHold(hold, `start.holds[${index}]`);
    }),
    ...(cacheBytes === undefined
      ? {}
      : { cacheBytes: parseNumber(cacheBytes, "start.cacheBytes") }),
  };
}

export function parseHold(raw: unknown, at: string): EdgeHold {
  const fields = parseFields(raw, at, ["id", "scope", "untilMs"]);
  const { untilMs } = fields;
  return {
    id: parseText(fields["id"], `${at}.id`),
    scope: parseScope(fields["scope"], `${at}.scope`),
    untilMs: untilMs === null ? null : parseNumber(untilMs, `${at}.untilMs`),
  };
}

function parseScope(raw: unknown, at: string): EdgeScope {
  return raw === "*" ? "*" : parseTexts(raw, at);
}

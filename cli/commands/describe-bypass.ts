/** The Edge's reasons for passing a request on (`X-Mizan-Edge: BYPASS; reason=…`), in words. */

const BYPASS_TEXTS: Readonly<Record<string, string>> = {
  upgrade: "a WebSocket is passed through",
  static: "a file, which the Edge serves itself",
  method: "only GET and HEAD are cached",
  "no-rule": "the manifest has no context and no page at this address",
  "cache-off": "the manifest, or edge.cache of the config, keeps it out of the cache",
  host: "it is not one of the environment's hosts (hosts of the config)",
  "origin-header": "a page of another site asks",
  parameter: "it has a parameter that the manifest does not name, or the same one twice",
  "token-invalid": "the token is not valid: the app will answer 401",
  credentials: "the browser is signed in by a cookie or Authorization, not by a token (MWT)",
  "user-scoped-anonymous": "it belongs to a user, and the request has no token (MWT)",
  marker: "the browser's own change is not everywhere yet",
  "needs-cookies": "its view was seen to need cookies",
  vary: "its view was seen to answer by a header that the request has",
  held: "a deploy holds it until the release before has finished",
  quarantine: "the Edge had ended uncleanly: what it had forwarded may still write",
  "no-numbers": "the numbers of the cache cannot be read",
  dirty: "the outcome of a mutation that may change it is not known yet",
  status: "the app refused the request without its cookies",
};

/** @returns null: a reason that this version does not know */
export function describeBypass(reason: string): string | null {
  return BYPASS_TEXTS[reason] ?? null;
}

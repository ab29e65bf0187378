/** What the probe finds in an app of the Mizan framework that is in order. */

import type { MizanFacts } from "../../../../runtime/origin/contract.ts";

export const MIZAN_FACTS: MizanFacts = {
  version: "0.1.0",
  hasManifestCommand: true,
  baseUrls: ["/api/mizan/"],
  secrets: [
    {
      ring: "mwt",
      setting: "MIZAN_MWT_SECRET",
      state: "present",
      isSecretKey: false,
      variable: "TOKEN_KEY",
    },
    {
      ring: "cache",
      setting: "MIZAN_CACHE_SECRET",
      state: "absent",
      isSecretKey: false,
      variable: null,
    },
  ],
  hasOriginCache: false,
  mwtTtlSeconds: 300,
  mwtAudience: null,
  sessionCookie: "sessionid",
  identityCookies: ["messages"],
  language: null,
};

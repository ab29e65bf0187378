import { expect, it } from "vitest";
import { mintToken } from "../../../../cli/verify/mint-token.ts";
import { importKeyRing } from "../../../../edge/cache/identity/key-ring.ts";
import { verifyMwt } from "../../../../edge/cache/identity/verify-mwt.ts";

const KEY = { kid: "k1", state: "sign", secret: "a-secret-of-the-ring" } as const;
const nowMs = Date.UTC(2026, 10, 24);

it.each([null, "shop"])("is a token that the Edge takes, with audience %s", async (audience) => {
  const token = mintToken({ key: KEY, audience, nowMs });
  const ring = await importKeyRing([KEY]);
  const result = await verifyMwt(token, { ring, audience }, nowMs);
  expect(result).toMatchObject({ ok: true, claims: { sub: "0", staff: false, super: false } });
});

/** Messages about writes that do not pass the Edge: who may send them, and what a replay does (8, 10). */

import { createHmac } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { contextPath, MizanApp, SECRETS } from "./mizan-app.ts";
import { mac } from "./scripted-origin.ts";

const app = new MizanApp();
const NEWS = contextPath("news");
beforeAll(() => app.start());
afterAll(() => app.end());

describe("out-of-band messages", () => {
  const message = (fields = {}) =>
    JSON.stringify({
      id: Math.random().toString(),
      sentAtMs: Date.now(),
      targets: ["news"],
      ...fields,
    });

  async function warm(): Promise<void> {
    app.origin.on(NEWS, ({ sayJson }) => sayJson({ news: { value: 1 } }));
    await app.ask(NEWS);
    expect(await app.mark(NEWS)).toBe("HIT");
  }

  const [signing, verifying] = SECRETS.edge;
  if (signing === undefined || verifying === undefined) throw new Error("no keys");

  test("signed by any live key of the ring: 200, and the next read misses", async () => {
    for (const key of [signing, verifying]) {
      await warm();
      const body = message();
      const answer = await app.sendInvalidation(body, mac(key, body), key.kid);
      expect(answer.status).toBe(200);
      expect(await app.mark(NEWS)).toBe("MISS");
    }
  });

  test("repeated: 200; replayed when its time is over: refused; neither bumps", async () => {
    const body = message();
    expect((await app.sendInvalidation(body, mac(signing, body))).status).toBe(200);
    await warm();
    expect((await app.sendInvalidation(body, mac(signing, body))).status).toBe(200);
    expect(await app.mark(NEWS)).toBe("HIT");
    for (const ageMs of [60_000, -60_000]) {
      const old = message({ sentAtMs: Date.now() - ageMs });
      expect((await app.sendInvalidation(old, mac(signing, old))).status).toBe(401);
    }
    expect(await app.mark(NEWS)).toBe("HIT");
  });

  test("unsigned, wrongly signed, changed, or signed with the key of another ring: 401", async () => {
    await warm();
    const body = message();
    const other = createHmac("sha256", "mwt-secret-1").update(body).digest("base64url");
    const right = mac(signing, body);
    const wrong: readonly (readonly [string, string, string])[] = [
      [body, other, "e1"],
      [body, right, "e0"],
      [body, right, "unknown"],
      [body, "", "e1"],
      [body.replace("news", "item"), right, "e1"],
    ];
    for (const [sent, signature, kid] of wrong) {
      expect((await app.sendInvalidation(sent, signature, kid)).status).toBe(401);
    }
    const headers = { "content-length": body.length };
    const unsigned = await app.ask("/_mizan/invalidate", { method: "POST", headers, body });
    expect(unsigned.status).toBe(401);
    expect(await app.mark(NEWS)).toBe("HIT");
  });

  test("not a message: 400; too large: 413; another method: 405", async () => {
    for (const body of ["{", "[]", '{"id":1}', message({ targets: [1] })]) {
      expect((await app.sendInvalidation(body, mac(signing, body))).status).toBe(400);
    }
    const large = message({ pad: "x".repeat(65 * 1024) });
    expect((await app.sendInvalidation(large, mac(signing, large))).status).toBe(413);
    expect((await app.ask("/_mizan/invalidate")).status).toBe(405);
  });

  test("the rest of /_mizan/ stays closed, the probe context too", async () => {
    for (const path of [
      "/_mizan/live",
      "/_mizan/ctx/_mizan_probe/",
      "/_mizan/invalidate/",
      "//_mizan/invalidate",
    ]) {
      expect((await app.ask(path)).status, path).toBe(404);
    }
  });
});

/** Floods of calls, of uploads, and of clients that send or read slowly. */

import { CALL, contextPath } from "../mizan-app.ts";
import type { FloodKind } from "./flood.ts";
import { buildHead } from "./flood-client.ts";

const JSON_TYPE = { "content-type": "application/json" };

const CALL_FLOODS: readonly FloodKind[] = [
  {
    name: "failing anonymous calls",
    send: (flood) =>
      flood.shoot(16, (index) => ({
        method: "POST",
        path: CALL,
        headers: JSON_TYPE,
        body: JSON.stringify({ fn: index % 2 === 0 ? "set_news" : "set_item", args: {} }),
      })),
    least: 300,
    answer: "401 BYPASS; reason=method",
  },
  {
    name: "calls that cannot be read, of no function, of private ones",
    send: (flood) =>
      flood.shoot(16, (index) => {
        const bodies = ["{{{", "[]", '{"fn":"nothing"}', '{"fn":"hook"}', ""];
        const isRoute = index % 6 === 5;
        const body = bodies[index % 6] ?? "x=1";
        return { method: "POST", path: isRoute ? "/hooks/news/" : CALL, headers: JSON_TYPE, body };
      }),
    least: 300,
  },
  {
    name: "parallel uploads",
    send: (flood) =>
      flood.shoot(16, () => ({
        method: "POST",
        path: CALL,
        headers: { "content-type": "multipart/form-data; boundary=x" },
        body: Buffer.alloc(300 * 1024),
      })),
    least: 50,
  },
  {
    name: "uploads that break off",
    send: (flood) =>
      flood.abandon(8, () => {
        const type = { "Content-Type": "multipart/form-data; boundary=x" };
        const head = buildHead("POST", CALL, { ...type, "Content-Length": 400_000 });
        return { text: `${head}--x`, afterMs: 5 };
      }),
    least: 100,
  },
  {
    name: "forged messages about writes",
    send: (flood) =>
      flood.shoot(16, (index) => ({
        method: "POST",
        path: "/_mizan/invalidate",
        headers: { "x-mizan-signature": `k=e1;s=${"A".repeat(43)}` },
        body: JSON.stringify({ id: `x${index}`, sentAtMs: Date.now(), targets: "*" }),
      })),
    least: 300,
    answer: "401 BYPASS; reason=method",
  },
];

const SLOW_FLOODS: readonly FloodKind[] = [
  {
    name: "slow bodies of calls",
    // More than the 2,048 that there is room for.
    send: (flood) => flood.hold(2100, buildHead("POST", CALL, { "Content-Length": 200_000 }), "{"),
    least: 2100,
    hurtsOwnAddress: true,
  },
  {
    name: "slow bodies of forms",
    send: (flood) => flood.hold(240, buildHead("POST", "/login/", { "Content-Length": 2000 }), "x"),
    least: 240,
    hurtsOwnAddress: true,
  },
  {
    name: "slow uploads",
    send: (flood) => {
      const type = { "Content-Type": "multipart/form-data; boundary=x" };
      return flood.hold(240, buildHead("POST", CALL, { ...type, "Content-Length": 9e6 }), "x");
    },
    least: 240,
    hurtsOwnAddress: true,
  },
  {
    name: "slow messages about writes",
    send: (flood) => {
      const signature = { "X-Mizan-Signature": `k=e1;s=${"A".repeat(43)}` };
      const head = buildHead("POST", "/_mizan/invalidate", { ...signature, "Content-Length": 6e4 });
      return flood.hold(480, head, "x");
    },
    least: 480,
    hurtsOwnAddress: true,
  },
  {
    name: "kept answers that are read slowly",
    send: (flood) =>
      flood.hold(240, buildHead("GET", `${contextPath("item")}?item_id=large-slow`, {})),
    least: 240,
    hurtsOwnAddress: true,
  },
  {
    name: "passed-on answers that are read slowly",
    send: (flood) => flood.hold(40, buildHead("GET", "/huge/", {})),
    least: 40,
    hurtsOwnAddress: true,
  },
];

export const WRITE_FLOODS: readonly FloodKind[] = [...CALL_FLOODS, ...SLOW_FLOODS];

/** Floods of reads: once-asked things, headers, tokens, and what makes the origin answer oddly. */

import { contextPath, mintToken } from "../mizan-app.ts";
import type { FloodKind } from "./flood.ts";
import { buildHead } from "./flood-client.ts";

const ITEM = contextPath("item");
const NEWS = contextPath("news");
const HOT = [NEWS, `${ITEM}?item_id=1`, `${ITEM}?item_id=2`, "/p/one/", "/p/two/"];
const NOW_SECONDS = Math.floor(Date.now() / 1000);

function hot(index: number): string {
  return HOT[index % HOT.length] ?? NEWS;
}

const PARAMETER_FLOODS: readonly FloodKind[] = [
  {
    name: "once-asked parameters",
    send: (flood) => flood.shoot(16, (index) => ({ path: `${ITEM}?item_id=once-${index}` })),
    least: 300,
    answer: "200 MISS",
  },
  {
    name: "once-asked parameters with answers of nearly 1 MiB",
    send: (flood) => flood.shoot(4, (index) => ({ path: `${ITEM}?item_id=large-${index}` })),
    least: 40,
    answer: "200 MISS",
  },
  {
    name: "parameters that are asked twice",
    send: (flood) =>
      flood.shoot(16, (index) => ({
        path: `${ITEM}?item_id=twice-${index % 2 === 0 ? index : Math.max(0, index - 101)}`,
      })),
    least: 300,
  },
  {
    name: "unknown names in the query",
    send: (flood) => flood.shoot(16, (index) => ({ path: `${NEWS}?utm_${index}=1` })),
    least: 300,
    answer: "200 BYPASS; reason=parameter",
  },
  {
    name: "random paths of a page route",
    send: (flood) => flood.shoot(16, (index) => ({ path: `/p/random-${index}/` })),
    least: 300,
    answer: "200 MISS",
  },
  {
    name: "HEAD",
    send: (flood) =>
      flood.shoot(16, (index) => ({
        method: "HEAD",
        path: index % 2 === 0 ? hot(index >> 1) : `${ITEM}?item_id=head-${index}`,
      })),
    least: 300,
  },
];

const HEADER_FLOODS: readonly FloodKind[] = [
  {
    name: "dummy cookies",
    send: (flood) =>
      flood.shoot(16, (index) => {
        const names = ["sessionid", "messages", "jwt", "theme", `dummy${index}`];
        const cookie = `${names[index % names.length]}=${index}; _ga=1`;
        return { path: hot(index), headers: { cookie } };
      }),
    least: 300,
  },
  {
    name: "languages",
    send: (flood) =>
      flood.shoot(16, (index) => ({
        path: hot(index),
        headers: {
          "accept-language": `x${index}, de-${index}, en;q=0.${index % 10}, ${"fr-".repeat(100)}`,
          cookie: `django_language=l${index}`,
        },
      })),
    least: 300,
  },
  {
    name: "headers that a missing thing's answer varies by",
    send: (flood) =>
      flood.shoot(16, (index) => ({
        path: `${ITEM}?item_id=missing-${index}`,
        headers: { "user-agent": "x" },
      })),
    least: 300,
  },
  {
    name: "headers that another page varies by",
    send: (flood) =>
      flood.shoot(16, (index) => ({
        path: `/p/mobile-${index % 3}/`,
        headers: { "user-agent": "x" },
      })),
    least: 300,
    answer: "200 BYPASS; reason=vary",
  },
  {
    name: "odd hosts",
    send: (flood) =>
      flood.shoot(16, (index) => ({
        path: hot(index),
        headers: {
          host: ["evil.test", `h${index}.test:8000`, "a/b", "x@shop.test:8000"][index % 4],
        },
      })),
    least: 300,
  },
];

const TOKEN_FLOODS: readonly FloodKind[] = [
  {
    name: "forged tokens",
    send: (flood) =>
      flood.shoot(16, (index) => {
        const key = { kid: "m1", state: "sign", secret: "guessed" } as const;
        const token = mintToken({ sub: `forged-${index}` }, { key });
        return { path: hot(index), headers: { "x-mizan-token": token } };
      }),
    least: 300,
    answer: "200 BYPASS; reason=token-invalid",
  },
  {
    name: "expired tokens",
    send: (flood) =>
      flood.shoot(16, (index) => {
        const token = mintToken({ sub: `old-${index}`, exp: NOW_SECONDS - 60 });
        return { path: hot(index), headers: { "x-mizan-token": token } };
      }),
    least: 300,
    answer: "200 BYPASS; reason=token-invalid",
  },
  {
    name: "huge tokens",
    send: (flood) =>
      flood.shoot(16, (index) => ({
        path: hot(index),
        headers: { "x-mizan-token": `${index}.${"x".repeat(7000)}.y` },
      })),
    least: 300,
    answer: "200 BYPASS; reason=token-invalid",
  },
  {
    name: "valid tokens of ever new users",
    send: (flood) =>
      flood.shoot(16, (index) => ({
        path: hot(index),
        headers: { "x-mizan-token": mintToken({ sub: `user-${index}`, pad: "x".repeat(1000) }) },
      })),
    least: 300,
    answer: "200 MISS",
  },
];

const ORIGIN_FLOODS: readonly FloodKind[] = [
  {
    name: "throttled addresses",
    send: (flood) => flood.shoot(16, (index) => ({ path: `${ITEM}?item_id=throttled-${index}` })),
    least: 50,
    answer: "429 BYPASS; reason=status",
    throttles: true,
    hurtsOwnAddress: true,
  },
  {
    name: "throttled addresses that ask for what is hot",
    send: (flood) =>
      flood.shoot(16, (index) => ({
        path: index % 2 ? hot(index >> 1) : `${ITEM}?item_id=t-${index}`,
      })),
    least: 50,
    answer: "429 BYPASS; reason=status",
    throttles: true,
    hurtsOwnAddress: true,
  },
  {
    name: "reads that join a miss and go away",
    send: (flood) =>
      flood.abandon(8, (index) => ({
        text: buildHead("GET", hot(index), {}),
        afterMs: index % 4,
      })),
    least: 100,
  },
];

export const READ_FLOODS: readonly FloodKind[] = [
  ...PARAMETER_FLOODS,
  ...HEADER_FLOODS,
  ...TOKEN_FLOODS,
  ...ORIGIN_FLOODS,
];

import { expect, test } from "vitest";
import type { EdgeState } from "../../../../../edge/cache/contract.ts";
import { parseEdgeState } from "../../../../../edge/cache/release/parse-edge-state.ts";
import { StateError } from "../../../../../edge/cache/release/state-fields.ts";

const asset = { sha256: "0".repeat(64), contentType: "text/css", sizeBytes: 0, immutable: true };
const state: EdgeState = {
  version: 1,
  live: {
    release: "r1",
    slot: 7,
    assets: { "/a.css": asset },
    fallback: "/a.css",
    djangoServesRoot: true,
    mediaPrefix: "/media/",
  },
  kept: [{ "/b.css": asset }],
};

test("a whole state comes through as it is", () => {
  expect(parseEdgeState(JSON.parse(JSON.stringify(state)))).toEqual(state);
});

test.each<[string, unknown]>([
  ["state: not an object", null],
  ["state: not an object", []],
  ['state: unknown field "extra"', { ...state, extra: 1 }],
  ['state: no field "kept"', { version: 1, live: state.live }],
  ["version: not 1", { ...state, version: 2 }],
  ["kept: not a list", { ...state, kept: {} }],
  ['kept[0]["b"]: a path starts with /', { ...state, kept: [{ b: asset }] }],
  ["live: not an object", { ...state, live: "r1" }],
  [
    "live.pages: without live.mizan",
    {
      ...state,
      live: {
        ...state.live,
        pages: { document: { start: "", title: "", middle: "", end: "" }, pages: [] },
      },
    },
  ],
  ["live.release: not a text", { ...state, live: { ...state.live, release: "" } }],
  ["live.slot: not a whole number from 0 to 7", { ...state, live: { ...state.live, slot: 8 } }],
  ["live.slot: not a whole number from 0 to 7", { ...state, live: { ...state.live, slot: 0.5 } }],
  [
    "live.djangoServesRoot: not true or false",
    { ...state, live: { ...state.live, djangoServesRoot: 1 } },
  ],
  [
    "live.fallback: not null and not a path of live.assets",
    { ...state, live: { ...state.live, fallback: "/toString" } },
  ],
  [
    "live.mediaPrefix: not null and not a path like /media/",
    { ...state, live: { ...state.live, mediaPrefix: "/" } },
  ],
  [
    "live.mediaPrefix: not null and not a path like /media/",
    { ...state, live: { ...state.live, mediaPrefix: "/m" } },
  ],
  [
    'kept[0]["/b"].sha256: not a SHA-256 in lower-case hex',
    { ...state, kept: [{ "/b": { ...asset, sha256: "../x" } }] },
  ],
  [
    'kept[0]["/b"].contentType: not a content type',
    { ...state, kept: [{ "/b": { ...asset, contentType: "a\r\nb" } }] },
  ],
  [
    'kept[0]["/b"].sizeBytes: not a size',
    { ...state, kept: [{ "/b": { ...asset, sizeBytes: -1 } }] },
  ],
])("refuses: %s", (reason, raw) => {
  expect(() => parseEdgeState(raw)).toThrow(new StateError(reason));
});

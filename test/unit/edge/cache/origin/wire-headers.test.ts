import { expect, test } from "vitest";
import { PROBE_CONTEXT } from "../../../../../edge/cache/contract.ts";
import { INTENT_HEADER, WROTE_HEADER } from "../../../../../edge/cache/origin/wire-headers.ts";
import { EDGE_HEADER, PROBE_CONTEXT_PATH } from "../../../../../runtime/origin/contract.ts";

test("the Edge and the runtime mean the same headers and the same probe context", () => {
  expect({ intent: INTENT_HEADER, wrote: WROTE_HEADER }).toEqual(EDGE_HEADER);
  expect(PROBE_CONTEXT.path).toBe(PROBE_CONTEXT_PATH);
});

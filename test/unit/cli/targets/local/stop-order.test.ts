/** In which order processes are told to end. */

import { expect, test } from "vitest";
import { orderForStop } from "../../../../../cli/targets/local/stop-order.ts";

test("what renders is told last, whatever order the processes were started in", () => {
  const names = ["render", "worker", "ssr", "edge", "origin", "beat"];
  const ordered = orderForStop(names.map((name) => ({ name })));
  expect(ordered.map(({ name }) => name)).toEqual([
    "worker",
    "edge",
    "origin",
    "beat",
    "render",
    "ssr",
  ]);
});

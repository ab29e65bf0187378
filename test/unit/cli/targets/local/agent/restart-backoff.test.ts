import { expect, test } from "vitest";
import { restartDelaySeconds } from "../../../../../../cli/targets/local/agent/restart-backoff.ts";

test("the first restart comes at once, later ones are slower, up to five seconds", () => {
  expect([1, 2, 3, 4, 5, 6, 100].map(restartDelaySeconds)).toEqual([0, 0.5, 1, 2, 5, 5, 5]);
});

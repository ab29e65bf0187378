/** `mizan verify`: the conformance probe against the live release. */

import { z } from "zod";
import { openTarget } from "../targets/open-target.ts";
import { defineCommand } from "./define-command.ts";

/** As a release that is unhealthy: `RELEASE_UNHEALTHY` of infra/contract/errors.ts. */
const FAILED_STATUS = 7;

export const verify = defineCommand({
  name: "verify",
  flags: [],
  options: z.strictObject({}),
  run: async (context) => (await openTarget(context)).verify(),
  render: ({ release, ok, checks }) => [
    `Release ${release}: ${ok ? "every check passed" : "a check failed"}`,
    ...checks.flatMap(({ name, ok: passed, skipped, message, evidence }) => [
      `  ${skipped ? "-" : passed ? "✓" : "✗"} ${name}: ${message}`,
      ...(evidence === "" ? [] : evidence.split("\n").map((line) => `      ${line}`)),
    ]),
  ],
  exitCode: ({ ok }) => (ok ? 0 : FAILED_STATUS),
});

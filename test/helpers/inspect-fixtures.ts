/** The fixtures of inspection: one folder each, with a `case.json` that says what must be found. */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";

export const inspectFixturesFolder = join(import.meta.dirname, "../fixtures/inspect");

const DEPLOY_ERROR = z.strictObject({
  /** What `mizan deploy` must stop with. */
  error: z.string(),
  /** Each must be in the message or the hint. */
  mentions: z.array(z.string()).default([]),
});

const CASE = z.strictObject({
  /** A claim. */
  title: z.string(),
  overrides: z.record(z.string(), z.unknown()).default({}),
  /** Each a value, or `{value, from}` where the evidence matters. */
  facts: z.record(z.string(), z.unknown()).optional(),
  /** Codes of all findings, sorted. */
  findings: z.array(z.string()).optional(),
  error: z.strictObject({ code: z.string(), mentions: z.array(z.string()) }).optional(),
  /** A fixture that must deploy is an app that runs. */
  deploy: z.union([z.literal("deploys"), DEPLOY_ERROR]).optional(),
  /** What the live app must answer. */
  ask: z.strictObject({ path: z.string(), status: z.number(), text: z.string() }).optional(),
});

export type InspectCase = z.infer<typeof CASE> & {
  /** Of the folder; it says what the twist is. */
  readonly name: string;
  /** Absolute. */
  readonly folder: string;
};

/** All of them, sorted by name. */
export function readInspectCases(): readonly InspectCase[] {
  return readdirSync(inspectFixturesFolder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort()
    .map((name) => {
      const folder = join(inspectFixturesFolder, name);
      const text = readFileSync(join(folder, "case.json"), "utf8");
      return { name, folder, ...CASE.parse(JSON.parse(text)) };
    });
}

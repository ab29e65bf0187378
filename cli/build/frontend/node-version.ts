/** The Node that builds, and how it compares with the one that the project asks for. */

import { existsSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { z } from "zod";
import type { Finding } from "../../inspect/facts.ts";
import { runTool } from "../../tools/run-tool.ts";
import { buildToolEnvironment } from "../../tools/tool-environment.ts";

interface AskedNode {
  /** As written. */
  readonly text: string;
  /** Majors that it allows, as far as they are written as numbers. */
  readonly allows: (major: number) => boolean;
  /** Relative to the project. */
  readonly path: string;
}

const packageSchema = z.object({ engines: z.object({ node: z.string() }).partial().optional() });

export interface ReadNodeVersionOptions {
  /** Absolute. */
  readonly folder: string;
  /** The process environment. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly signal?: AbortSignal | undefined;
}

/** @returns e.g. `v24.1.0`. @throws {MizanError} TOOL_MISSING */
export async function readNodeVersion(options: ReadNodeVersionOptions): Promise<string> {
  const output = await runTool({
    command: ["node", "--version"],
    cwd: options.folder,
    environment: buildToolEnvironment(options.environment),
    signal: options.signal,
    failure: { code: "TOOL_MISSING", message: "Node does not start" },
    missingHint: "Install Node (the current LTS), which the frontend's build needs",
  });
  return output.trim();
}

/**
 * A difference is told, not repaired: most builds do not mind, and those that do say so.
 * @param root absolute folder of the release's copy.
 * @param folder of the frontend, relative to the project.
 * @param nodeVersion e.g. `v24.1.0`.
 */
export function checkNodeVersion(
  root: string,
  folder: string,
  nodeVersion: string,
): readonly Finding[] {
  const major = Number(/^v?(\d+)/.exec(nodeVersion)?.[1]);
  const asked = readAskedNode(root, folder);
  if (asked === null || asked.allows(major)) return [];
  return [
    {
      code: "NODE_DIFFERS",
      severity: "warning",
      message: `${asked.path} asks for Node ${asked.text}, but ${nodeVersion} builds the frontend`,
      evidence: asked.path,
      hint: `Put Node ${asked.text} first in PATH, or raise what ${asked.path} asks for.`,
    },
  ];
}

/** `.nvmrc` and `.node-version` from the frontend upwards, else `engines` of its package.json. */
function readAskedNode(root: string, folder: string): AskedNode | null {
  for (let current = folder; ; current = posix.dirname(current)) {
    for (const name of [".nvmrc", ".node-version"]) {
      const path = posix.join(current, name);
      const text = readText(root, path)?.trim() ?? "";
      const major = /^v?(\d+)/.exec(text)?.[1];
      // `lts/iron` and `node` name no number.
      if (major !== undefined) return { text, path, allows: (given) => given === Number(major) };
    }
    if (current === ".") break;
  }
  const path = posix.join(folder, "package.json");
  const json = JSON.parse(readText(root, path) ?? "{}") as unknown;
  const range = packageSchema.safeParse(json).data?.engines?.node;
  return range === undefined ? null : { text: range, path, allows: readRange(range) };
}

/** npm's ranges, by majors alone: `>=18 <21`, `^20.1 || ^22`, `16.x`, `18 - 20`. */
function readRange(range: string): (major: number) => boolean {
  const choices = range.split("||").map((choice) => {
    const between = /^\s*v?(\d+)[\d.x]*\s+-\s+v?(\d+)/.exec(choice);
    if (between !== null)
      return [[">=", Number(between[1])] as const, ["<=", Number(between[2])] as const];
    const parts = choice.matchAll(/(>=|<=|>|<|\^|~|=)?\s*v?(\d+)((?:\.[\dx*]+)*)/g);
    return [...parts].map(([, sign = "=", digits, rest = ""]) => {
      const isWhole = /^(?:\.[0x*]+)*$/.test(rest);
      // `<20.5` allows 20, `<20` and `<20.0.0` do not; `>18.1` allows 18.
      if (sign === "<" && !isWhole) return ["<=", Number(digits)] as const;
      if (sign === ">" && rest !== "") return [">=", Number(digits)] as const;
      return [sign, Number(digits)] as const;
    });
  });
  return (major) => choices.some((choice) => choice.every(([sign, n]) => fits(major, sign, n)));
}

function fits(major: number, sign: string, number: number): boolean {
  if (sign === ">=") return major >= number;
  if (sign === "<=") return major <= number;
  if (sign === ">") return major > number;
  if (sign === "<") return major < number;
  return major === number;
}

function readText(root: string, path: string): string | null {
  const file = join(root, path);
  return existsSync(file) ? readFileSync(file, "utf8") : null;
}

/** The environment that a supervised process gets: a few names of the agent's own, files, then the spec's values. */

import { readFile } from "node:fs/promises";
import { z } from "zod";
import type { ProcessSpec } from "./contract.ts";

/** Names that a program may need from whoever started the agent. None of them holds a secret. */
const BASE_NAMES = new Set(["PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "TZ"]);

/** These describe the user who started the agent, so they are wrong for a process of another user. */
const USER_NAMES = new Set(["HOME", "USER", "LOGNAME", "SHELL"]);

const environmentFileSchema = z.record(z.string(), z.string());

/** Picks what the agent and its processes may see of the shell's environment. */
export function buildBaseEnvironment(
  shell: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  const base: Record<string, string> = {};
  for (const [name, value] of Object.entries(shell)) {
    if (value !== undefined && (BASE_NAMES.has(name) || name.startsWith("LC_"))) base[name] = value;
  }
  return base;
}

/** Reads the files of the spec; later ones win, and the spec's own values win over all. */
export async function readProcessEnvironment(
  spec: ProcessSpec,
  base: Readonly<Record<string, string>>,
): Promise<Record<string, string>> {
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(base)) {
    if (spec.user === null || !USER_NAMES.has(name)) env[name] = value;
  }
  for (const path of spec.envFiles) {
    Object.assign(env, parseEnvironmentFile(path, await readFile(path, "utf8")));
  }
  return Object.assign(env, spec.env);
}

function parseEnvironmentFile(path: string, text: string): Record<string, string> {
  const parsed = environmentFileSchema.safeParse(parseJson(text));
  // Neither the parser's message nor zod's is shown: both can quote the content, which is secret.
  if (!parsed.success) throw new Error(`"${path}" is no JSON table of texts`);
  return parsed.data;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

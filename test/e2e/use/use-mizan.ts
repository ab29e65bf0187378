/** What the tests of use share: the small app, failures as scripts see them, and words as people see them. */

import { join } from "node:path";
import { execa } from "execa";
import { z } from "zod";
import { type ErrorCode, EXIT_CODE } from "../../../infra/contract/errors.ts";
import {
  buildCleanEnvironment,
  builtBin,
  type MizanOptions,
  type MizanResult,
  runMizan,
} from "../../helpers/run-mizan.ts";
import { createTempProject, type TempProject } from "../../helpers/temp-project.ts";

export const apps = join(import.meta.dirname, "../../fixtures/apps");

export function createTinyProject(): Promise<TempProject> {
  return createTempProject(join(apps, "tiny"));
}

export interface Failure {
  readonly message: string;
  readonly hint: string;
  readonly details: Readonly<Record<string, unknown>>;
  /** The lines that prove it; empty when the error has none. */
  readonly output: string;
}

/** Runs `mizan`, which must fail with this code, its exit status and one next step. */
export async function expectFailure(
  project: Pick<TempProject, "folder">,
  words: readonly string[],
  code: ErrorCode,
  options: Partial<MizanOptions> = {},
): Promise<Failure> {
  const run = await runMizan(words, { cwd: project.folder, ...options });
  const error = run.result?.error;
  if (error?.code !== code || run.exitCode !== EXIT_CODE[code]) {
    const shown = JSON.stringify(run.result, null, 2);
    throw new Error(
      `mizan ${words.join(" ")}: not ${code} but ${run.exitCode}: ${shown}\n${run.stderr}`,
    );
  }
  if (run.result?.exitCode !== run.exitCode) throw new Error("the result names another status");
  const { message, hint = "", details = {} } = error;
  if (hint === "") throw new Error(`no next step: ${message}`);
  return { message, hint, details, output: String(details["output"] ?? "") };
}

export interface WordsRun {
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `mizan` as a person does, with its output in pipes, and without `--json`. `input` is its stdin. */
export async function runWords(
  words: readonly string[],
  options: Pick<MizanOptions, "cwd" | "env"> & { readonly input?: string },
): Promise<WordsRun> {
  const { exitCode, stdout, stderr } = await execa(process.execPath, [builtBin, ...words], {
    cwd: options.cwd,
    env: { ...buildCleanEnvironment(), ...options.env },
    extendEnv: false,
    reject: false,
    ...(options.input === undefined ? { stdin: "ignore" } : { input: options.input }),
  });
  return { exitCode, stdout, stderr };
}

/** What the live app answers. */
export async function fetchText(
  origin: unknown,
  path: string,
  init?: RequestInit,
): Promise<string> {
  const answer = await fetch(new URL(path, String(origin)), init);
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${text}`);
  return text;
}

export async function fetchJson(origin: unknown, path: string): Promise<unknown> {
  return JSON.parse(await fetchText(origin, path));
}

/** The address in the result of `deploy` or `status`. */
export function urlOf(result: MizanResult): string {
  const { url } = result;
  if (typeof url !== "string") throw new Error(`no url in ${JSON.stringify(result)}`);
  return url;
}

/** What is not in order of a `doctor` result's checks: `DJ16 warning`, `DJ08 not-checked`. */
export function describeChecks(checks: unknown): readonly string[] {
  const parsed = z
    .array(z.object({ code: z.string(), status: z.string(), severity: z.string().nullable() }))
    .parse(checks);
  return parsed
    .filter(({ status }) => status !== "ok")
    .map(({ code, status, severity }) => `${code} ${severity ?? status}`);
}

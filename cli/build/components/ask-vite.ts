/** Asks the app's own Vite what only it knows: its aliases and constants, and how it names CSS modules' classes. */

import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, posix } from "node:path";
import { z } from "zod";
import { runTool } from "../../tools/run-tool.ts";
import { buildToolEnvironment } from "../../tools/tool-environment.ts";
import type { FrontendProject } from "../frontend/frontend-project.ts";
import type { BuildAnewOptions } from "./build-components.ts";

const answerSchema = z.object({
  /** Ends with a slash; `./` and absolute URLs are possible. */
  base: z.string(),
  aliases: z.array(
    z.object({
      find: z.union([z.string(), z.object({ source: z.string(), flags: z.string() })]),
      replacement: z.string(),
    }),
  ),
  define: z.record(z.string(), z.unknown()),
  /** By path from the package's folder: name in the source → name in the page. */
  classNames: z.record(z.string(), z.record(z.string(), z.string())),
});

type ViteAnswer = z.output<typeof answerSchema>;
export type ViteAlias = ViteAnswer["aliases"][number];

/** In the package's folder while it is asked; dots before the name: not watched, not served. */
const QUESTION_FILE = ".mizan-vite-question.json";
const ANSWER_FILE = ".mizan-vite-answer.json";
const CSS_MODULE = /\.module\.(?:css|scss|sass|less|styl|stylus|pcss|postcss|sss)$/;

/**
 * By file: what a config prints goes to stdout. `preprocessCSS` is what Vite's own plugins for
 * components use, so the names are those of its build (Vite 3 and later).
 */
const SCRIPT = `
import { readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { preprocessCSS, resolveConfig } from "vite";
const modules = JSON.parse(readFileSync(${JSON.stringify(QUESTION_FILE)}, "utf8"));
const config = await resolveConfig({}, "build", "production", "production");
const classNames = {};
for (const path of modules) {
  const file = resolve(path);
  classNames[path] = (await preprocessCSS(readFileSync(file, "utf8"), file, config)).modules ?? {};
}
const aliases = config.resolve.alias.map(({ find, replacement }) => ({
  find: typeof find === "string" ? find : { source: find.source, flags: find.flags },
  replacement,
}));
const { base, define = {} } = config;
writeFileSync(${JSON.stringify(ANSWER_FILE)}, JSON.stringify({ base, aliases, define, classNames }));
process.exit(0);
`;

/**
 * @returns null: the package has no Vite, or nothing to ask it.
 * @throws {MizanError} BUILD_FAILED when its configuration does not load
 */
async function askVite(
  options: BuildAnewOptions,
  project: FrontendProject,
): Promise<ViteAnswer | null> {
  const { root } = project.frontend;
  const folder = join(options.workspaceFolder, root);
  const installed = [folder, join(options.workspaceFolder, project.installRoot)];
  if (!installed.some((place) => existsSync(join(place, "node_modules/vite")))) return null;
  const prefix = root === "." ? "" : `${root}/`;
  const own = project.sources.map(({ path }) => path).filter((path) => path.startsWith(prefix));
  const modules = own
    .map((path) => path.slice(prefix.length))
    .filter((path) => CSS_MODULE.test(path));
  const hasConfig = own.some((path) =>
    /^vite\.config\.[cm]?[jt]s$/.test(path.slice(prefix.length)),
  );
  if (!hasConfig && modules.length === 0) return null;
  const [question, answer] = [join(folder, QUESTION_FILE), join(folder, ANSWER_FILE)];
  rmSync(answer, { force: true });
  writeFileSync(question, JSON.stringify(modules));
  await runTool({
    command: ["node", "--input-type=module", "--eval", SCRIPT],
    cwd: folder,
    environment: buildToolEnvironment(options.environment, {
      NODE_ENV: "production",
      NO_COLOR: "1",
      ...options.variables,
    }),
    logFile: options.logFile,
    signal: options.signal,
    lowPriority: true,
    failure: {
      code: "BUILD_FAILED",
      message: `The configuration of Vite in ${root} does not load`,
    },
    missingHint: "Install Node (the current LTS), which the frontend's build needs",
  });
  const text = readFileSync(answer, "utf8");
  for (const file of [question, answer]) rmSync(file);
  return answerSchema.parse(JSON.parse(text));
}

/** What the packages' Vites said, together. */
export interface ViteSettings {
  /** Of the first package with a Vite; ends with a slash. */
  readonly baseUrl: string;
  readonly aliases: readonly ViteAlias[];
  /** As esbuild takes them: JSON. */
  readonly define: Readonly<Record<string, string>>;
  /** By path from the project's root. */
  readonly classNames: ReadonlyMap<string, Readonly<Record<string, string>>>;
}

/** @throws {MizanError} BUILD_FAILED */
export async function askEachVite(options: BuildAnewOptions): Promise<ViteSettings> {
  const answers: { readonly root: string; readonly answer: ViteAnswer }[] = [];
  for (const project of options.packages) {
    const answer = await askVite(options, project);
    if (answer !== null) answers.push({ root: project.frontend.root, answer });
  }
  const base = answers[0]?.answer.base ?? "/";
  return {
    // A relative base is relative to each page: pages are at any depth, so it means the root.
    baseUrl: /^(?:\/|https?:)/.test(base) ? base : "/",
    aliases: answers.flatMap(({ answer }) => answer.aliases),
    define: Object.assign({}, ...answers.map(({ answer }) => readDefines(answer))),
    classNames: new Map(
      answers.flatMap(({ root, answer }) =>
        Object.entries(answer.classNames).map(([path, names]) => [posix.join(root, path), names]),
      ),
    ),
  };
}

/** Expressions of code are left out: esbuild takes JSON alone. */
function readDefines({ define }: ViteAnswer): Readonly<Record<string, string>> {
  const entries = Object.entries(define).flatMap(([name, value]) => {
    if (!/^[A-Za-z_$][\w$]*(?:\.[A-Za-z_$][\w$]*)*$/.test(name)) return [];
    const text = typeof value === "string" ? value : JSON.stringify(value);
    return isJson(text) ? [[name, text] as const] : [];
  });
  return Object.fromEntries(entries);
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}

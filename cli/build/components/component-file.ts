/** Which files can be components, by their names alone. */

import { posix } from "node:path";
import type { Frontend } from "../../inspect/facts.ts";

export type Framework = NonNullable<Frontend["framework"]>;

/** A file whose default export can be rendered. */
export interface ComponentFile {
  /** From the project's root, POSIX: the name by which it is asked for. */
  readonly path: string;
  readonly framework: Framework;
}

const FRAMEWORK_OF: Readonly<Record<string, Framework>> = {
  ".tsx": "react",
  ".jsx": "react",
  ".vue": "vue",
  ".svelte": "svelte",
};
/** Only where a page names them: most such files are no components. */
const SCRIPT = /\.[cm]?[jt]s$/;
const DECLARATION = /\.d\.[cm]?ts$/;
/** Tests and stories render components, and are none. */
const TOOLING =
  /(?:^|\/)(?:__(?:tests|mocks|stories)__|node_modules)\/|\.(?:test|spec|stories|story|cy)\.\w+$/;

/** null: a file of another kind, or a test of a component. */
export function readComponentFile(path: string): ComponentFile | null {
  const framework = FRAMEWORK_OF[posix.extname(path)];
  return framework === undefined || TOOLING.test(path) ? null : { path, framework };
}

/** As `readComponentFile`, of a file that a page names; plain scripts are React's. */
export function readPageComponentFile(path: string): ComponentFile | null {
  const framework = FRAMEWORK_OF[posix.extname(path)];
  if (framework !== undefined) return { path, framework };
  return SCRIPT.test(path) && !DECLARATION.test(path) ? { path, framework: "react" } : null;
}

/** True for the folder itself and everything below it. `.` holds everything. */
export function isWithinFolder(path: string, folder: string): boolean {
  return folder === "." || path === folder || path.startsWith(`${folder}/`);
}

/** Reads from esbuild's metafile which components reach Node's modules, and on which way. */

import type { Metafile } from "esbuild";
import { isNodeModule } from "./plugins/node-plugin.ts";

/** Its own requests for Node's modules are guarded or made by functions that we do not call. */
const FRAMEWORK_FILE =
  /(?:^|\/)node_modules\/(?:react|react-dom|scheduler|vue|@vue\/[^/]+|svelte|esm-env)\//;

/**
 * What tree shaking has taken out does not count: only what is in the modules that a component loads,
 * at once or later (`import()`).
 *
 * @param metafile of a bundle in which each component is imported dynamically.
 * @returns component → why it needs Node: `imports node:fs (a.tsx → lib/files.ts)`.
 */
export function findNodeReaches(
  metafile: Metafile,
  components: readonly string[],
): ReadonlyMap<string, string> {
  const reaches = new Map<string, string>();
  for (const component of components) {
    const users = findNodeUsers(metafile, listOutputs(metafile, component));
    if (users.size === 0) continue;
    const way = findWay(metafile, component, users);
    const module = users.get(way.at(-1) ?? "");
    if (module === undefined) continue;
    reaches.set(component, `imports ${module} (${describeWay(way)})`);
  }
  return reaches;
}

/** The modules that the component's own loads, with itself. */
function listOutputs(metafile: Metafile, component: string): ReadonlySet<string> {
  const own = Object.entries(metafile.outputs).find(([, each]) => each.entryPoint === component);
  const found = new Set(own === undefined ? [] : [own[0]]);
  for (const name of found) {
    for (const { path, external } of metafile.outputs[name]?.imports ?? []) {
      if (external !== true && path in metafile.outputs) found.add(path);
    }
  }
  return found;
}

/** Files in `outputs` that import one of Node's modules → the first of these. */
function findNodeUsers(
  metafile: Metafile,
  outputs: ReadonlySet<string>,
): ReadonlyMap<string, string> {
  const users = new Map<string, string>();
  for (const name of outputs) {
    const { imports = [], inputs = {} } = metafile.outputs[name] ?? {};
    const asked = imports.filter((each) => each.external === true && isNodeModule(each.path));
    const wanted = new Set(asked.map(({ path }) => path));
    for (const [file, { bytesInOutput }] of Object.entries(inputs)) {
      if (bytesInOutput === 0 || FRAMEWORK_FILE.test(file)) continue;
      const used = metafile.inputs[file]?.imports.find((each) => wanted.has(each.path));
      if (used !== undefined) users.set(file, used.path);
    }
  }
  return users;
}

/** The shortest way from the component to one of `users`; empty: none. */
function findWay(
  metafile: Metafile,
  component: string,
  users: ReadonlyMap<string, string>,
): readonly string[] {
  const before = new Map<string, string | null>([[component, null]]);
  for (const file of before.keys()) {
    if (users.has(file)) return traceBack(before, file);
    for (const { path, external } of metafile.inputs[file]?.imports ?? []) {
      if (external !== true && !before.has(path)) before.set(path, file);
    }
  }
  return [];
}

function traceBack(before: ReadonlyMap<string, string | null>, last: string): readonly string[] {
  const way: string[] = [];
  for (let file: string | null = last; file !== null; file = before.get(file) ?? null) {
    way.unshift(file);
  }
  return way;
}

/** Files of packages by the package's name. */
function describeWay(way: readonly string[]): string {
  const names = way.map((file) => {
    const inPackage = file.split("node_modules/").at(-1);
    if (inPackage === undefined || !file.includes("node_modules/")) return file;
    const [scope, name] = inPackage.split("/");
    return `package ${scope?.startsWith("@") === true ? `${scope}/${name}` : scope}`;
  });
  return names.filter((name, index) => name !== names[index - 1]).join(" → ");
}

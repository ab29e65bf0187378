/** Finds where Python code names the settings module, also where it puts the name together. */

import type { ProjectFiles } from "./facts.ts";
import { fileNameOf, folderOf } from "./project-paths.ts";
import { findModuleFile, readPython } from "./python-source.ts";
import { matchText } from "./text-match.ts";

/** A place that names a settings module. */
export interface Mention {
  readonly module: string;
  readonly at: string;
}

/** What follows the variable's name, up to a blank line: arguments, or what is assigned. */
const NAMED = String.raw`DJANGO_SETTINGS_MODULE["'](?:(?!\n\s*\n)[\s\S]){0,160}?`;
/** `setdefault("DJANGO_SETTINGS_MODULE", "a.b")`, `environ["DJANGO_SETTINGS_MODULE"] = "a.b"`, and calls around them. */
const WHOLE = new RegExp(String.raw`${NAMED}["']([A-Za-z_]\w*(?:\.\w+)+|settings)["']`);
/** `f"a.settings.{stage}"`, `"a.settings." + stage`, `"a.settings.%s" % stage`. */
const BEGINNING = new RegExp(String.raw`${NAMED}["']([A-Za-z_]\w*(?:\.\w+)*)\.(?:["']|\{|%s)`);
/** What an image runs is what production runs, unless the file's name says otherwise. */
const DOCKERFILE = /^(?:Dockerfile|Containerfile)(?:\.(?:prod|production))?$/i;
const IN_DOCKERFILE =
  /^[ \t]*(?:ENV[ \t]+)?DJANGO_SETTINGS_MODULE(?:=|[ \t]+)["']?([A-Za-z_][\w.]*)/m;
const PRODUCTION_NAMES = ["production", "prod", "live", "deploy"];

/** @param path null: none. */
export function readMentions(
  files: ProjectFiles,
  root: string,
  path: string | null,
): readonly Mention[] {
  const source = path === null ? null : readPython(files, path);
  if (source === null) return [];
  const whole = matchText(source.path, source.text, WHOLE).map(({ groups, at }) => ({
    module: groups[0] ?? "",
    at,
  }));
  if (whole.length > 0) return whole;
  return matchText(source.path, source.text, BEGINNING).flatMap(({ groups, at }) => {
    const package_ = groups[0] ?? "";
    return listProductionModules(files, root, package_).map((module) => ({ module, at }));
  });
}

/** `ENV DJANGO_SETTINGS_MODULE=a.b` of a Dockerfile in the project's or the backend's folder. */
export function readDockerfileMentions(files: ProjectFiles, root: string): readonly Mention[] {
  return files.paths
    .filter((path) => [".", root].includes(folderOf(path)) && DOCKERFILE.test(fileNameOf(path)))
    .flatMap((path) => matchText(path, files.read(path) ?? "", IN_DOCKERFILE))
    .map(({ groups, at }) => ({ module: groups[0] ?? "", at }));
}

/** Modules of a package that are named for production; the rest of the name is known when it runs. */
function listProductionModules(
  files: ProjectFiles,
  root: string,
  package_: string,
): readonly string[] {
  return PRODUCTION_NAMES.map((name) => `${package_}.${name}`).filter((module) => {
    const file = findModuleFile(files, root, module);
    return file !== null && fileNameOf(folderOf(file)) === package_.split(".").at(-1);
  });
}

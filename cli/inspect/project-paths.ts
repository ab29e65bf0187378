/** Paths inside a project: relative, POSIX, `.` for the root. */

import { posix } from "node:path";
import type { ProjectFiles } from "./facts.ts";

/** Folders that hold examples, tests or templates of an app, never the app that is deployed. */
const NON_APP_FOLDER =
  /^(tests?|testing|test_?project|docs?|examples?|samples?|demos?|sandbox|fixtures|templates?|project_templates?|skeleton|cookiecutters?|vendors?|third_party|staticfiles)$/i;

/** `joinPath(".", "a")` is `a`; `joinPath("a", "..")` is `.`. */
export function joinPath(folder: string, ...names: readonly string[]): string {
  return posix.join(folder, ...names);
}

/** Folder of a path; `.` for a file of the root. */
export function folderOf(path: string): string {
  return posix.dirname(path);
}

export function fileNameOf(path: string): string {
  return posix.basename(path);
}

export function isBelow(path: string, folder: string): boolean {
  return folder === "." || path.startsWith(`${folder}/`);
}

/** Path relative to a folder that it is below. */
export function pathBelow(path: string, folder: string): string {
  return folder === "." ? path : path.slice(folder.length + 1);
}

/** The folder, then its parents up to the project's root: where a lock of the folder may lie. */
export function foldersUpwards(folder: string): readonly string[] {
  const folders = [folder];
  for (let current = folder; current !== "."; ) {
    current = folderOf(current);
    folders.push(current);
  }
  return folders;
}

/** True if a folder on the way from `base` to the file holds tests, examples or templates. */
export function isInNonAppFolder(path: string, base = "."): boolean {
  const names = pathBelow(path, base).split("/").slice(0, -1);
  return names.some((name) => NON_APP_FOLDER.test(name) || isTemplateText(name));
}

/** True for text with placeholders of cookiecutter, copier or `startproject --template`. */
export function isTemplateText(text: string): boolean {
  return /\{\{|\{%/.test(text);
}

/** Paths below a folder whose file name matches, the shallowest first. */
export function pathsNamed(files: ProjectFiles, fileName: RegExp, folder = "."): readonly string[] {
  return files.paths
    .filter((path) => isBelow(path, folder) && fileName.test(fileNameOf(path)))
    .sort((a, b) => a.split("/").length - b.split("/").length);
}

/** Reads requirement files as pip does: continued lines, comments, `-r` and `-c` of other files. */

import { posix } from "node:path";

/** Where files are read from: a folder on disk, or the project's files. */
export interface RequirementSource {
  /** Text of a file by its path relative to the project, POSIX; null if it does not exist. */
  read(path: string): string | null;
}

export interface RequirementLine {
  /** Without comment, continuation and outer spaces. */
  readonly text: string;
  /** The file that holds it, relative to the project. */
  readonly file: string;
}

export interface RequirementFile {
  readonly lines: readonly RequirementLine[];
  /** This file and every file that it names, constraints too, relative to the project. */
  readonly files: readonly string[];
}

const INCLUDE = /^(-r|--requirement|-c|--constraint)[\s=]*(.+)$/;

/** Files that are named but missing are left to the installer to complain about. */
export function readRequirementFile(source: RequirementSource, file: string): RequirementFile {
  const lines: RequirementLine[] = [];
  const files = new Set<string>();
  const visit = (path: string, isConstraint: boolean): void => {
    const text = source.read(path);
    if (files.has(path) || text === null) return;
    files.add(path);
    for (const line of joinLines(text)) {
      const include = INCLUDE.exec(line);
      if (include === null) {
        if (!isConstraint) lines.push({ text: line, file: path });
        continue;
      }
      const named = posix.normalize(posix.join(posix.dirname(path), (include[2] ?? "").trim()));
      visit(named, isConstraint || /^(?:-c|--constraint)$/.test(include[1] ?? ""));
    }
  };
  visit(file, false);
  return { lines, files: [...files] };
}

/** Logical lines: continuations joined, comments and empty lines gone. */
export function joinLines(text: string): readonly string[] {
  return text
    .replace(/\\\r?\n/g, " ")
    .split(/\r?\n/)
    .map((line) => line.replace(/(^|\s)#.*$/, "").trim())
    .filter((line) => line !== "");
}

/**
 * The path of a requirement that is a folder or file of the project rather than a package of an index.
 *
 * @returns the path as written, without extras and marker; null for every other line.
 */
export function findLocalPath(line: string): string | null {
  const editable = /^(?:-e|--editable)[\s=]+(.+)$/.exec(line)?.[1];
  const target = (editable ?? line).trim().replace(/^["']|["']$/g, "");
  const direct = /^[\w.-]+\s*(?:\[[^\]]*\])?\s*@\s*(file:\S+)/.exec(target)?.[1];
  const path = direct ?? (target.split(/\s+[;-]|\s*;\s/)[0] ?? "").trim();
  if (path.startsWith("file:")) return decodeURIComponent(path.replace(/^file:(?:\/\/)?/, ""));
  if (/^[a-z][a-z+]*:/i.test(path) || path.startsWith("-")) return null;
  const isPath = editable !== undefined || /^\.{0,2}\//.test(path) || /^\.{1,2}(?:\[|$)/.test(path);
  const isArchive = /\.(?:whl|tar\.gz|zip)$/.test(path);
  // `libs/foo`: as uv writes a folder; a package name has no slash.
  if (!isPath && !isArchive && !/^[\w.-]+\/[\w./-]+$/.test(path)) return null;
  return path.replace(/\[[^\]]*\]$/, "");
}

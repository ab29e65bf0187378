/** Finds what `--from` means: a file, the usual files of a format, or whatever single one is there. */

import { existsSync, readdirSync, statSync } from "node:fs";
import { basename, join, relative, resolve } from "node:path";
import { MizanError } from "../../infra/contract/errors.ts";
import { FORMAT_NAMES, FORMATS, type FormatName } from "./formats/index.ts";

/** A file to import. */
export interface ImportSource {
  readonly format: FormatName;
  /** Absolute. */
  readonly path: string;
  /** As it is named to people: relative to the project where it is in it. */
  readonly file: string;
}

/**
 * @param root Absolute folder of the project.
 * @param from A path (which wins), the name of a format, or `auto`.
 * @throws {MizanError} USAGE
 */
export function findSources(root: string, from: string): readonly ImportSource[] {
  const path = resolve(root, from);
  if (isFile(path)) return [createSource(root, path, guessFormat(path))];
  if (from === "auto") return findOnly(root);
  const format = FORMAT_NAMES.find((name) => name === from.toLowerCase());
  if (format === undefined) throw createUnknownError(from);
  const found = listUsual(root, format);
  if (found.length > 0) return found;
  const places = format === "copilot" ? ["copilot/<name>/manifest.yml"] : FORMATS[format].paths;
  throw new MizanError("USAGE", `There is no ${places.join(" or ")} in ${root}`, {
    hint: "Name the file: mizan init --from <path>",
    details: { from, places },
  });
}

/** Of formats with several usual names the preferred one; of Copilot a manifest for each service. */
function listUsual(root: string, format: FormatName): readonly ImportSource[] {
  const paths =
    format === "copilot"
      ? listManifests(root)
      : FORMATS[format].paths
          .map((name) => join(root, name))
          .filter(isFile)
          .slice(0, 1);
  return paths.map((path) => createSource(root, path, format));
}

/** `copilot/environments` and `copilot/pipelines` hold manifests of other kinds. */
function listManifests(root: string): readonly string[] {
  const folder = join(root, "copilot");
  if (!existsSync(folder) || !statSync(folder).isDirectory()) return [];
  return readdirSync(folder)
    .sort()
    .filter((name) => name !== "environments" && name !== "pipelines")
    .flatMap((name) => ["manifest.yml", "manifest.yaml"].map((file) => join(folder, name, file)))
    .filter(isFile);
}

function findOnly(root: string): readonly ImportSource[] {
  const found = FORMAT_NAMES.map((format) => listUsual(root, format)).filter(
    (sources) => sources.length > 0,
  );
  const [only] = found;
  if (only !== undefined && found.length === 1) return only;
  const files = found.flat().map(({ file }) => file);
  if (files.length === 0) {
    throw new MizanError("USAGE", `Nothing to import was found in ${root}`, {
      hint: `Known are ${listKnown()}.`,
      details: { files },
    });
  }
  throw new MizanError("USAGE", `Several could be imported: ${files.join(", ")}`, {
    hint: `Name the one that production runs on: mizan init --from ${files[0]}`,
    details: { files },
  });
}

function guessFormat(path: string): FormatName {
  const name = basename(path);
  const format = FORMAT_NAMES.find((candidate) => FORMATS[candidate].fileName.test(name));
  if (format !== undefined) return format;
  throw new MizanError("USAGE", `What ${name} is cannot be told by its name`, {
    hint: `Known are ${listKnown()}: give it one of these names.`,
    details: { path },
  });
}

function createUnknownError(from: string): MizanError {
  return new MizanError("USAGE", `"${from}" is neither a file here nor a format to import`, {
    hint: `Formats are ${FORMAT_NAMES.join(", ")} and auto.`,
    details: { from },
  });
}

function listKnown(): string {
  return "Procfile, fly.toml, railway.toml, render.yaml, Copilot's manifest.yml, compose.yaml";
}

function createSource(root: string, path: string, format: FormatName): ImportSource {
  const inside = relative(root, path);
  return { format, path, file: inside.startsWith("..") ? path : inside.replaceAll("\\", "/") };
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}

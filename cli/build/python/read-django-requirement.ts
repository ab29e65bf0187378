/** Reads which Django a project locks or asks for, from its dependency files. */

import { parse as parseToml } from "smol-toml";
import { z } from "zod";
import { type RequirementSource, readRequirementFile } from "./requirement-file.ts";

const lockSchema = z.object({
  package: z.array(z.object({ name: z.string(), version: z.string().optional() })),
});
const pipfileLockSchema = z.object({
  default: z.record(z.string(), z.object({ version: z.string().optional() })),
});
const pyprojectSchema = z.object({
  project: z.object({ dependencies: z.array(z.string()).optional() }).optional(),
});

/** `Django[argon2] >=4.2,<5 ; python_version > "3"`, `django (>=5.2)`: the part between name and marker. */
const DJANGO_LINE = /^django\s*(?:\[[^\]]*\])?\s*\(?([^;#@)]*)/i;

/**
 * @param source where the files are read from.
 * @param files lock or requirement files, relative to the project, the most certain first.
 * @returns `5.2.1` for a locked Django, a specifier such as `>=4.2,<5` for a range; null: not said.
 */
export function readDjangoRequirement(
  source: RequirementSource,
  files: readonly string[],
): string | null {
  for (const file of files) {
    const requirement = readFrom(source, file);
    if (requirement !== null) return requirement;
  }
  return null;
}

function readFrom(source: RequirementSource, file: string): string | null {
  const text = source.read(file);
  if (text === null) return null;
  if (file.endsWith("Pipfile.lock")) {
    return pipfileLockSchema.safeParse(parseJson(text)).data?.default["django"]?.version ?? null;
  }
  if (file.endsWith(".lock")) {
    const packages = lockSchema.safeParse(parseToml(text)).data?.package ?? [];
    return packages.find(({ name }) => name.toLowerCase() === "django")?.version ?? null;
  }
  if (file.endsWith("pyproject.toml")) {
    const dependencies = pyprojectSchema.safeParse(parseToml(text)).data?.project?.dependencies;
    return findInLines(dependencies ?? []);
  }
  return findInLines(readRequirementFile(source, file).lines.map(({ text: line }) => line));
}

function findInLines(lines: readonly string[]): string | null {
  for (const line of lines) {
    const match = DJANGO_LINE.exec(line);
    // `django-environ` and `djangorestframework` are other packages.
    if (match === null || /^django[\w.-]/i.test(line.trim())) continue;
    const specifier = (match[1] ?? "").replace(/--hash.*/, "").replace(/[\s\\]/g, "");
    return /^={2,3}[\d.]+$/.test(specifier) ? specifier.replace(/^=+/, "") : specifier || null;
  }
  return null;
}

function parseJson(text: string): unknown {
  return JSON.parse(text);
}

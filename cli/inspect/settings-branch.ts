/** Finds settings that import one of several modules by an environment variable. */

import type { Finding, ProjectFiles } from "./facts.ts";
import { findModuleFile, readPython } from "./python-source.ts";
import { matchText } from "./text-match.ts";

const STAR_IMPORT = /^[ \t]+from[ \t]+\.*(\w[\w.]*)[ \t]+import[ \t]+\*/m;
const VARIABLE =
  /(?:environ(?:\.get\(|\[)|getenv\(|\b(?:config|env|env\.str)\()\s*["']([A-Za-z_]\w*)["']/;
const PRODUCTION = /(?:^|[._])(?:prod|production|live)$/i;

/**
 * The settings module itself decides when it is imported, which is the app's own choice: what is
 * told is that the variable must say production.
 */
export function findSettingsBranch(
  files: ProjectFiles,
  root: string,
  module: string,
): readonly Finding[] {
  const path = findModuleFile(files, root, module);
  const source = path === null ? null : readPython(files, path);
  if (source === null) return [];
  const imports = matchText(source.path, source.text, STAR_IMPORT);
  const production = imports.find(({ groups }) => PRODUCTION.test(groups[0] ?? ""));
  const variable = matchText(source.path, source.text, VARIABLE)[0];
  const name = variable?.groups[0];
  if (imports.length < 2 || production === undefined || variable === undefined) return [];
  const compared = matchText(source.path, source.text, /==\s*["']([\w-]+)["']/);
  const values = compared.map(({ groups }) => groups[0] ?? "");
  const value = values.find((text) => PRODUCTION.test(text)) ?? "…";
  return [
    {
      code: "SETTINGS_BY_VARIABLE",
      severity: "warning",
      message: `${module} imports ${imports.map(({ groups }) => groups[0]).join(" or ")} by ${name}: for production it must say so`,
      evidence: variable.at,
      hint: `Add to .env: ${name}=${value}`,
    },
  ];
}

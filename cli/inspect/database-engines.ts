/** Finds database engines in the text of settings, and which of them are those of the default database. */

import type { FactValues } from "./facts.ts";
import type { PythonSource } from "./python-source.ts";
import { lineAt } from "./text-match.ts";

export type Vendor = NonNullable<FactValues["backend.database"]>;

export interface Engine {
  readonly vendor: Vendor;
  /** `path:line`. */
  readonly at: string;
  /** In `"default": {…}` or `DATABASES["default"] = …`. */
  readonly isDefault: boolean;
}

/** An engine (`django.db.backends.postgresql`, a subclass of it elsewhere) or the scheme of a URL. */
const ENGINE =
  /["'](?:[\w.]+\.(sqlite3|spatialite|postgresql|postgresql_psycopg2|postgis|mysql|oracle)(?:\.\w+)?["']|(sqlite|spatialite|postgres|postgresql|postgis|psql|mysql|oracle)\w*:\/\/)/g;
const DEFAULT_VALUE = /["']default["'](?:\s*:|\](?:\[["']ENGINE["']\])?\s*=)\s*/g;

export function listEngines({ path, text }: PythonSource): readonly Engine[] {
  const ranges = [...text.matchAll(DEFAULT_VALUE)].map(({ 0: key, index }) => {
    const start = index + key.length;
    return { start, end: findValueEnd(text, start) };
  });
  return [...text.matchAll(ENGINE)].map(({ 1: backend, 2: scheme, index }) => ({
    vendor: vendorOf(backend ?? scheme ?? ""),
    at: lineAt(path, text, index),
    isDefault: ranges.some(({ start, end }) => start <= index && index < end),
  }));
}

/** Where the expression ends: at the comma, the line's end or the bracket that is not its own. */
function findValueEnd(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length; at += 1) {
    const character = text.charAt(at);
    if ("([{".includes(character)) depth += 1;
    else if (")]}".includes(character)) depth -= 1;
    if (depth < 0 || (depth === 0 && (character === "," || character === "\n"))) return at;
  }
  return text.length;
}

function vendorOf(engine: string): Vendor {
  if (/^sqlite|^spatialite/.test(engine)) return "sqlite";
  if (/^post|^psql/.test(engine)) return "postgresql";
  return engine.startsWith("mysql") ? "mysql" : "oracle";
}

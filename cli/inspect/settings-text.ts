/** Looks for settings in the text of the settings modules, the one that wins first. */

import type { PythonSource } from "./python-source.ts";
import { matchText, type TextMatch } from "./text-match.ts";

/** First match over all sources. */
export function findInSources(sources: readonly PythonSource[], pattern: RegExp): TextMatch | null {
  for (const source of sources) {
    const match = matchText(source.path, source.text, pattern)[0];
    if (match !== undefined) return match;
  }
  return null;
}

/** Where a setting is assigned a plain string: its value is `groups[0]`. */
export function findStringSetting(
  sources: readonly PythonSource[],
  setting: string,
): TextMatch | null {
  return findInSources(
    sources,
    new RegExp(`^[ \\t]*${setting}(?:\\s*:[^=\\n]+)?\\s*=\\s*(?:\\(\\s*)?["']([\\w.]+)["']`, "m"),
  );
}

/** Where an app is named as a string, e.g. in INSTALLED_APPS. */
export function findInstalledApp(sources: readonly PythonSource[], app: string): TextMatch | null {
  return findInSources(sources, new RegExp(`["']${app}(?:\\.apps\\.\\w+)?["']`));
}

/** Which questions make a declared page: its contexts' to the origin, then the page's to a renderer. Pure. */

import type { DeclaredPage, ParameterSource } from "../../edge/cache/contract.ts";
import type { Manifest } from "../../edge/index.ts";
import { type PageHead, type PageProps, RENDER_PATH } from "../../edge/render/contract.ts";
import { buildContextQuestion } from "./context-question.ts";
import type { Question } from "./question.ts";

/** Context → parameters: `probe` of the config. */
type ProbeValues = Readonly<Record<string, Readonly<Record<string, string>>>>;

export interface PagePlan {
  readonly path: string;
  readonly params: PageProps["params"];
  /** Context → how it is asked for. */
  readonly questions: ReadonlyMap<string, Question>;
}

/** @returns what is missing where the config's `probe` has no value for a part of the path */
export function planPage(
  page: DeclaredPage,
  manifest: Manifest,
  probe: ProbeValues,
): PagePlan | { readonly missing: string } {
  const values = collectValues(page, probe);
  const names = page.pattern
    .split("/")
    .flatMap((part) => (part.startsWith(":") ? [part.slice(1)] : []));
  const unknown = names.find((name) => values[`:${name}`] === undefined);
  if (unknown !== undefined) return { missing: unknown };
  const questions = new Map<string, Question>();
  for (const { name, params } of page.contexts) {
    const context = manifest.contexts.get(name);
    const filled = Object.entries(params).flatMap(([parameter, source]) => {
      const value = readSource(source, values);
      return value === undefined ? [] : [[parameter, value] as const];
    });
    const question =
      context === undefined ? null : buildContextQuestion(context, Object.fromEntries(filled));
    if (question !== null) questions.set(name, question);
  }
  const path = page.pattern.replaceAll(/:([a-z_][a-z0-9_]*)/g, (whole) =>
    encodeURIComponent(values[whole] ?? ""),
  );
  const params = Object.entries(values).map(([key, value]) => [key.slice(1), value]);
  return { path, params: Object.fromEntries(params), questions };
}

export function buildPageQuestion(head: PageHead): Question {
  return {
    method: "POST",
    path: RENDER_PATH.page,
    headers: { "content-type": "application/x-ndjson" },
    body: `${JSON.stringify(head)}\n`,
  };
}

/** `:name` and `?name` → the value that `probe` has for the parameter which comes from there. */
function collectValues(page: DeclaredPage, probe: ProbeValues): Readonly<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const { name, params } of page.contexts) {
    for (const [parameter, source] of Object.entries(params)) {
      const value = probe[name]?.[parameter];
      if (source.from === "value" || value === undefined) continue;
      found[buildKey(source)] = value;
    }
  }
  return found;
}

function readSource(
  source: ParameterSource,
  values: Readonly<Record<string, string>>,
): string | undefined {
  return source.from === "value" ? source.value : values[buildKey(source)];
}

function buildKey(source: Exclude<ParameterSource, { readonly from: "value" }>): string {
  return `${source.from === "path" ? ":" : "?"}${source.name}`;
}

/** Which question fetches a context. Pure. */

import type { Manifest } from "../../edge/index.ts";
import type { Question } from "./question.ts";

type ManifestContext = Manifest["contexts"] extends ReadonlyMap<string, infer T> ? T : never;

/** @returns null: the context has no endpoint */
export function buildContextQuestion(
  { endpoints }: ManifestContext,
  parameters: Readonly<Record<string, string>> = {},
): Question | null {
  const [endpoint] = endpoints;
  if (endpoint === undefined) return null;
  const query = new URLSearchParams(parameters).toString();
  return { method: "GET", path: query === "" ? endpoint : `${endpoint}?${query}` };
}

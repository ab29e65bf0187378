/** Finds the contexts that a mutation's `affects` means (protocol 1.5). */

import type { ManifestProblems } from "./manifest-problems.ts";

export interface AffectsScope {
  readonly contexts: { has(name: string): boolean };
  /** Function to the contexts that hold it. */
  readonly functions: ReadonlyMap<string, readonly string[]>;
}

export interface ResolvedAffects {
  /** Names of contexts, sorted, each once. */
  readonly contexts: readonly string[];
  /** Names that nothing declares. */
  readonly unknown: readonly string[];
}

type Meaning = "context" | "function" | "either";

/** An element that names nothing is a warning (design D13): upstream's own example has one. */
export function resolveAffects(
  problems: ManifestProblems,
  elements: readonly unknown[],
  at: string,
  scope: AffectsScope,
): ResolvedAffects {
  const contexts = new Set<string>();
  const unknown = new Set<string>();
  for (const [index, element] of elements.entries()) {
    const place = `${at}[${index}]`;
    const named = readElement(element);
    if (named === null) {
      problems.error(place, "names neither a context nor a function");
      continue;
    }
    const found = findContexts(named, scope);
    for (const context of found) contexts.add(context);
    if (found.length > 0) continue;
    unknown.add(named.name);
    problems.warn(place, `nothing is called ${JSON.stringify(named.name)}: it invalidates nothing`);
  }
  return { contexts: [...contexts].sort(), unknown: [...unknown].sort() };
}

interface NamedElement {
  readonly name: string;
  readonly meaning: Meaning;
}

/** A string, `{context}`, `{function}` or `{type, name}`. */
function readElement(element: unknown): NamedElement | null {
  if (typeof element === "string") return build(element, "either");
  if (typeof element !== "object" || element === null) return null;
  if ("context" in element) return build(element.context, "context");
  if ("function" in element) return build(element.function, "function");
  if (!("name" in element)) return null;
  const type = "type" in element ? element.type : "either";
  return type === "context" || type === "function" || type === "either"
    ? build(element.name, type)
    : null;
}

function build(name: unknown, meaning: Meaning): NamedElement | null {
  return typeof name === "string" && name !== "" ? { name, meaning } : null;
}

function findContexts({ name, meaning }: NamedElement, scope: AffectsScope): readonly string[] {
  if (meaning !== "function" && scope.contexts.has(name)) return [name];
  return meaning === "context" ? [] : (scope.functions.get(name) ?? []);
}

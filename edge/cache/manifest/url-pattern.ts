/** URL patterns of the manifest: `/profile/:user_id/`, `/profile/<int:user_id>/` (protocol 1.7). */

/** Django's converters: https://docs.djangoproject.com/en/stable/topics/http/urls/#path-converters */
const CONVERTERS: Readonly<Record<string, string>> = {
  str: "[^/]+",
  int: "[0-9]+",
  slug: "[-a-zA-Z0-9_]+",
  uuid: "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
  path: ".+",
};

/** An app's own converter may accept anything, a slash included: more is matched, never less. */
const UNKNOWN_CONVERTER = ".+";

const NAME = "[A-Za-z_][A-Za-z0-9_]*";
const WHOLE_PARAMETER = new RegExp(`^(?::(${NAME})|<(?:(${NAME}):)?(${NAME})>)$`);
const ANY_PARAMETER = new RegExp(`<(?:(${NAME}):)?(${NAME})>|:(${NAME})`, "g");

/** What a path may hold unencoded, less what regular expressions are made of. */
const LITERAL = /^[A-Za-z0-9\-._~!&',=@\u0080-\uffff ]*$/u;

export interface PatternParameter {
  readonly name: string;
  /** null: none is written (`:name`, `<name>`). */
  readonly converter: string | null;
}

/** Between two slashes. Text is decoded. */
export type PatternSegment =
  | { readonly literal: string }
  | { readonly parameter: PatternParameter }
  /** Text and parameters mixed, or a parameter that may hold slashes. */
  | { readonly mixed: readonly (string | PatternParameter)[] };

export interface UrlPattern {
  /** As the manifest writes it, with a leading slash. */
  readonly text: string;
  readonly segments: readonly PatternSegment[];
}

/** @returns null for what is not understood, regular expressions above all */
export function parseUrlPattern(raw: string): UrlPattern | null {
  const text = raw.startsWith("/") ? raw : `/${raw}`;
  const segments = text.slice(1).split("/").map(parseSegment);
  if (segments.slice(0, -1).some((segment) => segment !== null && isEmpty(segment))) return null;
  const names = segments.flatMap((segment) => (segment === null ? [] : listNames(segment)));
  if (new Set(names).size < names.length) return null;
  return segments.includes(null)
    ? null
    : { text, segments: segments.filter((segment) => segment !== null) };
}

function isEmpty(segment: PatternSegment): boolean {
  return "literal" in segment && segment.literal === "";
}

function listNames(segment: PatternSegment): readonly string[] {
  if ("literal" in segment) return [];
  if ("parameter" in segment) return [segment.parameter.name];
  return segment.mixed.flatMap((part) => (typeof part === "string" ? [] : [part.name]));
}

function parseSegment(text: string): PatternSegment | null {
  const whole = WHOLE_PARAMETER.exec(text);
  if (whole !== null) {
    const parameter = { name: whole[1] ?? whole[3] ?? "", converter: whole[2] ?? null };
    return spansSegments(parameter) ? { mixed: [parameter] } : { parameter };
  }
  if (LITERAL.test(text)) return text === "." || text === ".." ? null : { literal: text };
  return parseMixed(text);
}

function parseMixed(text: string): PatternSegment | null {
  const parts: (string | PatternParameter)[] = [];
  let end = 0;
  for (const match of text.matchAll(ANY_PARAMETER)) {
    parts.push(text.slice(end, match.index));
    parts.push({ name: match[2] ?? match[3] ?? "", converter: match[1] ?? null });
    end = match.index + match[0].length;
  }
  parts.push(text.slice(end));
  const isReadable = parts.every((part) => typeof part !== "string" || LITERAL.test(part));
  return isReadable ? { mixed: parts.filter((part) => part !== "") } : null;
}

function spansSegments({ converter }: PatternParameter): boolean {
  return converter === "path" || (converter !== null && !Object.hasOwn(CONVERTERS, converter));
}

/** Source of a regular expression for one value. */
export function buildConverterSource(converter: string | null): string {
  if (converter === null) return "[^/]+";
  return Object.hasOwn(CONVERTERS, converter)
    ? (CONVERTERS[converter] ?? UNKNOWN_CONVERTER)
    : UNKNOWN_CONVERTER;
}

/** Matches the decoded path from the given segment on, without a slash in front; one group per parameter. */
export function buildTailExpression(pattern: UrlPattern, from: number): RegExp {
  const source = pattern.segments.slice(from).map(buildSegmentSource).join("/");
  return new RegExp(`^${source}$`, "u");
}

function buildSegmentSource(segment: PatternSegment): string {
  if ("literal" in segment) return escapeExpression(segment.literal);
  const parts = "mixed" in segment ? segment.mixed : [segment.parameter];
  return parts
    .map((part) =>
      typeof part === "string"
        ? escapeExpression(part)
        : `(${buildConverterSource(part.converter)})`,
    )
    .join("");
}

function escapeExpression(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&");
}

/** In the order of the pattern. */
export function listPatternNames({ segments }: UrlPattern): readonly string[] {
  return segments.flatMap(listNames);
}

/**
 * Whether two spellings mean the same route: `profile/<int:user_id>/` as Django resolves it, and
 * `/profile/:user_id/` as the manifest has it. A converter that is not written may be any.
 */
export function isSamePattern(a: UrlPattern, b: UrlPattern): boolean {
  const [parts, others] = [flatten(a), flatten(b)];
  return (
    parts.length === others.length &&
    parts.every((part, index) => isSamePart(part, others[index] ?? ""))
  );
}

/** Literal text runs and parameters, slashes being text. */
function flatten({ segments }: UrlPattern): readonly (string | PatternParameter)[] {
  return segments.flatMap((segment) => {
    if ("literal" in segment) return ["/", segment.literal];
    return ["/", ...("mixed" in segment ? segment.mixed : [segment.parameter])];
  });
}

function isSamePart(a: string | PatternParameter, b: string | PatternParameter): boolean {
  if (typeof a === "string" || typeof b === "string") return a === b;
  if (a.name !== b.name) return false;
  return a.converter === b.converter || a.converter === null || b.converter === null;
}

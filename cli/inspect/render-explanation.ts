/** Shows to people why a fact is what it is: every candidate, and why it won or lost. */

import { SAME } from "./candidates.ts";
import type { FactExplanation } from "./explain-fact.ts";
import type { Candidate } from "./facts.ts";
import { clean, type Paint, wrap } from "./summary/layout.ts";

const SURENESS = {
  certain: "This is certain.",
  likely: "This is likely: a convention, not a statement.",
  guess: "This is a guess.",
} as const;
/** Width of `chosen` and two spaces on either side. */
const INDENT = 10;

/** @returns Lines without trailing newline, at most 100 columns wide. */
export function renderExplanation(
  explanation: FactExplanation,
  paint: Paint = (_style, text) => text,
): readonly string[] {
  const { fact, about, problem, confidence, considered, override } = explanation;
  const title = paint("bold", fact);
  const opening = `: ${about}.`;
  const [first = "", ...others] = wrap(`${fact}${opening}`, 0);
  const heading = [first.replace(fact, title), ...others];
  if (problem !== null || confidence === null) {
    return [...heading, "", ...wrap(`Not known here. ${(problem ?? "").replace(/\.?$/, ".")}`, 0)];
  }
  return [
    ...heading,
    "",
    ...considered.flatMap((candidate) => renderCandidate(candidate, paint)),
    "",
    ...wrap(SURENESS[confidence], 0),
    ...describeSettings(explanation).flatMap((line) => wrap(line, 0)),
    ...renderOverride(override ?? ""),
  ];
}

function renderCandidate(candidate: Candidate, paint: Paint): readonly string[] {
  const { value, from, isChosen, why } = candidate;
  const word = (isChosen ? "chosen" : why === SAME ? "same" : "not").padEnd(6);
  const label = isChosen ? paint("bold", word) : word;
  const parts = listParts(value);
  const opening = parts === null ? `${showInline(value)} (${from})` : from;
  const [first = "", ...others] = wrap(opening, INDENT);
  return [
    `  ${label}  ${first.trimStart()}`,
    ...others,
    ...(parts ?? []).flatMap((part) => wrap(part, INDENT + 2, INDENT)),
    ...(why === SAME ? [] : wrap(why, INDENT)),
  ];
}

/** What needs a line each: the entries of a table, the objects of a list; else null. */
function listParts(value: unknown): readonly string[] | null {
  if (typeof value !== "object" || value === null) return null;
  if (!Array.isArray(value)) {
    const entries = Object.entries(value);
    return entries.length === 0
      ? null
      : entries.map(([key, part]) => `${key}: ${showInline(part)}`);
  }
  return value.some((item) => typeof item === "object") ? value.map(showInline) : null;
}

function showInline(value: unknown): string {
  if (value === null) return "nothing";
  if (typeof value !== "object") return clean(String(value));
  if (Array.isArray(value)) return value.map(showInline).join(", ") || "none";
  const entries = Object.entries(value).map(([key, part]) => `${key}: ${showInline(part)}`);
  return entries.join(", ") || "none";
}

function describeSettings({ fact, settings, overlay }: FactExplanation): readonly string[] {
  if (settings.length === 0) return [];
  const names = settings.join(", ");
  if (overlay === null) {
    const isRead = fact.startsWith("settings.");
    return isRead ? [`Django setting: ${names}.`] : [];
  }
  if (overlay.length === 0) return [`Django setting: ${names}. Mizan leaves it as it is.`];
  return [
    `Django setting: ${names}. For the deploy Mizan changes it:`,
    ...overlay.map(
      ({ setting, action, reason }) =>
        `${setting} is ${action === "filled" ? "set" : "changed"}: ${reason}.`,
    ),
  ];
}

/** A line for the config stands alone, to copy it. */
function renderOverride(override: string): readonly string[] {
  if (!override.startsWith("facts:")) return wrap(`To change it: ${override}.`, 0);
  return ["To decide it yourself, write into mizan.config:", ...wrap(override, 2)];
}

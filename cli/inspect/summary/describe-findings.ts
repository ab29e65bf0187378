/** Findings, the worst first, each with its one next step; and what to do next about the whole. */

import type { Facts, Finding } from "../facts.ts";
import { listMissing } from "./describe-needs.ts";
import { clean, listWords, type Paint, wrap } from "./layout.ts";

const SEVERITIES = ["error", "warning", "info"] as const;
const COLOURS = { error: "red", warning: "yellow", info: "cyan" } as const;
const WORDS = { error: "error", warning: "warning", info: "note" } as const;
/** Width of `warning` and two spaces on either side. */
const INDENT = 11;

export function renderFindings(findings: readonly Finding[], paint: Paint): readonly string[] {
  if (findings.length === 0) return [];
  const sorted = SEVERITIES.flatMap((severity) => findings.filter((f) => f.severity === severity));
  return [
    paint("bold", "What to look at"),
    ...sorted.flatMap(({ severity, code, message, evidence, hint }) => {
      const place = evidence === "." ? code : `${code}, ${evidence}`;
      const [first = "", ...others] = wrap(`${message} (${place})`, INDENT);
      const word = paint(COLOURS[severity], WORDS[severity].padEnd(7));
      return [
        `  ${word}  ${first.trimStart()}`,
        ...others,
        ...wrap(`→ ${hint}`, INDENT + 2, INDENT),
      ];
    }),
    "",
  ];
}

/** The one thing to do now, on one line where it fits. */
export function renderNextStep(
  facts: Facts,
  findings: readonly Finding[],
  paint: Paint,
): readonly string[] {
  const [first = "", ...others] = wrap(`Next: ${decideNextStep(facts, findings)}`, 6, 0);
  return [first.replace(/^Next:/, paint("bold", "Next:")), ...others];
}

function decideNextStep(facts: Facts, findings: readonly Finding[]): string {
  const errors = findings.filter(({ severity }) => severity === "error");
  const [first] = errors;
  if (first !== undefined) {
    const rest = errors.length > 1 ? "the first error above: " : "";
    return `${rest}${clean(first.hint)}`;
  }
  const missing = listMissing(facts).map(({ name }) => name);
  if (missing.length > 0) return `write ${listWords(missing)} into .env, then mizan deploy`;
  const warnings = findings.filter(({ severity }) => severity === "warning").length;
  if (warnings === 0) return "mizan deploy (mizan plan first shows what it would do)";
  const them = warnings === 1 ? "the warning does" : "the warnings do";
  return `mizan deploy; ${them} not stop it`;
}

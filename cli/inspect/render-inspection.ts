/** Shows an inspection to people: what it is, what runs, what is served where, what is missing, what to do. */

import type { Inspection } from "./facts.ts";
import { describeApp } from "./summary/describe-app.ts";
import { renderFindings, renderNextStep } from "./summary/describe-findings.ts";
import { describeChanges, describeVariables } from "./summary/describe-needs.ts";
import { describeRuns } from "./summary/describe-runs.ts";
import { describeServed } from "./summary/describe-served.ts";
import { type Paint, renderRows, wrap } from "./summary/layout.ts";

/** @returns Lines without trailing newline, at most 100 columns wide. */
export function renderInspection(
  { facts, findings }: Inspection,
  paint: Paint = (_style, text) => text,
): readonly string[] {
  const groups = [
    ["What will run", describeRuns(facts)],
    ["What is served where", describeServed(facts)],
    ["What Mizan changes for the deploy (your files stay as they are)", describeChanges(facts)],
    ["Environment variables that the settings ask for", describeVariables(facts)],
  ] as const;
  return [
    ...wrap(describeApp(facts), 0),
    "",
    ...groups.flatMap(([title, rows]) => renderRows(title, rows, paint)),
    ...renderFindings(findings, paint),
    ...renderNextStep(facts, findings, paint),
  ];
}

/** What Mizan changes for the deploy, and the environment variables that the app asks for. */

import type { AskedVariable } from "../../../runtime/origin/contract.ts";
import type { Facts } from "../facts.ts";
import type { Row } from "./layout.ts";

export function describeChanges(facts: Facts): readonly Row[] {
  return (facts["settings.overlay"]?.value ?? []).map(({ setting, action, reason }) => ({
    label: setting,
    text: `${action === "filled" ? "set" : "changed"}: ${reason}`,
  }));
}

/** Missing ones first. Names only, never a value. */
export function describeVariables(facts: Facts): readonly Row[] {
  const variables = facts["settings.variables"]?.value ?? [];
  const missing = listMissing(facts);
  const given = variables.filter(({ present }) => present);
  const optional = variables.filter(({ present, required }) => !present && !required);
  return [
    ...missing.map(({ name, file, line }) => ({
      label: "missing",
      text: `${name}${file === null ? "" : ` (${file}:${line ?? 1})`}`,
    })),
    ...describeNames("given", given),
    ...describeNames("optional", optional),
  ];
}

/** Those without which the settings do not load. */
export function listMissing(facts: Facts): readonly AskedVariable[] {
  const variables = facts["settings.variables"]?.value ?? [];
  return variables.filter(({ present, required }) => required && !present);
}

function describeNames(label: string, variables: readonly AskedVariable[]): readonly Row[] {
  if (variables.length === 0) return [];
  return [{ label, text: variables.map(({ name }) => name).join(", ") }];
}

/** What a deploy would render on the server: components, those that need the SSR server, pages. */

import { MizanError } from "../../../../infra/contract/errors.ts";
import { surveyComponents } from "../../../build/components/survey-components.ts";
import type { SourceTree } from "../../../build/source-tree.ts";
import type { Config } from "../../../config/schema.ts";
import type { Finding } from "../../../inspect/facts.ts";
import type { PlannedChange } from "../../target.ts";

export interface ComponentsPlan {
  readonly changes: readonly PlannedChange[];
  readonly findings: readonly Finding[];
}

export interface PlanComponentsOptions {
  /** The working tree. */
  readonly tree: SourceTree;
  /** `settings.ssr`'s folders; empty: none, or the settings are not known yet. */
  readonly templateFolders: readonly string[];
  readonly pages: Config["pages"];
}

/** Installs nothing and loads nothing of the app: packages are not looked into. */
export async function planComponents(options: PlanComponentsOptions): Promise<ComponentsPlan> {
  const pages = Object.entries(options.pages);
  if (options.templateFolders.length === 0 && pages.length === 0)
    return { changes: [], findings: [] };
  const pageComponents = pages.flatMap(([, { component, errorComponent }]) =>
    errorComponent === undefined ? [component] : [component, errorComponent],
  );
  try {
    const { components, warnings } = await surveyComponents({ ...options, pageComponents });
    const onSsr = components.filter(({ runsOn }) => runsOn === "ssr");
    return {
      changes: [
        ...describeComponents(components.length),
        ...onSsr.map(({ path, reason }) => change(`${path} on the SSR server alone: ${reason}`)),
        ...pages.map(([pattern, { component }]) => change(`page ${pattern}: ${component}`)),
      ],
      // Clients that are generated from `mizan.toml` are there once it is built.
      findings: hasGeneratedClients(options.tree)
        ? []
        : warnings.map((message) => ({
            code: "COMPONENT_IMPORT",
            severity: "warning",
            message,
            evidence: message.split("imported by ").at(-1) ?? message,
            hint: "Add the file, or correct the import: the component cannot be rendered on a server.",
          })),
    };
  } catch (error) {
    // A deploy would stop there; the rest of the plan is still of use.
    if (!(error instanceof MizanError)) throw error;
    return { changes: [], findings: [describeFailure(error)] };
  }
}

function hasGeneratedClients({ files }: SourceTree): boolean {
  return files.some(({ path }) => /(?:^|\/)mizan\.toml$/.test(path));
}

function describeComponents(count: number): readonly PlannedChange[] {
  if (count === 0) return [];
  return [change(`${count === 1 ? "1 component" : `${count} components`} rendered on the server`)];
}

function change(text: string): PlannedChange {
  return { area: "render", action: "run", text };
}

function describeFailure({ message, hint }: MizanError): Finding {
  return {
    code: "COMPONENTS",
    severity: "error",
    message,
    evidence: /[\w./@-]+\.(?:[jt]sx?|vue|svelte)(?::\d+)?/.exec(message)?.[0] ?? "mizan.config",
    hint: hint ?? "Correct it before the deploy.",
  };
}

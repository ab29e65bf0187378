/** The generated files that are committed. */

import { buildConfigJsonSchema } from "./config-json-schema.ts";
import { renderReference } from "./render-reference.ts";

export interface ReferenceFile {
  /** Relative to the repository. */
  readonly path: string;
  readonly text: string;
}

export function listReferenceFiles(): readonly ReferenceFile[] {
  return [
    { path: "cli/config/REFERENCE.md", text: renderReference() },
    {
      // Ships with the package, where `$schema` of a JSON config finds it.
      path: "templates/config/mizan.schema.json",
      text: `${JSON.stringify(buildConfigJsonSchema(), null, 2)}\n`,
    },
  ];
}

/** Writes the reference page and the JSON schema from the sources that the program itself uses. */

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { listReferenceFiles } from "./reference/reference-files.ts";

for (const { path, text } of listReferenceFiles()) {
  writeFileSync(join(import.meta.dirname, "../..", path), text);
  console.log(path);
}

/** Check `manifest`: what the app exports is what the Edge works with. */

import { type Check, fail, pass } from "./check.ts";
import type { MizanSubject } from "./verify-conformance.ts";

const SHOWN_DIGITS = 12;

export async function checkManifest(mizan: MizanSubject): Promise<Check> {
  const name = "manifest";
  const contexts = mizan.manifest.contexts.size;
  const message = `${contexts === 1 ? "1 context" : `${contexts} contexts`}, as exported`;
  const exported = (await mizan.exportHash?.()) ?? mizan.manifestHash;
  if (exported === mizan.manifestHash) return pass(name, message);
  return fail(
    name,
    "the app exports another manifest than the one that the Edge works with",
    `exported ${exported.slice(0, SHOWN_DIGITS)}…, the Edge has ${mizan.manifestHash.slice(0, SHOWN_DIGITS)}…`,
  );
}

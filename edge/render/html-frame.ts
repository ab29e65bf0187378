/** What stands around the HTML of a component: of a fragment, or of a whole document. */

import type { PageOutcome } from "./contract.ts";
import type { LateContexts } from "./late-contexts.ts";
import type { HtmlTurn } from "./turn-reader.ts";

export interface HtmlFrame {
  /** @returns the first bytes, those of the turn among them */
  readonly begin: (turn: HtmlTurn, head: string) => readonly Uint8Array[];
  /** The very last bytes. */
  readonly end: (outcome: PageOutcome) => readonly Uint8Array[];
  readonly late: LateContexts | null;
}

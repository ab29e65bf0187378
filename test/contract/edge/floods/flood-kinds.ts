/** The floods: each a thing that a stranger can do to an Edge as often as he likes. */

import type { FloodKind } from "./flood.ts";
import { READ_FLOODS } from "./read-floods.ts";
import { WRITE_FLOODS } from "./write-floods.ts";

export const FLOODS: readonly FloodKind[] = [...READ_FLOODS, ...WRITE_FLOODS];

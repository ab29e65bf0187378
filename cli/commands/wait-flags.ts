/** `--wait`: how long a command waits for another one that holds the environment. */

import { z } from "zod";
import type { FlagSpec } from "./define-command.ts";
import { wholeNumber } from "./whole-number.ts";

/** A deploy takes minutes at most; a holder that needs longer is worth a look. */
const DEFAULT_WAIT_SECONDS = 900;

export const waitFlag: FlagSpec = {
  flag: "--wait [seconds]",
  summary: `wait for a command under way (default ${DEFAULT_WAIT_SECONDS} s)`,
};

/** `--wait` is true, `--wait 30` is "30"; absent: do not wait. */
export const waitOption = z
  .union([z.literal(true), wholeNumber], { error: "must be whole seconds, such as --wait 60" })
  .optional()
  .transform((value) => (value === true ? DEFAULT_WAIT_SECONDS : (value ?? null)));

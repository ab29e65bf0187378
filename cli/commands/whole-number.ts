/** A whole number as it is typed. */

import { z } from "zod";

/** Seven digits bound what anybody means by seconds or lines; `Number` would take `""` and `0x10`. */
export const wholeNumber = z
  .string()
  .regex(/^\d{1,7}$/, { error: "must be a whole number, such as 60" })
  .transform(Number);

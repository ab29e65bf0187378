/** Plain values, by a list of spellings that parameter types read alike. */

import type { AuthorityModules } from "../load-authority.ts";

/** Every group is one value to some parameter type. */
const SAME_VALUE: readonly (readonly string[])[] = [
  ["5", "05", "+5", "5.0", " 5", "5 ", "5_", "5e0", "５"],
  ["0", "-0", "00", "+0"],
  ["1000", "1_000", "1e3"],
  ["true", "True", "t", "yes", "y", "on", "1", "TRUE"],
  ["false", "f", "no", "n", "off", "0"],
  ["null", "none", "None", ""],
  ["inf", "infinity", "Infinity", "+inf"],
  ["nan", "snan", "nan0", "NaN"],
  ["7c9e6679-7425-40de-944b-e07fc1f90ae7", "7c9e6679742540de944be07fc1f90ae7"],
  ["abcdefab-cdef-abcd-efab-cdefabcdefab", "abcdefabcdefabcdefabcdefabcdefab"],
  ["abcdefab-cdef-abcd-efab-cdefabcdefab", "abcdefabcdefabcd-efabcdefabcdefab"],
  ["12345678-9012-3456-7890-123456789012", "12345678901234567890123456789012"],
  ["1577836800", "1577836800000"],
  ["red", "red\n", " red", "Red"],
];

const PLAIN = [
  "0",
  "7",
  "10",
  "90000",
  "175928847299117063",
  "red",
  "a-b_c9",
  "7c9e6679-7425-40de-944b-e07fc1f90ae7",
  "nano",
];

/** @returns two plain spellings of one value, or a plain value that is not seen; null: none found */
export function checkValues({ isPlainValue }: AuthorityModules): string | null {
  for (const spellings of SAME_VALUE) {
    const plain = spellings.filter(isPlainValue);
    if (plain.length > 1) return `one value, several plain spellings: ${plain.join(" ")}`;
  }
  const missed = PLAIN.find((value) => !isPlainValue(value));
  return missed === undefined ? null : `${missed} is plain`;
}

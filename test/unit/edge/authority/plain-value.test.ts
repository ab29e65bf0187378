import fc from "fast-check";
import { expect, test } from "vitest";
import { isPlainValue } from "../../../../edge/authority/plain-value.ts";

test.each(["0", "5", "175928847299117063", "red", "a-b_c", "7c9e6679-7425-40de-944b-e07fc1f90ae7"])(
  "%j has one spelling",
  (value) => expect(isPlainValue(value)).toBe(true),
);

test.each([
  ...["", "05", "+5", "-5", "5.0", "1e3", "1_000", " 5", "5\n", "٥"],
  ...["true", "false", "yes", "no", "on", "off", "t", "f", "y", "n", "none", "null"],
  ...["inf", "infinity", "nan", "snan", "nan01", "Red", "red;x", "red=1", "é"],
  "7C9E6679-7425-40DE-944B-E07FC1F90AE7",
  "7c9e6679742540de944be07fc1f90ae7",
  "abcdefab-cdefabcd-efabcdefabcdefab",
  "12345678901234567890123456789012",
  "1577836800000",
  "a".repeat(129),
])("%j may have others", (value) => {
  expect(isPlainValue(value)).toBe(false);
});

test("a plain value needs no encoding and holds no separator", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[a-z0-9=;,_-]{1,9}$/)), (value) => {
      if (isPlainValue(value)) expect(encodeURIComponent(value)).toBe(value);
    }),
  );
});

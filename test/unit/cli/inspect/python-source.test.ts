import { expect, test } from "vitest";
import { blankPythonComments } from "../../../../cli/inspect/python-source.ts";

test("blanks comments and docstrings and keeps every line where it was", () => {
  const text = '"""Doc\n# not code\n"""\nA = "# no comment"  # comment\nB = \'it\\\'s\' # x\n';
  const blanked = blankPythonComments(text);
  expect(blanked.split("\n")).toHaveLength(text.split("\n").length);
  expect(blanked).toContain('A = "# no comment"');
  expect(blanked).toContain("B = 'it\\'s'");
  expect(blanked).not.toMatch(/Doc|not code|comment$|x$/m);
});

test("a quote in a comment does not open a string", () => {
  expect(blankPythonComments("# don't\nA = 1\n")).toBe(`${" ".repeat(7)}\nA = 1\n`);
});

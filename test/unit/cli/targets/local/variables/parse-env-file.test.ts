import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseEnvFile } from "../../../../../../cli/targets/local/variables/parse-env-file.ts";

function valuesOf(text: string): Record<string, string> {
  const { values, problems } = parseEnvFile(text);
  expect(problems).toEqual([]);
  return Object.fromEntries(values);
}

describe("parseEnvFile", () => {
  it.each([
    ["A=1\r\nB=2\r\n", { A: "1", B: "2" }],
    ["\uFEFFA=1", { A: "1" }],
    ["export A=1", { A: "1" }],
    ["  A = b  # comment", { A: "b" }],
    ["A=", { A: "" }],
    ["A=   \nB=2", { A: "", B: "2" }],
    ["A=$B", { A: "$B" }],
    ["A==b", { A: "=b" }],
    ['A="x # y" # comment', { A: "x # y" }],
    ['A="a\\nb"', { A: "a\nb" }],
    ["A='a\\nb'", { A: "a\\nb" }],
    ['A=`it\'s "so"`', { A: 'it\'s "so"' }],
    ['A="one \n two\n\nthree"\nB=2', { A: "one \n two\n\nthree", B: "2" }],
    ["# only\n\n  # comments\n", {}],
    ["A=1\nA=2", { A: "2" }],
    ["A=postgres://u:p@h/d?x=1", { A: "postgres://u:p@h/d?x=1" }],
  ])("reads %j", (text, expected) => {
    expect(valuesOf(text)).toEqual(expected);
  });

  it.each([
    ["A=1\nhunter2\nB=2", 2, "there is no `=`"],
    ["export A", 1, "there is no `=`"],
    ["=hunter2", 1, "the name is not a variable name"],
    ["1A=hunter2", 1, "the name is not a variable name"],
    ["A B=hunter2", 1, "the name is not a variable name"],
    ["\n\nA='hunter2\nB=2", 3, "the quote ' is not closed"],
    ["A='hun'ter2'", 1, "there is text after the closing quote '"],
  ])("names the line of %j and says nothing of its text", (text, line, problem) => {
    const result = parseEnvFile(text);
    expect(result.problems).toEqual([{ line, problem }]);
    expect(JSON.stringify(result.problems)).not.toContain("hunter2");
  });

  it("goes on after an unreadable line, so that all are named at once", () => {
    const result = parseEnvFile("A='x\nB\nC=3\nD E\n");
    expect(result.problems.map(({ line }) => line)).toEqual([1, 2, 4]);
    expect(result.values.get("C")).toBe("3");
  });

  it("gives back any text that was put in quotes", () => {
    const text = fc.string({ unit: fc.constantFrom(..."ab $#=\"'\\\n\té") });
    fc.assert(
      fc.property(text, text, (first, second) => {
        const parsed = valuesOf(`A=\`${first}\`\nB=\`${second}\`\nC=end`);
        expect(parsed).toEqual({ A: first, B: second, C: "end" });
      }),
    );
  });
});

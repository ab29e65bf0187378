import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { buildScriptJson } from "../../../../edge/render/script-json.ts";

describe("buildScriptJson", () => {
  it("gives the value back, and holds no character that could end the script", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = buildScriptJson(value);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
        expect(text).not.toMatch(/[<>&\u2028\u2029]/);
      }),
    );
  });

  it("escapes what HTML and old JavaScript read, and keeps the order of keys", () => {
    expect(buildScriptJson({ b: "</script><!--&", a: "\u2028\u2029" })).toBe(
      String.raw`{"b":"\u003c/script\u003e\u003c!--\u0026","a":"\u2028\u2029"}`,
    );
  });
});

import { describe, expect, it } from "vitest";
import { parseDocumentShell } from "../../../../../cli/build/components/document-shell.ts";

function parse(html: string) {
  return parseDocumentShell(html, "index.html");
}

describe("parseDocumentShell", () => {
  it("cuts at the title and at the root element, and loses nothing else", () => {
    const html =
      '<!doctype html>\n<html><head><meta charset="utf-8"><title>Shop</title><link href="/a.css"></head>\n<body class="x"><div id="root"></div><script src="/a.js"></script></body></html>\n';
    expect(parse(html)).toEqual({
      start: '<!doctype html>\n<html><head><meta charset="utf-8">',
      title: "<title>Shop</title>",
      middle: '<link href="/a.css"></head>\n<body class="x">',
      end: '<script src="/a.js"></script></body></html>\n',
    });
  });

  it.each([
    ["no title", "<head><meta></head><body>", "<head><meta>", "</head><body>"],
    ["no head", "<!doctype html><body>", "<!doctype html>", "<body>"],
    ["no tags at all", "", "", ""],
  ])("cuts before the end of the head: %s", (_what, before, start, middle) => {
    const shell = parse(`${before}<div id="app"></div>after`);
    expect(shell).toEqual({ start, title: "", middle, end: "after" });
  });

  it.each([
    ["single quotes", "<div id='app'></div>"],
    ["no quotes", "<div id=app></div>"],
    ["attributes around it", '<div class="a > b" data-x=\'"\' id="app" hidden></div>'],
    ["lines inside", '<div\n  id="app"\n>\n  </div >'],
    ["a comment inside", '<div id="app"><!--ssr-outlet--></div>'],
    ["another element", '<my-app id="app"></my-app>'],
    ["capitals", '<DIV ID="app"></DIV>'],
  ])("finds the root: %s", (_what, root) => {
    const shell = parse(`<head><title>T</title></head><body><header></header>${root}<b></b>`);
    expect(shell.middle).toBe("</head><body><header></header>");
    expect(shell.end).toBe("<b></b>");
  });

  it("is not misled by comments, scripts and other text that looks like elements", () => {
    const decoys =
      '<!-- <title>no</title><div id="a"></div> --><script>"<div id=b></div>"</script><style id="c"></style><template><div id="d"></div></template><svg><title>no</title></svg><noscript><div id="e"></div></noscript><script id="f" src="/x.js"></script><div data-id="g"></div><p></p>';
    const html = `<head>${decoys}<title>yes</title></head><body>${decoys}<main id="root"></main>`;
    const shell = parse(html);
    expect(shell.title).toBe("<title>yes</title>");
    expect(shell.middle).toBe(`</head><body>${decoys}`);
    expect(shell.end).toBe("");
  });

  it.each([
    ["", "an empty document"],
    ["<body><div></div></body>", "no id"],
    ['<body><div id="root"><p>Loading</p></div></body>', "an element that is not empty"],
    ['<head><div id="root"></div></head><body></body>', "an element in the head"],
  ])("asks for an empty element where there is none: %s", (html) => {
    expect(() => parse(html)).toThrowError(
      expect.objectContaining({
        code: "BUILD_FAILED",
        exitCode: 7,
        hint: 'Leave one with an id empty in the body of index.html: <div id="root"></div>',
      }),
    );
  });
});

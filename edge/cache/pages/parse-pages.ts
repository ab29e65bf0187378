/** Reads the declared pages of a release: unknown → `EdgePages`. Whether they fit its manifest is `PageTable`'s. */

import type { DeclaredContext, DeclaredPage, EdgePages, ParameterSource } from "../contract.ts";
import {
  fail,
  parseBoolean,
  parseFields,
  parseList,
  parseRecord,
  parseText,
} from "../release/state-fields.ts";

/** @throws {StateError} */
export function parsePages(raw: unknown, at: string): EdgePages {
  const fields = parseFields(raw, at, ["document", "pages"]);
  return {
    document: parseDocument(fields["document"], `${at}.document`),
    pages: parseList(fields["pages"], `${at}.pages`).map((page, index) => {
      return parsePage(page, `${at}.pages[${index}]`);
    }),
  };
}

function parseDocument(raw: unknown, at: string): EdgePages["document"] {
  const fields = parseFields(raw, at, ["start", "title", "middle", "end"]);
  const read = (name: string) => {
    const text = fields[name];
    return typeof text === "string" ? text : fail(`${at}.${name}`, "not a text");
  };
  return { start: read("start"), title: read("title"), middle: read("middle"), end: read("end") };
}

function parsePage(raw: unknown, at: string): DeclaredPage {
  const names = ["pattern", "component", "renderedBy", "errorComponent", "contexts"];
  const fields = parseFields(raw, at, names);
  const { renderedBy, errorComponent } = fields;
  if (renderedBy !== "render" && renderedBy !== "ssr") {
    return fail(`${at}.renderedBy`, "not render or ssr");
  }
  return {
    pattern: parseText(fields["pattern"], `${at}.pattern`),
    component: parseText(fields["component"], `${at}.component`),
    renderedBy,
    errorComponent:
      errorComponent === null ? null : parseText(errorComponent, `${at}.errorComponent`),
    contexts: parseList(fields["contexts"], `${at}.contexts`).map((context, index) => {
      return parseContext(context, `${at}.contexts[${index}]`);
    }),
  };
}

function parseContext(raw: unknown, at: string): DeclaredContext {
  const fields = parseFields(raw, at, ["name", "params", "isLate"]);
  const params = Object.entries(parseRecord(fields["params"], `${at}.params`));
  return {
    name: parseText(fields["name"], `${at}.name`),
    params: Object.fromEntries(
      params.map(([name, source]) => [name, parseSource(source, `${at}.params.${name}`)]),
    ),
    isLate: parseBoolean(fields["isLate"], `${at}.isLate`),
  };
}

function parseSource(raw: unknown, at: string): ParameterSource {
  const { from, name, value } = parseRecord(raw, at);
  if (from === "path" || from === "query") {
    parseFields(raw, at, ["from", "name"]);
    return { from, name: parseText(name, `${at}.name`) };
  }
  if (from !== "value") return fail(`${at}.from`, "not path, query or value");
  parseFields(raw, at, ["from", "value"]);
  // Half of a surrogate pair has no place in a URL.
  const isText = typeof value === "string" && !/\p{Surrogate}/u.test(value);
  return { from, value: isText ? value : fail(`${at}.value`, "not a text") };
}

/** JSON as it stands in a script element, where no value can end the script. Pure. */

/** `<` and `>` end scripts and begin comments, `&` is for XHTML; the others ended lines before ES2019. */
const UNSAFE = /[<>&\u2028\u2029]/g;

const ESCAPES: Readonly<Record<string, string>> = {
  "<": "\\u003c",
  ">": "\\u003e",
  "&": "\\u0026",
  "\u2028": "\\u2028",
  "\u2029": "\\u2029",
};

/** @param value as JSON knows it; the order of keys is kept */
export function buildScriptJson(value: unknown): string {
  return JSON.stringify(value).replace(UNSAFE, (character) => ESCAPES[character] ?? "");
}

/** Hands a compiler's source map on to esbuild, which joins it with its own. */

/**
 * @param map absent: the code is shown as it is.
 * @param source name of the one source, relative to the file's folder: some compilers write it absolute.
 */
export function appendSourceMap(code: string, map: object | undefined, source: string): string {
  if (map === undefined) return code;
  const text = JSON.stringify({ ...map, sources: [source], sourceRoot: undefined });
  const encoded = Buffer.from(text).toString("base64");
  return `${code}\n//# sourceMappingURL=data:application/json;base64,${encoded}`;
}

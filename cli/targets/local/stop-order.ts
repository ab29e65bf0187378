/** In which order the processes of a release are told to end: what finishes requests may need what renders. Pure. */

const RENDERERS: ReadonlySet<string> = new Set(["ssr", "render"]);

/** @returns the renderers last: whoever is told to end while the origin is not, does not wait for it */
export function orderForStop<T extends { readonly name: string }>(
  processes: readonly T[],
): readonly T[] {
  const isRenderer = ({ name }: T) => RENDERERS.has(name);
  return [...processes.filter((each) => !isRenderer(each)), ...processes.filter(isRenderer)];
}

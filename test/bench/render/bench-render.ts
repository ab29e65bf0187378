/** Render, the SSR server and declared pages: what they cost on top of react-dom and of a constant. */

import { BenchSite } from "../edge/bench-site.ts";
import type { Figure } from "../figure.ts";
import { measurePages } from "./measure-pages.ts";
import { measureRenders } from "./measure-renders.ts";

export async function benchRender(): Promise<readonly Figure[]> {
  const site = new BenchSite();
  try {
    return [...(await measureRenders(site)), ...(await measurePages(site))];
  } finally {
    await site.end();
  }
}

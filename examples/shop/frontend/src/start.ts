/** What a page starts with: the language, and contexts that were fetched with it, as the kernel names them. */

import type { PageProps } from "./mizan/page-props.ts";
import { RequestError, sayStatus } from "./mizan/request.ts";
import type { Bundle, Params, Seed } from "./mizan/wire.ts";

export interface Start {
  /** null: as the browser says. */
  readonly language: string | null;
  readonly seeds: readonly Seed[];
}

/** A page that nothing was fetched for. */
export const EMPTY_START: Start = { language: null, seeds: [] };

/** Parameters of each context, as components ask for it, from those of the address. */
const PARAMS: Readonly<Record<string, (params: PageProps["params"]) => Params>> = {
  global: () => ({}),
  catalog: ({ page = "1" }) => ({ page: Number(page) }),
  product: ({ product_id }) => ({ product_id: Number(product_id) }),
  delivery: () => ({}),
};

export function readStart({ language, params, contexts, error }: PageProps): Start {
  const paramsOf = (context: string) => PARAMS[context]?.(params) ?? {};
  const seeds = Object.entries(contexts).map(([context, bundle]): Seed => {
    // The contexts' own shapes.
    return { context, params: paramsOf(context), bundle: bundle as Bundle | Promise<Bundle> };
  });
  if (error === undefined) return { language, seeds };
  const { context, status } = error;
  const failed = new RequestError(status, sayStatus(status));
  return { language, seeds: [...seeds, { context, params: paramsOf(context), error: failed }] };
}

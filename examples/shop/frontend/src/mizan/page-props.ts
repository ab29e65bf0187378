/** What the Edge gives the pages that it renders, and the global names by which browsers get it, too. */

export interface PageProps {
  /** Of the request, without its query. */
  readonly path: string;
  /** Of the route and of the query, as far as `pages` in mizan.config.ts names them. */
  readonly params: Readonly<Record<string, string>>;
  /** As Django's LocaleMiddleware would choose. */
  readonly language: string | null;
  /** Context to bundle, or to a promise of one that comes later. */
  readonly contexts: Readonly<Record<string, unknown>>;
  /** Why a context that the page needs is not there. */
  readonly error?: PageError;
}

export interface PageError {
  readonly context: string;
  /** HTTP status; 0: no answer. */
  readonly status: number;
  readonly code: string;
}

declare global {
  interface Window {
    /** Absent: the page was not rendered by the Edge. */
    readonly __MIZAN_SSR_DATA__?: PageProps;
    /** Present: not to its end, so that the browser has to do it. */
    readonly __MIZAN_SSR_STEP__?: "shell";
  }
}

/**
 * The props without what has not come: where the document is whole, it never will.
 * Promises are replaced by what they hold.
 */
export async function settleProps(props: PageProps): Promise<PageProps> {
  const settled = await Promise.all(
    Object.entries(props.contexts).map(async ([name, value]) => {
      // A promise that is not settled loses this race.
      const bundle = await Promise.race([value, undefined]).catch(() => undefined);
      return [name, bundle] as const;
    }),
  );
  return { ...props, contexts: Object.fromEntries(settled.filter(([, bundle]) => bundle)) };
}

/** The kernel for components: `useMizanContext` to show, `useKernel` to change. */

import {
  createContext,
  type ReactNode,
  use,
  useCallback,
  useContext,
  useMemo,
  useSyncExternalStore,
} from "react";
import { Kernel } from "./kernel.ts";
import type { RequestError } from "./request.ts";
import type { Params } from "./wire.ts";

const KernelContext = createContext<Kernel>(new Kernel());

export function KernelProvider({ kernel, children }: { kernel: Kernel; children: ReactNode }) {
  return <KernelContext value={kernel}>{children}</KernelContext>;
}

export const useKernel = () => useContext(KernelContext);

export interface MizanContext<T> {
  readonly bundle: T | null;
  readonly error: RequestError | null;
  readonly isLoading: boolean;
  /** Ask again. */
  readonly reload: () => void;
}

/**
 * A context's bundle, kept up to date while the component is there. Suspends only on the server, on
 * what comes later than the page.
 */
export function useMizanContext<T>(context: string, params: Params = {}): MizanContext<T> {
  const kernel = useKernel();
  const key = JSON.stringify(params);
  // By its text: callers may write the parameters inline.
  const stable = useMemo(() => JSON.parse(key) as Params, [key]);
  const subscribe = useCallback(
    (listener: () => void) => kernel.subscribe(context, stable, listener),
    [kernel, context, stable],
  );
  const late = kernel.getLate(context, stable);
  if (late !== null) use(late);
  const state = useSyncExternalStore(
    subscribe,
    () => kernel.getState(context, stable),
    () => kernel.getSeededState(context, stable),
  );
  const reload = useCallback(() => {
    kernel.invalidate([{ context, params: stable }]);
  }, [kernel, context, stable]);
  return { ...state, bundle: state.bundle as T | null, reload }; // the context's own shape
}

/** The Edge manifest after parsing (protocol 1.2): what the other modules work with. */

export interface ManifestFunction {
  readonly name: string;
  readonly path: "rpc" | "view";
  readonly route: string | null;
  /** Upper case. */
  readonly methods: readonly string[];
}

export interface ManifestContext {
  readonly name: string;
  /** By name. */
  readonly functions: readonly ManifestFunction[];
  /** URL paths. */
  readonly endpoints: readonly string[];
  readonly params: readonly string[];
  /** The manifest says so, or a parameter's name does. Never proof that the context is public. */
  readonly userScoped: boolean;
  readonly pageRoutes: readonly string[];
  /** Highest over the functions. */
  readonly rev: number;
  /** Lowest over the functions: seconds, `true` (until invalidated) or `false` (never stored). */
  readonly cache: number | boolean;
  /** Canonical JSON of the manifest's entry, unknown keys included. */
  readonly canonical: string;
}

export interface ManifestMutation {
  readonly name: string;
  /** Names of contexts that exist, sorted; functions are resolved to their contexts. */
  readonly affects: readonly string[];
  /** Names in `affects` that nothing declares: they invalidate nothing. */
  readonly unknownAffects: readonly string[];
  readonly isPrivate: boolean;
  readonly route: string | null;
  /** Upper case. */
  readonly methods: readonly string[];
  /** Canonical JSON of the manifest's entry, unknown keys included. */
  readonly canonical: string;
}

/** Fits `ManifestView` of `edge/authority`. */
export interface Manifest {
  readonly contexts: ReadonlyMap<string, ManifestContext>;
  readonly mutations: ReadonlyMap<string, ManifestMutation>;
  /** Function of a context to the contexts that hold it. */
  readonly functions: ReadonlyMap<string, readonly string[]>;
  /** URL paths that end in a slash, e.g. `/api/mizan/`: where `call/` lies. */
  readonly bases: readonly string[];
  /** Canonical JSON of the whole manifest. */
  readonly canonical: string;
}

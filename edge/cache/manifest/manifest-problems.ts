/** Reads single fields of a manifest and gathers everything that is wrong with them, each with its place. */

/** Something in the manifest that is wrong, or not as it should be. */
export interface ManifestProblem {
  /** Place inside the manifest: `contexts.user.params[0]`. */
  readonly path: string;
  readonly message: string;
  /** A warning leaves the manifest usable. */
  readonly severity: "error" | "warning";
}

export type Fields = Readonly<Record<string, unknown>>;

/** Python writes what is not set as null or not at all: both read as absent. */
export class ManifestProblems {
  readonly #list: ManifestProblem[] = [];

  get list(): readonly ManifestProblem[] {
    return this.#list;
  }

  get hasErrors(): boolean {
    return this.#list.some(({ severity }) => severity === "error");
  }

  error(path: string, message: string): void {
    this.#list.push({ path, message, severity: "error" });
  }

  warn(path: string, message: string): void {
    this.#list.push({ path, message, severity: "warning" });
  }

  readFields(raw: unknown, path: string): Fields | null {
    if (typeof raw === "object" && raw !== null && !Array.isArray(raw)) return raw as Fields;
    this.error(path, "not an object");
    return null;
  }

  readList(raw: unknown, path: string): readonly unknown[] {
    if (Array.isArray(raw)) return raw;
    if (raw !== undefined && raw !== null) this.error(path, "not a list");
    return [];
  }

  readTexts(raw: unknown, path: string): readonly string[] {
    return this.readList(raw, path).filter((text, index): text is string => {
      if (typeof text === "string" && text !== "") return true;
      this.error(`${path}[${index}]`, "not a text");
      return false;
    });
  }

  readOptionalText(raw: unknown, path: string): string | null {
    if (raw === undefined || raw === null) return null;
    if (typeof raw === "string" && raw !== "") return raw;
    this.error(path, "not a text");
    return null;
  }

  readFlag(raw: unknown, path: string): boolean {
    if (raw === true) return true;
    if (raw !== false && raw !== undefined && raw !== null) this.error(path, "not true or false");
    return false;
  }

  /** @returns upper case */
  readMethods(raw: unknown, path: string, usual: readonly string[]): readonly string[] {
    const methods = this.readTexts(raw, path);
    return methods.length === 0 ? usual : methods.map((method) => method.toUpperCase());
  }
}

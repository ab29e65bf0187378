/** A value that no log, error or JSON document can show by accident. */
import { inspect } from "node:util";

const REDACTED = "[redacted]";

/** Holds secret text. Only `reveal()` opens it, and only targets, tools and automation may call it. */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return REDACTED;
  }

  toJSON(): string {
    return REDACTED;
  }

  [inspect.custom](): string {
    return REDACTED;
  }
}

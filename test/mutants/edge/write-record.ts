/** One mutation of the scheduled world: what it wrote, and what others were promised of that. */

import type { Database, Versions } from "./database.ts";
import { type Entity, findContext, type Identity, type MutationKind } from "./shop.ts";

export class WriteRecord {
  readonly kind: MutationKind;
  readonly identity: Identity;
  /** Release that it was sent to. */
  readonly release: number;
  readonly #database: Database;
  #written: Partial<Versions> = {};
  /** Whatever it wrote, and will write, is promised. */
  #isPromised = false;
  /** The Edge has read what the answer names. */
  #hasNamed = false;

  constructor(kind: MutationKind, identity: Identity, release: number, database: Database) {
    this.kind = kind;
    this.identity = identity;
    this.release = release;
    this.#database = database;
  }

  get entities(): readonly Entity[] {
    const { sub } = this.identity;
    return this.kind.writes.flatMap((entity) => {
      if (entity !== "me") return [entity];
      return sub === null ? [] : [`me/${sub}` as const];
    });
  }

  commit(nowMs: number): void {
    Object.assign(this.#written, this.#database.commit(this.entities, nowMs));
    if (this.#isPromised) this.#promise();
  }

  /** Its answer has left the Edge, or nobody will ever hear of it. */
  promise(hasNamed: boolean): void {
    this.#isPromised = true;
    if (hasNamed) this.#hasNamed = true;
    this.#promise();
  }

  /** Contexts that neither the manifest nor the answer names are not promised. */
  #promise(): void {
    const { affects, header = "" } = this.kind;
    const promised = Object.entries(this.#written).filter(([entity]) => {
      const context = findContext(entity as Entity);
      return affects.includes(context) || (this.#hasNamed && header.includes(context));
    });
    this.#database.promise(Object.fromEntries(promised));
  }
}

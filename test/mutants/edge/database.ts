/** The origin's database, all its states one after the other, and what every later read was promised. */

import { ENTITIES, type Entity } from "./shop.ts";

export type Versions = Readonly<Record<Entity, number>>;

function createVersions(): Record<Entity, number> {
  return Object.fromEntries(ENTITIES.map((entity) => [entity, 0])) as Record<Entity, number>;
}

export class Database {
  /** Each transaction adds one. */
  readonly #states: Versions[] = [createVersions()];
  /** Entity to the times (unix ms) at which its versions were committed, from version 1 on. */
  readonly #commitTimes = new Map<Entity, number[]>(ENTITIES.map((entity) => [entity, []]));
  readonly #promised = createVersions();

  get state(): number {
    return this.#states.length - 1;
  }

  get promised(): Versions {
    return { ...this.#promised };
  }

  /** @throws where no transaction has left such a state */
  getVersions(state: number): Versions {
    const versions = this.#states[state];
    if (versions === undefined) throw new Error(`there was no state ${state}`);
    return versions;
  }

  /** @returns the versions that it wrote */
  commit(entities: readonly Entity[], nowMs: number): Partial<Versions> {
    const written: Partial<Record<Entity, number>> = {};
    const versions = { ...this.getVersions(this.state) };
    for (const entity of entities) {
      versions[entity] += 1;
      written[entity] = versions[entity];
      this.#commitTimes.get(entity)?.push(nowMs);
    }
    this.#states.push(versions);
    return written;
  }

  /** From now on every read that is sent sees these or later ones. */
  promise(versions: Partial<Versions>): void {
    for (const [entity, version] of Object.entries(versions) as [Entity, number][]) {
      this.#promised[entity] = Math.max(this.#promised[entity], version);
    }
  }

  /** @returns unix ms from which the version was out of date; null: it is not */
  findEndMs(entity: Entity, version: number): number | null {
    return this.#commitTimes.get(entity)?.[version] ?? null;
  }
}

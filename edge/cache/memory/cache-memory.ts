/** What one isolate remembers for its cache, from its start to its end, whatever releases come and go. */

import { Authority } from "../../authority/authority.ts";
import { EVERYTHING, resolveTargets, type Tag, type Targets } from "../../authority/target.ts";
import { DEFAULT_TIMES } from "../../authority/times.ts";
import type { EdgeStart } from "../contract.ts";
import { RememberedTokens } from "../identity/remembered-tokens.ts";
import { compareManifests } from "../manifest/compare-manifests.ts";
import { Flights } from "../read/coalesce.ts";
import { type Entry, EntryStore } from "../read/entry-store.ts";
import { derivePseudonym } from "../read/reduced-request.ts";
import { RememberedNeeds } from "../read/remembered-needs.ts";
import type { PreparedPolicy } from "../release/prepared-release.ts";
import { BoundedMap } from "./bounded-map.ts";
import type { EdgeCounters } from "./edge-counters.ts";

/** Until then one pseudonym per client costs one MAC. */
const REMEMBERED_CLIENTS = 10_000;

export class CacheMemory {
  readonly authority: Authority;
  readonly entries: EntryStore;
  readonly flights = new Flights<Entry>();
  readonly tokens = new RememberedTokens();
  readonly needs = new RememberedNeeds();
  readonly counters: EdgeCounters;
  readonly #pseudonyms = new BoundedMap<string>(REMEMBERED_CLIENTS);
  #pseudonymKid = "";

  constructor(start: EdgeStart, counters: EdgeCounters) {
    const { incarnation, quarantineUntilMs, holds, cacheBytes } = start;
    this.counters = counters;
    // A release says its limit before there can be an intent (`follow`).
    const times = { ...DEFAULT_TIMES, requestLimitMs: 0 };
    this.authority = new Authority({ incarnation, quarantineUntilMs, times });
    for (const { id, scope, untilMs } of holds) this.authority.hold(id, scope, untilMs);
    this.entries = new EntryStore(cacheBytes === undefined ? {} : { maxBytes: cacheBytes });
  }

  /**
   * Before another release serves. What it describes differently is bumped: whoever deploys holds
   * such contexts anyway, so this only says again what holds for a caller that forgot.
   * @param before null: nothing was served, or by a release without the protocol, whose writes
   *   nobody followed
   */
  follow(before: PreparedPolicy | null, after: PreparedPolicy, nowMs: number): void {
    this.authority.configure(after.requestLimitSeconds * 1000, after.originLagMs);
    this.authority.bump(findChangedTags(before, after), nowMs);
  }

  /** Names that the release does not have bump nothing and are counted. */
  resolve(targets: Targets, policy: PreparedPolicy): readonly Tag[] {
    const { tags, unknownNames } = resolveTargets(targets, policy.view);
    this.counters.countUnknownNames(unknownNames.length);
    return tags;
  }

  /** @returns names that the release does not have */
  bump(targets: Targets, policy: PreparedPolicy, nowMs: number): readonly string[] {
    const { tags, unknownNames } = resolveTargets(targets, policy.view);
    this.authority.bump(tags, nowMs);
    return unknownNames;
  }

  /** See `derivePseudonym`. */
  async findPseudonym(policy: PreparedPolicy, clientAddress: string): Promise<string> {
    const { kid, key } = policy.edgeRing.signing;
    if (kid !== this.#pseudonymKid) this.#pseudonyms.clear();
    this.#pseudonymKid = kid;
    const known = this.#pseudonyms.get(clientAddress);
    if (known !== undefined) return known;
    const pseudonym = await derivePseudonym(key, clientAddress);
    if (kid === this.#pseudonymKid) this.#pseudonyms.set(clientAddress, pseudonym);
    return pseudonym;
  }
}

function findChangedTags(before: PreparedPolicy | null, after: PreparedPolicy): readonly Tag[] {
  if (before === null) return [EVERYTHING];
  const { changed } = compareManifests(before.manifest, after.manifest);
  return changed.map((context) => ({ kind: "context", context }));
}

/** Carries to the authority what is known of one mutation's writes, with an intent or without. */

import { type Authority, buildSettlementTags } from "../../authority/authority.ts";
import type { IntentRequest, Settlement } from "../../authority/authority-interface.ts";
import { EVERYTHING } from "../../authority/target.ts";

const NOTHING_WRITTEN: Settlement = { tags: [], bumpsScope: false };

export interface RecordOptions {
  /** `false`: an upload, or a request that affects nothing by the manifest. */
  readonly isOpen: boolean;
  /** `false`: the origin lacks a part of its body, so it has committed nothing (an upload). */
  readonly isSent: () => boolean;
  /**
   * Another release serves by now: what this mutation wrote may show in contexts of which its own
   * manifest knows nothing, and the switch no longer holds them.
   */
  readonly isOvertaken: () => boolean;
}

export class MutationRecord {
  readonly #authority: Authority;
  readonly #request: IntentRequest;
  readonly #isSent: () => boolean;
  readonly #isOvertaken: () => boolean;
  /** The authority holds an intent of this id. */
  #isOpen: boolean;

  constructor(authority: Authority, request: IntentRequest, options: RecordOptions) {
    this.#authority = authority;
    this.#request = request;
    this.#isSent = options.isSent;
    this.#isOvertaken = options.isOvertaken;
    this.#isOpen = options.isOpen;
  }

  get id(): string {
    return this.#request.id;
  }

  /** All that it wrote is known. Again after a stream was given up: bumped once more. */
  settle(settlement: Settlement, nowMs: number): void {
    const { id, scope } = this.#request;
    const widened = this.#widen(settlement);
    if (this.#isOpen) this.#authority.settleIntent(id, widened, nowMs);
    else this.#authority.bump(buildSettlementTags(widened, scope), nowMs);
    this.#isOpen = false;
  }

  /** At the headers of an answer that may still write. */
  beginStream(settlement: Settlement, nowMs: number): void {
    const { id, scope } = this.#request;
    if (!this.#isOpen && scope.length > 0) this.#open(nowMs);
    const widened = this.#widen(settlement);
    if (this.#isOpen) this.#authority.beginStream(id, widened, nowMs);
    else this.#authority.bump(buildSettlementTags(widened, scope), nowMs);
  }

  /** Nobody will say what it wrote: nothing, if its body never was whole at the origin. */
  lose(nowMs: number): void {
    const isSent = this.#isSent();
    if (isSent && !this.#isOvertaken()) this.#loseScope(nowMs);
    else {
      if (this.#isOpen) this.#authority.settleIntent(this.id, NOTHING_WRITTEN, nowMs);
      if (isSent) this.#authority.loseUpload({ ...this.#request, scope: "*" }, nowMs);
    }
    this.#isOpen = false;
  }

  #loseScope(nowMs: number): void {
    if (this.#isOpen) this.#authority.loseIntent(this.id, nowMs);
    else if (this.#request.scope.length > 0) this.#authority.loseUpload(this.#request, nowMs);
  }

  #widen(settlement: Settlement): Settlement {
    const isNothing = settlement.tags.length === 0 && !settlement.bumpsScope;
    return isNothing || !this.#isOvertaken() ? settlement : { ...settlement, tags: [EVERYTHING] };
  }

  #open(nowMs: number): void {
    const { refusal } = this.#authority.openIntent(this.#request, nowMs);
    this.#isOpen = refusal === null;
    // No room for one more: dirty until nothing can commit, whatever it says at its end.
    if (refusal !== null) this.#authority.loseUpload(this.#request, nowMs);
  }
}

/** Carries to the authority what is known of one mutation's writes, with an intent or without. */

import { type Authority, buildSettlementTags } from "../../authority/authority.ts";
import type { IntentRequest, Settlement } from "../../authority/authority-interface.ts";

export class MutationRecord {
  readonly #authority: Authority;
  readonly #request: IntentRequest;
  /** The authority holds an intent of this id. */
  #isOpen: boolean;

  /** @param isOpen false: an upload, or a request that affects nothing by the manifest */
  constructor(authority: Authority, request: IntentRequest, isOpen: boolean) {
    this.#authority = authority;
    this.#request = request;
    this.#isOpen = isOpen;
  }

  get id(): string {
    return this.#request.id;
  }

  /** All that it wrote is known. Again after a stream was given up: bumped once more. */
  settle(settlement: Settlement, nowMs: number): void {
    const { id, scope } = this.#request;
    if (this.#isOpen) this.#authority.settleIntent(id, settlement, nowMs);
    else this.#authority.bump(buildSettlementTags(settlement, scope), nowMs);
    this.#isOpen = false;
  }

  /** At the headers of an answer that may still write. */
  beginStream(settlement: Settlement, nowMs: number): void {
    const { id, scope } = this.#request;
    if (!this.#isOpen && scope.length > 0) this.#open(nowMs);
    if (this.#isOpen) this.#authority.beginStream(id, settlement, nowMs);
    else this.#authority.bump(buildSettlementTags(settlement, scope), nowMs);
  }

  /** Nobody will say what it wrote. */
  lose(nowMs: number): void {
    if (this.#isOpen) this.#authority.loseIntent(this.id, nowMs);
    else if (this.#request.scope.length > 0) this.#authority.loseUpload(this.#request, nowMs);
    this.#isOpen = false;
  }

  #open(nowMs: number): void {
    const { refusal } = this.#authority.openIntent(this.#request, nowMs);
    this.#isOpen = refusal === null;
    // No room for one more: dirty until nothing can commit, whatever it says at its end.
    if (refusal !== null) this.#authority.loseUpload(this.#request, nowMs);
  }
}

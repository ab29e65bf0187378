/** Passes a renderer's page on and sees to it that it has an end: the renderer's own, or one that says it is missing. */

import { buildEndMark, type PageOutcome } from "../../render/contract.ts";
import { joinChunks } from "../origin/join-chunks.ts";

export interface BegunPage {
  /** What came so far: the root element is open. */
  readonly begun: readonly Uint8Array[];
  /** The rest. */
  readonly reader: ReadableStreamDefaultReader<Uint8Array>;
}

/**
 * `unmarked`: all of the document was there but its mark. `broken`: it was ended by us.
 * `left`: nobody wanted the rest.
 */
export type Verdict = PageOutcome | "unmarked" | "broken" | "left";

export interface PageStreamOptions {
  readonly page: BegunPage;
  readonly nonce: string;
  /** What stands after the root element (`EdgePages.document.end`). */
  readonly documentEnd: string;
  /** What makes of a page that ends anywhere one that the browser can show. Called once. Never rejects. */
  readonly recover: () => Promise<Uint8Array>;
  /** The renderer's time: what has not come by then is given up. */
  readonly timeoutMs: number;
}

export interface PageStream {
  readonly readable: ReadableStream<Uint8Array>;
  /** Once the renderer owes nothing more. Never rejects. */
  readonly verdict: Promise<Verdict>;
}

export function streamPage(options: PageStreamOptions): PageStream {
  const relay = new PageRelay(options);
  const source = { pull: relay.pull, cancel: relay.cancel };
  const readable = new ReadableStream<Uint8Array>(source, { highWaterMark: 0 });
  return { readable, verdict: relay.verdict };
}

type Controller = ReadableStreamDefaultController<Uint8Array>;

const encoder = new TextEncoder();

class PageRelay {
  readonly verdict: Promise<Verdict>;
  readonly #options: PageStreamOptions;
  /** Read, and not passed on. */
  readonly #begun: Uint8Array[];
  readonly #tail: PageTail;
  readonly #timer: ReturnType<typeof setTimeout>;
  #settle: (verdict: Verdict) => void = () => {};

  constructor(options: PageStreamOptions) {
    const { page, nonce, documentEnd, timeoutMs } = options;
    this.#options = options;
    this.#begun = [...page.begun];
    this.#tail = new PageTail(nonce, documentEnd);
    this.verdict = new Promise((resolve) => {
      this.#settle = resolve;
    });
    // A read that waits then ends like one at the end.
    this.#timer = setTimeout(() => this.#stopReading(), timeoutMs);
  }

  readonly pull = async (controller: Controller): Promise<void> => {
    const chunk = this.#begun.shift() ?? (await this.#read());
    if (chunk === null) return this.#finish(controller);
    this.#tail.note(chunk);
    controller.enqueue(chunk);
  };

  readonly cancel = (): void => {
    this.#end("left");
    this.#stopReading();
  };

  /** @returns null: nothing more comes, for whatever reason */
  async #read(): Promise<Uint8Array | null> {
    try {
      const { done, value } = await this.#options.page.reader.read();
      return done ? null : value;
    } catch {
      return null; // the connection broke: the missing mark says it
    }
  }

  async #finish(controller: Controller): Promise<void> {
    const outcome = this.#tail.findOutcome();
    if (outcome !== null) return this.#close(controller, outcome);
    const rest = this.#tail.findRest();
    if (rest !== null) {
      if (rest.byteLength > 0) controller.enqueue(rest);
      return this.#close(controller, "unmarked");
    }
    clearTimeout(this.#timer);
    controller.enqueue(await this.#options.recover());
    this.#close(controller, "broken");
  }

  #close(controller: Controller, verdict: Verdict): void {
    this.#end(verdict);
    controller.close();
  }

  #end(verdict: Verdict): void {
    clearTimeout(this.#timer);
    this.#settle(verdict); // a promise heeds its first settling only
  }

  #stopReading(): void {
    this.#options.page.reader.cancel().catch(() => undefined); // nobody waits for it
  }
}

/**
 * So much of the document's end must have come before it is believed to be that: the component's own
 * HTML hardly ends so.
 */
const LEAST_END_BYTES = 8;

const ROOT_END = "</div>";

/** The last bytes of what was passed on. */
class PageTail {
  readonly #marks: readonly (readonly [PageOutcome, Uint8Array])[];
  readonly #end: Uint8Array;
  readonly #keptBytes: number;
  readonly #chunks: Uint8Array[] = [];
  #bytes = 0;

  constructor(nonce: string, documentEnd: string) {
    this.#marks = (["complete", "recovered"] as const).map((outcome) => {
      return [outcome, encoder.encode(buildEndMark(nonce, outcome))];
    });
    this.#end = encoder.encode(ROOT_END + documentEnd);
    const longestMark = Math.max(...this.#marks.map(([, mark]) => mark.byteLength));
    this.#keptBytes = this.#end.byteLength + longestMark;
  }

  note(chunk: Uint8Array): void {
    this.#chunks.push(chunk);
    this.#bytes += chunk.byteLength;
    for (;;) {
      const [first] = this.#chunks;
      if (first === undefined || this.#bytes - first.byteLength < this.#keptBytes) return;
      this.#chunks.shift();
      this.#bytes -= first.byteLength;
    }
  }

  /** @returns null: it has no mark, so it is not whole */
  findOutcome(): PageOutcome | null {
    const tail = joinChunks(this.#chunks, this.#bytes);
    return this.#marks.find(([, mark]) => endsWith(tail, mark, mark.byteLength))?.[0] ?? null;
  }

  /** @returns what of the document's end is still to come, where it is sure that it had begun; null: it is not */
  findRest(): Uint8Array | null {
    const tail = joinChunks(this.#chunks, this.#bytes);
    for (
      let length = this.#end.byteLength;
      length >= ROOT_END.length + LEAST_END_BYTES;
      length -= 1
    ) {
      if (endsWith(tail, this.#end, length)) return this.#end.subarray(length);
    }
    return null;
  }
}

/** @param length of `word`, from its beginning */
function endsWith(bytes: Uint8Array, word: Uint8Array, length: number): boolean {
  const start = bytes.byteLength - length;
  if (start < 0) return false;
  for (let index = 0; index < length; index += 1) {
    if (bytes[start + index] !== word[index]) return false;
  }
  return true;
}

/**
 * What a process of the product finds around itself in the scheduled world: a clock that only the
 * world moves, and cryptography that is done at once, so that nothing happens unless it is released.
 */

import { createHmac, createSecretKey, type KeyObject, timingSafeEqual } from "node:crypto";

interface Timer {
  readonly atMs: number;
  readonly run: () => void;
  /** null: it rings once. */
  readonly everyMs: number | null;
}

/** Of one process: its timers end with it. */
export class Timers {
  readonly #readNowMs: () => number;
  readonly #timers = new Map<number, Timer>();
  #lastId = 0;

  constructor(readNowMs: () => number) {
    this.#readNowMs = readNowMs;
  }

  /** Unix ms; null: there is none. */
  get nextAtMs(): number | null {
    const times = [...this.#timers.values()].map(({ atMs }) => atMs);
    return times.length === 0 ? null : Math.min(...times);
  }

  set(run: () => void, ms = 0): number {
    return this.#add({ atMs: this.#readNowMs() + ms, run, everyMs: null });
  }

  setEvery(run: () => void, ms: number): number {
    return this.#add({ atMs: this.#readNowMs() + ms, run, everyMs: ms });
  }

  clear(id: number): void {
    this.#timers.delete(id);
  }

  /** Runs the earliest, which must be due. */
  runNext(): void {
    const [first] = [...this.#timers].sort(([, one], [, other]) => one.atMs - other.atMs);
    if (first === undefined) throw new Error("no timer is set");
    const [id, timer] = first;
    const { atMs, everyMs, run } = timer;
    if (everyMs === null) this.#timers.delete(id);
    else this.#timers.set(id, { ...timer, atMs: atMs + everyMs });
    run();
  }

  #add(timer: Timer): number {
    this.#lastId += 1;
    this.#timers.set(this.#lastId, timer);
    return this.#lastId;
  }
}

export interface PlatformOptions {
  readonly readNowMs: () => number;
  readonly timers: Timers;
  /** Every id of a world is another one. */
  readonly createId: () => string;
}

/** Names that the code of a process finds as its globals. */
export type Platform = Readonly<Record<(typeof PLATFORM_NAMES)[number], unknown>>;

export const PLATFORM_NAMES = [
  "Date",
  "performance",
  "setTimeout",
  "clearTimeout",
  "setInterval",
  "clearInterval",
  "Request",
  "crypto",
  "console",
  "IdentityTransformStream",
  "FixedLengthStream",
] as const;

export function createPlatform({ readNowMs, timers, createId }: PlatformOptions): Platform {
  return {
    Date: createDate(readNowMs),
    performance: { now: readNowMs },
    setTimeout: (run: () => void, ms?: number) => timers.set(run, ms),
    clearTimeout: (id: number) => timers.clear(id),
    setInterval: (run: () => void, ms: number) => timers.setEvery(run, ms),
    clearInterval: (id: number) => timers.clear(id),
    Request: StreamingRequest,
    crypto: { subtle: SUBTLE, randomUUID: createId },
    console: { error: () => undefined }, // said of every lost connection
    IdentityTransformStream: TransformStream,
    FixedLengthStream,
  };
}

/** workerd streams a body without being asked to; Node wants to be told. */
class StreamingRequest extends Request {
  constructor(input: string | URL | Request, init: RequestInit = {}) {
    super(input, init.body instanceof ReadableStream ? { ...init, duplex: "half" } : init);
  }
}

function createDate(readNowMs: () => number): typeof Date {
  return class extends Date {
    constructor(...given: readonly unknown[]) {
      super(...((given.length === 0 ? [readNowMs()] : given) as [number]));
    }

    static override now(): number {
      return readNowMs();
    }
  } as typeof Date;
}

/** https://developers.cloudflare.com/workers/runtime-apis/streams/transformstream/#fixedlengthstream */
class FixedLengthStream extends TransformStream<Uint8Array, Uint8Array> {
  constructor(lengthBytes: number) {
    let leftBytes = lengthBytes;
    super({
      transform(chunk, controller) {
        leftBytes -= chunk.byteLength;
        if (leftBytes < 0) throw new TypeError("longer than it said");
        controller.enqueue(chunk);
      },
      flush() {
        if (leftBytes > 0) throw new TypeError("shorter than it said");
      },
    });
  }
}

type Bytes = ArrayBuffer | NodeJS.ArrayBufferView;

/** The part of WebCrypto that the Edge uses. Node's own works on other threads, in no fixed order. */
const SUBTLE = {
  async importKey(_: "raw", secret: Bytes, algorithm: HmacAlgorithm, ...rest: [boolean, KeyUse[]]) {
    const secretKey = createSecretKey(toBuffer(secret));
    const key = secretKey.toCryptoKey(algorithm, ...rest);
    secretKeys.set(key, secretKey);
    return key;
  },
  async sign(_: unknown, key: CryptoKey, bytes: Bytes) {
    return toArrayBuffer(computeMac(key, bytes));
  },
  async verify(_: unknown, key: CryptoKey, mac: Bytes, bytes: Bytes) {
    const [given, right] = [toBuffer(mac), computeMac(key, bytes)];
    return given.byteLength === right.byteLength && timingSafeEqual(given, right);
  },
};

type CryptoKey = ReturnType<KeyObject["toCryptoKey"]>;
type HmacAlgorithm = { readonly name: "HMAC"; readonly hash: "SHA-256" };
type KeyUse = "sign" | "verify";

/** What a key was made of: it does not give that away itself. */
const secretKeys = new WeakMap<CryptoKey, KeyObject>();

function computeMac(key: CryptoKey, bytes: Bytes): Buffer {
  const secretKey = secretKeys.get(key);
  if (secretKey === undefined) throw new TypeError("a key that was not imported here");
  return createHmac("sha256", secretKey).update(toBuffer(bytes)).digest();
}

function toBuffer(bytes: Bytes): Buffer {
  return bytes instanceof ArrayBuffer
    ? Buffer.from(bytes)
    : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function toArrayBuffer(bytes: Buffer): ArrayBuffer {
  return new Uint8Array(bytes).buffer;
}

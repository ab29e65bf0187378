/** The body of an origin's answer, sent in pieces. */

export interface OriginBody {
  readonly readable: ReadableStream<Uint8Array>;
  send(text: string): void;
  end(): void;
  fail(error: Error): void;
}

export function createBody(): OriginBody {
  let controller: ReadableStreamDefaultController<Uint8Array> | null = null;
  /** It has ended, or the Edge wants no more of it. */
  let isOver = false;
  const readable = new ReadableStream<Uint8Array>({
    start: (given) => {
      controller = given;
    },
    cancel: () => {
      isOver = true;
    },
  });
  const act = (run: (given: ReadableStreamDefaultController<Uint8Array>) => void) => {
    if (!isOver && controller !== null) run(controller);
  };
  return {
    readable,
    send: (text) => act((given) => given.enqueue(new TextEncoder().encode(text))),
    end: () =>
      act((given) => {
        isOver = true;
        given.close();
      }),
    fail: (error) =>
      act((given) => {
        isOver = true;
        given.error(error);
      }),
  };
}

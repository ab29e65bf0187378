/** Passes WebSocket messages between browser and origin for as long as the origin's release is live. */

/** RFC 6455 §7.4.1: these say that no code was received, and may not be sent. */
const NOT_SENDABLE_CODES = new Set([1005, 1006, 1015]);

/** "Connect again": the origin vanished, or its release is not live any more (IANA's WebSocket registry). */
const SERVICE_RESTART = 1012;

export interface RelayedWebSocket {
  /** For the 101 to the browser. */
  readonly client: WebSocket;
  /** The origin has nothing more to say. Never rejects. */
  readonly originEnded: Promise<void>;
  /** Both sides are closed. Never rejects. */
  readonly ended: Promise<void>;
}

/**
 * Returned as it is, workerd would couple the two without telling anyone about their end, and would
 * keep the origin's side open after a browser has gone without a word.
 *
 * @param over from then on nothing is passed on: both sides are told to connect again
 */
export function relayWebSocket(origin: WebSocket, over: Promise<void>): RelayedWebSocket {
  const pair = new WebSocketPair();
  const [client, browser] = [pair[0], pair[1]];
  for (const socket of [origin, browser]) {
    socket.binaryType = "arraybuffer"; // the default, Blob, cannot be sent on at once
    socket.accept({ allowHalfOpen: true });
  }
  const originEnded = passOn(origin, browser, SERVICE_RESTART);
  const browserEnded = passOn(browser, origin, undefined);
  const ended = Promise.all([originEnded, browserEnded]).then(() => undefined);
  void over.then(() => {
    for (const socket of [browser, origin]) close(socket, SERVICE_RESTART, "");
  });
  return { client, originEnded, ended };
}

/**
 * @param lostCode sent on when the source was lost without a close frame
 * @returns settled when the source has closed
 */
function passOn(from: WebSocket, to: WebSocket, lostCode: number | undefined): Promise<void> {
  from.addEventListener("message", ({ data }) => {
    if (to.readyState === WebSocket.READY_STATE_OPEN) to.send(data);
  });
  return new Promise((resolve) => {
    from.addEventListener("close", ({ code, reason }) => {
      close(to, code === 1006 ? lostCode : code, reason);
      resolve();
    });
    // A lost connection is reported as an error, too, and not always as a close.
    from.addEventListener("error", () => {
      close(to, lostCode, "");
      resolve();
    });
  });
}

function close(socket: WebSocket, code: number | undefined, reason: string): void {
  if (socket.readyState === WebSocket.READY_STATE_CLOSED) return;
  if (code === undefined || NOT_SENDABLE_CODES.has(code)) socket.close();
  else socket.close(code, reason);
}

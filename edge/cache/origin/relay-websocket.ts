/** Passes WebSocket messages between browser and origin, and knows when both sides have ended. */

/** RFC 6455 §7.4.1: these say that no code was received, and may not be sent. */
const NOT_SENDABLE_CODES = new Set([1005, 1006, 1015]);

/** What a browser is told when the origin vanished: https://www.iana.org/assignments/websocket */
const SERVICE_RESTART = 1012;

export interface RelayedWebSocket {
  /** For the 101 to the browser. */
  readonly client: WebSocket;
  /** Both sides are closed. Never rejects. */
  readonly ended: Promise<void>;
}

/**
 * Returned as it is, workerd would couple the two without telling anyone about their end, and would
 * keep the origin's side open after a browser has gone without a word.
 */
export function relayWebSocket(origin: WebSocket): RelayedWebSocket {
  const pair = new WebSocketPair();
  const [client, browser] = [pair[0], pair[1]];
  for (const socket of [origin, browser]) {
    socket.binaryType = "arraybuffer"; // the default, Blob, cannot be sent on at once
    socket.accept({ allowHalfOpen: true });
  }
  const ended = Promise.all([
    passOn(browser, origin, undefined),
    passOn(origin, browser, SERVICE_RESTART),
  ]).then(() => undefined);
  return { client, ended };
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

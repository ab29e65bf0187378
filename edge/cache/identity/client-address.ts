/** Finds out who asks, from what workerd knows about the connection. */

/**
 * @param connection `request.cf`; workerd puts the peer there as `clientIp`, `127.0.0.1:38936` or
 *   `[::1]:38936` (1.20261117). Absent on a Unix socket.
 * @returns the address without port, or null
 */
export function findClientAddress(connection: unknown): string | null {
  if (typeof connection !== "object" || connection === null) return null;
  const peer = "clientIp" in connection ? connection.clientIp : undefined;
  if (typeof peer !== "string") return null;
  const bracketed = /^\[([0-9a-f:.]+)\](?::\d+)?$/i.exec(peer);
  if (bracketed?.[1] !== undefined) return bracketed[1];
  const plain = /^(\d{1,3}(?:\.\d{1,3}){3})(?::\d+)?$/.exec(peer);
  return plain?.[1] ?? (/^[0-9a-f:]+$/i.test(peer) ? peer : null);
}

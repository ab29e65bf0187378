/** Finds out who asks, from what workerd knows about the connection. */

/** Of an IPv6 address: whoever has one usually has all that begin with the same 64 bits. */
const NETWORK_GROUPS = 4;

/**
 * Whom an address belongs to, where something bounded is divided among clients.
 * @param address as `findClientAddress` returns it
 * @returns an IPv4 address itself, of an IPv6 address its first 64 bits
 */
export function findClientNetwork(address: string): string {
  if (!address.includes(":") || address.includes(".")) return address;
  const [head = "", tail] = address.toLowerCase().split("::");
  const first = splitGroups(head);
  const last = tail === undefined ? [] : splitGroups(tail);
  const zeros = Array<string>(Math.max(0, 8 - first.length - last.length)).fill("0");
  const groups = [...first, ...zeros, ...last].slice(0, NETWORK_GROUPS);
  return `${groups.map((group) => group.replace(/^0+(?=.)/, "")).join(":")}::`;
}

function splitGroups(text: string): readonly string[] {
  return text === "" ? [] : text.split(":");
}

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

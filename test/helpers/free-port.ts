/** Finds a TCP port on loopback that nothing listens on. */

import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";

/** The port is free when this returns; the caller takes it soon. */
export async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo; // a TCP server's address is never a string
  server.close();
  await once(server, "close");
  return port;
}

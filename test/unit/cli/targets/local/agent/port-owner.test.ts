import { once } from "node:events";
import { createServer } from "node:net";
import { expect, test } from "vitest";
import {
  findPortOwner,
  parseListeners,
} from "../../../../../../cli/targets/local/agent/port-owner.ts";
import { findFreePort } from "../../../../../helpers/free-port.ts";

const TABLE = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 123456 1 0 100 0 0 10 0
   1: 0100007F:1F90 0100007F:D431 01 00000000:00000000 00:00000000 00000000     0        0 123457 1 0 20 4 30 10 -1
   2: 00000000:1F91 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 123458 1 0 100 0 0 10 0
`;

test("only sockets that listen on the port count", () => {
  expect(parseListeners(TABLE, 8080)).toEqual(["123456"]);
  expect(parseListeners(TABLE, 80)).toEqual([]);
});

test.runIf(process.platform === "linux")("the process that has a port is named", async () => {
  const port = await findFreePort();
  expect(findPortOwner(port)).toBeNull();
  const server = createServer().listen(port, "127.0.0.1");
  await once(server, "listening");
  expect(findPortOwner(port)).toMatchObject({ pid: process.pid });
  server.close();
});

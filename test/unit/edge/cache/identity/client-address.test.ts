import { describe, expect, test } from "vitest";
import {
  findClientAddress,
  findClientNetwork,
} from "../../../../../edge/cache/identity/client-address.ts";

describe("the client's address", () => {
  test.each([
    [{ clientIp: "127.0.0.1:38936" }, "127.0.0.1"],
    [{ clientIp: "127.0.0.1" }, "127.0.0.1"],
    [{ clientIp: "[::1]:38936" }, "::1"],
    [{ clientIp: "2001:db8::5" }, "2001:db8::5"],
    [{ clientIp: "evil" }, null],
    [{ clientIp: 5 }, null],
    [{}, null],
    [undefined, null],
  ])("of %o is %s", (connection, address) => {
    expect(findClientAddress(connection)).toBe(address);
  });
});

describe("whom an address belongs to", () => {
  test.each([
    ["203.0.113.5", "203.0.113.5"],
    ["::1", "0:0:0:0::"],
    ["2001:db8:0:7::1", "2001:db8:0:7::"],
    ["2001:db8:0:7:aaaa:bbbb:cccc:dddd", "2001:db8:0:7::"],
    ["2001:DB8:0000:0007::", "2001:db8:0:7::"],
    ["2001:db8::1", "2001:db8:0:0::"],
    ["::ffff:203.0.113.5", "::ffff:203.0.113.5"],
  ])("%s: %s", (address, network) => {
    expect(findClientNetwork(address)).toBe(network);
  });
});

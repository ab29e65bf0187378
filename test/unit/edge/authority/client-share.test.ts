import { expect, test } from "vitest";
import { ClientShare } from "../../../../edge/authority/client-share.ts";

test("one client holds at most an eighth", () => {
  const share = new ClientShare(80);
  expect(share.take("a", 10)).toBeNull();
  expect(share.take("a")).toBe("client-share");
  expect(share.take("b")).toBeNull();
  share.give("a", 5);
  expect(share.take("a", 4)).toBeNull();
  expect(share.total).toBe(10);
});

test("all together hold no more than there is", () => {
  const share = new ClientShare(8);
  for (const client of "abcdefgh") expect(share.take(client)).toBeNull();
  expect(share.take("i")).toBe("full");
  share.give("a");
  expect(share.take("i")).toBeNull();
});

test.each([8, 12, 24])("%d that take all they can leave something to others", (count) => {
  const share = new ClientShare(2048);
  for (let index = 0; index < count; index += 1) {
    let isRefused = false;
    while (!isRefused) isRefused = share.take(`greedy ${index}`) !== null;
  }
  for (let index = 0; index < 20; index += 1) expect(share.take(`other ${index}`)).toBeNull();
  expect(share.take("busy")).toBeNull();
  expect(share.take("busy")).toBeNull();
});

test("… of bytes as well", () => {
  const share = new ClientShare(64 * 1024);
  for (let index = 0; index < 24; index += 1) {
    let isRefused = false;
    while (!isRefused) isRefused = share.take(`greedy ${index}`, 256) !== null;
  }
  expect(share.take("other", 256)).toBeNull();
});

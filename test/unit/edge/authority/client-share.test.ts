import { expect, test } from "vitest";
import { ClientShare } from "../../../../edge/authority/client-share.ts";

test("one client holds at most an eighth", () => {
  const share = new ClientShare(80);
  expect(share.take("a", 10)).toBeNull();
  expect(share.take("a")).toBe("client-share");
  expect(share.take("b")).toBeNull();
  share.give("a", 4);
  expect(share.take("a", 4)).toBeNull();
  expect(share.total).toBe(11);
});

test("all together hold no more than there is", () => {
  const share = new ClientShare(8);
  for (const client of "abcdefgh") expect(share.take(client)).toBeNull();
  expect(share.take("i")).toBe("full");
  share.give("a");
  expect(share.take("i")).toBeNull();
});

import { describe, expect, test } from "vitest";
import {
  MessageMemory,
  parseInvalidateMessage,
} from "../../../../edge/authority/message-memory.ts";

describe("a message", () => {
  const message = { id: "a1", sentAtMs: 1000, targets: ["user"] };

  test("is read, with targets or everything", () => {
    const targets = [{ name: "user", values: new Map() }];
    expect(parseInvalidateMessage(message)).toEqual({ ...message, targets });
    expect(parseInvalidateMessage({ ...message, targets: "*" })?.targets).toBe("*");
  });

  test.each<[unknown]>([
    [null],
    [[]],
    [{ ...message, id: "" }],
    [{ ...message, id: 5 }],
    [{ ...message, id: "a b" }],
    [{ ...message, id: "a".repeat(129) }],
    [{ ...message, sentAtMs: "1000" }],
    [{ ...message, sentAtMs: 10.5 }],
    [{ ...message, targets: "user" }],
    [{ ...message, targets: [5] }],
    [{ id: "a1", sentAtMs: 1000 }],
  ])("%j is refused", (raw) => {
    expect(parseInvalidateMessage(raw)).toBeNull();
  });
});

describe("an id", () => {
  const create = (maxMessages = 10) =>
    new MessageMemory({ maxMessages, clockDifferenceMs: 2000, persist: null });

  test("has its effect once", () => {
    const memory = create();
    expect(memory.admit({ id: "a", sentAtMs: 10_000 }, 10_000)).toBe("new");
    expect(memory.admit({ id: "a", sentAtMs: 10_000 }, 11_000)).toBe("repeated");
    expect(memory.admit({ id: "a", sentAtMs: 12_000 }, 12_000)).toBe("repeated");
  });

  test("is known for as long as a message that was sent by a fast clock stays timely", () => {
    const memory = create();
    const message = { id: "a", sentAtMs: 12_000 };
    expect(memory.admit(message, 10_000)).toBe("new");
    expect(memory.admit(message, 14_000)).toBe("repeated");
    expect(memory.admit(message, 20_000)).toBe("untimely");
  });

  test("of another time is refused", () => {
    const memory = create();
    expect(memory.admit({ id: "a", sentAtMs: 10_000 }, 12_001)).toBe("untimely");
    expect(memory.admit({ id: "a", sentAtMs: 14_002 }, 12_001)).toBe("untimely");
    expect(memory.admit({ id: "a", sentAtMs: 10_001 }, 12_001)).toBe("new");
  });

  test("beyond the bound has to come again, and none is forgotten for it", () => {
    const memory = create(1);
    expect(memory.admit({ id: "a", sentAtMs: 10_000 }, 10_000)).toBe("new");
    expect(memory.admit({ id: "b", sentAtMs: 10_000 }, 10_000)).toBe("full");
    expect(memory.admit({ id: "a", sentAtMs: 10_000 }, 10_000)).toBe("repeated");
    expect(memory.admit({ id: "b", sentAtMs: 16_000 }, 16_000)).toBe("new");
  });
});

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  buildLastingKey,
  buildStorageKey,
  type Generation,
  type StorageSubject,
} from "../../../../../edge/cache/read/storage-key.ts";

const subject: StorageSubject = {
  kind: "page",
  scheme: "https",
  host: "shop.example",
  page: { patterns: ["/profile/:user_id/"], rawPath: "/profile/5/" },
  protocolKeys: ["ctx:user:00"],
  claims: { pkey: "p", staff: false, super: false },
  language: "en",
  buildId: "b1",
};
const generation: Generation = { incarnation: "i1", numbers: [7] };
const key = buildStorageKey(subject, generation);

describe("the storage key", () => {
  // Named after the mutants of the cache protocol, section 11.
  test.each<[string, Partial<StorageSubject>]>([
    ["key-without-kind", { kind: "context" }],
    ["key-without-host", { host: "other.example" }],
    ["key-without-host (scheme)", { scheme: "http" }],
    ["key-without-user", { protocolKeys: ["ctx:user:01"] }],
    ["key-without-claims (pkey)", { claims: { pkey: "q", staff: false, super: false } }],
    ["key-without-claims (staff)", { claims: { pkey: "p", staff: true, super: false } }],
    ["key-without-claims (super)", { claims: { pkey: "p", staff: false, super: true } }],
    ["key-without-claims (absent)", { claims: { pkey: "p", staff: null, super: false } }],
    ["key-without-claims (anonymous)", { claims: null }],
    ["no language", { language: null }],
    ["no build id", { buildId: "b2" }],
    ["no path", { page: { patterns: ["/profile/:user_id/"], rawPath: "/profile/6/" } }],
    ["no pattern", { page: { patterns: ["/profile/:id/"], rawPath: "/profile/5/" } }],
  ])("tells apart what the mutant %s would not", (_, change) => {
    expect(buildStorageKey({ ...subject, ...change }, generation)).not.toBe(key);
  });

  test.each<[string, Partial<Generation>]>([
    ["drop-generation", { numbers: [8] }],
    ["same-incarnation", { incarnation: "i2" }],
  ])("tells apart what the mutant %s would not", (_, change) => {
    expect(buildStorageKey(subject, { ...generation, ...change })).not.toBe(key);
  });

  test("of two subjects is the same only if they are", () => {
    // Texts that try to reach over their own field's end.
    const text = fc.constantFrom("", "a", '","', "]", "null", '["a"]');
    const subjects = fc.record<StorageSubject>({
      kind: fc.constantFrom("context", "page"),
      scheme: fc.constantFrom("http", "https"),
      host: text,
      page: fc.option(fc.record({ patterns: fc.array(text, { maxLength: 2 }), rawPath: text })),
      protocolKeys: fc.array(text, { minLength: 1, maxLength: 2 }),
      claims: fc.option(
        fc.record({
          pkey: fc.option(text),
          staff: fc.option(fc.boolean()),
          super: fc.option(fc.boolean()),
        }),
      ),
      language: fc.option(text),
      buildId: fc.option(text),
    });
    fc.assert(
      fc.property(subjects, subjects, (one, other) => {
        const isSame = JSON.stringify(one) === JSON.stringify(other);
        expect(buildLastingKey(one) === buildLastingKey(other)).toBe(isSame);
      }),
      { numRuns: 2000 },
    );
  });

  test("is refused where a context has no number", () => {
    expect(() => buildStorageKey(subject, { ...generation, numbers: [] })).toThrow("1 contexts");
  });
});

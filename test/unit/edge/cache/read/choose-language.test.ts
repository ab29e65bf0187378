import { describe, expect, test } from "vitest";
import { LanguageChooser } from "../../../../../edge/cache/read/choose-language.ts";

const CODES = ["en", "de", "pt-br", "zh-hans", "zh-hant", "es-mx", "ca@valencia", "xx", "en-GB"];
const chooser = new LanguageChooser({
  languages: CODES.map((code) => ({ code, hasCatalogue: code !== "xx" })),
  fallback: "de",
  cookieName: "django_language",
});

describe("the language is the one that Django chooses", () => {
  // Answers of `get_language_from_request` of Django 4.2 and 6.0 with these settings.
  test.each<[string | null, string | null, string]>([
    [null, null, "de"],
    [null, "", "de"],
    [null, "en-us;q=0.5, pt", "pt-br"],
    [null, "en;q=0.8,de;q=0.9", "de"],
    [null, "fr, *;q=0.5, en;q=0.1", "de"],
    [null, "zh-TW;q=1,zh,en-us,pt;q=", "de"],
    [null, "x-y-z,fr", "de"],
    ["en", "e n,x-y-z;q=0.1234,es-419;q=,toolongcode1 ;q=0.5,", "en"],
    ["xx", "", "de"],
    ["es-419", "toolongcode1;q=1", "es-mx"],
    ["zh-hant-hk", "en-us;q=1,zh-TW;q=0.8,*;q=1,en", "zh-hant"],
    ["zh-TW", null, "zh-hans"],
    ["es", "e n;q=0.1234, es, ca@valencia;q=0.8", "es-mx"],
    ["pt-pt", "", "pt-br"],
    ["EN", "", "en"],
    ["", "", "de"],
    ["x-y-z", "pt-pt,zh-hant-hk;q=1,de;q=", "de"],
    ["ca@valencia", "fr;q=0,e n;q=,es-419;q=0,en-us", "ca@valencia"],
    ["e n", "EN", "en"],
    ["fr", "pt-pt;q=,,fr;q=0.8,,es;q=2,,en-gb;q=2", "de"],
    ["en-gb", "pt;q=2,toolongcode1;q=0.8,*;q=0.8,xx;q=", "en-gb"],
    ["pt-BR", null, "pt-br"],
    [null, "zh-cn", "zh-hans"],
    [null, "zh-tw", "zh-hant"],
    [null, `en,${"x".repeat(600)}`, "en"],
    [null, "y".repeat(600), "de"],
    [null, "en,", "en"],
    [null, "en,,de", "de"],
    [null, "en;q=0", "en"],
  ])("cookie %o, Accept-Language %o: %s", (cookie, accept, code) => {
    expect(chooser.choose(cookie, accept).code).toBe(code);
  });
});

describe("what is sent", () => {
  test("leads Django to the same language", () => {
    for (const code of CODES) {
      const chosen = chooser.choose(code, null);
      if (chosen.needsCookie) continue;
      expect(chooser.choose(null, chosen.header).code).toBe(chosen.code);
    }
  });

  test("is none where only the cookie can choose, and the request needs its cookies", () => {
    const chosen = { code: "ca@valencia", header: null, needsCookie: true };
    expect(chooser.choose("ca@valencia", null)).toEqual(chosen);
  });

  test("is none where Django chooses it anyhow", () => {
    const valencian = new LanguageChooser({
      languages: [{ code: "ca@valencia", hasCatalogue: true }],
      fallback: "ca@valencia",
      cookieName: "django_language",
    });
    const chosen = { code: "ca@valencia", header: null, needsCookie: false };
    expect(valencian.choose(null, "en")).toEqual(chosen);
  });

  test("cannot hold what a client wrote: only a language of the settings", () => {
    const evil = chooser.choose("en\r\nx-evil: 1", "en\r\nx-evil: 1");
    expect(evil).toEqual({ code: "de", header: "de", needsCookie: false });
  });
});

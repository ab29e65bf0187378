/** The two languages of the shop: which one is on, and how prices and days look in it. */

import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from "react";
import type { Text } from "./api/shop.ts";
import { readCookie } from "./mizan/request.ts";
import { WORDS, type Words } from "./words.ts";

export type Language = "en" | "de";

interface LanguageState {
  readonly language: Language;
  readonly setLanguage: (language: Language) => void;
  readonly words: Words;
  /** The text in this language. */
  readonly inLanguage: (text: Text) => string;
  readonly formatPrice: (cents: number) => string;
  /** @param iso a date with time, as the backend writes it */
  readonly formatDay: (iso: string) => string;
}

/** Django's own name, so that pages which the server renders are in the chosen language, too. */
const COOKIE = "django_language";
const YEAR_SECONDS = 365 * 24 * 60 * 60;

const LanguageContext = createContext<LanguageState>(buildState("en", () => {}));

interface LanguageProviderProps {
  /** As the page was rendered; null: as this browser says. */
  readonly initial: string | null;
  readonly children: ReactNode;
}

export function LanguageProvider({ initial, children }: LanguageProviderProps) {
  const [language, setLanguage] = useState<Language>(() =>
    chooseLanguage(initial ?? readLanguage()),
  );
  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  const state = useMemo(() => {
    return buildState(language, (chosen) => {
      keepLanguage(chosen);
      setLanguage(chosen);
    });
  }, [language]);
  return <LanguageContext value={state}>{children}</LanguageContext>;
}

export const useLanguage = () => useContext(LanguageContext);

function buildState(language: Language, setLanguage: (language: Language) => void): LanguageState {
  const locale = language === "de" ? "de-DE" : "en-IE";
  const price = new Intl.NumberFormat(locale, { style: "currency", currency: "EUR" });
  // One zone for all: the server does not know the reader's.
  const day = new Intl.DateTimeFormat(locale, { dateStyle: "long", timeZone: "UTC" });
  return {
    language,
    setLanguage,
    words: WORDS[language],
    inLanguage: (text) => text[language],
    formatPrice: (cents) => price.format(cents / 100),
    formatDay: (iso) => day.format(new Date(iso)),
  };
}

export function chooseLanguage(code: string): Language {
  return code.startsWith("de") ? "de" : "en";
}

const readLanguage = () => readCookie(COOKIE) || navigator.language;

function keepLanguage(language: Language): void {
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is not in every browser yet
  document.cookie = `${COOKIE}=${language}; path=/; max-age=${YEAR_SECONDS}; samesite=lax`;
}

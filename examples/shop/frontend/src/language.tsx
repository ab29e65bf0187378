/** The two languages of the shop: which one is on, and how prices and days look in it. */

import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from "react";
import type { Text } from "./api/shop.ts";
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

const STORAGE_KEY = "kiln-language";

const LanguageContext = createContext<LanguageState>(buildState("en", () => {}));

export function LanguageProvider({ children }: { children: ReactNode }) {
  const [language, setLanguage] = useState<Language>(readLanguage);
  useEffect(() => {
    document.documentElement.lang = language;
    localStorage.setItem(STORAGE_KEY, language);
  }, [language]);
  const state = useMemo(() => buildState(language, setLanguage), [language]);
  return <LanguageContext value={state}>{children}</LanguageContext>;
}

export const useLanguage = () => useContext(LanguageContext);

function buildState(language: Language, setLanguage: (language: Language) => void): LanguageState {
  const locale = language === "de" ? "de-DE" : "en-IE";
  const price = new Intl.NumberFormat(locale, { style: "currency", currency: "EUR" });
  const day = new Intl.DateTimeFormat(locale, { dateStyle: "long" });
  return {
    language,
    setLanguage,
    words: WORDS[language],
    inLanguage: (text) => text[language],
    formatPrice: (cents) => price.format(cents / 100),
    formatDay: (iso) => day.format(new Date(iso)),
  };
}

function readLanguage(): Language {
  const chosen = localStorage.getItem(STORAGE_KEY) ?? navigator.language;
  return chosen.startsWith("de") ? "de" : "en";
}

/** The one language that Django's LocaleMiddleware would choose, so that the key and the origin agree on it. */

import { BoundedMap } from "../memory/bounded-map.ts";

/** What the settings say. Absent altogether where LocaleMiddleware is not in use. */
export interface LanguageSettings {
  /** `LANGUAGES` in their order. */
  readonly languages: readonly SupportedLanguage[];
  /** `LANGUAGE_CODE`. */
  readonly fallback: string;
  /** `LANGUAGE_COOKIE_NAME`. */
  readonly cookieName: string;
}

export interface SupportedLanguage {
  readonly code: string;
  /** Django finds a catalogue of its own or of the app: `check_for_language(code)`. */
  readonly hasCatalogue: boolean;
}

/** `LANG_INFO` of Django 4.2 to 6.0. */
const LANGUAGE_FALLBACKS: ReadonlyMap<string, string> = new Map([
  ["zh-cn", "zh-hans"],
  ["zh-my", "zh-hans"],
  ["zh-sg", "zh-hans"],
  ["zh-hk", "zh-hant"],
  ["zh-mo", "zh-hant"],
  ["zh-tw", "zh-hant"],
]);

/** `LANGUAGE_CODE_MAX_LENGTH`: longer texts are cut by Django. */
const LONGEST_TEXT = 500;

/** `accept_language_re`, one piece of the header. */
const ACCEPT_PIECE =
  /([a-z]{1,8}(?:-[a-z0-9]{1,8})*|\*)(?:\s*;\s*q=(0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?))?(?:\s*,\s*|$)/y;

export interface ChosenLanguage {
  /** Part of the key. Lower case. */
  readonly code: string;
  /** Value of `Accept-Language` that makes Django choose it; null: none is needed. */
  readonly header: string | null;
  /** Only the cookie can choose it (`ca@valencia`): the request needs its cookies. */
  readonly needsCookie: boolean;
}

/** Browsers send few different headers; each is worked out once. */
const REMEMBERED_CHARACTERS = 256 * 1024;

/** `get_language_from_request` of `django/utils/translation/trans_real.py`, for one app's settings. */
export class LanguageChooser {
  readonly #settings: LanguageSettings;
  /** By lower-case code, in the order of the settings. */
  readonly #supported: ReadonlyMap<string, SupportedLanguage>;
  readonly #remembered = new BoundedMap<ChosenLanguage>(REMEMBERED_CHARACTERS);

  constructor(settings: LanguageSettings) {
    this.#settings = settings;
    const entries = settings.languages.map((one) => [one.code.toLowerCase(), one] as const);
    this.#supported = new Map(entries);
  }

  /**
   * @param cookie value of the language cookie; null: none
   * @param acceptLanguage value of `Accept-Language`; null: none
   */
  choose(cookie: string | null, acceptLanguage: string | null): ChosenLanguage {
    const question = JSON.stringify([cookie, acceptLanguage]);
    const known = this.#remembered.get(question);
    if (known !== undefined) return known;
    const chosen = this.#describe(this.#find(cookie, acceptLanguage).toLowerCase());
    this.#remembered.set(question, chosen, question.length);
    return chosen;
  }

  /** What is sent must lead Django to the same choice, or nothing may be cached. */
  #describe(code: string): ChosenLanguage {
    const isChosenBy = (header: string | null) => this.#find(null, header).toLowerCase() === code;
    if (listAccepted(code).length === 1 && isChosenBy(code)) {
      return { code, header: code, needsCookie: false };
    }
    return { code, header: null, needsCookie: !isChosenBy(null) };
  }

  #find(cookie: string | null, acceptLanguage: string | null): string {
    const byCookie = cookie === null ? null : this.#findVariant(cookie);
    if (byCookie !== null) return byCookie;
    for (const code of listAccepted(acceptLanguage ?? "")) {
      if (code === "*") break;
      const variant = this.#findVariant(code);
      if (variant !== null) return variant;
    }
    return this.#findVariant(this.#settings.fallback) ?? this.#settings.fallback;
  }

  /** `get_supported_language_variant`. */
  #findVariant(wanted: string): string | null {
    const text = cut(wanted);
    if (text === null || text === "") return null;
    const candidates = listCandidates(text);
    const found = candidates.find((code) => this.#supported.get(code.toLowerCase())?.hasCatalogue);
    if (found !== undefined) return found;
    const generic = candidates.at(-1) ?? text;
    return [...this.#supported.keys()].find((code) => code.startsWith(`${generic}-`)) ?? null;
  }
}

function cut(text: string): string | null {
  if (text.length <= LONGEST_TEXT) return text;
  const end = text.slice(0, LONGEST_TEXT).lastIndexOf("-");
  return end > 0 ? text.slice(0, end) : null;
}

/** Itself, Django's special fallback, then ever more general: `zh-hant-tw`, `zh-hant`, `zh`. */
function listCandidates(text: string): readonly string[] {
  const fallback = LANGUAGE_FALLBACKS.get(text);
  const candidates = fallback === undefined ? [text] : [text, fallback];
  const parts = text.split("-");
  for (let count = parts.length - 1; count > 0; count -= 1) {
    candidates.push(parts.slice(0, count).join("-"));
  }
  return candidates;
}

/** `parse_accept_lang_header`: by falling weight; empty if anything in it is not understood. */
function listAccepted(header: string): readonly string[] {
  const text = header.toLowerCase();
  const end = text.length <= LONGEST_TEXT ? text.length : text.lastIndexOf(",", LONGEST_TEXT - 1);
  if (end <= 0) return [];
  const pieces = splitAccepted(text.slice(0, end));
  return pieces.toSorted((a, b) => b.weight - a.weight).map(({ code }) => code);
}

interface AcceptedLanguage {
  readonly code: string;
  readonly weight: number;
}

function splitAccepted(text: string): readonly AcceptedLanguage[] {
  const accepted: AcceptedLanguage[] = [];
  ACCEPT_PIECE.lastIndex = 0;
  while (ACCEPT_PIECE.lastIndex < text.length) {
    const piece = ACCEPT_PIECE.exec(text);
    if (piece === null) return [];
    accepted.push({ code: piece[1] ?? "", weight: Number(piece[2] ?? 1) });
  }
  return accepted;
}

import { chooseLanguage, type Language, languages } from './language.js';
import type { Words } from './words.js';

export type { EventWords, OnlineWords, ShowWords, StaffOnly, Words } from './words.js';
export { type Language, languages };

const place = 'pitwall-language';

/** Each language is a file of its own: a phone loads one. */
const catalogues: Readonly<Record<Language, () => Promise<{ readonly words: Words }>>> = {
  en: () => import('./en/index.js'),
  de: () => import('./de/index.js'),
  es: () => import('./es/index.js'),
  ja: () => import('./ja/index.js'),
};

/** The language of these pages (`?language=de` for a program that has no browser’s wish), from when they are loaded to when they are left. What runs outside a page speaks English. */
export const language: Language =
  typeof document === 'undefined'
    ? 'en'
    : chooseLanguage(
        new URLSearchParams(window.location.search).get('language') ?? localStorage.getItem(place),
        navigator.languages,
      );

/** Every word that a public page shows. It is there before any page is: whoever imports this waits for it. */
export const words: Words = (await catalogues[language]()).words;

/** The viewer's own region of that language, for dates and numbers: British where nothing says otherwise. */
export const locale: string =
  typeof document === 'undefined'
    ? 'en-GB'
    : (navigator.languages.find((tag) => tag.split('-')[0] === language) ?? language);

/** Keeps the choice in this browser, and loads the page anew in that language. */
export function switchLanguage(to: Language): void {
  localStorage.setItem(place, to);
  location.reload();
}

const numbers = (digits: number) =>
  new Intl.NumberFormat(locale, { minimumFractionDigits: digits, maximumFractionDigits: digits });
const formats = [0, 1, 2, 3].map(numbers);

/** A measured number as its language writes it, with so many digits after the point. Lap times have a function of their own. */
export const decimal = (value: number, digits: 0 | 1 | 2 | 3): string =>
  (formats[digits] as Intl.NumberFormat).format(value);

import { type EventWords, type Language, language, words as publicWords, type Words } from '../words/index.js';

const catalogues: Readonly<Record<Language, () => Promise<{ readonly events: EventWords }>>> = {
  en: () => import('../words/en/events.js'),
  de: () => import('../words/de/events.js'),
  es: () => import('../words/es/events.js'),
  ja: () => import('../words/ja/events.js'),
};

/** Every word that a page about events shows: other pages need not load it. */
export const words: Words & { readonly events: EventWords } = {
  ...publicWords,
  events: (await catalogues[language]()).events,
};

import { type Language, language, type OnlineWords, words as publicWords, type Words } from '../words/index.js';

const catalogues: Readonly<Record<Language, () => Promise<{ readonly online: OnlineWords }>>> = {
  en: () => import('../words/en/online.js'),
  de: () => import('../words/de/online.js'),
  es: () => import('../words/es/online.js'),
  ja: () => import('../words/ja/online.js'),
};

/** Every word that a page about online races shows: other pages need not load it. */
export const words: Words & { readonly online: OnlineWords } = {
  ...publicWords,
  online: (await catalogues[language]()).online,
};

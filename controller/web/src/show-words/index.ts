import { type Language, language, words as publicWords, type ShowWords, type Words } from '../words/index.js';

const catalogues: Readonly<Record<Language, () => Promise<{ readonly show: ShowWords }>>> = {
  en: () => import('../words/en/show.js'),
  de: () => import('../words/de/show.js'),
  es: () => import('../words/es/show.js'),
  ja: () => import('../words/ja/show.js'),
};

/** Every word that screens, voices and commentators show: other pages need not load it. */
export const words: Words & { readonly show: ShowWords } = {
  ...publicWords,
  show: (await catalogues[language]()).show,
};

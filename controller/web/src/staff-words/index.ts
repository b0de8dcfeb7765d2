import { type Language, language, words as publicWords, type StaffOnly, type Words } from '../words/index.js';

export { decimal } from '../words/index.js';

const catalogues: Readonly<Record<Language, () => Promise<{ readonly staff: StaffOnly }>>> = {
  en: () => import('../words/en/staff.js'),
  de: () => import('../words/de/staff.js'),
  es: () => import('../words/es/staff.js'),
  ja: () => import('../words/ja/staff.js'),
};

/** Every word that a page of staff shows: what the crowd's phones need not load. */
export const words: Words & StaffOnly = { ...publicWords, ...(await catalogues[language]()).staff };

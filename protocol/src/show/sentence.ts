import type { Language } from './language.js';
import type { Moment } from './moment.js';
import type { MomentWords } from './words/words.js';

/** Each language is a file of its own: a phone loads one. */
const catalogues: Readonly<Record<Language, () => Promise<{ readonly words: MomentWords }>>> = {
  en: () => import('./words/en.js'),
  de: () => import('./words/de.js'),
  es: () => import('./words/es.js'),
  ja: () => import('./words/ja.js'),
};

/** What says moments in one language: a whole sentence, for the eye and the ear alike. */
export async function sentences(language: Language): Promise<(moment: Moment) => string> {
  const { words } = await catalogues[language]();
  return (moment) => (words[moment.kind] as (moment: Moment) => string)(moment);
}

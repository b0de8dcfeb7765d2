/** The languages that the pages speak, each by its own name. */
export const languages = { en: 'English', de: 'Deutsch', es: 'Español', ja: '日本語' } as const;
export type Language = keyof typeof languages;

const isLanguage = (text: string | null | undefined): text is Language => typeof text === 'string' && text in languages;

/**
 * What somebody chose in this browser, else the first of the browser's languages that the pages speak.
 * `preferred`: BCP 47 tags, the best first.
 */
export function chooseLanguage(chosen: string | null, preferred: readonly string[]): Language {
  if (isLanguage(chosen)) return chosen;
  return preferred.map((tag) => tag.split('-')[0]).find(isLanguage) ?? 'en';
}

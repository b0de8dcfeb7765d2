import { countryCodes } from '@pitwall/protocol';

/** A country's name in a language (BCP 47), its code where the browser knows none. */
export const countryName = (code: string, language: string): string =>
  new Intl.DisplayNames([language], { type: 'region', fallback: 'code' }).of(code) ?? code;

/** All countries as code and name, in the order of their names. */
export function countries(language: string): (readonly [code: string, name: string])[] {
  const order = new Intl.Collator(language);
  return countryCodes
    .map((code) => [code, countryName(code, language)] as const)
    .sort(([, a], [, b]) => order.compare(a, b));
}

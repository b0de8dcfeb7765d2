import { CountryCode, countryCodes } from '@pitwall/protocol';
import { expect, it } from 'vitest';
import { countries, countryName } from './countries.js';

it('lists every country by its name: who types Austria gets Austria', () => {
  const all = countries('en');
  expect(all).toHaveLength(249);
  // As a list finds what is typed into it: the first name that begins so.
  const typed = (text: string) => all.find(([, name]) => name.toLowerCase().startsWith(text))?.[0];
  expect(['austria', 'denmark', 'germany', 'netherlands'].map(typed)).toEqual(['AT', 'DK', 'DE', 'NL']);
  expect(countries('de').find(([code]) => code === 'AT')?.[1]).toBe('Österreich');
});

it('takes the codes of ISO 3166-1 and no other', () => {
  // The browser's own names, from CLDR, are the second opinion: none is without one.
  for (const code of countryCodes) expect(countryName(code, 'en')).not.toBe(code);
  expect(new Set(countryCodes).size).toBe(249);
  for (const code of ['AT', 'DE', 'NL', 'XK', 'EU', 'UK', 'AA', 'ZZ', 'nl', 'Austria'])
    expect([code, CountryCode.safeParse(code).success]).toEqual([code, ['AT', 'DE', 'NL'].includes(code)]);
});

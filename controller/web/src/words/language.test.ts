import { expect, it } from 'vitest';
import { chooseLanguage } from './language.js';

it.each([
  [null, ['de-AT', 'en'], 'de'],
  [null, ['fr-FR', 'ja-JP', 'en-US'], 'ja'],
  [null, ['fr'], 'en'],
  [null, [], 'en'],
  ['es', ['de-DE'], 'es'],
  ['klingon', ['de-DE'], 'de'],
])('chosen %s, the browser prefers %o: %s', (chosen, preferred, language) => {
  expect(chooseLanguage(chosen, preferred)).toBe(language);
});

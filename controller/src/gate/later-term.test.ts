import { expect, it } from 'vitest';
import { laterTerm } from './later-term.js';

const statement = (term: unknown): string => `h.${Buffer.from(JSON.stringify({ term })).toString('base64url')}.s`;

it.each([
  ['the first', undefined, statement(2), statement(2)],
  ['a later one', statement(2), statement(3), statement(3)],
  ['an earlier one does not replace it', statement(3), statement(2), statement(3)],
  ['what is none does not either', statement(2), 'nonsense', statement(2)],
  ['nor is it kept', undefined, statement('many'), undefined],
])('a gate keeps %s', (_what, known, heard, kept) => {
  expect(laterTerm(known, heard)).toBe(kept);
});

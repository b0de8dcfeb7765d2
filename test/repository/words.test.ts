import { describe, expect, it } from 'vitest';

const check: {
  readPage(file: string, text: string): { literals: string[]; used: Set<string> };
  readKeys(area: string, text: string): string[];
  wrongWords(): { wrong: string[]; keys: string[] };
} = await import('../../.ci/check-words.mjs' as string);

describe('the words of the pages', () => {
  it('stand in the catalogue, and each of them is used', () => {
    const { wrong, keys } = check.wrongWords();
    expect(wrong).toEqual([]);
    expect(keys.length).toBeGreaterThan(1000);
  });

  it.each([
    ['a text of an element', '<p>Nobody waits.</p>', ['Nobody waits.']],
    ['an attribute', '<Field label="reason" />', ['reason']],
    ['a template', `const said = \`Car \${car} stands\`;`, ['Car  $  stands']],
    ['a sentence in a table', "const kinds = { reset: 'Reset it' };", ['Reset it']],
    ['an option', "<Choice options={[['a', 'Best lap']]} />", ['Best lap']],
    ['a class, an address, a colour', '<a className="Big Row" href="/Races" color="var(--go)" />', []],
    ['a code', "if (state === 'Red Flag') go('red-flag');", []],
    ['what an error names', "parse(Race, value, 'The race');", []],
  ])('%s', (_what, code, literals) => {
    expect(check.readPage('page.tsx', code).literals).toEqual(literals);
  });

  it('knows which keys a page uses, also in expressions', () => {
    const { used } = check.readPage('page.tsx', '<p title={words.race.next}>{words.common.phases[phase]}</p>');
    expect([...used].sort()).toEqual(['common.phases', 'race.next']);
    expect(check.readKeys('race', "export const race = { next: 'Next', of: { a: 'b' } };")).toEqual([
      'race.next',
      'race.of',
    ]);
  });
});

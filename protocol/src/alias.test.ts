import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aliasKeys, isLikeAlias, skeleton } from './alias-skeleton.js';
import { Alias, newRacerId, RacerId } from './index.js';

const said = (alias: string): string | undefined => Alias.safeParse(alias).error?.issues[0]?.message;

describe('an alias', () => {
  it.each([
    '陳大文',
    'Łukasz',
    'Zoë',
    'محمد',
    'Ада',
    'אֲבִיגַיִל',
    'नरेन्द्र',
    'สุภาพร',
    'Nguyễn Thị Ánh',
    'علی\u200Cرضا',
    'ශ්\u200Dරී',
    "O'Brien-Smith",
    '👩‍🚒 Firefighter',
    '❤️',
    '3️⃣',
    '🏴\u{E0067}\u{E0062}\u{E0065}\u{E006E}\u{E0067}\u{E007F}',
    '🇳🇱 Nel',
    '=HYPERLINK("http://hall")',
  ])('%s is taken as it is', (alias) => expect(Alias.parse(alias)).toBe(alias.normalize('NFC')));

  it.each([
    ['Anna\u200B', 'U+200B'],
    ['An\u00ADna', 'U+00AD'],
    ['\u202EannA', 'U+202E'],
    ['Anna\u3164', 'U+3164'],
    ['An\u2060na', 'U+2060'],
    ['Anna\uFE0F', 'U+FE0F'],
    ['\u2066Anna', 'U+2066'],
    ['An\u180Ena', 'U+180E'],
    ['An\u200Dna', 'U+200D'],
    ['An\u200Cna', 'U+200C'],
    ['A\u0301\u200Cna', 'U+200C'],
    ['Anna\u0000', 'U+0000'],
    ['An\nna', 'U+000A'],
    ['An\tna', 'U+0009'],
    ['An\u2028na', 'U+2028'],
    ['Anna\uE000', 'U+E000'],
    ['\u2800', 'U+2800'],
    ['Anna\u{E0041}', 'U+E0041'],
  ])('with a character that nobody sees is refused by the name of it: %j', (alias, sign) => {
    expect(said(alias)).toContain(sign);
  });

  it.each([
    ['', /Too small/],
    [' \u00A0\u3000 ', /Too small/],
    ['a'.repeat(65), /Too big/],
    ['Z\u0317\u0318\u0319\u031A\u0320a\u0321', /pile/],
    ['Zo\u0308\u0308', /pile/],
    ['\u0301Anna', /begin with a letter/],
  ])('%j is refused', (alias, why) => expect(said(alias)).toMatch(why));

  it('has one space where any were typed, and composed letters', () => {
    expect(Alias.parse(' Anna  \u00A0B\u3000 ')).toBe('Anna B');
    expect(Alias.parse('Zoe\u0308')).toBe('Zoë');
  });

  it('stays what it is once it is taken', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 20 }), (text) => {
        const once = Alias.safeParse(text);
        if (once.success) expect(Alias.parse(once.data)).toBe(once.data);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('two aliases that nobody could tell apart', () => {
  // UTS #39, section 4: its own figures of single-script, mixed-script and whole-script confusables.
  it.each([
    ['ljeto', '\u01C9eto'],
    ['paypal', 'p\u0430yp\u0430l'],
    ['scope', '\u0455\u0441\u043E\u0440\u0435'],
  ])('%s and %s, as UTS #39 shows them', (one, other) => {
    expect(skeleton(one)).toBe(skeleton(other));
    expect(isLikeAlias(one, other)).toBe(true);
  });

  it.each([
    ['Anna', 'ANNA'],
    ['Anna', '\u0410nna'],
    ['Anna', 'Ａｎｎａ'],
    ['Ines', 'INES'],
    ['Ines', 'lnes'],
    ['Max0', 'MaxO'],
    ['Zoë', 'Zoe\u0308'],
    ['Strauß', 'STRAUSS'],
    ['Νίκος', 'ΝΊΚΟΣ'],
    ['❤', '❤️'],
    ['Arno', 'Amo'],
  ])('%s and %s', (one, other) => expect(isLikeAlias(one, other)).toBe(true));

  it.each([
    ['Anna', 'Hannah'],
    ['Anna', 'Anna 2'],
    ['Zoe', 'Zoë'],
    ['Ian', 'Jan'],
    ['陳大文', '陳大武'],
    ['محمد', 'أحمد'],
    ['lnes', 'INES'],
  ])('but not %s and %s', (one, other) => expect(isLikeAlias(one, other)).toBe(false));

  it('share a key or a look whichever comes first', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 12 }), (alias) => {
        expect(isLikeAlias(alias, alias.toUpperCase())).toBe(true);
        expect(aliasKeys(alias)).toEqual(aliasKeys(alias.normalize('NFD')));
      }),
    );
  });
});

it('a racer’s id says nothing of the racer, and may stand in an address', () => {
  expect(newRacerId(new Uint8Array(10))).toBe('r-0000000000');
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 10, maxLength: 10 }), (random) => {
      expect(RacerId.parse(newRacerId(random))).toMatch(/^r-[0-9a-hjkmnp-tv-z]{10}$/);
    }),
  );
});

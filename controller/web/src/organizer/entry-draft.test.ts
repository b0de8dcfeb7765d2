import { Entry } from '@pitwall/protocol/race';
import { expect, it } from 'vitest';
import { emptyEntry, entryDraft, readEntry } from './entry-draft.js';

it('reads back what it shows', () => {
  const entry = Entry.parse({
    racer: 'ada-2',
    alias: 'Ada Apex',
    country: 'NL',
    division: 'pro',
    car: 'blue',
    models: [
      { hash: 'a'.repeat(64), name: 'night owl' },
      { hash: 'b'.repeat(64), name: 'lark' },
    ],
  });
  expect(readEntry(entryDraft(entry))).toEqual({ entry, wrong: null });
});

it('leaves the id to the desk, in whatever script the alias is, and makes a name of a hash that has none', () => {
  const { entry } = readEntry({ ...emptyEntry, alias: ' Zoë Über-Schnell ', country: 'DE', models: 'A'.repeat(64) });
  expect(entry).toMatchObject({
    alias: 'Zoë Über-Schnell',
    country: 'DE',
    car: null,
    models: [{ hash: 'a'.repeat(64), name: 'A'.repeat(12) }],
  });
  expect(entry).not.toHaveProperty('racer');
  for (const alias of ['陳大文', 'Łukasz', 'Zoë', 'محمد', '👩‍🚒'])
    expect(readEntry({ ...emptyEntry, alias }).wrong).toBeNull();
});

it('says which field is wrong', () => {
  const { wrong } = readEntry({
    ...emptyEntry,
    racer: '!',
    alias: 'A\u202E',
    country: 'AA',
    car: 'Blue',
    models: '\nabc x',
  });
  expect(wrong?.map((line) => line.split(':')[0])).toEqual(['Racer’s id', 'Alias', 'Country', 'Car', 'Model 1']);
});

import { describe, expect, it } from 'vitest';
import { TestRace } from '../../testing/test-race.js';
import type { RacerId } from '../brand.js';
import { RaceCommand } from './index.js';

const asked = (over: object) => RaceCommand.parse({ type: 'enter', entry: { alias: 'Bo', models: [], ...over } });
const names = (race: TestRace) => race.replay.state.entries.map(({ racer, alias, country }) => [racer, alias, country]);

describe('a racer who enters', () => {
  it('never replaces another one of the same alias: the marshal is asked for another name', () => {
    const race = new TestRace();
    race.give(asked({ racer: 'bo', country: 'SE' }));
    for (const alias of ['Bo', 'BO', ' Bo ', 'В\u043E', 'B0'.replace('0', 'ο')])
      expect(() => race.give(asked({ alias, country: 'FI' })), alias).toThrow(
        expect.objectContaining({ code: 'alias-taken', message: expect.stringContaining('who has entered (bo)') }),
      );
    expect(names(race)).toEqual([['bo', 'Bo', 'SE']]);
    race.give(asked({ alias: 'Bo 2', country: 'FI' }));
    expect(names(race)).toEqual([
      ['bo', 'Bo', 'SE'],
      ['r-new', 'Bo 2', 'FI'],
    ]);
  });

  it('never replaces another one of the same id: that entry is changed by a command of its own', () => {
    const race = new TestRace();
    race.give(asked({ racer: 'bo' }));
    expect(() => race.give(asked({ racer: 'bo', alias: 'Ada' }))).toThrow(/bo has entered already, as Bo/);
    race.give(
      RaceCommand.parse({ type: 'change-entry', entry: { racer: 'bo', alias: 'Bo', country: 'FI', models: [] } }),
    );
    expect(names(race)).toEqual([['bo', 'Bo', 'FI']]);
    expect(() =>
      race.give(RaceCommand.parse({ type: 'change-entry', entry: { racer: 'cy', alias: 'Cy', models: [] } })),
    ).toThrow(/cy is not entered/);
  });

  it('may have the name of one who was withdrawn', () => {
    const race = new TestRace();
    race.give(asked({ racer: 'bo' }));
    race.give({ type: 'withdraw-entry', racer: 'bo' as RacerId, reason: 'ill' });
    race.give(asked({}));
    expect(names(race)).toEqual([['r-new', 'Bo', undefined]]);
  });

  it.each([
    [{ alias: 'Bo\u202E' }, /U\+202E/],
    [{ country: 'AA' }, /ISO 3166-1/],
  ])('with %j is refused at the door', (over, why) => expect(() => asked(over)).toThrow(why));
});

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

describe('a roll call', () => {
  it('has the queue skip whoever has not said to be here, until it is called again', () => {
    const race = new TestRace();
    const [anna, bo, cy] = ['anna', 'bo', 'cy'] as RacerId[] as [RacerId, RacerId, RacerId];
    race.give({ type: 'open' });
    for (const racer of [anna, bo, cy]) {
      race.enter(racer);
      race.give({ type: 'queue', racer });
    }
    expect(race.replay.state.here).toBeNull();
    expect(() => race.give({ type: 'presence', racer: bo, isHere: true })).toThrow(/roll was not called/);
    race.give({ type: 'roll-call' });
    const call = (racer?: RacerId) =>
      race.give({ type: 'call', runId: crypto.randomUUID(), ...(racer === undefined ? {} : { racer }) });
    expect(() => call()).toThrow(/Nobody in the queue has said to be here/);
    race.give({ type: 'presence', racer: cy, isHere: true });
    race.give({ type: 'presence', racer: bo, isHere: true });
    expect(() => race.give({ type: 'presence', racer: bo, isHere: true })).toThrow(/bo is here already/);
    expect(() => race.give({ type: 'presence', racer: 'dan' as RacerId, isHere: true })).toThrow(/dan is not entered/);
    race.give({ type: 'presence', racer: bo, isHere: false });
    race.give({ type: 'withdraw-entry', racer: bo, reason: 'ill' });
    expect(race.replay.state.here).toEqual([cy]);
    call();
    expect(race.replay.current?.racer).toBe(cy);
    // Who waits keeps the place.
    expect(race.replay.state.queue.map(({ racer }) => racer)).toEqual([anna]);
    race.give({ type: 'roll-call' });
    expect(race.replay.state.here).toEqual([]);
  });
});

import { describe, expect, it } from 'vitest';
import { momentIn } from './moment.js';
import { raceFrom } from './race-file.js';

describe('a moment', () => {
  it.each([
    ['2026-12-01T18:00', 'Europe/Berlin', '2026-12-01T17:00:00Z'],
    ['2026-07-01T18:00:30', 'Europe/Berlin', '2026-07-01T16:00:30Z'],
    ['2026-07-01T18:00', 'UTC', '2026-07-01T18:00:00Z'],
    ['2026-07-01T18:00', 'America/New_York', '2026-07-01T22:00:00Z'],
    ['2026-07-01T18:00+09:00', 'Europe/Berlin', '2026-07-01T09:00:00Z'],
    // Clocks go back: the first of the two.
    ['2026-10-25T02:30', 'Europe/Berlin', '2026-10-25T00:30:00Z'],
    // Clocks go forward: there is no such moment, and clocks show 03:30 half an hour later.
    ['2026-03-29T02:30', 'Europe/Berlin', '2026-03-29T01:30:00Z'],
    ['2026-03-29T03:30', 'Europe/Berlin', '2026-03-29T01:30:00Z'],
    ['2026-10-04T02:15', 'Australia/Lord_Howe', '2026-10-03T15:45:00Z'],
  ])('%s in %s is %s', (text, zone, utc) => {
    expect(new Date(momentIn(text, zone, 'opens', () => undefined)).toISOString()).toBe(new Date(utc).toISOString());
  });

  it.each([
    [
      '2027-10-31T02:30',
      /^closes: clocks in Europe\/Berlin show .* twice; the first is taken, 2027-10-31T02:30\+02:00\. For the second write 2027-10-31T02:30\+01:00\.$/,
    ],
    ['2027-03-28T02:30', /^closes: clocks in Europe\/Berlin skip 2027-03-28T02:30; 2027-03-28T03:30 is taken\.$/],
  ])('at a change of clocks says which is taken: %s', (text, said) => {
    const lines: string[] = [];
    momentIn(text, 'Europe/Berlin', 'closes', (line) => void lines.push(line));
    expect(lines).toEqual([expect.stringMatching(said)]);
  });

  it('on any other day, or with an offset of its own, says nothing', () => {
    for (const text of ['2027-10-31T01:59', '2027-10-31T03:00', '2027-10-31T02:30+01:00', '2027-03-28T03:00'])
      momentIn(text, 'Europe/Berlin', 'closes', (line) => expect.fail(line));
  });

  it('that is none says so', () => {
    expect(() => momentIn('tomorrow', 'UTC', 'opens', () => undefined)).toThrow(/opens: "tomorrow" is no date/);
    expect(() => momentIn('2026-12-01T18:00', 'Middle/Earth', 'opens', () => undefined)).toThrow(/Europe\/Berlin/);
  });
});

describe('a race in a file', () => {
  it('online: from a preset, in its time zone', () => {
    const file = {
      kind: 'online',
      name: 'Winter cup',
      opens: '2026-12-01T18:00',
      closes: '2026-12-31T18:00',
      timeZone: 'Europe/Berlin',
      track: 'harbour',
      direction: 'clockwise',
      preset: 'virtual-circuit',
      rules: { trials: 2 },
      quota: 'none',
      access: 'invited',
    };
    expect(raceFrom(file, 'cup.yaml')).toMatchObject({
      setup: {
        kind: 'online',
        opensAt: Date.parse('2026-12-01T17:00:00Z'),
        rules: { name: 'Virtual Circuit', trials: 2, laps: 5, direction: 'clockwise', ranking: { by: 'average' } },
        quota: { submissions: null },
        access: 'invited',
      },
    });
  });

  it('in person', () => {
    const file = {
      kind: 'in-person',
      race: 'friday',
      name: 'Friday',
      track: 'oval',
      gates: ['start'],
      preset: 'league-2019',
    };
    expect(raceFrom(file, 'friday.yaml')).toMatchObject({
      race: 'friday',
      setup: { gates: ['start'], car: 'agent', leaderboard: null, rules: { name: 'League 2019' } },
    });
    // The controller that makes the race knows the track.
    expect(raceFrom(file, 'friday.yaml').setup.rules).not.toHaveProperty('plausible');
    const plausible = { min: 1_000_000, max: 60_000_000 };
    expect(raceFrom({ ...file, rules: { plausible } }, 'friday.yaml')).toMatchObject({
      setup: { rules: { plausible } },
    });
  });

  it('LIVE, with the gate that the controller puts there', () => {
    const file = { kind: 'live', race: 'friday', name: 'Friday', track: 'oval', rules: { direction: 'clockwise' } };
    expect(raceFrom(file, 'friday.yaml')).toMatchObject({
      race: 'friday',
      setup: {
        gates: ['live-friday'],
        car: 'simulated',
        rules: { name: 'LIVE', start: 'countdown', countdown: 10_000_000, direction: 'clockwise' },
      },
    });
  });

  it('with a word that means nothing is refused by name', () => {
    expect(() =>
      raceFrom({ kind: 'online', name: 'x', opens: '', closes: '', track: 'oval', prest: 1 }, 'x.yaml'),
    ).toThrow(/prest/);
  });
});

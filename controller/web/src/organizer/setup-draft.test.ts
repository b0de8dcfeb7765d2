import { RaceSetup, rulePresets, type RaceSetup as Setup } from '@pitwall/protocol/race';
import { describe, expect, it } from 'vitest';
import { readSetup, setupDraft } from './setup-draft.js';

const setupOf = (rules: object): Setup =>
  RaceSetup.parse({ name: 'Friday', track: { id: 'oval', version: 2 }, gates: ['line', 'other'], rules });

const unusual = {
  name: 'Everything otherwise',
  raceType: { type: 'head-to-bot', bots: 2, speedMps: 1.25, laneChange: { min: 1.5, max: 3 } },
  ranking: { by: 'total', laps: 5 },
  qualifying: 5,
  timeLimit: null,
  lapLimit: 7,
  graceLap: false,
  start: 'countdown',
  countdown: 2_500_000,
  firstLap: 'signal',
  resets: { perLap: 0, where: 'start-line' },
  penalties: { offTrack: 1_500_000, collision: 123_457 },
  attempts: 3,
  plausible: { min: 1, max: 59_999_999 },
  holdoff: 333_333,
  direction: 'clockwise',
  speed: { min: 40, max: 85 },
  car: { steeringDeg: 25, speedMps: 2 },
  technicalStop: { freezesClock: false },
  warnBeforeGo: false,
  largestUncertainty: 1500,
  protestTime: 90_000_000,
  finals: { format: 'knock-out', racers: 8 },
};

describe('what is typed and what is kept are the same', () => {
  it.each([...Object.values(rulePresets), unusual])('$name', (rules) => {
    const setup = setupOf(rules);
    expect(readSetup(setupDraft(setup), setup)).toEqual({ setup, wrong: null });
  });
});

it('keeps a finish of its own, and splits', () => {
  const setup = { ...setupOf(unusual), finish: ['end'], splits: ['one', 'two'] } as Setup;
  expect(readSetup(setupDraft(setup), setup)).toEqual({ setup, wrong: null });
});

it('says of each field what is wrong with it, in the words of the form', () => {
  const draft = setupDraft(setupOf(unusual));
  const typed = { ...draft, gates: ' ', rules: { ...draft.rules, countdown: 'ten', shortest: '99', attempts: '0' } };
  const { wrong } = readSetup(typed);
  expect(wrong?.map((line) => line.split(':')[0])).toEqual(['Gates', 'Countdown', 'Attempts', 'Plausible laps']);
});

it('takes gates as people write them', () => {
  expect(readSetup({ ...setupDraft(setupOf(unusual)), gates: 'a, b c' }).setup?.gates).toEqual(['a', 'b', 'c']);
});

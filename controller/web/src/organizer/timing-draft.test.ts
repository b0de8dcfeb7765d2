import { RaceRules, RaceSetup, Timing } from '@pitwall/protocol/race';
import { expect, test } from 'vitest';
import { readTiming, timingDraft } from './timing-draft.js';

const setup = RaceSetup.parse({
  name: 'Friday',
  track: { id: 'oval', version: 1 },
  gates: ['line'],
  splits: ['hairpin'],
  leaderboard: null,
  rules: RaceRules.parse({ name: 'test' }),
});

test('the timing of a race, typed as it stands, is the same timing', () => {
  const { gates, splits, rules } = setup;
  expect(readTiming(timingDraft(setup)).timing).toEqual(
    Timing.parse({ gates, splits, plausible: rules.plausible, holdoff: rules.holdoff }),
  );
});

test('what is typed is in seconds', () => {
  const { timing } = readTiming({ ...timingDraft(setup), gates: 'line, line-2', finish: 'end', shortest: '4.5' });
  expect(timing).toMatchObject({ gates: ['line', 'line-2'], finish: ['end'], plausible: { min: 4_500_000 } });
});

test('what is wrong is told by the field’s name', () => {
  const { timing, wrong } = readTiming({ ...timingDraft(setup), gates: '', holdoff: 'soon' });
  expect(timing).toBeNull();
  expect(wrong?.map((line) => line.split(':')[0])).toEqual(['Gates', 'Hold-off']);
});

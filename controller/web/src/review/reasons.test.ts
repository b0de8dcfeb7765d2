import { Board, KeptResult } from '@pitwall/protocol/api';
import { expect, it } from 'vitest';
import { reasonText } from './reasons.js';

const hash = 'a'.repeat(64);
const kept = (times: readonly number[]) =>
  KeptResult.parse({
    racer: 'ann',
    state: 'held',
    reasons: [],
    score: null,
    receivedAt: 2,
    signed: true,
    result: {
      resultId: '00000000-0000-4000-8000-000000000001',
      racer: 'ann',
      alias: 'Ann',
      finishedAt: 1,
      track: { id: 'oval', version: 2, direction: 'clockwise' },
      rules: { hash, name: 'House rules' },
      model: null,
      laps: times.map((seconds, index) => ({
        lap: index + 1,
        time: seconds * 1e6,
        uncertainty: 50,
        valid: true,
        resets: 0,
        offTracks: 0,
        model: null,
      })),
      provenance: { kind: 'virtual', source: 's', simulatorVersion: '1', seed: 1, checkpoint: 'c' },
    },
  });
const board = (over: object = {}) =>
  Board.parse({
    id: 'cup',
    name: 'Cup',
    ranking: { by: 'best-lap' },
    track: { id: 'oval', version: 1, direction: 'clockwise' },
    plausible: { min: 5_000_000, max: 60_000_000 },
    ...over,
  });

it.each([
  [
    'wrong-track',
    [9],
    'Wrong track: it was driven on oval, version 2, clockwise; the board takes oval, version 1, clockwise.',
  ],
  ['wrong-rules', [9], 'Wrong rules: “House rules” is not one of the rule sets that the board takes.'],
  ['implausible-lap', [9, 4], 'Implausible: lap 2 (4.000) is not between 5.000 and 1:00.000.'],
  ['implausible-lap', [4, 9, 61], 'Implausible: laps 1 (4.000), 3 (1:01.000) are not between 5.000 and 1:00.000.'],
  ['racer-unknown', [9], 'Unknown racer: no id “ann” was issued here, and the board takes issued ones only.'],
  ['rejected-before', [9], 'Rejected before: a person rejected it, and its source has amended it since.'],
] as const)('says why a result waits: %s', (reason, laps, text) => {
  expect(reasonText(reason, kept(laps), board())).toBe(text);
});

it('says so where the board’s settings have changed since', () => {
  const now = board({ track: null, plausible: null });
  expect(reasonText('wrong-track', kept([9]), now)).toBe('Wrong track: the board took another one when it came.');
  expect(reasonText('implausible-lap', kept([9]), now)).toContain('when it came');
});

import { describe, expect, it } from 'vitest';
import { Sha256, TrackId } from '../brand.js';
import { Admission, type HoldReason, HoldReason as HoldReasons, holdReasons, type Judged } from './index.js';

const hash = (digit: string) => Sha256.parse(digit.repeat(64));
const oval = { id: TrackId.parse('oval'), version: 2, direction: 'clockwise' as const };
const admission = (over: object = {}): Admission => Admission.parse({ ranking: { by: 'best-lap' }, ...over });
const lap = (number: number, time: number, valid = true) => ({ lap: number, time, penalty: 0, uncertainty: 10, valid });
const result = (over: Partial<Judged> = {}): Judged => ({
  track: oval,
  rules: { hash: hash('a') },
  laps: [lap(1, 12_000_000)],
  ...over,
});

describe('why a result waits for a person', () => {
  const plausible = { min: 10_000_000, max: 20_000_000 };
  const everything = { track: oval, rules: [hash('a'), hash('b')], plausible };

  it.each<[name: string, admits: object, over: Partial<Judged>, reasons: readonly HoldReason[]]>([
    ['a board that says nothing takes everything', {}, { laps: [lap(1, 1), lap(2, 9e9)] }, []],
    ['all as the board wants it', everything, {}, []],
    ['the second of its rule sets', everything, { rules: { hash: hash('b') } }, []],
    ['another track', everything, { track: { ...oval, id: 'harbour' } }, ['wrong-track']],
    ['another version of it', everything, { track: { ...oval, version: 3 } }, ['wrong-track']],
    ['the other way round', everything, { track: { ...oval, direction: 'counter-clockwise' } }, ['wrong-track']],
    ['other rules', everything, { rules: { hash: hash('c') } }, ['wrong-rules']],
    ['a lap too quick', everything, { laps: [lap(1, 9_999_999)] }, ['implausible-lap']],
    ['as quick as may be', everything, { laps: [lap(1, 10_000_000)] }, []],
    ['as slow as may be', everything, { laps: [lap(1, 20_000_000)] }, []],
    ['a lap too slow', everything, { laps: [lap(1, 20_000_001)] }, ['implausible-lap']],
    ['one of several', everything, { laps: [lap(1, 12e6), lap(2, 1), lap(3, 12e6)] }, ['implausible-lap']],
    ['an invalid lap may take as long as it likes', everything, { laps: [lap(1, 1, false), lap(2, 9e9, false)] }, []],
    ['no laps at all', everything, { laps: [] }, []],
    [
      'everything at once, in this order',
      everything,
      { track: { ...oval, id: 'x' }, rules: { hash: hash('d') }, laps: [lap(1, 1)] },
      ['wrong-track', 'wrong-rules', 'implausible-lap'],
    ],
  ])('%s', (_, admits, over, reasons) => {
    expect(holdReasons(result(over), admission(admits))).toEqual(reasons);
  });

  it('has a word for each', () => {
    expect(HoldReasons.options).toEqual([
      'wrong-track',
      'wrong-rules',
      'implausible-lap',
      'racer-unknown',
      'racer-provisional',
      'rejected-before',
    ] satisfies HoldReason[]);
  });
});

describe('what a board takes', () => {
  it('is anything until it says otherwise', () => {
    expect(admission()).toEqual({
      ranking: { by: 'best-lap' },
      qualifying: 1,
      track: null,
      rules: [],
      plausible: null,
    });
  });

  it.each<[name: string, given: object, isTaken: boolean]>([
    ['one lap to qualify', { qualifying: 1 }, true],
    ['a hundred', { qualifying: 100 }, true],
    ['none', { qualifying: 0 }, false],
    ['more than a hundred', { qualifying: 101 }, false],
    ['half a lap', { qualifying: 1.5 }, false],
    ['the average of one', { ranking: { by: 'average', laps: 1 } }, true],
    ['the average of a hundred', { ranking: { by: 'average', laps: 100 } }, true],
    ['the average of none', { ranking: { by: 'average', laps: 0 } }, false],
    ['the average of more than a hundred', { ranking: { by: 'average', laps: 101 } }, false],
    ['the average of nobody knows how many', { ranking: { by: 'average' } }, false],
    ['the total of three', { ranking: { by: 'total', laps: 3 } }, true],
    ['the total of nobody knows how many', { ranking: { by: 'total' } }, false],
    ['the total of half a lap', { ranking: { by: 'total', laps: 0.5 } }, false],
    ['the longest lap', { ranking: { by: 'longest-lap' } }, false],
    ['a track clockwise', { track: oval }, true],
    ['a track counter-clockwise', { track: { ...oval, direction: 'counter-clockwise' } }, true],
    ['a track sideways', { track: { ...oval, direction: 'sideways' } }, false],
    ['a track’s first version', { track: { ...oval, version: 1 } }, true],
    ['a track’s version 0', { track: { ...oval, version: 0 } }, false],
    ['a hundred rule sets', { rules: Array.from({ length: 100 }, () => hash('a')) }, true],
    ['more rule sets', { rules: Array.from({ length: 101 }, () => hash('a')) }, false],
    ['laps between two times', { plausible: { min: 1, max: 2 } }, true],
    ['laps from a time on', { plausible: { min: 1 } }, false],
  ])('%s', (_, given, isTaken) => {
    expect(Admission.safeParse({ ranking: { by: 'best-lap' }, ...given }).success).toBe(isTaken);
  });
});

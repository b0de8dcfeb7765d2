import { describe, expect, it } from 'vitest';
import type { Micros, RacerId } from '../brand.js';
import type { Entry } from './events.js';
import { bracketOf, finalsOf, heatFor } from './finals.js';
import { type RaceRules, rulePresets } from './rules.js';
import { betterRun, standingsOf } from './standings.js';
import type { RunState } from './state.js';

const id = (racer: string) => racer as RacerId;
let runs = 0;
function run(racer: string | null, score: number | null, over: Partial<RunState> = {}): RunState {
  runs += 1;
  return {
    runId: `run-${String(runs).padStart(3, '0')}`,
    racer,
    stage: 'qualifying',
    phase: 'confirmed',
    score,
    bestLap: score,
    uncertainty: 10 as Micros,
    confirmedAt: 1,
    counts: true,
    heat: null,
    ...over,
  } as RunState;
}
const entries = (...racers: string[]): Entry[] =>
  racers.map((racer) => ({ racer: id(racer), alias: racer.toUpperCase() }) as Entry);

describe('the better of two runs', () => {
  const slow = run('ann', 12_000_000);
  const quick = run('ann', 11_000_000);

  it.each([
    ['the lower score', slow, quick, quick],
    ['the lower score, first', quick, slow, quick],
    ['one there is', undefined, slow, slow],
    ['one there is, first', slow, undefined, slow],
    ['none of none', undefined, undefined, undefined],
    ['none that is not confirmed', { ...quick, phase: 'over' as const }, slow, slow],
    ['none without a score', { ...quick, score: null }, slow, slow],
    ['none of two without a score', { ...quick, score: null }, { ...slow, score: null }, undefined],
  ])('is %s', (_, a, b, better) => {
    expect(betterRun(a, b)).toBe(better);
  });

  it('is of equal milliseconds the one that was confirmed first, and of one instant the lower id', () => {
    const [first, second] = [
      run('ann', 11_000_999, { confirmedAt: 1 as never }),
      run('ann', 11_000_000, { confirmedAt: 2 as never }),
    ];
    expect(betterRun(second, first)).toBe(first);
    const [a, b] = [run('ann', 1000, { runId: 'a' as never }), run('ann', 1000, { runId: 'b' as never })];
    expect(betterRun(b, a)).toBe(a);
    // One that was never said to be confirmed counts as the earliest.
    const never = run('ann', 1000, { confirmedAt: null as never });
    expect(betterRun(b, never)).toBe(never);
  });
});

describe('standings', () => {
  it('rank who has a score by their best run, the others after them in the order of their entries', () => {
    const rows = standingsOf(
      entries('cat', 'ann', 'dan', 'ben'),
      [run('ann', 12_000_000), run('ben', 11_500_000), run('ann', 11_000_000), run('dan', null)],
      'qualifying',
    );
    expect(rows.map(({ rank, racer, alias, score, attempts }) => [rank, racer, alias, score, attempts])).toEqual([
      [1, 'ann', 'ANN', 11_000_000, 2],
      [2, 'ben', 'BEN', 11_500_000, 1],
      [null, 'cat', 'CAT', null, 0],
      [null, 'dan', 'DAN', null, 1],
    ]);
  });

  it('say of each the run, its best lap and how sure it is; nothing of who has none', () => {
    const only = run('ann', 11_000_000, { bestLap: 5_000_000 as Micros, uncertainty: 70 as Micros });
    const [first, second] = standingsOf(entries('ann', 'ben'), [only], 'qualifying');
    expect(first).toMatchObject({ runId: only.runId, bestLap: 5_000_000, uncertainty: 70, overlaps: false });
    expect(second).toMatchObject({ runId: null, bestLap: null, uncertainty: 0, overlaps: false });
  });

  it('look at one stage, and at racers alone', () => {
    const all = [run('ann', 9, { stage: 'final' }), run(null, 1), run('ann', 20_000)];
    expect(standingsOf(entries('ann'), all, 'qualifying')[0]).toMatchObject({ score: 20_000, attempts: 1 });
    expect(standingsOf(entries('ann'), all, 'final')[0]).toMatchObject({ score: 9, attempts: 1 });
  });

  it('count the attempts that count, and let others be the best all the same', () => {
    const all = [run('ann', 9, { counts: false }), run('ann', 20)];
    expect(standingsOf(entries('ann'), all, 'qualifying')[0]).toMatchObject({ score: 9, attempts: 1 });
  });

  it('say where two neighbours are nearer than is known of them', () => {
    const pair = (apart: number) =>
      standingsOf(
        entries('ann', 'ben', 'cat'),
        [
          run('ann', 11_000_000, { uncertainty: 300 as Micros }),
          run('ben', 11_000_000 + apart, { uncertainty: 700 as Micros }),
        ],
        'qualifying',
      ).map(({ overlaps }) => overlaps);
    // In whole milliseconds the second is behind from 11.001 on.
    expect(pair(1000)).toEqual([true, false, false]);
    expect(pair(1001)).toEqual([false, false, false]);
  });
});

describe('a knock-out', () => {
  const seeds = ['s1', 's2', 's3', 's4', 's5', 's6', 's7', 's8'].map(id);
  const heat = (round: number, number: number, racer: string, score: number | null, over: Partial<RunState> = {}) =>
    run(racer, score, { stage: 'final', heat: { round, heat: number } as never, ...over });
  const pairs = (...args: Parameters<typeof bracketOf>) =>
    bracketOf(...args).map(({ round, heat: number, racers, winner }) => `${round}.${number} ${racers} > ${winner}`);

  it.each([
    [2, ['0.0 s1,s2 > null']],
    [4, ['0.0 s1,s4 > null', '0.1 s2,s3 > null', '1.0 , > null']],
    [
      8,
      [
        '0.0 s1,s8 > null',
        '0.1 s4,s5 > null',
        '0.2 s2,s7 > null',
        '0.3 s3,s6 > null',
        '1.0 , > null',
        '1.1 , > null',
        '2.0 , > null',
      ],
    ],
  ] as const)('of %i lets the first two meet in the last heat only', (size, heats) => {
    expect(pairs(seeds.slice(0, size), size, [])).toEqual(heats);
  });

  it('lets who has no opponent through', () => {
    expect(pairs(seeds.slice(0, 3), 4, [])).toEqual(['0.0 s1, > s1', '0.1 s2,s3 > null', '1.0 s1, > null']);
    expect(pairs(seeds.slice(0, 1), 2, [])).toEqual(['0.0 s1, > s1']);
    expect(pairs([], 2, [])).toEqual(['0.0 , > null']);
  });

  it.each<[what: string, runs: RunState[], winner: string]>([
    ['nobody before the second has run', [heat(0, 0, 's1', 10)], 'null'],
    ['nobody before the first has run', [heat(0, 0, 's2', 10)], 'null'],
    ['the better', [heat(0, 0, 's1', 11_000), heat(0, 0, 's2', 10_000)], 's2'],
    ['who has a score', [heat(0, 0, 's1', 10), heat(0, 0, 's2', null)], 's1'],
    [
      'the other, where a turn was discarded',
      [heat(0, 0, 's1', 10, { phase: 'discarded' }), heat(0, 0, 's2', 20)],
      's2',
    ],
    ['nobody, where neither has a score', [heat(0, 0, 's1', null), heat(0, 0, 's2', null)], 'null'],
    ['nobody while a run is not judged', [heat(0, 0, 's1', 10, { phase: 'over' }), heat(0, 0, 's2', 20)], 'null'],
    ['nobody by a run that does not count', [heat(0, 0, 's1', 10, { counts: false }), heat(0, 0, 's2', 20)], 'null'],
    ['nobody by a run of another heat', [heat(0, 1, 's1', 10), heat(0, 0, 's2', 20)], 'null'],
    ['nobody by a run of another round', [heat(1, 0, 's1', 10), heat(0, 0, 's2', 20)], 'null'],
    ['nobody by a run of no heat', [heat(0, 0, 's1', 10, { heat: null }), heat(0, 0, 's2', 20)], 'null'],
    ['the best of several turns', [heat(0, 0, 's1', 9_000), heat(0, 0, 's1', 12_000), heat(0, 0, 's2', 10_000)], 's1'],
  ])('is won by %s', (_, driven, winner) => {
    expect(pairs(seeds.slice(0, 2), 2, driven)).toEqual([`0.0 s1,s2 > ${winner}`]);
  });

  it('goes on with the winners, and asks for the next heat of each', () => {
    const driven = [
      heat(0, 0, 's1', 10_000),
      heat(0, 0, 's4', 9_000),
      heat(0, 1, 's2', 10_000),
      heat(0, 1, 's3', 11_000),
    ];
    const rules = { ...rulePresets['drem-default'], finals: { format: 'knock-out', racers: 4 } } as RaceRules;
    const four = seeds.slice(0, 4);
    const finals = finalsOf(four, rules, entries('s1', 's2', 's3', 's4', 'x'), [...driven, run('s1', 1)]);
    expect(finals?.heats.map(({ racers, winner }) => [...racers, winner])).toEqual([
      ['s1', 's4', 's4'],
      ['s2', 's3', 's2'],
      ['s4', 's2', null],
    ]);
    expect(finals?.standings.map(({ racer, score }) => [racer, score])).toEqual([
      ['s4', 9_000],
      ['s1', 10_000],
      ['s2', 10_000],
      ['s3', 11_000],
    ]);
    expect(finals?.seeds).toEqual(four);
    expect(heatFor(id('s4'), finals)).toMatchObject({ round: 1, heat: 0 });
    expect(heatFor(id('s1'), finals)).toBeUndefined();
    expect(heatFor(id('x'), finals)).toBeUndefined();
    expect(heatFor(id('s1'), null)).toBeUndefined();
    // Against whom is not decided yet.
    const half = finalsOf(four, rules, [], driven.slice(0, 2));
    expect(heatFor(id('s4'), half)).toBeUndefined();
    expect(heatFor(id('s2'), half)).toMatchObject({ round: 0, heat: 1 });
  });

  it('is none where the finals are another round for all', () => {
    const rules = {
      ...rulePresets['drem-default'],
      finals: { format: 'best-runs', racers: 4 },
    } as unknown as RaceRules;
    expect(finalsOf(seeds, rules, entries('s1'), [])?.heats).toEqual([]);
  });
});

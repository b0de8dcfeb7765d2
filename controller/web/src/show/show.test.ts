import type { EventShow, RaceEventView } from '@pitwall/protocol/api';
import { describe, expect, it } from 'vitest';
import { runOf, TestLog } from '../../testing/race.js';
import { bestLapOf, bestSectorsOf, lapTimesOf } from './commentary.js';
import { sceneOfKey } from './direction.js';
import { liveRows, pageOf } from './live-rows.js';
import { overlayOptions } from './overlay-options.js';
import { raceOfScreens, sceneOf } from './show-race.js';

const show = (over: Partial<EventShow> = {}) => ({ scene: 'auto', pictures: [], ...over }) as EventShow;
const logo = [{ hash: 'a' }] as unknown as EventShow['pictures'];
const finish = (log: TestLog, number = 1): TestLog => log.also({ type: 'finished', runId: runOf(number) });
const confirm = (log: TestLog, number = 1): TestLog =>
  log.also({ type: 'confirmed', runId: runOf(number), revision: 1 });

describe('a screen by itself shows', () => {
  const sceneNow = (log: TestLog, over: Partial<EventShow> = {}) => sceneOf(show(over), log.state, log.stamp);
  const log = () => new TestLog().enter('ada').enter('ben');

  it('the run from the call on, then who has finished for 30 s, then others in turn, and the podium when it is over', () => {
    const race = log().start('ada');
    expect(sceneNow(race)).toBe('run');
    race.laps(9, 10);
    expect(sceneNow(race)).toBe('run');
    finish(race);
    expect(sceneNow(race)).toBe('spotlight');
    confirm(race.pass(29));
    expect(sceneNow(race)).toBe('spotlight');
    race.pass(2);
    const turns = new Set<string>();
    for (let turn = 0; turn < 8; turn += 1) turns.add(sceneNow(race.pass(8), { pictures: logo }));
    expect([...turns].sort()).toEqual(['next', 'pictures', 'standings']);
    race.also({ type: 'closed', protestsUntil: 1_700_000_100_000 });
    expect(sceneNow(race)).toBe('podium');
  });

  it('who has finished even when the next is called, until that one drives', () => {
    const race = confirm(finish(log().start('ada').laps(9)));
    race.also({ type: 'run-called', runId: runOf(2), racer: 'ben', stage: 'qualifying' });
    expect(sceneNow(race)).toBe('spotlight');
    race.pass(31);
    expect(sceneNow(race)).toBe('run');
  });

  it('what it is told, where there is such a thing', () => {
    const race = log();
    expect(sceneNow(race, { scene: 'standings' })).toBe('standings');
    expect(sceneNow(race, { scene: 'run' })).toBe('next');
    expect(sceneNow(race, { scene: 'spotlight' })).toBe('standings');
    expect(sceneNow(race, { scene: 'pictures' })).toBe('standings');
    expect(sceneNow(race, { scene: 'nothing' })).toBe('nothing');
    expect(sceneOf(show(), confirm(finish(log().start('ada').laps(9))).state, null)).toMatch(/standings|next/);
  });
});

it.each([
  [
    [
      ['a', 'track', 'official'],
      ['b', 'live', 'open'],
      ['c', 'track', 'draft'],
    ],
    null,
    'b',
  ],
  [
    [
      ['a', 'track', 'open'],
      ['b', 'track', 'open'],
    ],
    null,
    'b',
  ],
  [
    [
      ['a', 'track', 'open'],
      ['b', 'track', 'open'],
    ],
    'a',
    'a',
  ],
  [
    [
      ['a', 'track', 'closed'],
      ['b', 'online', 'open'],
      ['c', 'track', 'draft'],
    ],
    null,
    'a',
  ],
  [
    [
      ['a', 'track', 'draft'],
      ['b', 'track', 'draft'],
    ],
    'gone',
    'a',
  ],
  [[['a', 'online', 'open']], null, null],
  [[], null, null],
] as const)('of %j with %s chosen, screens show %s', (races, chosen, shown) => {
  const view = { races: races.map(([race, kind, phase]) => ({ race, kind, phase })) } as unknown as RaceEventView;
  expect(raceOfScreens(view, chosen as never)).toBe(shown);
});

describe('rows', () => {
  it('have who drives where the run would stand if it ended now', () => {
    const log = confirm(
      finish(new TestLog().enter('ada', 'Ada').enter('ben', 'Ben').enter('cat', 'Cat').start('ada').laps(9.5)),
    );
    log.start('ben', 2).laps(10);
    const rows = () =>
      liveRows(log.state, log.state.runs.at(-1)).map(({ place, alias, isNow }) => [place, alias, isNow]);
    expect(rows()).toEqual([
      [1, 'Ada', false],
      [2, 'Ben', true],
      [null, 'Cat', false],
    ]);
    log.pass(9.2).cross();
    expect(rows()[0]).toEqual([1, 'Ben', true]);
    // An equal time: who has it already stays before.
    expect(
      liveRows(
        {
          standings: [
            { racer: 'x', alias: 'x', score: 9_000_000 },
            { racer: 'y', alias: 'y', score: null },
          ] as never,
        },
        { racer: 'y', score: 9_000_400 } as never,
      ).map(({ alias }) => alias),
    ).toEqual(['x', 'y']);
  });

  it('are shown page by page, the first three on each, all of them in the end', () => {
    const rows = Array.from({ length: 24 }, (_, index) => index + 1);
    expect(pageOf(rows, 24, 3)).toEqual(rows);
    const seen = new Set<number>();
    for (let page = 0; page < 4; page += 1) {
      const shown = pageOf(rows, 10, page);
      expect(shown).toHaveLength(10);
      expect(shown.slice(0, 3)).toEqual([1, 2, 3]);
      for (const row of shown) seen.add(row);
    }
    expect(seen.size).toBe(24);
  });
});

it.each([
  ['', { background: 'transparent', scene: null, position: 'bottom', tower: 0, scale: 1, pictures: true }],
  [
    '?background=green&scene=standings&position=top&tower=8&scale=1.25&pictures=no',
    { background: '#00b140', scene: 'standings', position: 'top', tower: 8, scale: 1.25, pictures: false },
  ],
  ['?background=12AB34', { background: '#12AB34' }],
  [
    '?background=url(x)&scene=party&tower=many&scale=99&position=left',
    { background: 'transparent', scene: null, tower: 0, scale: 2, position: 'bottom' },
  ],
  ['?scene=auto', { scene: null }],
] as const)('an overlay at %s', (query, wanted) => {
  expect(overlayOptions(query)).toMatchObject(wanted);
});

it('takes a key as a scene only where nobody writes', () => {
  const key = (name: string, over = {}) => ({
    key: name,
    ctrlKey: false,
    metaKey: false,
    altKey: false,
    repeat: false,
    ...over,
  });
  expect(sceneOfKey(key('1'), false)).toBe('auto');
  expect(sceneOfKey(key('3'), false)).toBe('standings');
  expect(sceneOfKey(key('9'), false)).toBe('nothing');
  expect([
    sceneOfKey(key('0'), false),
    sceneOfKey(key('3'), true),
    sceneOfKey(key('3', { ctrlKey: true }), false),
  ]).toEqual([undefined, undefined, undefined]);
});

it('knows best laps and sectors of all and of one, and the laps to draw', () => {
  const log = new TestLog({}, ['half']).enter('ada').enter('ben').start('ada');
  log.through(['line', 0], ['half', 4], ['line', 5], ['half', 4.5], ['line', 4]);
  confirm(finish(log)).start('ben', 2).through(['line', 1], ['half', 3.9], ['line', 5.5]);
  const { state } = log;
  expect(bestLapOf(state)).toEqual({ time: 8_500_000, racer: 'ada' });
  expect(bestLapOf(state, 'ben' as never)).toEqual({ time: 9_400_000, racer: 'ben' });
  expect(bestSectorsOf(state).map((best) => [best?.time, best?.racer])).toEqual([
    [3_900_000, 'ben'],
    [4_000_000, 'ada'],
  ]);
  expect(lapTimesOf(state, 'ada' as never)).toEqual([9_000_000, 8_500_000]);
  expect(lapTimesOf(state, 'nobody' as never)).toEqual([]);
});

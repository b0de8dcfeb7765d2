import { describe, expect, it } from 'vitest';
import { anna, ben, car, model, runId, seconds, TestRace } from '../../testing/test-race.js';
import type { RacerId } from '../brand.js';
import type { RaceRulesInput } from '../race/index.js';
import { neededFor, outlookOf, type RunMoment } from './index.js';
import { normalBelow } from './pace.js';

const anyLap = { plausible: { min: seconds(1), max: seconds(60) }, holdoff: seconds(0.1) };
let runs = 0;

function start(race: TestRace, racer: RacerId): string {
  runs += 1;
  const id = runId(runs);
  race.give({ type: 'call', runId: id, racer });
  race.give({ type: 'stage', runId: id, car, model });
  race.give({ type: 'ready', runId: id });
  race.give({ type: 'start', runId: id });
  race.pass(1);
  race.cross();
  return id;
}

function drive(race: TestRace, laps: readonly number[]): void {
  for (const lap of laps) {
    race.pass(lap);
    race.cross();
  }
}

/** Anna has driven; Ben is on the track, having driven `laps`. */
function race(anna_: readonly number[], laps: readonly number[], rules: Partial<RaceRulesInput> = {}) {
  const race = TestRace.open({ ...anyLap, timeLimit: seconds(600), ...rules });
  const first = start(race, anna);
  drive(race, anna_);
  race.give({ type: 'finish', runId: first });
  race.give({ type: 'confirm', runId: first, withoutDoubtful: true });
  const second = start(race, ben);
  drive(race, laps);
  const { state } = race.replay;
  return { state, run: state.runs.find((one) => one.runId === second)! };
}

const at = (left: number | null, lap = 0): RunMoment => ({
  left: left === null ? null : seconds(left),
  lap: seconds(lap),
});

describe('what a place takes', () => {
  it.each([
    // Ranking, Anna's laps, Ben's laps, seconds left → laps, each in so many µs
    [{ by: 'best-lap' }, [10, 9.5], [10.4, 10.2], 60, 1, 9_499_999],
    // The last two of 10.0 and 9.9 are kept: 3 × 9.9 s less both.
    [{ by: 'average', laps: 3 }, [9.9, 9.9, 9.9], [11, 10, 9.9], 60, 3, 9_899_999],
    [{ by: 'average', laps: 3 }, [9.9, 9.9, 9.9], [11, 9.7, 9.8], 60, 1, 10_199_999],
    // Where only one lap can still end, that one has to make up for all.
    [{ by: 'average', laps: 2 }, [9.9, 9.9], [10.5, 10.5], 2, 1, 9_299_999],
    [{ by: 'total', laps: 3 }, [10, 10, 10], [10.2, 9.9], 60, 1, 9_899_999],
    [{ by: 'total', laps: 4 }, [10, 10, 10, 10], [10.2, 9.9], 60, 2, 9_949_999],
  ] as const)('by %o after %j against %j', (ranking, annas, bens, left, laps, pace) => {
    const { state, run } = race(annas, bens, { ranking, graceLap: true });
    const needed = neededFor(state, run, 1, at(left));
    expect(needed).toMatchObject({ place: 1, laps, holder: { racer: anna } });
    expect(Math.abs((needed?.pace ?? 0) - pace)).toBeLessThanOrEqual(1001);
    // It is what the race itself says: that pace takes the place, a shown millisecond more does not.
    for (const [slower, place] of [
      [0, 1],
      [0.001 * laps, 2],
    ] as const) {
      const time = (needed?.pace ?? 0) / 1e6 + slower;
      const driven = race(annas, [...bens, ...Array.from({ length: laps }, () => Math.floor(time * 1e6) / 1e6)], {
        ranking,
        graceLap: true,
      });
      const confirmed = driven.run.score === null ? null : driven.run.score;
      const better =
        confirmed !== null && Math.floor(confirmed / 1000) < Math.floor((needed?.holder.score ?? 0) / 1000);
      expect([slower, better ? 1 : 2]).toEqual([slower, place]);
    }
  });

  it('is nothing where one has the place, or nobody does', () => {
    const { state, run } = race([10], [9]);
    expect(neededFor(state, run, 1, at(60))).toBeNull();
    expect(neededFor(state, run, 2, at(60))).toBeNull();
  });

  it('has no chance where no lap can end any more, or no car is that fast', () => {
    const late = race([10], [11, 11], { graceLap: false });
    expect(neededFor(late.state, late.run, 1, at(3, 2))).toMatchObject({ laps: 1, chance: 0 });
    const fast = race([1.0005], [11, 11], { plausible: { min: seconds(1), max: seconds(60) } });
    expect(neededFor(fast.state, fast.run, 1, at(60))?.chance).toBeLessThan(1e-6);
  });
});

describe('where a run will end', () => {
  it('says nothing before a lap counts, and nothing of a run that is over', () => {
    const { state, run } = race([10], []);
    expect(outlookOf(state, run, at(60))).toBeNull();
    const other = race([10], [11]);
    expect(outlookOf(other.state, { ...other.run, phase: 'over' }, at(60))).toBeNull();
  });

  it.each([
    // left, in the lap, grace → laps that can still end, of 10 s each
    [35, 0, false, 3],
    [35, 0, true, 4],
    [35, 6, false, 4],
    [3, 2, false, 0],
    [3, 2, true, 1],
  ] as const)('with %s s left, %s s into a lap, grace %s: %i laps', (left, lap, graceLap, laps) => {
    const { state, run } = race([9], [10, 10, 10], { graceLap });
    expect(outlookOf(state, run, at(left, lap))?.lapsLeft).toBe(laps);
  });

  it('stays what it is where nothing more can come', () => {
    const { state, run } = race([9], [10, 10.4, 10.2], { graceLap: false });
    const { score, from, to, place } = outlookOf(state, run, at(3, 2))!;
    expect([score, from, to, place]).toEqual([seconds(10), seconds(10), seconds(10), 2]);
  });

  it('gets better with the laps to come, and its place with it', () => {
    const { state, run } = race([9.95], [10, 10.4, 10.2], { graceLap: false });
    const few = outlookOf(state, run, at(11))!;
    const more = outlookOf(state, run, at(120))!;
    expect(more.score).toBeLessThan(few.score);
    expect([more.best, more.worst]).toEqual([1, expect.any(Number)]);
    expect(few.from).toBeLessThanOrEqual(few.score);
    expect(few.score).toBeLessThanOrEqual(few.to);
  });

  it.each([{ by: 'best-lap' }, { by: 'average', laps: 3 }, { by: 'total', laps: 12 }] as const)(
    'by %o holds in about four of five runs that are driven to their end',
    (ranking) => {
      // mulberry32: the same runs each time.
      let seed = 7;
      const random = () => {
        seed = (seed + 0x6d2b79f5) | 0;
        let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
        t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
        return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
      };
      const normal = () => Math.sqrt(-2 * Math.log(random() || 1e-9)) * Math.cos(2 * Math.PI * random());
      let within = 0;
      const rounds = 120;
      for (let round = 0; round < rounds; round += 1) {
        const laps = Array.from({ length: 12 }, () => Math.round((10 + 0.3 * normal()) * 1e6) / 1e6);
        const { state, run } = race([15], laps.slice(0, 6), { ranking, lapLimit: 12, timeLimit: null });
        const told = outlookOf(state, run, at(null))!;
        if (told === null)
          console.log(
            run.laps.map((l) => [l.valid, l.time, l.doubt, l.marks.join()]),
            run.phase,
            round,
          );
        const end = race([15], laps, { ranking, lapLimit: 12, timeLimit: null }).run.score!;
        if (told.from <= end && end <= told.to) within += 1;
      }
      expect(within / rounds).toBeGreaterThan(0.68);
      expect(within / rounds).toBeLessThan(0.92);
    },
  );
});

it('knows the normal distribution, as tables have it', () => {
  for (const [z, share] of [
    [0, 0.5],
    [1, 0.841345],
    [-1.2816, 0.1],
    [1.96, 0.975],
    [-3, 0.00135],
  ] as const)
    expect(Math.abs(normalBelow(z, 0, 1) - share)).toBeLessThan(1e-5);
});

import type { Micros } from '@pitwall/protocol';
import type { Policy } from '@pitwall/protocol/policy';
import { formatSimtrace, metricsOf, parseSimtrace } from '@pitwall/protocol/simtrace';
import { describe, expect, it } from 'vitest';
import { Expert, readTrack, type Setpoint, World } from '../simulator/index.js';
import { defaultRules, type EvaluationRules, isComplete, lapMicros, type Run, runTrials } from './index.js';

const camera = new Uint8Array(0);
/** A policy that knows the truth. */
const policyOf = (decide: () => Setpoint): Policy => ({
  decide: async () => ({ action: decide(), output: new Float32Array() }),
  close: async () => {},
});

interface Case {
  readonly rules?: Partial<EvaluationRules>;
  readonly seed?: number;
  readonly signal?: AbortSignal;
  /** Absent: the expert drives. */
  readonly drive?: (world: World, step: number) => Setpoint;
  readonly onLap?: () => void;
}

async function trial({ rules = {}, seed = 1, drive, ...rest }: Case): Promise<Run & { world: World }> {
  const merged = { ...defaultRules, ...rules };
  const track = readTrack('oval').inDirection(merged.direction);
  const world = new World({ track, seed, raceType: merged.raceType });
  const expert = new Expert(track, { topMps: 1.6 });
  let step = 0;
  const policy = policyOf(() => drive?.(world, step++) ?? expert.decide(world.state()));
  const run = await runTrials({ world, policy, rules: merged, observer: () => () => ({ camera }), seed, ...rest });
  return { ...run, world };
}
const straight = (): Setpoint => ({ steeringDeg: 0, speedMps: 1.5 });
const statusesOf = (run: Run) => [...new Set(run.rows.map(({ status }) => status))];

describe('separate trials', () => {
  it('start near 0.8% from a stand, and end at 100% with their time', async () => {
    const run = await trial({ rules: { trials: 2 } });
    expect(run.laps).toHaveLength(2);
    for (const lap of run.laps) {
      expect(isComplete(lap)).toBe(true);
      expect(lap).toMatchObject({ progressPct: 100, resets: 0, offTracks: 0, crashes: 0 });
      expect(lapMicros(lap)).toBeGreaterThan(9_000_000);
      expect(lap.splitsMs).toHaveLength(2);
    }
    const prepared = run.rows.filter(({ status }) => status === 'prepare');
    expect(prepared).toHaveLength(2);
    for (const row of prepared) expect(row.progressPct).toBeCloseTo(0.88, 1);
    expect(run.rows.filter(({ done }) => done).map(({ status }) => status)).toEqual(['lap_complete', 'lap_complete']);
    const [first, second] = run.rows;
    expect([second?.x, second?.y]).toEqual([first?.x, first?.y]);
  });

  it('log what was driven where more was asked than a car can', async () => {
    const run = await trial({
      rules: { trials: 1, timeLimit: 2_000_000 as Micros },
      drive: () => ({ steeringDeg: 60, speedMps: 20 }),
    });
    for (const { steeringDeg, speedMps } of run.rows) expect([steeringDeg, speedMps]).toEqual([30, 4]);
  });

  it('can be driven either way round', async () => {
    for (const direction of ['clockwise', 'counter-clockwise'] as const) {
      const run = await trial({ rules: { direction, trials: 1 } });
      expect(run.laps.map(({ end }) => end)).toEqual(['lap_complete']);
      expect(run.world.track.direction).toBe(direction);
    }
  });
});

describe('continuous laps', () => {
  it('go on without a stop; each begins where the one before it ended', async () => {
    const run = await trial({ rules: { trials: 1, laps: 3 } });
    expect(run.laps.map(({ lap, trial: number, end }) => [lap, number, end])).toEqual([
      [1, 1, 'lap_complete'],
      [2, 1, 'lap_complete'],
      [3, 1, 'lap_complete'],
    ]);
    expect(run.laps[1]?.startMs).toBe(run.laps[0]?.endMs);
    expect(run.rows.filter(({ status }) => status === 'prepare')).toHaveLength(1);
    const { metrics } = metricsOf(run.rows);
    expect(metrics.map(({ episode_status }) => episode_status)).toEqual(['In progress', 'In progress', 'Lap complete']);
    metrics.forEach(({ elapsed_time_in_milliseconds: ms }, i) => {
      expect(Math.abs(1000 * ms - lapMicros(run.laps[i] as (typeof run.laps)[0]))).toBeLessThan(1500);
    });
  });
});

describe('off track', () => {
  it('sets the car down on the nearer lane at its progress, and holds it for the penalty', async () => {
    const run = await trial({ rules: { trials: 1, resets: { perLap: 0, where: 'in-place' } }, drive: straight });
    expect(run.laps[0]).toMatchObject({ end: 'off_track', offTracks: 1, resets: 0 });
    expect(run.rows.at(-1)).toMatchObject({ status: 'off_track', done: true, allWheelsOnTrack: false });

    let left = false;
    const back = await trial({
      rules: { trials: 1 },
      // Straight on until the first reset, then as the expert would.
      drive: (world, step) => {
        left ||= step > 10 && world.state().speed === 0;
        return left ? expertOf(world).decide(world.state()) : straight();
      },
    });
    const off = back.rows.findIndex(({ status }) => status === 'off_track');
    const paused = back.rows.filter(({ status }) => status === 'pause');
    // Two seconds at 15 steps a second, and the step in which they end.
    expect(paused.length).toBeGreaterThanOrEqual(30);
    expect(paused.length).toBeLessThanOrEqual(31);
    expect(back.rows[off]?.pauseS).toBe(2);
    expect(paused.at(-1)?.pauseS).toBeLessThanOrEqual(0);
    const set = paused[0] as (typeof paused)[0];
    const { track } = back.world;
    const origin = {
      x: set.x - 0.14 * Math.cos((set.yawDeg * Math.PI) / 180),
      y: set.y - 0.14 * Math.sin((set.yawDeg * Math.PI) / 180),
    };
    const place = track.locate(origin.x, origin.y);
    expect(Math.abs(place.offset)).toBeCloseTo(track.widthM / 4, 2);
    expect(place.progressPct).toBeCloseTo(back.rows[off]?.progressPct ?? 0, 1);
    expect(new Set(paused.map(({ x }) => x)).size).toBe(1);
  });

  it('ends the lap when the limit of resets is passed', async () => {
    const run = await trial({ rules: { trials: 1, resets: { perLap: 2, where: 'in-place' } }, drive: straight });
    expect(run.laps[0]).toMatchObject({ end: 'off_track', offTracks: 3, resets: 2 });
    expect(run.laps[0]?.incidents).toHaveLength(3);
    expect(metricsOf(run.rows).metrics[0]).toMatchObject({
      off_track_count: 3,
      reset_count: 2,
      episode_status: 'Off track',
    });
  });

  it('can lead back to the start line, which gives up the lap', async () => {
    const run = await trial({ rules: { trials: 1, resets: { perLap: 1, where: 'start-line' } }, drive: straight });
    expect(run.laps.map(({ end }) => end)).toEqual(['off_track', 'off_track']);
  });
});

describe('a car that does not go', () => {
  it('is immobilised after fifteen steps', async () => {
    const run = await trial({
      rules: { trials: 1, resets: { perLap: 0, where: 'in-place' } },
      drive: () => ({ steeringDeg: 0, speedMps: 0 }),
    });
    expect(run.laps[0]).toMatchObject({ end: 'immobilized', immobilized: 1 });
    expect(run.rows).toHaveLength(16);
  });

  it('is reversed when its progress falls for fifteen steps', async () => {
    const run = await trial({
      rules: { trials: 1, resets: { perLap: 0, where: 'in-place' } },
      drive: () => ({ steeringDeg: 0, speedMps: -1 }),
    });
    expect(run.laps[0]).toMatchObject({ end: 'reversed', reversed: 1 });
  });
});

describe('what stands on the track', () => {
  const boxes: EvaluationRules['raceType'] = {
    type: 'object-avoidance',
    boxes: 1,
    placed: [{ lane: 'outer', percent: 15 }],
  };

  it('is crashed into; the car is set back a metre in the other lane', async () => {
    const outer = (world: World) => {
      const { track } = world;
      const { x, y, yaw } = world.pose();
      const wanted = track.laneOffset('outer');
      const { offset } = track.locate(x, y);
      const angle = track.at(track.locate(x, y).along).heading - yaw + (wanted - offset) * 2;
      return {
        steeringDeg: Math.max(-25, Math.min(25, (Math.atan2(Math.sin(angle), Math.cos(angle)) * 180) / Math.PI)),
        speedMps: 1,
      };
    };
    const run = await trial({
      rules: { trials: 1, raceType: boxes, resets: { perLap: 1, where: 'in-place' } },
      drive: outer,
    });
    expect(run.laps[0]?.crashes).toBeGreaterThanOrEqual(1);
    const crash = run.rows.findIndex(({ status }) => status === 'crashed');
    expect(run.rows[crash]?.pauseS).toBe(5);
    const { track } = run.world;
    const set = run.rows[crash + 1] as (typeof run.rows)[0];
    const place = track.locate(set.x, set.y);
    expect(place.offset * track.laneOffset('inner')).toBeGreaterThan(0);
    const box = run.world.obstacles()[0];
    expect(track.locate(box?.x ?? 0, box?.y ?? 0).along - place.along).toBeCloseTo(1 - 0.14, 1);
  });

  it('differs by seed where it is random, and is the same for the same seed', async () => {
    const placesOf = async (seed: number) => {
      const raceType: EvaluationRules['raceType'] = { type: 'object-avoidance', boxes: 4, placed: [] };
      const { world } = await trial({ seed, rules: { raceType, trials: 1, resets: { perLap: 0, where: 'in-place' } } });
      return world.obstacles().map(({ x, y }) => [x, y]);
    };
    expect(await placesOf(1)).toEqual(await placesOf(1));
    expect(await placesOf(1)).not.toEqual(await placesOf(2));
    expect(await placesOf(3)).toHaveLength(4);
  });

  it('drives, when it is bots: they move on and change lanes', async () => {
    const raceType: EvaluationRules['raceType'] = {
      type: 'head-to-bot',
      bots: 3,
      speedMps: 0.5,
      laneChange: { min: 1, max: 2 },
    };
    const world = new World({ track: readTrack('oval'), seed: 5, raceType });
    const { track } = world;
    const before = world.obstacles().map(({ x, y }) => track.locate(x, y));
    const sides = new Set<boolean>();
    for (let i = 0; i < 15 * 6; i++) {
      world.pass(1 / 15);
      sides.add(
        (world.obstacles()[0]?.y ?? 0) !== 0 &&
          track.locate(world.obstacles()[0]?.x ?? 0, world.obstacles()[0]?.y ?? 0).offset > 0,
      );
    }
    world.obstacles().forEach(({ x, y }, i) => {
      const moved = (track.locate(x, y).along - (before[i]?.along ?? 0) + track.lengthM) % track.lengthM;
      expect(moved).toBeCloseTo(3, 0);
    });
    expect(sides.size).toBe(2);
  });
});

describe('an evaluation', () => {
  it('is the same bit for bit for the same seed, and another for another', async () => {
    const [first, again, other] = [await trial({ seed: 4 }), await trial({ seed: 4 }), await trial({ seed: 5 })];
    expect(again.rows).toEqual(first.rows);
    expect(again.laps).toEqual(first.laps);
    expect(other.rows).not.toEqual(first.rows);
  });

  it('ends when time is up; a lap under way may finish where the rules allow it', async () => {
    const timeLimit = 15_000_000 as EvaluationRules['timeLimit'];
    const cut = await trial({ rules: { trials: 1, laps: 5, timeLimit } });
    expect(cut.laps.map(({ end }) => end)).toEqual(['lap_complete', 'time_up']);
    const graceful = await trial({ rules: { trials: 1, laps: 5, timeLimit, graceLap: true } });
    expect(graceful.laps.map(({ end }) => end)).toEqual(['lap_complete', 'lap_complete']);
  });

  it('stops when told to and keeps what it has', async () => {
    const stop = new AbortController();
    const run = await trial({ rules: { trials: 5 }, signal: stop.signal, onLap: () => stop.abort() });
    expect(run.laps.map(({ end }) => end)).toEqual(['lap_complete', 'stopped']);
  });

  it('writes a log that reads back as it was', async () => {
    const run = await trial({ rules: { trials: 1 } });
    expect(parseSimtrace(formatSimtrace(run.rows), 'ours').rows).toEqual(run.rows);
    expect(statusesOf(run)).toEqual(['prepare', 'in_progress', 'lap_complete']);
  });
});

const experts = new WeakMap<World, Expert>();
function expertOf(world: World): Expert {
  const known = experts.get(world) ?? new Expert(world.track, { topMps: 1.2 });
  experts.set(world, known);
  return known;
}

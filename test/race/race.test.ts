import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { LogRecord } from '@pitwall/protocol/race';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Cuttable } from './cuttable.js';
import { evaluate, model, TrackDay } from './track-day.js';
import { Trial } from './trial.js';

let day: TrackDay;
let trial: Trial;

beforeEach(async () => {
  expect(existsSync(model)).toBe(true);
  day = await TrackDay.open();
  trial = new Trial(day, 'trial');
});

/** The gate is linked and sees the road. */
async function gateIsThere(): Promise<void> {
  await expect
    .poll(async () => await day.get('/api/v1/gates'), { timeout: 30_000 })
    .toMatchObject({ gates: [{ gate: 'start', status: 'online', sensor: 'ok' }] });
}

afterEach(async () => {
  trial.close();
  await day.close();
});

const crossingsOf = (records: readonly LogRecord[]) =>
  records.flatMap(({ event }) => (event.type === 'crossing' ? [event.crossing] : []));

/** Laps as the gate's own stamps say them. */
function differences(records: readonly LogRecord[]): number[] {
  const crossings = crossingsOf(records);
  expect(new Set(crossings.map(({ bootId, seq }) => `${bootId} ${seq}`)).size).toBe(crossings.length);
  const stamps = crossings.map(({ at }) => at).sort((a, b) => a - b);
  return stamps.slice(1).map((at, index) => at - (stamps[index] as number));
}

it('races from the camera to the board: three laps, in order, beside a virtual result', async () => {
  await day.startGate('start');
  await day.startCar('red');
  await gateIsThere();
  await trial.start(3);
  await trial.until(() => trial.run?.phase === 'over');
  await trial.give({ type: 'confirm', runId: trial.runId });
  await trial.until(() => trial.run?.phase === 'confirmed');

  const laps = trial.run?.laps ?? [];
  expect(laps.map(({ time, valid }) => ({ time, valid }))).toEqual(
    differences(trial.records).map((time) => ({ time, valid: true })),
  );
  expect(laps).toHaveLength(3);
  // What the car itself says comes when it comes.
  const order = trial.records.map(({ event }) => event.type).filter((type) => !type.startsWith('car-'));
  expect(order).toEqual([
    'created',
    'opened',
    'entered',
    'run-called',
    'run-staged',
    'e-stop-tested',
    'run-ready',
    'run-started',
    ...Array<string>(4).fill('crossing'),
    'confirmed',
  ]);

  const evaluation = (await evaluate(3)) as {
    model: { hash: string; name: string };
    track: object;
    rules: object;
    simulatorVersion: string;
    seed: number;
    chosen: string;
    checkpoints: { checkpoint: string; laps: { time: number; resets: number; offTracks: number }[] }[];
  };
  const { checkpoints, chosen, track, rules, model: evaluated, simulatorVersion, seed } = evaluation;
  const virtualLaps = checkpoints.find(({ checkpoint }) => checkpoint === chosen)?.laps ?? [];
  const result = {
    resultId: crypto.randomUUID(),
    racer: 'ada',
    alias: 'Ada',
    finishedAt: Date.now(),
    track,
    rules,
    model: evaluated,
    laps: virtualLaps.map(({ time, resets, offTracks }, index) => ({
      ...{ lap: index + 1, time, uncertainty: 0, valid: true, resets, offTracks, model: evaluated.hash },
    })),
    provenance: { kind: 'virtual', source: 'pitwall', simulatorVersion, seed, checkpoint: chosen },
  };
  const source = await day.token('source', 'pitwall');
  const sent = () => day.post('/api/v1/leaderboards/hall/results', result, source);
  expect(await sent()).toMatchObject({ outcome: 'accepted' });
  expect(await sent()).toMatchObject({ outcome: 'duplicate' });

  await expect
    .poll(async () => await day.get('/api/v1/leaderboards/hall/standings'), { timeout: 20_000 })
    .toMatchObject({
      physical: [{ rank: 1, racer: 'ada', bestLap: Math.min(...laps.map(({ time }) => time ?? Infinity)) }],
      virtual: [{ rank: 1, racer: 'ada', bestLap: Math.min(...virtualLaps.map(({ time }) => time)) }],
    });
  // The model that drove is the model that was evaluated.
  expect(laps.map(({ model: hash }) => hash)).toEqual(Array(3).fill(evaluated.hash));
});

it('a car that is cleared in its run stands and warns for a second, and then drives on', async () => {
  await day.startGate('start');
  await day.startCar('red');
  await gateIsThere();
  await trial.start(3);
  const { states } = trial;
  await trial.until(() => states.at(-1)?.safety === 'driving');
  const from = states.length;
  // Somebody stops it without the desk: its run goes on, and the marshal clears it.
  const crew = await day.token('crew', 'carla');
  await day.post('/api/v1/cars/red/commands', { action: { type: 'e-stop' } }, crew);
  await trial.until(() => states.slice(from).some(({ safety }) => safety === 'driving'));
  const drives = states.findIndex(({ safety }, index) => index >= from && safety === 'driving');
  // A busy machine may have faulted it in between, and it was cleared once more.
  const [armed, starting, driving] = states.slice(drives - 2, drives + 1);
  expect([armed?.safety, starting?.safety]).toEqual(['armed', 'starting']);
  expect((driving?.at ?? 0) - (starting?.at ?? 0)).toBeGreaterThanOrEqual(1_000_000);
  const answers = trial.records.flatMap(({ event }) => (event.type === 'car-answered' ? [event] : []));
  expect(answers).toContainEqual(expect.objectContaining({ command: 'clear', outcome: 'done' }));
  const message = expect.stringContaining('no light');
  expect(answers.at(-1)).toMatchObject({ command: 'start', outcome: 'done', safety: 'starting', message });
  expect(trial.run?.phase).toBe('running');
});

it('loses nothing when the controller is killed and when the gate is cut off', async () => {
  const way = new Cuttable(day.mqtt);
  await day.startGate('start', await way.open());
  await day.startCar('red');
  await gateIsThere();
  await trial.start(3);

  await trial.until(() => trial.run?.laps.length === 1);
  const shown = structuredClone(trial.run?.laps);
  await day.killController();
  await day.startController();
  trial.follow();
  await trial.until(() => trial.run?.laps.length === 2);
  expect(trial.run?.laps.slice(0, 1)).toEqual(shown);

  // The car passes the line while the gate has no way to say so.
  way.cut();
  const journal = join(day.folder, 'gate', 'start.journal');
  const [size, before] = [statSync(journal).size, crossingsOf(trial.records).length];
  await expect.poll(() => statSync(journal).size, { timeout: 30_000 }).toBeGreaterThan(size);
  expect(crossingsOf(trial.records)).toHaveLength(before);
  way.mend();

  await trial.until(() => trial.run?.phase === 'over');
  expect(trial.run?.laps.map(({ time }) => time)).toEqual(differences(trial.records));
  expect(trial.run?.laps).toHaveLength(3);
  await way.close();
});

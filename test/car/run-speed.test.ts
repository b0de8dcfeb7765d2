import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CarOverview } from '@pitwall/protocol/api';
import type { RaceState } from '@pitwall/protocol/race';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Agent } from '../drive/agent.js';
import { MotorWatch } from '../drive/motor-watch.js';
import { fullMicros, fullThrottleProfile, neutralMicros, SysfsRig } from '../drive/rigs.js';
import { TrackDay } from '../race/track-day.js';

let day: TrackDay;
let agent: Agent;
let motor: MotorWatch;
let crew: string;
/** What the motor was told, in percent of full throttle: since the last order, and the most of all. */
let told: Set<number>;
let most: number;
let ends: (() => Promise<void>)[];
const race = 'friday';
const runId = crypto.randomUUID();

const percentOf = (micros: number) => (100 * (neutralMicros - micros)) / (neutralMicros - fullMicros);
const state = async () => (await day.get(`/api/v1/races/${race}`)) as RaceState;
const give = async (command: { type: string } & Record<string, unknown>): Promise<void> => {
  const { seq } = await state();
  if (command.type !== 'clear-car') told.clear();
  await day.post(`/api/v1/races/${race}/commands`, { commandId: crypto.randomUUID(), seen: seq, command });
};
const tell = async (action: object) => {
  told.clear();
  await day.post('/api/v1/cars/red/commands', { action }, crew);
};
const car = async () => ((await day.get('/api/v1/cars')) as { cars: CarOverview[] }).cars[0];
/** The motor is told that share of full throttle, in percent. Where the machine is busy, the car stops itself and is cleared. */
const drives = (percent: number) =>
  expect
    .poll(
      async () => {
        const safety = (await car())?.state?.safety ?? '';
        const seen = [...told];
        if (!['driving', 'starting'].includes(safety)) await give({ type: 'clear-car', car: 'red' });
        return seen;
      },
      { timeout: 60_000, interval: 20 },
    )
    .toContain(percent);
const has = (runSpeed: number) =>
  expect.poll(async () => (await car())?.state?.runSpeed, { timeout: 60_000 }).toBe(runSpeed);

beforeEach(async () => {
  ends = [];
  told = new Set();
  most = 0;
  day = await TrackDay.open();
  ends.push(() => day.close());
  crew = await day.token('crew', 'carla');
  const rig = new SysfsRig();
  motor = new MotorWatch(rig);
  const watch = rig.onMotor;
  rig.onMotor = (sample) => {
    // None is written yet in a file that nobody has opened.
    if (sample.micros > 0) {
      told.add(Math.round(percentOf(sample.micros)));
      most = Math.max(most, percentOf(sample.micros));
    }
    watch(sample);
  };
  await rig.start();
  ends.push(() => rig.stop());
  // The same grey picture again and again; whatever the model makes of it, the throttle is full.
  const pictures = join(day.folder, 'frames');
  mkdirSync(pictures);
  writeFileSync(join(pictures, '1.pgm'), Buffer.concat([Buffer.from('P5\n160 120\n255\n'), Buffer.alloc(19_200, 90)]));
  const password = await day.token('car', 'red');
  const passwordfile = join(day.folder, 'red.password');
  writeFileSync(passwordfile, `${password}\n`, { mode: 0o600 });
  agent = new Agent({
    track: { car: 'red', port: Number(new URL(day.mqtt).port), password },
    profile: fullThrottleProfile(rig, { kind: 'file', path: pictures, rate: 10 }),
    over: {
      recorder: { when: 'never' },
      link: { url: day.mqtt, passwordfile, after: 20_000 },
      // The crew's.
      driving: { scale: 60 },
    },
  });
  ends.push(() => agent.stop());
  agent.start();
  await agent.says('linked to the track');
}, 120_000);
afterEach(async () => {
  for (const end of ends.reverse()) await end();
}, 60_000);

it('the motor follows the speed of the run, never above its crew’s, in a new agent too, and has its crew’s afterwards', async () => {
  await expect.poll(async () => (await car())?.telemetry?.framesPerSecond, { timeout: 20_000 }).toBeGreaterThan(0);
  const rules = { name: 'Friday', start: 'key', timeLimit: null, speed: { min: 20, max: 100 } };
  const setup = { name: 'Friday', track: { id: 'oval', version: 1 }, gates: ['manual'], rules };
  await day.post('/api/v1/races', { race, commandId: crypto.randomUUID(), setup });
  await give({ type: 'open' });
  const models = [(await car())?.presence?.model];
  await give({ type: 'enter', entry: { racer: 'ada', alias: 'Ada', car: 'red', models } });
  await give({ type: 'call', runId, racer: 'ada' });
  await give({ type: 'stage', runId });
  await give({ type: 'test-e-stop', car: 'red' });
  // Set before the start, it moves nothing.
  await give({ type: 'speed', runId, percent: 50 });
  await has(50);
  expect(most).toBeLessThan(1);
  await give({ type: 'ready', runId });

  await give({ type: 'start', runId });
  await drives(30);
  await expect(give({ type: 'speed', runId, percent: 10 })).rejects.toThrow(/allow a speed from 20 to 100 %, not 10 %/);
  await give({ type: 'speed', runId, percent: 100 });
  await drives(60);
  // The crew's goes over it, and stays its own.
  await tell({ type: 'throttle-scale', percent: 20 });
  await drives(20);
  await give({ type: 'speed', runId, percent: 50 });
  await drives(10);
  expect((await car())?.state).toMatchObject({ throttleScale: 20, throttleScaleNow: 10, runSpeed: 50 });

  // Another agent knows nothing of the run: it is told, and stands until somebody clears it.
  const session = (await car())?.state?.sessionId;
  await agent.end();
  agent.start();
  const anew = async () => {
    const { sessionId, safety, runSpeed } = (await car())?.state ?? {};
    return sessionId === session ? null : { safety, runSpeed };
  };
  await expect.poll(anew, { timeout: 60_000 }).toEqual({ safety: 'disarmed', runSpeed: 50 });
  await expect.poll(async () => (await car())?.telemetry?.framesPerSecond, { timeout: 20_000 }).toBeGreaterThan(0);
  await give({ type: 'clear-car', car: 'red' });
  await drives(30);

  await give({ type: 'finish', runId });
  expect(await motor.neutral()).toBeDefined();
  await has(100);
  await expect
    .poll(async () => (await car())?.state, { timeout: 20_000 })
    .toMatchObject({ safety: 'stopped', throttleScale: 60, throttleScaleNow: 60 });
  // At no moment was it more than its crew had set.
  expect(most).toBeLessThan(61);
}, 300_000);

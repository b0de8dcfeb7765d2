import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CarOverview } from '@pitwall/protocol/api';
import type { RaceState } from '@pitwall/protocol/race';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Agent } from '../drive/agent.js';
import { SysfsRig } from '../drive/rigs.js';
import { watchedCar } from '../drive/watched-car.js';
import { writeArchive } from '../hardware/archive.js';
import { TrackDay } from '../race/track-day.js';

let day: TrackDay;
let agent: Agent;
let ends: (() => Promise<void>)[];
let race: string;

const give = async (command: object): Promise<void> => {
  const { seq } = (await day.get(`/api/v1/races/${race}`)) as RaceState;
  await day.post(`/api/v1/races/${race}/commands`, { commandId: crypto.randomUUID(), seen: seq, command });
};

beforeEach(async () => {
  ends = [];
  day = await TrackDay.open();
  ends.push(() => day.close());
  const rig = new SysfsRig();
  ends.push(() => rig.stop());
  // A model for two cameras, on a car with one: a grey picture again and again.
  const model = join(day.folder, 'stereo.tar.gz');
  writeArchive(model, 'tiny', 1, { stereo: true });
  const pictures = join(day.folder, 'frames');
  mkdirSync(pictures);
  writeFileSync(join(pictures, '1.pgm'), Buffer.concat([Buffer.from('P5\n160 120\n255\n'), Buffer.alloc(19_200, 90)]));
  const password = await day.token('car', 'red');
  const passwordfile = join(day.folder, 'red.password');
  writeFileSync(passwordfile, `${password}\n`, { mode: 0o600 });
  agent = new Agent({
    track: { car: 'red', port: Number(new URL(day.mqtt).port), password },
    profile: watchedCar(rig, { camera: { kind: 'file', path: pictures, rate: 10 } }),
    model,
    over: { recorder: { when: 'never' }, link: { url: day.mqtt, passwordfile, after: 20_000 } },
  });
  ends.push(() => agent.stop());
  agent.start();
  await agent.says('linked to the track');
}, 120_000);
afterEach(async () => {
  for (const end of ends.reverse()) await end();
}, 60_000);

it('a race by hand is made ready once the car says that it could be armed, and its stereo model on one camera is accepted', async () => {
  race = 'friday';
  await expect
    .poll(async () => ((await day.get('/api/v1/cars')) as { cars: CarOverview[] }).cars[0]?.telemetry?.framesPerSecond)
    .toBeGreaterThan(0);
  const [car] = ((await day.get('/api/v1/cars')) as { cars: CarOverview[] }).cars;
  const model = car?.presence?.model;
  const setup = {
    name: 'Friday',
    track: { id: 'oval', version: 1 },
    // Nobody but a hand sees the crossings: that is no reason to be not ready.
    gates: ['manual'],
    rules: { name: 'Friday', start: 'key', timeLimit: null },
  };
  await day.post('/api/v1/races', { race, commandId: crypto.randomUUID(), setup });
  await give({ type: 'open' });
  await give({ type: 'enter', entry: { racer: 'ada', alias: 'Ada', car: 'red', models: [model] } });
  const runId = crypto.randomUUID();
  await give({ type: 'call', runId, racer: 'ada' });
  await give({ type: 'stage', runId });
  // The stop is tested, and the car faulted again a moment later.
  await give({ type: 'test-e-stop', car: 'red' });
  await give({ type: 'e-stop', car: 'red' });
  const warning = 'car red: its model was trained with two cameras and sees the picture of one twice';
  await expect(give({ type: 'ready', runId, accept: [warning] })).rejects.toThrow(
    /Not ready: car red cannot be armed now: emergency stop \(clear it\)\. Put it right/,
  );
  await give({ type: 'clear-car', car: 'red' });
  await expect(give({ type: 'ready', runId })).rejects.toThrow(`Not ready: ${warning}. Accept it, or put it right.`);
  await give({ type: 'ready', runId, accept: [warning] });
  const { runs } = (await day.get(`/api/v1/races/${race}`)) as RaceState;
  expect(runs[0]?.interlock).toMatchObject({ overruled: null, accepted: [warning] });
  expect(runs[0]?.interlock?.checks).toContainEqual({ check: 'gate-healthy', ok: true, detail: 'crossings by hand' });
  // It was true: the car starts.
  await give({ type: 'start', runId });
  await agent.says('driving');
});

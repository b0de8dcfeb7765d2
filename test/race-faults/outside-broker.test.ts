import { reduce } from '@pitwall/protocol/race';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { TrackDay } from '../race/track-day.js';
import { KeepingGate } from './keeping-gate.js';
import { OutsideBroker } from './outside-broker.js';
import { PatientMarshal } from './patient-marshal.js';

let broker: OutsideBroker;
let day: TrackDay;
let gate: KeepingGate;

beforeEach(async () => {
  broker = new OutsideBroker();
  await broker.start();
  day = await TrackDay.open(broker.url);
  gate = new KeepingGate('line', await day.token('gate', 'line'));
}, 60_000);
afterEach(async () => {
  await gate.disconnect();
  await day.close();
  await broker.kill();
});

it('a broker outside dies alone, twice: the race goes on without it, and has every crossing when it is back', async () => {
  expect(day.mqtt).toBe(broker.url);
  const marshal = new PatientMarshal(day, 'outside');
  gate.connect(broker.url);
  await marshal.begin('line', { holdoff: 0, plausible: { min: 0, max: 600_000_000 } });
  gate.cross();
  gate.cross();
  await gate.empty();
  for (let death = 0; death < 2; death += 1) {
    await broker.kill();
    gate.cross();
    gate.cross();
    // The desk is there for its marshal meanwhile.
    await marshal.give({ type: 'incident', runId: marshal.runId, kind: 'off-track' });
    expect(gate.waiting).toBe(2);
    await broker.start();
    await gate.empty();
  }
  const run = reduce((await marshal.log(0)).records).runs[0];
  expect(run?.crossings).toHaveLength(6);
  expect(run?.laps.map(({ measured }) => measured)).toEqual(
    gate.stamps.slice(1).map((at, index) => at - (gate.stamps[index] as number)),
  );
});

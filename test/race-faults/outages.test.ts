import { reduce } from '@pitwall/protocol/race';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Cuttable } from '../race/cuttable.js';
import { TrackDay } from '../race/track-day.js';
import { KeepingGate } from './keeping-gate.js';
import { PatientMarshal } from './patient-marshal.js';

let day: TrackDay;
let gate: KeepingGate;
let marshal: PatientMarshal;

beforeEach(async () => {
  day = await TrackDay.open();
  gate = new KeepingGate('line', await day.token('gate', 'line'));
  marshal = new PatientMarshal(day, 'outages');
}, 60_000);
afterEach(async () => {
  await gate.disconnect();
  await day.close();
});

const rules = { holdoff: 0, plausible: { min: 0, max: 600_000_000 } };

/** Laps as the gate's own stamps say them. */
const byStamps = () => gate.stamps.slice(1).map((at, index) => at - (gate.stamps[index] as number));

async function laps() {
  await gate.empty();
  const { records } = await marshal.log(0);
  return reduce(records).runs[0]?.laps.map(({ measured }) => measured);
}

it('the broker is down for a while: the gate keeps what it sees, the laps are what they were', async () => {
  const way = new Cuttable(day.mqtt);
  gate.connect(await way.open());
  await marshal.begin('line', rules);
  for (let lap = 0; lap < 3; lap += 1) gate.cross();
  await gate.empty();
  way.cut();
  for (let lap = 0; lap < 5; lap += 1) gate.cross();
  expect(gate.waiting).toBe(5);
  way.mend();
  expect(await laps()).toEqual(byStamps());
  await way.close();
});

it('the gate is unplugged until after the run: what it kept is shown as late, and counts when the run is reopened', async () => {
  gate.connect(day.mqtt);
  await marshal.begin('line', rules);
  gate.cross();
  gate.cross();
  await gate.empty();
  await gate.disconnect();
  gate.cross();
  await marshal.give({ type: 'finish', runId: marshal.runId });
  await marshal.give({ type: 'confirm', runId: marshal.runId });
  gate.connect(day.mqtt);
  expect(await laps()).toEqual(byStamps().slice(0, 1));
  const state = reduce((await marshal.log(0)).records);
  expect(state.runs[0]?.crossings.at(-1)?.use).toBe('late');
  await marshal.give({ type: 'reopen', runId: marshal.runId, reason: 'the gate had no power' });
  // Two laps of some microseconds, one of them much the faster.
  await marshal.give({ type: 'confirm', runId: marshal.runId, withoutDoubtful: true });
  expect(await laps()).toEqual(byStamps());
  await expect
    .poll(async () => await day.get('/api/v1/leaderboards/hall/standings'), { timeout: 20_000 })
    .toMatchObject({ physical: [{ racer: 'ada', laps: 2 }] });
});

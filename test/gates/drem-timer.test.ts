import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DremTimer } from '@pitwall/controller/testing/drem-timer';
import { readGateProfile } from '@pitwall/firmware-config';
import { parse } from '@pitwall/protocol';
import { type RaceCommand, RaceState, type RunState } from '@pitwall/protocol/race';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { TrackDay } from '../race/track-day.js';
import { startGate } from './gate-process.js';

let day: TrackDay;
let marshal = '';
let ends: (() => Promise<void>)[];

beforeEach(async () => {
  ends = [];
  day = await TrackDay.open();
  ends.push(() => day.close());
  marshal = await day.token('marshal', 'mara');
}, 120_000);
afterEach(async () => {
  for (const end of ends.reverse()) await end();
}, 60_000);

const now = () => performance.now() * 1000;
const state = async () => parse(RaceState, await day.get('/api/v1/races/friday'), 'Race friday');

async function give(command: RaceCommand | { type: 'enter'; entry: object }): Promise<void> {
  const { seq } = await state();
  await day.post('/api/v1/races/friday/commands', { commandId: crypto.randomUUID(), seen: seq, command }, marshal);
}

/** A gate process with the profile that is shipped; only where the timer listens is another address. */
async function startDremGate(port: number): Promise<void> {
  const profile = join(day.folder, 'drem-timer.yaml');
  const shipped = readGateProfile('drem-timer');
  writeFileSync(profile, JSON.stringify({ ...shipped, adapter: { kind: 'drem', url: `ws://127.0.0.1:${port}` } }));
  ends.push(await startGate(day, 'line', profile));
}

async function startRun(): Promise<string> {
  const rules = { name: 'Test rules', start: 'key', plausible: { min: 2_000_000, max: 60_000_000 } };
  const track = { id: 'oval', version: 1 };
  const setup = { name: 'Friday', track, gates: ['line'], car: 'any', leaderboard: null, rules };
  await day.post('/api/v1/races', { race: 'friday', commandId: crypto.randomUUID(), setup }, marshal);
  await give({ type: 'open' } as RaceCommand);
  await give({ type: 'enter', entry: { racer: 'ann', alias: 'Ann', car: 'red', models: [] } });
  await give({ type: 'queue', racer: 'ann' } as RaceCommand);
  const runId = crypto.randomUUID();
  for (const type of ['call', 'stage', 'ready', 'start'] as const) await give({ type, runId } as RaceCommand);
  return runId;
}

it.each([
  { version: 2023, by: 'the word lap' },
  { version: 2026, by: 'its own stamp' },
] as const)(
  'DREM’s timer of $version times laps by $by, each with an uncertainty that holds the truth',
  async ({ version }) => {
    const timer = new DremTimer(version);
    await startDremGate(await timer.start());
    ends.push(async () => timer.stop());
    await startRun();
    const laps = async () => (await state()).runs[0]?.laps ?? ([] as RunState['laps']);
    const passes: number[] = [];
    for (let pass = 0; pass < 3; pass += 1) {
      // The timer hears nothing for 3 s after a pass, and the gate neither.
      await expect.poll(now, { timeout: 10_000 }).toBeGreaterThan((passes.at(-1) ?? 0) + 3_200_000);
      passes.push(now());
      timer.strip(17);
      await expect.poll(async () => (await laps()).length, { timeout: 10_000 }).toBe(pass);
    }
    const timed = await laps();
    for (const [index, { time, uncertainty, valid }] of timed.entries()) {
      const truth = (passes[index + 1] as number) - (passes[index] as number);
      expect(valid).toBe(true);
      // It polls its pins every 10 ms, at the first crossing and at the second.
      expect(uncertainty).toBeGreaterThanOrEqual(20_000);
      expect(Math.abs((time ?? 0) - truth)).toBeLessThanOrEqual(uncertainty);
    }
    // And not one that says nothing.
    expect(timed.at(-1)?.uncertainty).toBeLessThan(100_000);
  },
  120_000,
);

import { queryObjects } from 'node:v8';
import type { RaceId } from '@pitwall/protocol';
import type { RaceCommand } from '@pitwall/protocol/race';
import { v7 as uuidv7 } from 'uuid';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { DeskWorld, gate, seconds, setup } from '../../../testing/desk-world.js';
import { LoadedRace } from './loaded-race.js';

let world: DeskWorld;
beforeEach(async () => {
  world = await new DeskWorld().start();
});
afterEach(() => world.stop());

/** Of a day that is over. */
async function officialRace(race: RaceId): Promise<void> {
  await world.desk.create({ race, commandId: uuidv7(), setup: setup({ gates: [gate] }) }, 'mara');
  const commands: RaceCommand[] = [
    { type: 'open' },
    { type: 'close' },
    { type: 'declare-official', overrule: 'all agree' },
  ];
  for (const command of commands) {
    const { seq } = await world.desk.state(race);
    await world.desk.command(race, { commandId: uuidv7(), seen: seq, command }, 'mara');
  }
}

/** In this process, whatever other tests in it keep. */
const all = () => queryObjects(LoadedRace, { format: 'count' });

it('somebody looks at the logs of twenty races that are over: as many stay in memory as there is room for, and all can be read', async () => {
  await world.stop();
  world = await new DeskWorld({ mostBytes: 30_000 }).start();
  const others = all();
  const inMemory = () => all() - others;
  const races = Array.from({ length: 20 }, (_, number) => `day-${number}` as RaceId);
  for (const race of races) await officialRace(race);
  await world.restart();
  expect(inMemory()).toBeLessThanOrEqual(0);
  const heard: number[] = [];
  const leave = await world.desk.follow(races[0] as RaceId, 0, ({ records }) => heard.push(records.length));
  for (const race of [...races, ...races]) {
    expect((await world.desk.state(race)).phase).toBe('official');
    expect((await world.desk.log(race, 0, 100)).records).toHaveLength(4);
  }
  // And the one that somebody follows.
  expect(heard).toEqual([4]);
  expect(inMemory()).toBeGreaterThan(2);
  expect(inMemory()).toBeLessThanOrEqual(12);
  leave();
  // A hundred writes that wait for the disk.
}, 30_000);

it('a race that is open stays, however many others are looked at, and takes its crossings', async () => {
  await world.openRace();
  const runId = await world.startRun();
  for (let number = 0; number < 12; number += 1) await officialRace(`day-${number}` as RaceId);
  await world.laps(10, 10);
  expect((await world.run(runId)).laps.map(({ time }) => time)).toEqual([seconds(10), seconds(10)]);
});

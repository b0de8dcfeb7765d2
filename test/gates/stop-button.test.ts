import { execFileSync } from 'node:child_process';
import { closeSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { type StandIn, standIn, withPath } from '@pitwall/controller/testing/gpiomon-program';
import type { CarOverview } from '@pitwall/protocol/api';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { HandDrivenCar } from '../car/hand-driven.js';
import { TrackDay } from '../race/track-day.js';
import { startGate } from './gate-process.js';

let day: TrackDay;
let car: HandDrivenCar;
let ends: (() => Promise<void>)[];
let pedal: string;

beforeEach(async () => {
  ends = [];
  day = await TrackDay.open();
  ends.push(() => day.close());
  car = await HandDrivenCar.at(day, 'red', await day.token('crew', 'carla'));
  ends.push(() => car.stop());
  await car.start();
}, 120_000);
afterEach(async () => {
  for (const end of ends.reverse()) await end();
}, 60_000);

/** A gate process that reads a foot switch where the kernel would give it, and nothing else. */
async function startButton(): Promise<void> {
  pedal = join(day.folder, 'event0');
  execFileSync('mkfifo', [pedal]);
  // A pipe without a writer has ended; a keyboard has not.
  const held = openSync(pedal, 'r+');
  ends.push(async () => closeSync(held));
  const profile = join(day.folder, 'pedal.yaml');
  writeFileSync(
    profile,
    JSON.stringify({
      schema: 1,
      name: 'pedal',
      description: 'The marshal’s foot switch.',
      sensor: 'button',
      adapter: { kind: 'evdev', device: pedal, key: 48 },
      stop: { sensors: [0] },
      holdoff: 1_000_000,
      repeatability: 20_000,
      source: 'no lap is timed by it',
    }),
  );
  ends.push(await startGate(day, 'pedal', profile));
}

/** Where nothing but a line of a GPIO chip is: as gpiomon 2 prints it, in the profile that is shipped for such a button. */
async function startLine(): Promise<StandIn> {
  const gpiomon = await standIn(day.folder, 2);
  ends.push(async () => gpiomon.close());
  ends.push(await startGate(day, 'pedal', 'stop-button-gpiomon', withPath(gpiomon.folder)));
  await gpiomon.next();
  return gpiomon;
}

/** `struct input_event` of a 64-bit kernel (include/uapi/linux/input.h): pressed and let go. */
function press(): void {
  const events = Buffer.alloc(4 * 24);
  for (const [index, value] of [1, 0].entries()) {
    events.writeUInt16LE(1, index * 48 + 16);
    events.writeUInt16LE(48, index * 48 + 18);
    events.writeInt32LE(value, index * 48 + 20);
  }
  const key = openSync(pedal, 'w');
  writeSync(key, events);
  closeSync(key);
}

it('a foot on the switch stops the car that drives, and it stays stopped until somebody clears it', async () => {
  await startButton();
  await car.drive();
  press();
  expect(await car.motor.neutral()).toBeDefined();
  await expect
    .poll(async () => ((await day.get('/api/v1/cars')) as { cars: CarOverview[] }).cars)
    .toMatchObject([{ car: 'red', state: { safety: 'faulted' }, eStop: { by: 'gate pedal', answered: 'stopped' } }]);
  await expect(car.command({ type: 'arm', manual: true })).rejects.toThrow(/by gate pedal holds car red/);
  expect(await day.get('/api/v1/gates')).toMatchObject({ gates: [{ gate: 'pedal', crossings: 0 }] });
  await car.drive();
  // And once more, also while the hand still pushes.
  press();
  expect(await car.motor.neutral()).toBeDefined();
});

it('a button at a line of a GPIO chip stops the car that drives, when its wire opens', async () => {
  const gpiomon = await startLine();
  await car.drive();
  gpiomon.edge(27, 1, process.hrtime.bigint());
  expect(await car.motor.neutral()).toBeDefined();
  await expect
    .poll(async () => ((await day.get('/api/v1/cars')) as { cars: CarOverview[] }).cars)
    .toMatchObject([{ car: 'red', state: { safety: 'faulted' }, eStop: { by: 'gate pedal', answered: 'stopped' } }]);
});

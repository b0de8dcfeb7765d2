import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { fill, smallDisk, unmountAll } from '@pitwall/runtime/testing';
import { afterEach, expect, it } from 'vitest';
import { car, DeskWorld, race, seconds } from '../../../testing/desk-world.js';
import { EStops } from '../index.js';

let world: DeskWorld | undefined;
afterEach(async () => {
  await world?.stop();
  world = undefined;
  unmountAll();
});

interface FullDisk {
  readonly world: DeskWorld;
  /** What the process said of the disk. */
  readonly lines: { error?: string; tries?: number }[];
  /** How often it could not be written. */
  readonly failures: () => number;
  /** Resolves when it could not be written once more. */
  readonly failsAgain: () => Promise<void>;
  /** A run is going and the disk is full. */
  readonly fillUp: () => Promise<() => void>;
}

/** A desk over a small disk of its own; undefined where nobody lets us mount one. */
async function onSmallDisk(): Promise<FullDisk | undefined> {
  const folder = smallDisk();
  if (folder === undefined) return undefined;
  const lines: FullDisk['lines'] = [];
  const note = (details: object) => void lines.push(details);
  const log = { info: () => undefined, warn: note, error: note };
  const made = new DeskWorld({ log }, join(folder, 'pitwall.db'));
  world = await made.start();
  let failures = 0;
  let heard: () => void = () => undefined;
  made.desk.watchStorage(({ ok }) => {
    if (!ok) failures += 1;
    heard();
  });
  const failsAgain = () =>
    new Promise<void>((resolve) => {
      heard = () => resolve();
    });
  const fillUp = async () => {
    const ballast = fill(folder);
    // The log of the database has some room of its own left: an e-stop's test is a record that changes nothing.
    while (made.desk.storage.ok) await made.give({ type: 'test-e-stop', car }).catch(() => undefined);
    failures = 0;
    lines.length = 0;
    return () => rmSync(ballast);
  };
  return { world: made, lines, failures: () => failures, failsAgain, fillUp };
}

it('time is up on a full disk: the car is stopped once, nothing loops, and with room the run ended when its time was up', async () => {
  const disk = await onSmallDisk();
  if (disk === undefined) return;
  const { cars, time, desk } = disk.world;
  await disk.world.openRace();
  const runId = await disk.world.startRun();
  await disk.world.laps(10);
  const makeRoom = await disk.fillUp();
  const { deadline } = await disk.world.run(runId);
  cars.orders.length = 0;

  const late = disk.failsAgain();
  time.pass(seconds(60));
  await late;
  expect(cars.orders).toEqual([`stop ${car}`]);
  expect(desk.storage).toMatchObject({ ok: false, message: expect.stringMatching(/^disk full: .*SQLITE_FULL/) });

  // Ten minutes, in which each try fails before the next is due.
  for (let second = 0; second < 600; second += 8) {
    const failed = disk.failsAgain();
    time.pass(seconds(8));
    await failed;
  }
  expect(disk.failures()).toBeLessThanOrEqual(85);
  expect(disk.lines.length).toBeGreaterThanOrEqual(9);
  expect(disk.lines.length).toBeLessThanOrEqual(11);
  expect(disk.lines.at(-1)).toMatchObject({ error: expect.stringContaining('disk full') });
  expect(cars.orders).toEqual([`stop ${car}`]);
  expect(await disk.world.run(runId)).toMatchObject({ phase: 'running' });

  makeRoom();
  const written = disk.world.heard('time-expired');
  time.pass(seconds(8));
  expect((await written).event).toMatchObject({ deadline });
  const answered = await disk.world.heard('car-answered', (event) => 'command' in event && event.command === 'stop');
  expect(answered.event).toMatchObject({ runId, outcome: 'done' });
  expect(await disk.world.run(runId)).toMatchObject({ phase: 'over', clock: { elapsed: seconds(60) } });
  expect(cars.orders.filter((order) => order.startsWith('start'))).toEqual([]);
});

it('a red flag on a full disk stops the car each time it is given, and its refusal says so and why', async () => {
  const disk = await onSmallDisk();
  if (disk === undefined) return;
  await disk.world.openRace();
  const runId = await disk.world.startRun();
  const makeRoom = await disk.fillUp();
  disk.world.cars.orders.length = 0;
  for (const times of [1, 2]) {
    await expect(disk.world.give({ type: 'red-flag', runId })).rejects.toMatchObject({
      code: 'store-unavailable',
      message: expect.stringMatching(/disk full: .*SQLITE_FULL.*Told to stop all the same: blue\. Make room/),
    });
    expect(disk.world.cars.orders).toEqual(Array(times).fill(`stop ${car}`));
  }
  await expect(disk.world.give({ type: 'e-stop', car })).rejects.toMatchObject({
    code: 'store-unavailable',
    message: expect.stringMatching(/^The e-stop was sent to blue\./),
  });
  expect(disk.world.cars.orders.at(-1)).toBe(`e-stop ${car}`);

  makeRoom();
  disk.world.time.pass(seconds(8));
  // The flag is not in the log, and the car is not told to go: that is for a person.
  await disk.world.heard('car-answered', (event) => 'command' in event && event.command === 'stop');
  expect(await disk.world.run(runId)).toMatchObject({ phase: 'running' });
  expect(disk.world.cars.orders.filter((order) => order.startsWith('start'))).toEqual([]);
  await disk.world.give({ type: 'red-flag', runId });
  expect(await disk.world.run(runId)).toMatchObject({ phase: 'paused', pausedBy: 'red-flag' });
});

it('a countdown that ends on a full disk starts no car when there is room again', async () => {
  const disk = await onSmallDisk();
  if (disk === undefined) return;
  const { cars, time } = disk.world;
  await disk.world.openRace({ rules: { name: 'test', start: 'countdown' } });
  const runId = await disk.world.startRun();
  const makeRoom = await disk.fillUp();
  cars.orders.length = 0;
  const failed = disk.failsAgain();
  time.pass(seconds(20));
  await failed;
  makeRoom();
  const paused = disk.world.heard('paused');
  time.pass(seconds(8));
  expect((await paused).event).toMatchObject({ runId, by: 'red-flag' });
  expect(cars.orders.filter((order) => order.startsWith('start'))).toEqual([]);
});

it('an e-stop is in force on a full disk, told of once a minute whatever the car says, and is written when there is room', async () => {
  const disk = await onSmallDisk();
  if (disk === undefined) return;
  const { time, desk, store } = disk.world;
  await disk.world.openRace();
  await disk.world.startRun();
  const makeRoom = await disk.fillUp();
  let heard: () => void = () => undefined;
  const said: string[] = [];
  const note = (_details: object, message: string) => {
    said.push(message);
    heard();
  };
  const { clock, epoch, timers } = time;
  // A write that fails is over when its next try waits.
  let wait: () => void = () => undefined;
  let tries = 0;
  const watched = {
    ...timers,
    set: (action: () => void, ms: number) => {
      tries += 1;
      wait();
      return timers.set(action, ms);
    },
  };
  const eStops = new EStops({ store, clock, epoch, timers: watched, log: { info: note, warn: note, error: note } });
  const failsAgain = () =>
    new Promise<void>((resolve) => {
      wait = resolve;
    });
  let failed = failsAgain();
  eStops.pressed(car, 'mara');
  await failed;
  for (let second = 0; second < 600; second += 8) {
    failed = failsAgain();
    time.pass(seconds(8));
    await failed;
    desk.carMoves(car, {
      driving: second % 16 === 0,
      safety: 'faulted',
      reason: 'e-stop',
      runSpeed: null,
      scale: null,
      at: { bootId: time.bootId, at: time.now() },
    });
    await disk.failsAgain();
  }
  expect(eStops.of(car)).toMatchObject({ by: 'mara' });
  expect(tries).toBeLessThanOrEqual(160);
  expect(said.length).toBeGreaterThanOrEqual(9);
  expect(said.length).toBeLessThanOrEqual(11);
  // The desk's own lines, of the same ten minutes.
  expect(disk.lines.length).toBeLessThanOrEqual(11);

  makeRoom();
  const works = new Promise<void>((resolve) => {
    heard = resolve;
  });
  time.pass(seconds(8));
  await works;
  expect(said.at(-1)).toBe('emergency stops can be written again');
  const after = new EStops({ store, clock, epoch, timers, log: { info: note, warn: note, error: note } });
  await after.start();
  expect(after.of(car)).toEqual(eStops.of(car));
});

it('with a deadline passed, a full disk costs next to no processor time', async () => {
  const disk = await onSmallDisk();
  if (disk === undefined) return;
  await disk.world.openRace();
  await disk.world.startRun();
  await disk.fillUp();
  // The same desk in real time: each timer that is due fires at once, as it would in 10 s of standing there.
  const before = process.cpuUsage();
  const failed = disk.failsAgain();
  disk.world.time.pass(seconds(60));
  await failed;
  for (let tenth = 1; tenth < 1000; tenth += 1) {
    disk.world.time.pass(10_000);
    await new Promise((resolve) => setImmediate(resolve));
  }
  const { user, system } = process.cpuUsage(before);
  expect(disk.failures()).toBeGreaterThan(0);
  expect(disk.failures()).toBeLessThanOrEqual(8);
  expect(disk.lines).toHaveLength(1);
  expect((user + system) / 10_000_000).toBeLessThan(0.1);
  expect((await disk.world.desk.log(race, 0, 1)).seq).toBeGreaterThan(0);
});

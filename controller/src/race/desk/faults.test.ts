import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fill, smallDisk, unmountAll } from '@pitwall/runtime/testing';
import { afterEach, expect, it } from 'vitest';
import { car, DeskWorld, race, seconds } from '../../../testing/desk-world.js';

let world: DeskWorld | undefined;
afterEach(async () => {
  await world?.stop();
  world = undefined;
  unmountAll();
});

it('a full disk is told at once; crossings are held, nothing is confirmed, and with room nothing is lost', async () => {
  const folder = smallDisk();
  if (folder === undefined) return;
  world = await new DeskWorld({}, join(folder, 'pitwall.db')).start();
  await world.openRace();
  const runId = await world.startRun();
  await world.laps(10);
  const told: boolean[] = [];
  const full = new Promise<void>((resolve) => {
    world?.desk.watchStorage(({ ok }) => {
      told.push(ok);
      if (!ok) resolve();
    });
  });
  const ballast = fill(folder);

  const held: Promise<void>[] = [];
  const acknowledged: number[] = [];
  // The log of the database has some room of its own left: it takes a few more.
  for (let lap = 0; lap < 200 && told.length === 0; lap += 1) {
    world.time.pass(seconds(5));
    const recording = world.cross();
    held.push(recording.then(() => void acknowledged.push(lap)));
    await Promise.race([recording, full]);
  }
  expect(told).toEqual([false]);
  const { laps } = await world.run(runId);
  expect(laps).toHaveLength(1 + acknowledged.length);
  await expect(world.give({ type: 'incident', runId, kind: 'reset' })).rejects.toMatchObject({
    code: 'store-unavailable',
  });
  await expect(world.give({ type: 'finish', runId })).rejects.toMatchObject({ code: 'store-unavailable' });
  expect(world.desk.storage).toMatchObject({ ok: false, held: 1 });
  expect(acknowledged).toHaveLength(held.length - 1);
  // Who stopped here would find all that was acknowledged, and nothing else.
  const copy = mkdtempSync(join(tmpdir(), 'pitwall-copy-'));
  for (const file of ['pitwall.db', 'pitwall.db-wal']) copyFileSync(join(folder, file), join(copy, file));
  const twin = await new DeskWorld({}, join(copy, 'pitwall.db')).start();
  expect((await twin.run(runId)).laps).toEqual((await world.run(runId)).laps);
  await twin.stop();

  rmSync(ballast);
  world.time.pass(seconds(8));
  await Promise.all(held);
  expect([told[0], told.at(-1)]).toEqual([false, true]);
  expect((await world.run(runId)).laps.map(({ time }) => time)).toEqual([seconds(10), ...held.map(() => seconds(5))]);
});

it('a step of the wall clock changes no lap, no deadline, and no order', async () => {
  world = await new DeskWorld().start();
  await world.openRace();
  const runId = await world.startRun();
  await world.cross();
  for (const step of [3_600_000, -7_200_000]) {
    world.time.pass(seconds(4));
    world.time.wall += step;
    world.time.pass(seconds(6));
    await world.cross();
  }
  const { deadline, laps } = await world.run(runId);
  expect(laps.map(({ time }) => time)).toEqual([seconds(10), seconds(10)]);
  expect(deadline?.at).toBe(seconds(1060));
  world.time.pass(seconds(40));
  await world.heard('time-expired');
  expect(await world.run(runId)).toMatchObject({ phase: 'over', clock: { elapsed: seconds(60) } });
  expect((await world.desk.log(race, 0, 1000)).records.map(({ seq }, index) => seq - index)).not.toContain(0);
});

it('a follower that throws hears no more; the desk, its other followers and the run go on', async () => {
  const errors: object[] = [];
  const log = { info: () => undefined, warn: () => undefined, error: (details: object) => void errors.push(details) };
  world = await new DeskWorld({ log }).start();
  await world.openRace();
  const runId = await world.startRun();
  await world.heard('car-answered');
  const { seq } = await world.state();
  const heard: string[] = [];
  const ends: unknown[] = [];
  await world.desk.follow(
    race,
    seq,
    () => {
      heard.push('broken');
      throw new Error('a defect');
    },
    (error) => ends.push(error),
  );
  await world.desk.follow(race, seq, ({ records }) => heard.push(...records.map(({ event }) => event.type)));
  let watched = 0;
  world.desk.watch(() => {
    watched += 1;
    if (watched > 1) throw new Error('another defect');
  });
  await world.laps(10, 10);
  expect((await world.run(runId)).laps.map(({ time }) => time)).toEqual([seconds(10), seconds(10)]);
  expect(heard).toEqual(['broken', 'crossing', 'crossing', 'crossing']);
  expect(ends).toEqual([new Error('a defect')]);
  expect(watched).toBe(2);
  expect(errors).toHaveLength(2);
  expect(world.desk.failedListeners).toBe(2);
});

it('a car drives, its run ends and no broker is there: it is told once, and again when it says that it drives; the desk goes on', async () => {
  world = await new DeskWorld().start();
  await world.openRace();
  const runId = await world.startRun();
  const moving = {
    driving: true,
    safety: 'driving',
    reason: null,
    scale: null,
    runSpeed: null,
    at: { bootId: world.time.bootId, at: world.time.at },
  } as const;
  world.desk.carMoves(car, moving);
  await world.heard('car-state');
  world.cars.answer = { outcome: 'silent', safety: null, message: 'no connection to the broker' };
  world.cars.orders.length = 0;
  await world.give({ type: 'finish', runId });
  await world.heard('car-answered', (event) => 'command' in event && event.command === 'stop');
  expect(world.cars.orders).toEqual([`stop ${car}`]);
  world.desk.carMoves(car, { ...moving });
  expect(world.cars.orders).toEqual([`stop ${car}`, `stop ${car}`]);
  expect((await world.run(runId)).phase).toBe('over');
});

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CarOverview } from '@pitwall/protocol/api';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { Agent } from '../drive/agent.js';
import { MotorWatch } from '../drive/motor-watch.js';
import { fullThrottleProfile, SysfsRig } from '../drive/rigs.js';
import { Line } from '../race/line.js';
import { rows } from '../race/reading-rows.js';
import { TrackDay } from '../race/track-day.js';
import { OutsideBroker } from '../race-faults/outside-broker.js';
import { missingForPages, openBrowser } from './browser.js';
import { DeskMarshal } from './desk-marshal.js';

if (missingForPages !== undefined) {
  if (process.env.CI === 'true') throw new Error(`the pages need ${missingForPages}`);
  console.log(`skipped: the rows of docs/races.md with a browser, because ${missingForPages} is missing`);
}

/** Those that decide whether the car is told to stop come first: the suite tries some, `npm run soak -- rows` all. */
const first = ['doubt', 'grace-lap', 'while-paused'];
const tried = [...first, ...Object.keys(rows).filter((row) => !first.includes(row))].slice(
  0,
  Number(process.env.PITWALL_SEQUENCES ?? first.length),
);
/** Frames a second: few, so that a busy machine hardly ever stops the car. */
const rate = 2;
/** Longer than from one setpoint to the next, ms. */
const settled = 1000;
const car = 'red';

/** A real controller, gates over MQTT, a real agent whose motor is watched in its file, and the desk by keyboard. */
describe.skipIf(missingForPages !== undefined)('a row of docs/races.md, from the gate to the wheels', () => {
  const broker = new OutsideBroker();
  const rig = new SysfsRig();
  const motor = new MotorWatch(rig);
  const folder = mkdtempSync(join(tmpdir(), 'pitwall-rows-'));
  let day: TrackDay;
  let agent: Agent;
  let browser: Browser;
  let token: string;
  let model: { hash: string; name: string };

  beforeAll(async () => {
    await Promise.all([broker.start(), rig.start()]);
    day = await TrackDay.open(broker.url);
    token = await day.token('marshal', 'mara');
    const path = join(folder, 'pictures');
    mkdirSync(path);
    writeFileSync(join(path, '1.pgm'), Buffer.concat([Buffer.from('P5\n160 120\n255\n'), Buffer.alloc(19_200, 90)]));
    agent = new Agent({
      track: { car, port: Number(new URL(broker.url).port), password: 'none' },
      profile: fullThrottleProfile(rig, { kind: 'file', path, rate }),
      over: { recorder: { when: 'never' } },
    });
    agent.start();
    await vi.waitFor(
      async () => {
        const { cars } = (await day.get('/api/v1/cars')) as { cars: CarOverview[] };
        expect(cars[0]?.telemetry?.framesPerSecond).toBeGreaterThan(0);
        model = cars[0]?.presence?.model as typeof model;
        expect(model).not.toBeNull();
      },
      { timeout: 60_000, interval: 100 },
    );
    browser = await openBrowser();
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await agent?.stop();
    await day?.close();
    await broker.kill();
    await rig.stop();
    rmSync(folder, { recursive: true, force: true });
  }, 60_000);

  it.each(tried)('%s', async (row) => {
    const where = rows[row] as (typeof rows)[string];
    // Nobody says for an older version that the car goes on, and a practice is anybody's.
    const isDriven = where.practice === undefined && !['any-car', 'version-1'].includes(row);
    const marshals: DeskMarshal[] = [];
    const line = new Line(day, row, where, (race) => {
      const place = { browser, marshal: { name: 'mara', token }, car: { id: car, model } };
      const marshal = new DeskMarshal(day, race, place, !isDriven);
      marshals.push(marshal);
      return marshal;
    });
    const [marshal] = marshals as [DeskMarshal];
    try {
      await line.begin();
      await where.happens(line);
      // The car does what its run does, and nothing else.
      const { phase } = (await marshal.run()) ?? {};
      if (isDriven && phase === 'running') expect(await drives(marshal)).toBe(true);
      else expect(await motor.neutral(settled)).toBeDefined();
    } finally {
      await line.end();
      for (const one of marshals) await one.close();
    }
    expect(await motor.neutral(settled)).toBeDefined();
    expect(marshal.faults).toEqual([]);
  });

  /** On a busy machine the car may have stopped itself; a marshal clears it. */
  async function drives({ page }: DeskMarshal): Promise<boolean> {
    for (let tries = 0; tries < 3; tries += 1) {
      if (await motor.full(60, 3000)) return true;
      await page.keyboard.press('k');
    }
    return false;
  }
});

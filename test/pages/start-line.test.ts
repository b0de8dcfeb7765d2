import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CarOverview } from '@pitwall/protocol/api';
import type { LogRecord } from '@pitwall/protocol/race';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { Agent } from '../drive/agent.js';
import { MotorWatch } from '../drive/motor-watch.js';
import { fullThrottleProfile, monotonic, SysfsRig } from '../drive/rigs.js';
import { missingForPages, openBrowser } from './browser.js';
import { Hall } from './hall.js';
import { next, openDesk } from './marshal-desk.js';
import { HandGate, now } from './track-side.js';

if (missingForPages !== undefined) {
  if (process.env.CI === 'true') throw new Error(`the pages need ${missingForPages}`);
  console.log(`skipped: the start line with a browser, because ${missingForPages} is missing`);
}

const second = 1_000_000;
/** Frames a second: few, so that a busy machine does not stop the car. Each setpoint holds for 150 ms of the 200. */
const rate = 5;
/** Longer than any car's rest between two setpoints, ms. */
const settled = 600;
const eventually = <T>(look: () => T) => expect.poll(look, { timeout: 15_000 });

/** A real controller, a gate over MQTT, a real agent whose motor is watched in its file, and the desk by keyboard. */
describe.skipIf(missingForPages !== undefined)('the start line, from the gate to the wheels', () => {
  const hall = new Hall();
  const rig = new SysfsRig();
  const motor = new MotorWatch(rig);
  const folder = mkdtempSync(join(tmpdir(), 'pitwall-start-line-'));
  let browser: Browser;
  let gate: HandGate;
  let agent: Agent;
  let model: { hash: string; name: string };

  beforeAll(async () => {
    const [gateToken, carToken] = [await hall.token('gate', 'line'), await hall.token('car', 'red')];
    hall.marshal = await hall.token('marshal', 'mara');
    await Promise.all([hall.start(), rig.start()]);
    gate = new HandGate(hall.mqtt, 'line', gateToken);
    const passwordfile = join(folder, 'password');
    writeFileSync(passwordfile, `${carToken}\n`, { mode: 0o600 });
    const pictures = join(folder, 'pictures');
    mkdirSync(pictures);
    writeFileSync(
      join(pictures, '1.pgm'),
      Buffer.concat([Buffer.from('P5\n160 120\n255\n'), Buffer.alloc(19_200, 90)]),
    );
    agent = new Agent({
      track: { car: 'red', port: Number(new URL(hall.mqtt).port), password: carToken },
      profile: fullThrottleProfile(rig, { kind: 'file', path: pictures, rate }),
      over: { recorder: { when: 'never' }, link: { url: hall.mqtt, passwordfile, after: 20_000 } },
    });
    agent.start();
    await vi.waitFor(
      async () => {
        const { cars } = (await (await fetch(`${hall.url}/api/v1/cars`)).json()) as { cars: CarOverview[] };
        const [about] = cars;
        expect(about?.telemetry?.framesPerSecond).toBeGreaterThan(0);
        model = about?.presence?.model as typeof model;
        expect(model).not.toBeNull();
      },
      { timeout: 60_000, interval: 100 },
    );
    browser = await openBrowser();
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await gate?.stop();
    await agent?.stop();
    await hall.stop();
    await rig.stop();
    rmSync(folder, { recursive: true, force: true });
  }, 60_000);

  /** A race of three laps of a second, with one racer; the desk from the call to the start, by Enter alone. */
  async function start(race: string): Promise<{ page: Page; faults: string[]; close: () => Promise<void> }> {
    const plausible = { min: 200_000, max: 60_000_000 };
    const rules = {
      name: 'Test rules',
      start: 'key',
      timeLimit: null,
      lapLimit: 3,
      plausible,
      holdoff: 50_000,
    } as const;
    const setup = { name: race, track: { id: 'oval', version: 1 }, gates: ['line'], leaderboard: null, rules };
    await hall.createRace({ race, commandId: crypto.randomUUID(), setup });
    await hall.give(race, { type: 'open' });
    await hall.give(race, { type: 'enter', entry: { racer: 'ann', alias: 'Ann', car: 'red', models: [model] } });
    await hall.give(race, { type: 'queue', racer: 'ann' });
    await hall.give(race, { type: 'test-e-stop', car: 'red' });
    const desk = await openDesk(browser, hall, race);
    for (const step of ['Call Ann', 'Stage the car', 'Check and make ready', 'Start']) {
      await next(desk.page, step);
      await desk.page.keyboard.press('Enter');
    }
    expect(await motor.full(60, 10_000)).toBe(true);
    return desk;
  }

  const told = async (race: string) =>
    ((await (await fetch(`${hall.url}/api/v1/races/${race}/log`)).json()) as { records: LogRecord[] }).records.flatMap(
      ({ event }) => (event.type === 'car-answered' ? [event.command] : []),
    );
  const phase = async (race: string) => {
    const { phase: is, pausedBy } = (await hall.state(race)).runs[0] ?? {};
    return [is, pausedBy];
  };
  const openAgain = (page: Page) => page.getByText('The run is open again: Go on (P) when the car is on the track');

  it('a lap that was none, a red flag and an end that are undone start no car that somebody holds; P does', async () => {
    const race = 'held';
    const { page, faults, close } = await start(race);
    const from = now();
    await eventually(now).toBeGreaterThan(from + 3 * second);
    for (const at of [0, 1, 2, 3]) await gate.cross(from + at * second);
    await next(page, 'Confirm the result');
    expect(await motor.neutral(settled)).toBeDefined();

    /** Whatever the desk does now, the car stays where somebody holds it, until P. */
    async function corrects(key: string): Promise<void> {
      const before = await told(race);
      const at = monotonic();
      await page.keyboard.press(key);
      await openAgain(page).first().waitFor();
      expect(await phase(race)).toEqual(['paused', 'correction']);
      expect(await motor.neutral(settled)).toBeLessThan(at);
      expect(motor.movedAt).toBeLessThan(at);
      expect(await told(race)).toEqual(before);
    }
    async function goesOn(): Promise<void> {
      await page.keyboard.press('p');
      await eventually(() => phase(race)).toEqual(['running', null]);
      expect(await motor.full(60, 10_000)).toBe(true);
    }

    // The last lap was none.
    await corrects('i');
    await goesOn();
    for (const [key, label] of [
      ['f', 'Go on'],
      ['x', 'Confirm the result'],
    ] as const) {
      await page.keyboard.press(key);
      await next(page, label);
      expect(await motor.neutral(settled)).toBeDefined();
      await corrects('u');
      await goesOn();
    }
    await page.keyboard.press('x');
    await next(page, 'Confirm the result');
    expect(await motor.neutral(settled)).toBeDefined();
    expect((await told(race)).filter((command) => command === 'start')).toHaveLength(4);
    expect(faults).toEqual([]);
    await close();
  });
});

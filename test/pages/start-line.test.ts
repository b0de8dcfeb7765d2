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
/** Frames a second: few, so that a busy machine hardly ever stops the car. A setpoint holds for 150 ms. */
const rate = 2;
/** Longer than from one setpoint to the next, ms. */
const settled = 1000;
const eventually = <T>(look: () => T) => expect.poll(look, { timeout: 60_000 });

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

  /** A race of laps of a second, with one racer; the desk from the call to the start, by Enter alone. */
  async function start(
    race: string,
    lapLimit: number | null,
  ): Promise<{ page: Page; faults: string[]; close: () => Promise<void> }> {
    const plausible = { min: 200_000, max: 60_000_000 };
    const rules = {
      name: 'Test rules',
      start: 'key',
      timeLimit: null,
      lapLimit,
      plausible,
      holdoff: 50_000,
    } as const;
    const setup = { name: race, track: { id: 'oval', version: 1 }, gates: ['line'], leaderboard: null, rules };
    await hall.createRace({ race, commandId: crypto.randomUUID(), setup });
    await hall.give(race, { type: 'open' });
    await hall.give(race, { type: 'enter', entry: { racer: 'ann', alias: 'Ann', car: 'red', models: [model] } });
    await hall.give(race, { type: 'queue', racer: 'ann' });
    // A busy machine may hold up its answer once.
    await vi.waitFor(() => hall.give(race, { type: 'test-e-stop', car: 'red' }), { timeout: 60_000, interval: 100 });
    const desk = await openDesk(browser, hall, race);
    for (const step of ['Call Ann', 'Stage the car', 'Check and make ready', 'Start']) {
      await next(desk.page, step);
      await desk.page.keyboard.press('Enter');
    }
    await drives(desk.page);
    return desk;
  }

  /** On a busy machine the car may have stopped itself once more; a marshal clears it. */
  async function drives(page: Page): Promise<void> {
    for (let tries = 0; tries < 5; tries += 1) {
      if (await motor.full(60, 3_000)) return;
      await page.keyboard.press('k');
    }
    throw new Error(`the car does not drive:\n${agent.output.slice(-2000)}`);
  }

  /** Ends the run, and gives the gate free for another race. */
  async function ends(page: Page, race: string): Promise<void> {
    await page.keyboard.press('x');
    await next(page, 'Confirm the result');
    expect(await motor.neutral(settled)).toBeDefined();
    const { current } = await hall.state(race);
    await hall.give(race, { type: 'discard', runId: current as string, reason: 'enough' });
  }

  /** The crew's stop of the car alone. */
  async function stop(): Promise<void> {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${hall.marshal}` };
    const body = JSON.stringify({ action: { type: 'stop' } });
    await fetch(`${hall.url}/api/v1/cars/red/commands`, { method: 'POST', headers, body });
  }

  const records = async (race: string) =>
    ((await (await fetch(`${hall.url}/api/v1/races/${race}/log`)).json()) as { records: LogRecord[] }).records;
  const told = async (race: string) =>
    (await records(race)).flatMap(({ event }) => (event.type === 'car-answered' ? [event.command] : []));
  const phase = async (race: string) => {
    const { phase: is, pausedBy } = (await hall.state(race)).runs[0] ?? {};
    return [is, pausedBy];
  };
  const openAgain = (page: Page) => page.getByText('The run is open again: Go on (P) when the car is on the track');

  /** Seconds of each lap, with what is the matter with it. */
  const lapsOf = async (race: string) =>
    (await hall.state(race)).runs[0]?.laps.map(({ measured, doubt, valid, marks, offTracks }) =>
      [
        ((measured ?? 0) / second).toFixed(1),
        doubt ?? '',
        valid || doubt !== null ? '' : 'void',
        ...marks,
        offTracks > 0 ? 'off-track' : '',
      ]
        .filter((word) => word !== '')
        .join(' '),
    );

  it('a lap that was none, a red flag and an end that are undone start no car that somebody holds; P does', async () => {
    const race = 'held';
    const { page, faults, close } = await start(race, 3);
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
      await drives(page);
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
    await ends(page, race);
    expect(faults).toEqual([]);
    await close();
  });

  it('laps in doubt and a missed crossing are put right by one key each, while the car drives', async () => {
    const race = 'doubts';
    const { page, faults, close } = await start(race, null);
    const laps = () => lapsOf(race);
    const button = (action: string) => page.locator(`[data-action=${action}]`);
    const from = now();
    await eventually(now).toBeGreaterThan(from + 7 * second);
    for (const at of [0, 1, 2, 4, 5, 5.5, 6, 7]) await gate.cross(from + at * second);
    const read = ['1.0', '1.0', '2.0 missed-crossing', '1.0', '0.5 half-lap', '0.5 half-lap', '1.0'];
    await eventually(laps).toEqual(read);

    const list = page.getByTestId('doubts');
    await list.getByRole('button', { name: 'Counts: lap 6' }).waitFor();
    await page.keyboard.press('v');
    await eventually(laps).toEqual([...read.slice(0, 5), '0.5 edited', '1.0']);
    await list.getByRole('button', { name: 'Counts: lap 6' }).waitFor({ state: 'detached' });
    await page.keyboard.press('n');
    await eventually(laps).toEqual([...read.slice(0, 4), '0.5 void edited', '0.5 edited', '1.0']);
    // A key means what the page shows.
    await eventually(() => list.getByRole('listitem').count()).toBe(0);
    for (const lap of [5, 6]) {
      await page.keyboard.press('u');
      await list.getByRole('button', { name: `Counts: lap ${lap}` }).waitFor();
    }
    await eventually(laps).toEqual(read);
    // The crossing that may be none, not the latest one.
    await button('ignore')
      .getByText(/, lap 6$/)
      .waitFor();
    await page.keyboard.press('i');
    await eventually(laps).toEqual([...read.slice(0, 4), '1.0', '1.0']);

    await button('split')
      .getByText(/, lap 3$/)
      .waitFor();
    await page.keyboard.press('m');
    await page.getByLabel('Into how many laps').waitFor();
    // It asks first; Escape asks no more.
    await page.keyboard.press('Escape');
    await page.getByLabel('Into how many laps').waitFor({ state: 'detached' });
    await page.keyboard.press('m');
    await page.getByLabel('Into how many laps').waitFor();
    await page.keyboard.press('Enter');
    await eventually(laps).toEqual(['1.0', '1.0', '1.0 split', '1.0 split', '1.0', '1.0', '1.0']);

    await ends(page, race);
    expect(faults).toEqual([]);
    await close();
  });

  it('an incident noted too late belongs to the lap before by B, and who carries a car that stands over the line drives no lap', async () => {
    const race = 'hands';
    const { page, faults, close } = await start(race, null);
    const laps = () => lapsOf(race);
    const opened = now();
    await gate.cross(opened);
    await eventually(now).toBeGreaterThan(opened + second);
    await drives(page);
    await gate.cross();
    await page.keyboard.press('o');
    await page.locator('[data-action=lap-before]').getByText('Off-track, to lap 1').waitFor();
    await page.keyboard.press('b');
    await eventually(async () => (await laps())?.at(-1)).toMatch(/off-track$/);

    // By its own word it stands: who carries it over the line drives no lap. K sends it on.
    await stop();
    const stands = () => records(race).then((all) => all.findLast(({ event }) => event.type === 'car-state'));
    await eventually(async () => (await stands())?.event).toMatchObject({ driving: false });
    const since = (await stands())?.at.at ?? 0;
    await eventually(now).toBeGreaterThan(since + 2.1 * second);
    const before = await laps();
    await gate.cross();
    await eventually(async () => (await hall.state(race)).runs[0]?.crossings.at(-1)?.use).toBe('not-driven');
    expect(await laps()).toEqual(before);
    await page.keyboard.press('k');
    await drives(page);
    await ends(page, race);
    expect(faults).toEqual([]);
    await close();
  });
});

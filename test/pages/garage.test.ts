import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CarAction } from '@pitwall/protocol/messages';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Agent } from '../drive/agent.js';
import { isNeutral, type MotorSample, neutralMicros, SysfsRig } from '../drive/rigs.js';
import { watchedCar } from '../drive/watched-car.js';
import { KernelTree } from '../hardware/kernel-tree.js';
import { missingForPages, openBrowser, openPage, wholeBrowser } from './browser.js';
import { Hall } from './hall.js';

if (missingForPages !== undefined) {
  if (process.env.CI === 'true') throw new Error(`the pages need ${missingForPages}`);
  console.log(`skipped: the garage in a browser, because ${missingForPages} is missing`);
}

const eventually = <T>(look: () => T) => expect.poll(look, { timeout: 60_000, interval: 5 });
const phone = { width: 390, height: 844 };

/** A real agent on a car whose outputs and IMU are files, and the pit crew’s pages of a real controller. */
describe.skipIf(missingForPages !== undefined)('the garage in a browser, with a real car', () => {
  const hall = new Hall();
  const rig = new SysfsRig();
  const tree = new KernelTree();
  const folder = mkdtempSync(join(tmpdir(), 'pitwall-garage-'));
  const calibration = join(folder, 'calibration.json');
  let browser: Browser;
  let agent: Agent;
  let crew = '';
  /** Since when the motor turns, and for how long so far, µs. */
  let turns: { readonly since: number; readonly micros: number } | undefined;
  const watch = (sample: MotorSample) => {
    const since = turns?.since ?? sample.at;
    turns = isNeutral(sample) ? undefined : { since, micros: sample.at - since };
  };
  /** Until it has turned for so long without a pause, µs; a busy machine may need a second try. */
  const turnsFor = (micros: number) => eventually(() => turns?.micros ?? 0).toBeGreaterThan(micros);

  // A plain file keeps the tail of a longer number after the line.
  const duty = (channel: number) =>
    Number.parseInt(readFileSync(join(rig.root, `pwm/pwmchip0/pwm${channel}/duty_cycle`), 'utf8'), 10);
  /** ns at steering and motor, sooner or later. */
  const outputs = (steering: number, throttle: number) =>
    eventually(() => [duty(1), duty(0)]).toEqual([steering, throttle]);
  const neutral = neutralMicros * 1000;

  beforeAll(async () => {
    const carToken = await hall.token('car', 'red');
    crew = await hall.token('crew', 'cleo');
    hall.marshal = await hall.token('marshal', 'mara');
    tree.plugImu();
    await Promise.all([hall.start(), rig.start()]);
    rig.onMotor = watch;
    const track = { car: 'red', port: Number(new URL(hall.mqtt).port), password: carToken };
    agent = new Agent({
      track,
      profile: watchedCar(rig, {
        camera: { kind: 'simulated', rate: 15 },
        imu: { kind: 'iio', name: 'bmi160', mounting: { forward: 'x', left: '-y', up: '-z' }, root: tree.iio },
      }),
      model: false,
      over: { calibration },
    });
    agent.start();
    browser = await openBrowser(wholeBrowser);
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await agent?.stop();
    await hall.stop();
    await rig.stop();
    tree.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  /** A command that the car does, or refuses. */
  async function order(action: CarAction): Promise<void> {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${crew}` };
    await fetch(`${hall.url}/api/v1/cars/red/commands`, { method: 'POST', headers, body: JSON.stringify({ action }) });
  }

  async function bench(desk: string, viewport = phone) {
    // Whatever the test before left it in.
    for (const type of ['stop', 'clear'] as const) await order({ type });
    const opened = await openPage(browser, viewport);
    const { page } = opened;
    await page.goto(`${hall.url}/cars/red`);
    await page.getByLabel('Token').fill(crew);
    await page.keyboard.press('Enter');
    await state(page, 'Stands, disarmed');
    await page.getByRole('button', { name: desk, exact: true }).click();
    await page.getByRole('region', { name: desk }).waitFor();
    expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBe(0);
    return opened;
  }
  const press = (page: Page, name: string | RegExp) => page.getByRole('button', { name }).click();
  const state = (page: Page, text: string) => eventually(() => page.locator('p[data-tone]').textContent()).toBe(text);
  /** Pressed again while the car's outputs come back from a calibration: it refuses until they answer. */
  const arm = (page: Page) =>
    expect
      .poll(
        async () => {
          await press(page, 'Arm by hand').catch(() => undefined);
          await page.getByText('hold the pad').or(page.getByText('The car is not ready')).first().waitFor();
          return await page.getByText('hold the pad').count();
        },
        { timeout: 60_000, interval: 300 },
      )
      .toBe(1);
  /**
   * Keys that are held until the outputs are these. A page that had no answer for a second counts the hand as gone, and says so; as
   * anybody would, the hand lets go then, and takes hold anew.
   */
  async function holds(page: Page, keys: readonly string[], steering: number, throttle: number): Promise<void> {
    const driving = page.getByText('DRIVING BY HAND', { exact: false });
    for (const key of keys) await page.keyboard.down(key);
    await expect
      .poll(
        async () => {
          if ((await driving.count()) === 0) {
            for (const key of keys) await page.keyboard.up(key);
            for (const key of keys) await page.keyboard.down(key);
          }
          return [duty(1), duty(0)];
        },
        { timeout: 30_000, interval: 20 },
      )
      .toEqual([steering, throttle]);
  }
  /** As when another tab or application comes before it. */
  const hide = (page: Page) =>
    page.evaluate(`Object.defineProperty(document, 'visibilityState', { value: 'hidden', configurable: true });
      document.dispatchEvent(new Event('visibilitychange'))`);

  it('shows a spectator how the cars are, and nothing to press', async () => {
    const { page, faults, close } = await openPage(browser, phone);
    await page.goto(`${hall.url}/cars`);
    await page.getByRole('region', { name: 'red' }).getByText('disarmed').waitFor();
    expect(await page.getByRole('button', { name: /STOP|Identify|Clear/ }).count()).toBe(0);
    expect(await page.getByRole('link', { name: /Drive, calibrate/ }).count()).toBe(0);
    await page.goto(`${hall.url}/cars/red`);
    await page.getByLabel('Token').waitFor();
    expect(await page.getByRole('button', { name: /STOP|Drive|Calibrate|Recordings/ }).count()).toBe(0);
    expect(faults).toEqual([]);
    await close();
  });

  it('calibrates a car live, with the motor only while a hand holds, and keeps every version', async () => {
    const { page, faults, asked } = await bench('Calibrate');
    const begin = page.getByRole('button', { name: 'Begin' });
    expect(await begin.isDisabled()).toBe(true);
    await page.getByLabel('All wheels are in the air').check();
    await begin.click();
    await press(page, '+ 10');
    await outputs(1_460_000, neutral);
    await press(page, 'Next: Left');
    await outputs(1_700_000, neutral);
    // Nobody looks: the wheels go back, by the new centre.
    await hide(page);
    await outputs(1_460_000, neutral);

    await press(page, 'Forward');
    const hold = page.getByRole('button', { name: 'Hold: the motor turns' });
    await hold.hover();
    await page.mouse.down();
    await outputs(1_460_000, 1_405_500);
    // The car waits for half a second; the page renews it for longer than that.
    await turnsFor(1_200_000);
    await page.mouse.up();
    await outputs(1_460_000, neutral);

    await page.mouse.down();
    await outputs(1_460_000, 1_405_500);
    await page.context().setOffline(true);
    await outputs(1_460_000, neutral);
    await page.getByText('The controller does not answer.').waitFor();
    await page.context().setOffline(false);
    await page.mouse.up();

    await press(page, /Turns the wrong way/);
    await eventually(() => page.getByTestId('polarity').textContent()).toBe('polarity 1');
    await press(page, 'Save');
    await page.getByText('Saved as version 1, and in force.').waitFor();
    expect(JSON.parse(readFileSync(calibration, 'utf8'))).toMatchObject({
      who: 'cleo',
      steering: { mid: 1_460_000 },
      motor: { polarity: 1 },
    });

    const [saved] = await Promise.all([page.waitForEvent('download'), press(page, 'Save as calibration.json')]);
    const stock = JSON.parse(readFileSync(await saved.path(), 'utf8'));
    expect(stock).toMatchObject({ Calibration: { Servo: { mid: 1_460_000 }, version: 1 } });
    stock.Calibration.Servo.mid = 1_470_000;
    const bring = (text: string) =>
      page
        .getByLabel('A stock car’s calibration.json')
        .setInputFiles({ name: 'calibration.json', mimeType: 'application/json', buffer: Buffer.from(text) });
    await bring('{"Calibration": {}}');
    await page.getByRole('alert').filter({ hasText: 'The calibration that was sent' }).waitFor();
    await bring(JSON.stringify(stock));
    await page.getByText('Imported as version 2, and in force.').waitFor();
    await outputs(1_470_000, neutral);
    await press(page, 'Go back to 1');
    await page.getByText('Version 1 is in force again, as version 3.').waitFor();
    await outputs(1_460_000, neutral);
    await eventually(() => page.getByTestId('versions').locator('li').count()).toBe(3);

    await page.getByLabel('All wheels are in the air').check();
    await begin.click();
    await press(page, /^Left/);
    await outputs(1_700_000, neutral);
    await page.keyboard.press('F9');
    await state(page, 'Stopped: emergency stop. Look at it, then Clear.');
    await outputs(1_460_000, neutral);
    await press(page, 'Clear');
    // Whoever closes the page is through with it: the car is free for others at once.
    await page.getByLabel('All wheels are in the air').check();
    await begin.click();
    await press(page, /^Right/);
    await outputs(1_200_000, neutral);
    expect(faults).toEqual([]);
    expect(asked.filter((url) => url.includes(crew))).toEqual([]);
    await page.context().close();
    await outputs(1_460_000, neutral);
  });

  it('drives a car by hand while a key or a finger holds, and stops it with one key', async () => {
    const { page, faults } = await bench('Drive');
    // Whatever it was calibrated to.
    const straight = duty(1);
    await arm(page);
    const forward = 1_446_000 + 0.2 * (1_603_500 - 1_446_000);
    await holds(page, ['ArrowUp'], straight, forward);
    await holds(page, ['ArrowUp', 'a'], 1_700_000, forward);
    // The car waits for 300 ms.
    await turnsFor(800_000);
    await page.keyboard.up('a');
    await outputs(straight, forward);
    await page.keyboard.up('ArrowUp');
    await outputs(straight, neutral);
    await state(page, 'Stopped: the hand let go');

    await press(page, '50 %');
    const pad = await page.getByTestId('pad').boundingBox();
    if (pad === null) throw new Error('there is no pad');
    const stop = await page.getByRole('button', { name: /^STOP/ }).boundingBox();
    expect(pad.y + pad.height).toBeLessThan(stop?.y ?? 0);
    const [x, y] = [pad.x + pad.width / 2, pad.y + pad.height / 2];
    await page.mouse.move(x, y);
    await page.mouse.down();
    await page.mouse.move(x + pad.width / 2, y + pad.height / 2);
    await outputs(1_200_000, 1_446_000 - 0.5 * (1_446_000 - 1_311_000));
    await page.mouse.up();
    await outputs(straight, neutral);

    await page.keyboard.down('w');
    await state(page, 'Driven by hand');
    await hide(page);
    await outputs(straight, neutral);
    await state(page, 'Stopped: the hand let go');
    await page.keyboard.up('w');

    await page.keyboard.down('w');
    await state(page, 'Driven by hand');
    await page.keyboard.press('Space');
    await state(page, 'Stopped: emergency stop. Look at it, then Clear.');
    await outputs(straight, neutral);
    await page.keyboard.up('w');
    await press(page, 'Clear');
    await arm(page);
    await press(page, 'Disarm');
    await state(page, 'Stands, disarmed');
    await page.keyboard.press('F9');
    await state(page, 'Stopped: emergency stop. Look at it, then Clear.');
    await press(page, 'Clear');
    await state(page, 'Stands, disarmed');
    expect(faults).toEqual([]);
    await page.context().close();
  });

  it('says what a car felt, to its crew and to the marshal of its run', async () => {
    const race = 'friday';
    const rules = { name: 'Test rules', start: 'key', timeLimit: 120_000_000 } as const;
    const setup = { name: 'Friday', track: { id: 'oval', version: 1 }, gates: ['line'], leaderboard: null, rules };
    await hall.createRace({ race, commandId: crypto.randomUUID(), setup });
    const runId = crypto.randomUUID();
    await hall.give(race, { type: 'open' });
    await hall.give(race, {
      type: 'enter',
      entry: { racer: 'ada', alias: 'Ada', car: 'red', models: [{ hash: 'a'.repeat(64), name: 'night-owl' }] },
    });
    await hall.give(race, { type: 'queue', racer: 'ada' });
    await hall.give(race, { type: 'call', runId });
    await hall.give(race, { type: 'stage', runId });
    const [one, other] = await Promise.all([bench('Drive'), openPage(browser)]);
    await other.page.goto(`${hall.url}/marshal/${race}`);
    await other.page.getByLabel('Token').fill(hall.marshal);
    await other.page.keyboard.press('Enter');
    await other.page.locator('[data-action=next]', { hasText: 'Check and make ready' }).waitFor();
    const pages = [one.page, other.page];
    tree.plugImu({ z: 1.7 });
    for (const page of pages) await page.getByText('red was picked up. A reset?').waitFor();
    tree.plugImu({ x: 3.5 });
    for (const page of pages) await page.getByText('red hit something.').waitFor();
    tree.plugImu();
    expect([...one.faults, ...other.faults]).toEqual([]);
    await Promise.all([one.close(), other.close()]);
  });

  it('lists the recordings, fetches one whole, and says why one did not come', async () => {
    const large = join(agent.recordings, 'red_000000_20260101T000000Z.mcap');
    mkdirSync(agent.recordings, { recursive: true });
    writeFileSync(large, '');
    truncateSync(large, 60 * 2 ** 20);
    const { page, faults, close } = await bench('Recordings');
    await press(page, 'Record now');
    await page.getByRole('heading', { name: 'Recordings' }).getByText('recording', { exact: true }).waitFor();
    await press(page, 'Stop recording');
    await page.getByRole('heading', { name: 'Recordings' }).getByText('off', { exact: true }).waitFor();
    const newest = readdirSync(agent.recordings).sort().at(-1) as string;
    const row = page.getByTestId('recordings').locator('li').filter({ hasText: newest });
    await row.getByText('being written').waitFor({ state: 'detached' });
    const [saved] = await Promise.all([
      page.waitForEvent('download'),
      row.getByRole('button', { name: `Fetch ${newest}` }).click(),
    ]);
    expect(readFileSync(await saved.path())).toEqual(readFileSync(join(agent.recordings, newest)));
    await row.getByText('Fetched,').waitFor();

    const longRow = page.getByTestId('recordings').locator('li').filter({ hasText: '60.0 MB' });
    await longRow.getByRole('button', { name: 'Fetch' }).click();
    await longRow.getByText(/\d MB of 60.0 MB/).waitFor();
    // A car that drives gives nothing more.
    await order({ type: 'arm', manual: true });
    await order({ type: 'start' });
    const broke = longRow
      .getByRole('alert')
      .filter({ hasText: /broke off after [\d.]+ [kM]B of 60.0 MB. Car red drives or/ });
    await broke.waitFor();
    await state(page, 'Stopped: the hand let go');
    expect(faults).toEqual([]);
    await close();
  });
});

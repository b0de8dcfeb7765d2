import { type CreateRaceInput, TrackOutline } from '@pitwall/protocol/api';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { missingForPages, openBrowser, openPage, slowNetwork } from './browser.js';
import { Hall } from './hall.js';
import { HandCar, HandGate, now } from './track-side.js';

if (missingForPages !== undefined) {
  if (process.env.CI === 'true') throw new Error(`the pages need ${missingForPages}`);
  console.log(`skipped: pages in a browser, because ${missingForPages} is missing`);
}

const eventually = <T>(look: () => T) => expect.poll(look, { timeout: 60_000 });

const model = { hash: 'a'.repeat(64), name: 'night-owl' };

const raceOf = (race: string, name: string): CreateRaceInput => ({
  race,
  commandId: crypto.randomUUID(),
  setup: {
    name,
    track: { id: 'oval', version: 1 },
    gates: ['line'],
    leaderboard: 'main',
    rules: {
      name: 'Test rules',
      start: 'key',
      timeLimit: 120_000_000,
      plausible: { min: 200_000, max: 60_000_000 },
      holdoff: 50_000,
      resets: { perLap: 1, where: 'in-place' },
    },
  },
});

describe.skipIf(missingForPages !== undefined)('pages in a browser, with a real controller', () => {
  const hall = new Hall();
  let browser: Browser;
  let gate: HandGate;
  let car: HandCar;

  beforeAll(async () => {
    const gateToken = await hall.token('gate', 'line');
    const carToken = await hall.token('car', 'blue');
    hall.marshal = await hall.token('marshal', 'mara');
    hall.organizer = await hall.token('organizer', 'olga');
    await hall.start();
    gate = new HandGate(hall.mqtt, 'line', gateToken);
    car = new HandCar(hall.mqtt, 'blue', carToken, model);
    browser = await openBrowser();
    await openRace('friday', 'Friday Night');
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await gate?.stop();
    await car?.stop();
    await hall.stop();
  });

  async function openRace(race: string, name: string): Promise<void> {
    await hall.createRace(raceOf(race, name));
    await hall.give(race, { type: 'open' });
    for (const [racer, alias] of [
      ['ada', 'Ada Apex'],
      ['bo', 'Bo Braking'],
    ] as const) {
      await hall.give(race, { type: 'enter', entry: { racer, alias, car: 'blue', models: [model] } });
      await hall.give(race, { type: 'queue', racer });
    }
    // A stop of an earlier test holds it until somebody clears it. The car may just be coming: it answers as soon as the controller has heard
    // of it.
    await hall.give(race, { type: 'clear-car', car: 'blue' });
    await vi.waitFor(() => hall.give(race, { type: 'test-e-stop', car: 'blue' }), { timeout: 60_000, interval: 100 });
  }

  async function startRun(race: string): Promise<string> {
    const runId = crypto.randomUUID();
    for (const type of ['call', 'stage', 'ready', 'start'] as const) await hall.give(race, { type, runId });
    return runId;
  }

  /** Until the lap's clock on the page has run so long, s. */
  const lapClock = (page: Page, seconds: number) =>
    eventually(async () => Number(await page.getByRole('timer').textContent())).toBeGreaterThanOrEqual(seconds);

  const laps = (page: Page) => page.getByTestId('laps').locator('li');

  async function runOf(race: string) {
    const state = await hall.state(race);
    const run = state.runs.at(-1);
    if (run === undefined) throw new Error('nobody drives');
    return run;
  }

  const shown = (micros: number | null | undefined): string => (Math.floor((micros ?? 0) / 1000) / 1000).toFixed(3);

  it('shows the crowd the race: clock, laps, the best one, the car on its map', async () => {
    const { page, faults, asked, close } = await openPage(browser);
    await page.goto(hall.url);
    await page.getByText('Friday Night').waitFor();
    await page.getByText('Nobody yet; Ada Apex is next.').waitFor();
    const runId = await startRun('friday');
    // Laps that are alike, the second one faster: nothing about them is in doubt.
    const [begun, first, second] = [now(), 820_000, 800_000];
    await gate.cross(begun);
    await lapClock(page, 0.83);
    await gate.cross(begun + first);
    await laps(page).nth(0).waitFor();
    await eventually(now).toBeGreaterThan(begun + first + second);
    await gate.cross(begun + first + second);
    await laps(page).nth(1).waitFor();
    const run = await runOf('friday');
    const texts = await laps(page).allTextContents();
    expect(texts[0]).toContain(shown(run.laps[1]?.time));
    expect(texts[1]).toContain(shown(run.laps[0]?.time));
    expect(texts[0]).toContain('Best of the race');
    expect(texts[0]).toMatch(/±0\.\d\d ms/);

    const track = TrackOutline.parse(await (await fetch(`${hall.url}/api/v1/tracks/oval`)).json());
    const [x, y] = track.outline.centre[30] ?? [0, 0];
    const marker = page.locator('[data-car=blue]');
    await expect
      .poll(async () => {
        car.tellPose(x, y, 0);
        return [await marker.getAttribute('visibility'), await marker.getAttribute('transform')];
      })
      .toEqual(['visible', `translate(${x} ${-y}) rotate(0)`]);

    await hall.give('friday', { type: 'finish', runId });
    await hall.give('friday', { type: 'confirm', runId });
    await page.getByText('Confirmed', { exact: true }).waitFor();
    await eventually(() => page.getByTestId('standings').textContent()).toContain(shown(run.laps[1]?.time));
    expect(await page.getByTestId('queue').textContent()).toContain('Bo Braking');
    expect(faults).toEqual([]);
    expect(asked.filter((url) => !url.startsWith(hall.url))).toEqual([]);
    await close();
  });

  it('shows the result on the board, beside the other kind', async () => {
    const { page, faults, close } = await openPage(browser);
    await page.goto(`${hall.url}/boards/main`);
    const column = page.getByRole('region', { name: 'On the track' });
    await column.getByText('Ada Apex').waitFor();
    expect(await column.textContent()).toContain(shown((await runOf('friday')).bestLap));
    await page.getByText('No result from the simulator yet.').waitFor();
    await hall.sendResult('main', {
      resultId: crypto.randomUUID(),
      racer: 'cleo',
      alias: 'Cleo Corner',
      finishedAt: 1_700_000_000_000,
      track: { id: 'oval', version: 1, direction: 'counter-clockwise' },
      rules: { hash: 'c'.repeat(64), name: 'Test rules' },
      model,
      laps: [{ lap: 1, time: 7_654_321, uncertainty: 0, valid: true, resets: 0, offTracks: 0, model: model.hash }],
      provenance: { kind: 'virtual', source: 'pitwall', simulatorVersion: '1', seed: 1, checkpoint: 'best' },
    });
    // Much sooner than it would be by asking now and then.
    const other = page.getByRole('region', { name: 'Virtual' });
    await other.getByText('Cleo Corner').waitFor({ timeout: 60_000 });
    expect(await other.textContent()).toContain('7.654');
    expect(faults).toEqual([]);
    await close();
  });

  it('lets a marshal take a turn from the call to the confirmation with keys, and lose nothing by a reload', async () => {
    const { page, faults, asked, close } = await openPage(browser);
    await page.goto(`${hall.url}/marshal`);
    await page.getByLabel('Token').fill(hall.marshal);
    await page.keyboard.press('Enter');
    for (const step of ['Call Bo Braking', 'Stage the car', 'Check and make ready', 'Start']) {
      await page.locator('[data-action=next]:not(:disabled)', { hasText: step }).waitFor();
      await page.keyboard.press('Enter');
    }
    await page.getByText('Car blue to “start”: done, driving').waitFor();
    await page.getByText('What blue sees').click();
    await page.getByText('12.5° at 1.50 m/s').waitFor();
    const picture = page.getByRole('img', { name: 'What blue sees' });
    await eventually(() => picture.evaluate((image: { naturalWidth?: number }) => image.naturalWidth)).toBe(1);
    await page.getByText('What blue sees').click();
    await eventually(() => car.watched).toBe(false);
    await gate.cross();
    await lapClock(page, 0.3);
    await page.keyboard.press('r');
    await page.keyboard.press('r');
    await page.keyboard.press('o');
    await page.locator('[data-action=reset]', { hasText: '2 in this lap' }).waitFor();
    await page.locator('[data-action=off-track]', { hasText: '1 in this lap' }).waitFor();
    await page.keyboard.press('t');
    await page.locator('[data-action=reset]', { hasText: '1 in this lap' }).waitFor();

    await page.reload();
    await page.locator('[data-action=reset]', { hasText: '1 in this lap' }).waitFor();
    // Sooner after the opening, a hand and the gate saw the same passage.
    await lapClock(page, 1.6);
    await page.keyboard.press('Space');
    await eventually(async () => (await runOf('friday')).laps.length).toBe(1);
    const byHand = (await runOf('friday')).laps[0];
    // A reset was noted not long before it: whether the car was carried over the line, the marshal says.
    expect(byHand).toMatchObject({ doubt: 'carried', resets: 1, offTracks: 1 });
    await page.locator('[data-action=next]').waitFor();
    await page.keyboard.press('v');
    await eventually(async () => (await runOf('friday')).laps[0]?.valid).toBe(true);
    expect(byHand?.uncertainty).toBeGreaterThanOrEqual(100_000);

    await page.keyboard.press('e');
    await page.getByText('Emergency stop', { exact: true }).first().waitFor();
    await eventually(() => car.safety).toBe('faulted');
    await page.keyboard.press('x');
    await page.locator('[data-action=next]', { hasText: 'Confirm the result' }).waitFor();
    await page.keyboard.press('Enter');
    await eventually(async () => (await runOf('friday')).phase).toBe('confirmed');
    expect(asked.filter((url) => url.includes(hall.marshal))).toEqual([]);
    expect(faults).toEqual([]);
    await close();
  });

  it('says what another marshal did meanwhile instead of doing something else than was meant', async () => {
    const bob = await hall.token('marshal', 'bob');
    const { page, faults } = await openPage(browser);
    const network = await slowNetwork(page);
    await page.goto(`${hall.url}/marshal/friday`);
    await page.getByLabel('Token').fill(hall.marshal);
    await page.keyboard.press('Enter');
    await hall.give('friday', { type: 'queue', racer: 'ada' });
    await page.locator('[data-action=next]', { hasText: 'Call Ada Apex' }).waitFor();
    network.hold();
    await hall.give('friday', { type: 'skip', racer: 'ada' }, bob);
    await page.keyboard.press('Enter');
    const conflict = page.getByRole('alert').filter({ hasText: 'Not done: the race changed' });
    await conflict.waitFor();
    expect(await conflict.textContent()).toContain('Ada Apex skipped by bob');
    expect((await hall.state('friday')).current).toBeNull();
    network.release();
    await page.getByTestId('log').getByText('Ada Apex skipped').waitFor();
    await conflict.getByRole('button', { name: 'Do it all the same' }).click();
    await page.locator('[data-action=next]', { hasText: 'Stage the car' }).waitFor();

    await page.getByRole('button', { name: 'Discard the run' }).click();
    await page.getByRole('button', { name: 'Racer withdrew' }).click();
    await page.getByRole('button', { name: 'Discard it' }).click();
    await eventually(async () => (await runOf('friday')).phase).toBe('discarded');
    expect(faults).toEqual([]);
    await page.context().close();
  });

  it('shows what stands against ready, and takes a reason to overrule it', async () => {
    await openRace('saturday', 'Saturday');
    const { page, faults, close } = await openPage(browser);
    await page.goto(`${hall.url}/marshal/saturday`);
    await page.getByLabel('Token').fill(hall.marshal);
    await page.keyboard.press('Enter');
    await hall.give('saturday', {
      type: 'change-entry',
      entry: { racer: 'ada', alias: 'Ada Apex', car: 'blue', models: [{ hash: 'b'.repeat(64), name: 'another' }] },
    });
    for (const step of ['Call Ada Apex', 'Stage the car', 'Check and make ready']) {
      await page.locator('[data-action=next]:not(:disabled)', { hasText: step }).waitFor();
      await page.keyboard.press('Enter');
    }
    const interlock = page.getByRole('alert').filter({ hasText: 'Not ready' });
    await interlock.getByText('is none of those entered').waitFor();
    await interlock.getByRole('button', { name: 'Overrule …' }).click();
    await page.getByLabel('Reason').fill('swapped by the crew, r e x p');
    await page.keyboard.press('Enter');
    await page.getByText('Overruled: swapped by the crew, r e x p', { exact: true }).waitFor();
    expect((await runOf('saturday')).interlock?.overruled).toBe('swapped by the crew, r e x p');
    await hall.give('saturday', { type: 'discard', runId: (await runOf('saturday')).runId, reason: 'enough' });
    expect(faults).toEqual([]);
    await close();
  });

  it('says that it is offline when the controller dies, and catches up with every lap when it is back', async () => {
    const { page, faults, close } = await openPage(browser);
    await page.goto(`${hall.url}/races/saturday`);
    await startRun('saturday');
    await gate.cross();
    await lapClock(page, 0.5);
    await gate.cross();
    await laps(page).nth(0).waitFor();
    await hall.kill();
    await page.getByText('Offline', { exact: true }).waitFor();
    await page.getByText('No connection to the race').waitFor();
    expect(await laps(page).count()).toBe(1);
    await lapClock(page, 0.8);
    gate.crossUnheard();
    const kept = gate.allKept();
    await hall.start();
    await kept;
    await page.getByText('Live', { exact: true }).waitFor({ timeout: 60_000 });
    await laps(page).nth(1).waitFor();
    expect(await page.getByText('No connection to the race').count()).toBe(0);
    const run = await runOf('saturday');
    expect((await laps(page).allTextContents())[0]).toContain(shown(run.laps[1]?.time));
    expect(run.laps[1]).toMatchObject({ valid: true });
    expect(faults).toEqual([]);
    await close();
  }, 60_000);

  it.each([
    { width: 390, height: 844 },
    { width: 1920, height: 1080 },
  ])('fits a screen of $width × $height', async (viewport) => {
    const { page, faults, close } = await openPage(browser, viewport);
    for (const path of ['/races/friday', '/boards/main', '/marshal/friday']) {
      await page.goto(hall.url + path);
      await page.locator('h1').first().waitFor();
      const overflow = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
      expect([path, overflow]).toEqual([path, 0]);
    }
    expect(faults).toEqual([]);
    await close();
  });
});

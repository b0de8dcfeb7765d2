import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { missingForPages, openBrowser, openPage } from './browser.js';
import { Hall } from './hall.js';
import { largest, next, openDesk } from './marshal-desk.js';
import { HandCar, HandGate } from './track-side.js';

if (missingForPages !== undefined) {
  if (process.env.CI === 'true') throw new Error(`the pages need ${missingForPages}`);
  console.log(`skipped: stops in a browser, because ${missingForPages} is missing`);
}

const eventually = <T>(look: () => T) => expect.poll(look, { timeout: 60_000 });
const phone = { width: 390, height: 844 };
const model = { hash: 'a'.repeat(64), name: 'night-owl' };
const race = 'friday';

describe.skipIf(missingForPages !== undefined)('stops, at the pages of a real controller', () => {
  const hall = new Hall();
  let browser: Browser;
  let gate: HandGate;
  let blue: HandCar;
  let green: HandCar;
  /** Of a marshal who will be refused. */
  let gone = '';

  beforeAll(async () => {
    await hall.start();
    const [gateToken = '', blueToken = '', greenToken = '', marshal = '', goes = ''] = await Promise.all([
      hall.token('gate', 'line'),
      hall.token('car', 'blue'),
      hall.token('car', 'green'),
      hall.token('marshal', 'mara'),
      hall.token('marshal', 'gone'),
    ]);
    hall.marshal = marshal;
    gone = goes;
    gate = new HandGate(hall.mqtt, 'line', gateToken);
    blue = new HandCar(hall.mqtt, 'blue', blueToken, model);
    green = new HandCar(hall.mqtt, 'green', greenToken, model);
    browser = await openBrowser();
    const rules = { name: 'Test rules', start: 'key', timeLimit: null } as const;
    const setup = { name: 'Friday', track: { id: 'oval', version: 1 }, gates: ['line'], leaderboard: null, rules };
    await hall.createRace({ race, commandId: crypto.randomUUID(), setup });
    await hall.give(race, { type: 'open' });
    for (const racer of ['ann', 'ben'] as const) {
      await hall.give(race, { type: 'enter', entry: { racer, alias: racer, car: 'blue', models: [model] } });
      await hall.give(race, { type: 'queue', racer });
    }
  }, 120_000);
  afterEach(async () => {
    blue.obeys = 'done';
    green.obeys = 'done';
    const { current } = await hall.state(race);
    if (current !== null) await hall.give(race, { type: 'discard', runId: current, reason: 'enough' });
  });
  afterAll(async () => {
    await browser?.close();
    await Promise.all([gate?.stop(), blue?.stop(), green?.stop()]);
    await hall.stop();
  });

  /** A run whose car drives. */
  async function driving(): Promise<void> {
    await hall.give(race, { type: 'clear-car', car: 'blue' });
    const { queue } = await hall.state(race);
    if (queue.length === 0) await hall.give(race, { type: 'queue', racer: 'ben' });
    const runId = crypto.randomUUID();
    await hall.give(race, { type: 'call', runId });
    await hall.give(race, { type: 'stage', runId });
    await hall.give(race, { type: 'ready', runId, overrule: 'Tested before the race' });
    await hall.give(race, { type: 'start', runId });
    await eventually(() => blue.safety).toBe('driving');
  }

  const stopsAsked = (asked: readonly string[]) => asked.filter((url) => url.endsWith('/api/v1/cars/stop')).length;
  const phase = async () => (await hall.state(race)).runs.at(-1)?.phase;
  async function enter(page: Page, path: string, token: string): Promise<void> {
    await page.goto(hall.url + path);
    await page.getByLabel('Token').first().fill(token);
    await page.keyboard.press('Enter');
  }

  it('Shift+E at the desk stops every car, says who is missing in the largest type, and Enter does nothing behind it', async () => {
    const { page, faults, asked, close } = await openDesk(browser, hall, race);
    await driving();
    await page.locator('[data-action=red-flag]:not(:disabled)').waitFor();
    green.obeys = 'silent';
    await page.keyboard.press('Shift+E');
    await eventually(() => blue.safety).toBe('faulted');
    const cover = page.getByRole('alertdialog', { name: 'Stop green by hand' });
    await cover.waitFor();
    expect(await cover.boundingBox()).toMatchObject({ x: 0, y: 0, width: 1280, height: 800 });
    expect((await largest(page)).text).toBe('STOP green BY HAND');
    await cover.getByTestId('stop-answers').locator('li[data-missing=false]', { hasText: 'blue' }).waitFor();
    await eventually(phase).toBe('paused');
    // Enter would be *Go on*: not from behind this, and it presses no button in it.
    for (const key of ['Enter', 'p', 'k']) await page.keyboard.press(key);
    expect(await phase()).toBe('paused');
    expect(blue.safety).toBe('faulted');
    expect(await cover.count()).toBe(1);

    // By mouse, once: Enter does not press it again.
    green.obeys = 'done';
    await cover.getByRole('button', { name: 'Stop all again' }).click();
    const stand = page.getByRole('alertdialog', { name: 'All cars stand' });
    await stand.waitFor();
    await page.keyboard.press('Enter');
    await stand.getByRole('button', { name: 'Show the page' }).click();
    await next(page, 'Go on');
    expect(stopsAsked(asked)).toBe(2);
    await page.locator('[data-action=stop-all]').click();
    await stand.waitFor();
    for (const key of ['Enter', 'Space']) await page.keyboard.press(key);
    await stand.getByRole('button', { name: 'Show the page' }).click();
    await stand.waitFor({ state: 'detached' });
    expect(stopsAsked(asked)).toBe(3);
    expect(await phase()).toBe('paused');
    expect(faults).toEqual([]);
    await close();
  });

  it('a list to choose from, a field and a reason take no stop away: E, F9, and Escape leaves each of them', async () => {
    const { page, faults, close } = await openDesk(browser, hall, race);
    await driving();
    await page.locator('[data-action=red-flag]:not(:disabled)').waitFor();
    await page.getByRole('combobox', { name: 'Racer' }).focus();
    await page.keyboard.press('e');
    await eventually(() => blue.safety).toBe('faulted');
    await eventually(phase).toBe('paused');
    await page.keyboard.press('Escape');
    await hall.give(race, { type: 'clear-car', car: 'blue' });
    await eventually(() => blue.safety).toBe('stopped');
    await page.locator('[data-action=pause]:not(:disabled)').waitFor();
    await page.keyboard.press('p');
    await eventually(() => blue.safety).toBe('driving');

    await page.getByRole('button', { name: 'Technical stop' }).click();
    await page.getByLabel('Reason').fill('its battery');
    // A letter is a letter there.
    await page.keyboard.type('e');
    expect(blue.safety).toBe('driving');
    await page.keyboard.press('F9');
    await eventually(() => blue.safety).toBe('faulted');
    await page.keyboard.press('Escape');
    await page.getByLabel('Reason').waitFor({ state: 'detached' });
    await eventually(phase).toBe('paused');
    await page.keyboard.press('x');
    await eventually(phase).toBe('over');
    expect(faults).toEqual([]);
    await close();
  });

  it('the cars page stops all of them, for who may only', async () => {
    const { page, faults, asked, close } = await openPage(browser, phone);
    await page.goto(`${hall.url}/cars`);
    await page.getByRole('region', { name: 'blue' }).waitFor();
    expect(await page.locator('[data-action=stop-all]').count()).toBe(0);
    await enter(page, '/cars', hall.marshal);
    green.obeys = 'silent';
    await page.locator('[data-action=stop-all]').click();
    const cover = page.getByRole('alertdialog', { name: 'Stop green by hand' });
    await cover.waitFor();
    expect((await largest(page)).text).toBe('STOP green BY HAND');
    await page.keyboard.press('Enter');
    expect(stopsAsked(asked)).toBe(1);
    expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBe(0);
    expect(blue.safety).toBe('faulted');
    expect(faults).toEqual([]);
    await close();
  });

  it('a car’s page says to stop it by hand when it does not answer, until it stands; both pages where a stop is refused', async () => {
    const [car, desk] = [await openPage(browser, phone), await openPage(browser)];
    await enter(car.page, '/cars/green', gone);
    await car.page.getByRole('button', { name: /^STOP/ }).waitFor();
    const cover = car.page.getByRole('alertdialog', { name: 'Stop green by hand' });
    green.obeys = 'silent';
    await car.page.keyboard.press('F9');
    await cover.waitFor({ timeout: 3_000 });
    expect(await cover.boundingBox()).toMatchObject({ x: 0, y: 0, ...phone });
    expect((await largest(car.page)).text).toBe('STOP green BY HAND');
    green.fault('e-stop');
    await cover.waitFor({ state: 'detached' });

    await enter(desk.page, `/marshal/${race}`, gone);
    await desk.page.locator('[data-action=stop-all]').waitFor();
    await hall.revoke('marshal', 'gone');
    await car.page.keyboard.press('F9');
    await cover.getByText(/not known here or was revoked/).waitFor();
    await car.page.keyboard.press('Enter');
    expect(await cover.count()).toBe(1);
    await desk.page.keyboard.press('Shift+E');
    const all = desk.page.getByRole('alertdialog', { name: 'Stop ALL CARS by hand' });
    await all.getByText(/not known here or was revoked/).waitFor();
    expect((await largest(desk.page)).text).toBe('STOP ALL CARS BY HAND');
    expect([...car.faults, ...desk.faults]).toEqual([]);
    await Promise.all([car.close(), desk.close()]);
  });

  it('on every page Enter does not press again what was clicked, Tab and Enter do, and Escape leaves each field', async () => {
    const { page, faults, close } = await openPage(browser);
    await enter(page, '/cars', await hall.token('organizer', 'olga'));
    const panel = page.getByRole('region', { name: 'green' });
    const clear = panel.getByRole('button', { name: 'Clear', exact: true });
    const stopElsewhere = async () => {
      await hall.post('/api/v1/cars/green/commands', hall.marshal, { action: { type: 'e-stop' } });
      await eventually(() => green.safety).toBe('faulted');
      await panel
        .getByText(/emergency stop/i)
        .first()
        .waitFor();
    };
    await stopElsewhere();
    await clear.click();
    await eventually(() => green.safety).toBe('stopped');
    await stopElsewhere();
    for (const key of ['Enter', 'Space']) await page.keyboard.press(key);
    // Sent after them, and done: what they had pressed would have been done before.
    await panel.getByRole('button', { name: 'Identify' }).click();
    await panel.getByText(/identify.*: done/i).waitFor();
    expect(green.safety).toBe('faulted');
    // Who presses with the keyboard keeps the place.
    await clear.focus();
    await page.keyboard.press('Enter');
    await eventually(() => green.safety).toBe('stopped');
    await stopElsewhere();
    await page.keyboard.press('Enter');
    await eventually(() => green.safety).toBe('stopped');

    const leaves = async (path: string) => {
      await page.goto(hall.url + path);
      const fields = page.locator('main :is(select, textarea, input:not([type=checkbox]))').filter({ visible: true });
      await fields.first().waitFor();
      const names: string[] = [];
      for (const field of await fields.all()) {
        await field.focus();
        await page.keyboard.press('Escape');
        if (await field.evaluate('(element) => element === document.activeElement')) names.push(String(field));
      }
      expect(names).toEqual([]);
      return await fields.count();
    };
    expect(await leaves('/cars')).toBeGreaterThan(1);
    expect(await leaves('/organizer/new')).toBeGreaterThan(1);
    expect(faults).toEqual([]);
    await close();
  });

  it('a car’s own stop on the cars page says to stop it by hand when it does not answer, and when the stop is refused', async () => {
    const token = await hall.token('marshal', 'goes-too');
    const { page, faults, close } = await openPage(browser, phone);
    await enter(page, '/cars', token);
    const stop = page.getByRole('button', { name: 'STOP green', exact: true });
    const cover = page.getByRole('alertdialog', { name: 'Stop green by hand' });
    green.obeys = 'silent';
    await stop.click();
    await cover.waitFor({ timeout: 3_000 });
    expect(await cover.boundingBox()).toMatchObject({ x: 0, y: 0, ...phone });
    expect((await largest(page)).text).toBe('STOP green BY HAND');
    green.fault('e-stop');
    await cover.waitFor({ state: 'detached' });

    green.obeys = 'done';
    await hall.revoke('marshal', 'goes-too');
    await stop.click();
    await cover.getByText(/not known here or was revoked/).waitFor();
    expect((await largest(page)).text).toBe('STOP green BY HAND');
    await page.keyboard.press('Enter');
    expect(await cover.count()).toBe(1);
    await cover.getByRole('button', { name: 'It stands' }).click();
    // One that is away may drive all the same.
    green.leave();
    await page
      .getByRole('region', { name: 'green' })
      .getByRole('button', { name: 'Identify' })
      .waitFor({ state: 'detached' });
    await stop.waitFor();
    expect(faults).toEqual([]);
    await close();
  });
});

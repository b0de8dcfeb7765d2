import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { missingForPages, openBrowser, openPage } from './browser.js';
import { Hall } from './hall.js';

if (missingForPages !== undefined) {
  if (process.env.CI === 'true') throw new Error(`the pages need ${missingForPages}`);
  console.log(`skipped: a LIVE race in a browser, because ${missingForPages} is missing`);
}

const archive = readFileSync(fileURLToPath(new URL('../../agent/models/sample.tar.gz', import.meta.url)));
const second = 1_000_000;
const eventually = <T>(look: () => T) => expect.poll(look, { timeout: 60_000 });

describe.skipIf(missingForPages !== undefined)('a LIVE race by its buttons, with a simulated car', () => {
  const hall = new Hall();
  let browser: Browser;
  let desk: Awaited<ReturnType<typeof openPage>>;
  let ada: Awaited<ReturnType<typeof openPage>>;
  const racers = new Map<string, string>();

  beforeAll(async () => {
    hall.organizer = await hall.token('organizer', 'olga');
    hall.marshal = hall.organizer;
    await Promise.all(['ada', 'bo'].map(async (racer) => racers.set(racer, await hall.token('racer', racer))));
    await hall.start();
    await hall.createRace({
      race: 'friday',
      commandId: crypto.randomUUID(),
      setup: {
        name: 'Friday LIVE',
        track: { id: 'oval', version: 1 },
        gates: ['live-friday'],
        car: 'simulated',
        leaderboard: 'main',
        rules: {
          name: 'LIVE',
          start: 'countdown',
          countdown: 1.5 * second,
          lapLimit: 1,
          // The lap that wins is one by hand, just after the car has left.
          holdoff: 50_000,
          plausible: { min: 100_000, max: 120 * second },
          resets: { perLap: null, where: 'start-line' },
        },
      },
    } as Parameters<typeof hall.createRace>[0]);
    browser = await openBrowser();
    [desk, ada] = await Promise.all([openPage(browser), openPage(browser, { width: 390, height: 844 })]);
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
    await hall.stop();
  });

  const press = (page: Page, name: string | RegExp) =>
    page.getByRole('button', { name, exact: typeof name === 'string' }).click();
  const sayWho = async (page: Page, token: string): Promise<void> => {
    await page.getByLabel('Token').fill(token);
    await page.keyboard.press('Enter');
  };
  /** From the call on until the car waits at the line with the racer's model. */
  async function makeReady(page: Page): Promise<void> {
    await page.getByText(/to “load”: done/).waitFor({ timeout: 60_000 });
    // Of a run before, the line stands already: who is told that the car is not ready yet presses again.
    const [check, start] = [/^Check and make ready/, /^Start the countdown/].map((name) =>
      page.getByRole('button', { name }),
    ) as [Locator, Locator];
    const pressed = async () => {
      if ((await start.count()) > 0) return true;
      if ((await check.count()) > 0) await check.click({ timeout: 2000 }).catch(() => undefined);
      return false;
    };
    await expect.poll(pressed, { timeout: 60_000, interval: 1000 }).toBe(true);
  }

  it('takes its racers, and then its organizer says who drives first', async () => {
    const { page } = desk;
    await page.goto(`${hall.url}/marshal/friday`);
    await sayWho(page, hall.marshal);
    await press(page, /^Open the race/);
    await page.getByRole('button', { name: 'Close entries' }).waitFor();
    const sent = await fetch(`${hall.url}/api/v1/races/friday/entries?name=mine`, {
      method: 'POST',
      headers: { 'content-type': 'application/gzip', authorization: `Bearer ${racers.get('bo')}` },
      body: gzipSync(gunzipSync(archive), { level: 1 }),
    });
    expect(sent.status).toBe(201);
    // The other from a phone: what is no model is refused in its sentence, the next file is taken.
    const { page: phone } = ada;
    await phone.goto(`${hall.url}/races/friday`);
    await phone.getByRole('link', { name: 'Enter with your model' }).click();
    await sayWho(phone, racers.get('ada') ?? '');
    const file = (name: string, buffer: Buffer) => ({ name, mimeType: 'application/octet-stream', buffer });
    const hand = phone.locator('input[type=file]');
    await hand.setInputFiles(file('model.tar.gz', gzipSync(gzipSync(gunzipSync(archive)))));
    await press(phone, 'Enter the race');
    await phone.getByText('The archive was packed with gzip twice; unpack it once').waitFor({ timeout: 60_000 });
    await hand.setInputFiles(file('my model (1).tar.gz', gzipSync(gunzipSync(archive), { level: 9 })));
    await press(phone, 'Enter the race');
    await phone.getByText(/^You race with my model \(1\);.*Your place in the queue: 2\.$/).waitFor({ timeout: 60_000 });
    expect(await phone.evaluate('document.documentElement.scrollWidth - innerWidth')).toBe(0);
    const queue = page.locator('ol').filter({ hasText: 'ada' }).first();
    await press(page, 'Close entries');
    await eventually(() => page.getByRole('button', { name: 'Close entries' }).count()).toBe(0);
    await phone.getByText('It is closed: nobody can enter any more.').waitFor();
    await queue.locator('li', { hasText: 'ada' }).getByRole('button', { name: 'Up' }).click();
    await eventually(() => queue.locator('li b').allTextContents()).toEqual(['ada', 'bo']);
  });

  it('launches one after a countdown, at the speed that the racer sets on a phone', async () => {
    const { page } = desk;
    await press(page, /^Call ada/);
    await press(page, /^Stage the car/);
    await makeReady(page);
    await ada.page.goto(`${hall.url}/races/friday/speed`);
    await ada.page.getByRole('heading', { name: 'ada' }).waitFor();
    await press(page, /^Start the countdown/);
    await ada.page.getByText('Start in').waitFor();
    await ada.page.getByText('Start in').waitFor({ state: 'detached' });
    await ada.page.getByRole('button', { name: '50 %' }).click();
    for (const at of [ada.page, page])
      await eventually(() => at.getByRole('button', { name: '50 %' }).getAttribute('aria-pressed')).toBe('true');
    const { page: phone } = ada;
    expect(await phone.evaluate('document.documentElement.scrollWidth - innerWidth')).toBe(0);
  }, 60_000);

  it('is reset, relaunched, and won', async () => {
    const { page } = desk;
    await press(page, /^Reset \+1/);
    await page.getByText('Reset', { exact: true }).first().waitFor();
    await press(page, 'Relaunch …');
    await press(page, 'The car stood still');
    await press(page, 'Launch it again');
    await makeReady(page);
    expect(await page.getByRole('button', { name: '100 %' }).getAttribute('aria-pressed')).toBe('true');
    await press(page, /^Start the countdown/);
    await page.getByText('opens a lap').waitFor();
    // A hand that is near a gate's crossing saw the same passage; after two seconds of the lap it is another.
    await page
      .getByText(/^[2-9]\.\d{1,2}$/)
      .first()
      .waitFor();
    await press(page, /^Crossing by hand/);
    await press(page, /^Confirm the result/);
    await press(page, 'Close the race');
    await press(page, 'Declare official before protests end …');
    await press(page, 'All racers agree');
    await press(page, 'Declare official');
    await ada.page.goto(`${hall.url}/races/friday`);
    await ada.page.getByText('official · won by ada').waitFor();
    const { standings } = await hall.state('friday');
    expect(standings[0]).toMatchObject({ rank: 1, racer: 'ada', attempts: 1 });
  }, 60_000);

  it('had no fault in any page', () => {
    for (const { faults } of [desk, ada]) expect(faults).toEqual([]);
  });
});

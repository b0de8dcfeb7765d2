import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Agent } from '../drive/agent.js';
import { SysfsRig } from '../drive/rigs.js';
import { watchedCar } from '../drive/watched-car.js';
import { missingForPages, openBrowser, openPage } from './browser.js';
import { Hall } from './hall.js';

if (missingForPages !== undefined) {
  if (process.env.CI === 'true') throw new Error(`the pages need ${missingForPages}`);
  console.log(`skipped: models of racers on the pages, because ${missingForPages} is missing`);
}

/** Where pictures go, for who wants to look at them. */
const pictures = process.env.PITWALL_PICTURES;

async function picture(page: Page, name: string): Promise<void> {
  if (pictures === undefined) return;
  mkdirSync(pictures, { recursive: true });
  await page.screenshot({ path: join(pictures, `${name}.png`), fullPage: true });
}

const sample = join(import.meta.dirname, '../../agent/models/sample.tar.gz');

describe.skipIf(missingForPages !== undefined)('models that belong to racers, with a real car', () => {
  const hall = new Hall();
  const rig = new SysfsRig();
  const folder = mkdtempSync(join(tmpdir(), 'pitwall-own-models-'));
  let browser: Browser;
  let agent: Agent;
  let crew = '';

  beforeAll(async () => {
    const carToken = await hall.token('car', 'red');
    crew = await hall.token('crew', 'cleo');
    hall.marshal = await hall.token('marshal', 'mara');
    await Promise.all([hall.start(), rig.start()]);
    const passwordfile = join(folder, 'password');
    writeFileSync(passwordfile, carToken, { mode: 0o600 });
    const track = { car: 'red', port: Number(new URL(hall.mqtt).port), password: carToken };
    agent = new Agent({
      track,
      profile: watchedCar(rig, { camera: { kind: 'simulated', rate: 15 } }),
      model: false,
      // Where it fetches models; a busy machine must not stop it.
      over: { link: { url: hall.mqtt, passwordfile, http: hall.url, after: 20_000 } },
    });
    agent.start();
    await hall.createRace({
      race: 'cup',
      commandId: crypto.randomUUID(),
      setup: {
        name: 'Sunday Cup',
        track: { id: 'oval', version: 1 },
        gates: ['line'],
        rules: { name: 'cup', start: 'key' },
      },
    });
    browser = await openBrowser();
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await agent?.stop();
    await hall.stop();
    await rig.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('a racer uploads one and enters it; the crew puts it on the car with one press', async () => {
    const racer = await openPage(browser, { width: 390, height: 844 });
    await racer.page.goto(`${hall.url}/sign-in`);
    await racer.page.getByRole('button', { name: 'New here? Make an account' }).click();
    await racer.page.getByLabel('Alias').fill('Ann');
    await racer.page.getByLabel('Password', { exact: true }).fill('correct horse');
    await racer.page.getByRole('button', { name: 'Sign up' }).click();
    await racer.page.getByRole('heading', { name: 'Ann' }).waitFor();
    const id = (await racer.page.evaluate(`fetch('/api/v1/account').then((one) => one.json())`)) as { name: string };
    const entry = { racer: id.name, alias: 'Ann', car: null, models: [] };
    await hall.give('cup', { type: 'enter', entry } as never);
    await racer.page.getByLabel('Upload a model').setInputFiles(sample);
    await racer.page.getByText('sample is here, and fit to drive.').waitFor();
    await racer.page.getByLabel('Model for Sunday Cup').selectOption({ label: 'sample' });
    await racer.page.getByRole('button', { name: 'Use it: Sunday Cup' }).click();
    await racer.page.getByText('sample drives in Sunday Cup.').waitFor();
    expect(await racer.page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBe(0);
    await picture(racer.page, 'own-models');
    await hall.give('cup', { type: 'open' });
    await hall.give('cup', { type: 'queue', racer: id.name } as never);
    await hall.give('cup', { type: 'roll-call' });
    const desk = await openPage(browser);
    await desk.page.goto(hall.url);
    await desk.page.evaluate(`sessionStorage.setItem('pitwall-token', '${hall.marshal}')`);
    await desk.page.goto(`${hall.url}/marshal/cup`);
    await desk.page.getByRole('button', { name: 'not here yet' }).waitFor();
    await racer.page.goto(`${hall.url}/races/cup`);
    await racer.page.getByRole('button', { name: 'I am here' }).click();
    await racer.page.getByText('You are marked as here.').waitFor();
    await picture(racer.page, 'roll-call-phone');
    await desk.page.getByRole('button', { name: 'here', exact: true }).waitFor();
    await picture(desk.page, 'roll-call-desk');
    await desk.close();

    const pit = await openPage(browser);
    await pit.page.goto(hall.url);
    await pit.page.evaluate(`sessionStorage.setItem('pitwall-token', '${crew}')`);
    await pit.page.goto(`${hall.url}/cars`);
    const next = pit.page.getByRole('region', { name: 'Models of who drives next' });
    await next.getByText('Sunday Cup · sample').waitFor();
    await picture(pit.page, 'queue-models');
    await next.getByRole('button', { name: 'Stage on red' }).click();
    await expect.poll(() => next.getByText(/^on red$/).count(), { timeout: 60_000 }).toBe(1);
    expect([...racer.faults, ...desk.faults, ...pit.faults]).toEqual([]);
    await Promise.all([racer.close(), pit.close()]);
  });
});

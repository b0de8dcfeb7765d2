import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { missingForPages, openBrowser, openPage } from './browser.js';
import { Hall } from './hall.js';

if (missingForPages !== undefined) {
  if (process.env.CI === 'true') throw new Error(`the pages need ${missingForPages}`);
  console.log(`skipped: the languages of the pages, because ${missingForPages} is missing`);
}

/** Where pictures go, for who wants to look at them. */
const pictures = process.env.PITWALL_PICTURES;

describe.skipIf(missingForPages !== undefined)('the pages in four languages', () => {
  const hall = new Hall();
  let browser: Browser;
  const runId = crypto.randomUUID();

  beforeAll(async () => {
    hall.organizer = await hall.token('organizer', 'olga');
    hall.marshal = hall.organizer;
    await hall.start();
    await hall.createRace({
      race: 'cup',
      commandId: crypto.randomUUID(),
      setup: {
        name: 'Sunday Cup',
        track: { id: 'oval', version: 1 },
        gates: ['line'],
        car: 'any',
        leaderboard: 'main',
        rules: { name: 'cup', start: 'key' },
      },
    });
    for (const racer of ['ann', 'ben'])
      await hall.give('cup', { type: 'enter', entry: { racer, alias: racer.toUpperCase(), car: null, models: [] } });
    await hall.give('cup', { type: 'open' });
    await hall.give('cup', { type: 'queue', racer: 'ann' });
    await hall.give('cup', { type: 'call', runId, racer: 'ben' });
    browser = await openBrowser();
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await hall.stop();
  });

  const paths = [
    ...['/races/cup', '/boards/main', '/online', '/marshal/cup', '/organizer', '/organizer/new'],
    ...['/organizer/races/cup', '/cars', '/held', '/online/new'],
  ];

  it.each([
    ['en', 'Standings', 'Queue'],
    ['de', 'Stand', 'Warteschlange'],
    ['es', 'Posiciones', 'Cola'],
    ['ja', '順位表', '出走順'],
  ])('%s by the browser’s wish: nothing is cut off or too wide at 390 px', async (locale, standings, queue) => {
    const { page, faults, asked, close } = await openPage(browser, { width: 390, height: 844 }, locale);
    await page.goto(`${hall.url}/races/cup`);
    await page.getByRole('heading', { name: standings }).waitFor();
    expect(await page.locator('html').getAttribute('lang')).toBe(locale);
    const loaded = () => asked.flatMap((url) => /\/assets\/(en|de|es|ja)-/.exec(url)?.[1] ?? []);
    // A page that speaks has a second catalogue.
    expect([...new Set(loaded())]).toEqual([locale]);
    await page.evaluate(`sessionStorage.setItem('pitwall-token', '${hall.organizer}')`);
    for (const path of paths) {
      await page.goto(hall.url + path);
      await page.locator('h1').first().waitFor();
      if (path === '/marshal/cup') await page.getByRole('heading', { name: queue }).waitFor();
      const wide = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
      expect([path, wide]).toEqual([path, 0]);
      const cut = await page.evaluate(
        `[...document.querySelectorAll('button, .mantine-Button-label')].filter((one) => one.scrollWidth > one.clientWidth + 1 && one.clientWidth > 0).map((one) => one.textContent)`,
      );
      expect([path, cut]).toEqual([path, []]);
      if (pictures !== undefined) {
        mkdirSync(pictures, { recursive: true });
        await page.screenshot({ path: join(pictures, `${locale}${path.replaceAll('/', '-')}.png`), fullPage: true });
      }
    }
    expect(faults).toEqual([]);
    await close();
  });

  it('what a desk writes into the log by itself says the same to every reader, each in their language', async () => {
    for (const type of ['stage', 'ready', 'start'] as const)
      await hall.give('cup', { type, runId, ...(type === 'ready' ? { overrule: 'no gate here' } : {}) });
    const { page, faults, close } = await openPage(browser, undefined, 'de');
    await page.goto(hall.url);
    await page.evaluate(`sessionStorage.setItem('pitwall-token', '${hall.organizer}')`);
    await page.goto(`${hall.url}/marshal/cup`);
    await page.locator('[data-action=lap]:not(:disabled)').waitFor();
    await page.keyboard.press('Space');
    await page.getByTestId('log').getByText('Von Hand gestoppt').waitFor();
    await page.locator('[data-action=ignore]:not(:disabled)').waitFor();
    await page.keyboard.press('i');
    await page.getByTestId('log').getByText('Keine Runde, per Taste').waitFor();
    const { records } = (await (await fetch(`${hall.url}/api/v1/races/cup/log`)).json()) as {
      records: { event: { type: string; reason?: string } }[];
    };
    const reasons = records.flatMap(({ event }) => (event.type.startsWith('crossing-') ? [event.reason] : []));
    expect(reasons).toEqual(['Stamped by hand', 'Not a lap, by key']);
    const { page: other, close: leave } = await openPage(browser, undefined, 'es');
    await other.goto(hall.url);
    await other.evaluate(`sessionStorage.setItem('pitwall-token', '${hall.organizer}')`);
    await other.goto(`${hall.url}/marshal/cup`);
    await other.getByTestId('log').getByText('No es vuelta, con tecla').waitFor();
    await other.getByTestId('log').getByText('Marcado a mano').waitFor();
    expect(faults).toEqual([]);
    await Promise.all([close(), leave()]);
  });

  it('is switched by hand, and stays so', async () => {
    const { page, faults, close } = await openPage(browser);
    await page.goto(`${hall.url}/races/cup`);
    await page.getByRole('button', { name: 'Language' }).click();
    await page.getByRole('menuitem', { name: 'Deutsch' }).click();
    await page.getByRole('heading', { name: 'Stand' }).waitFor();
    await page.reload();
    await page.getByRole('heading', { name: 'Stand' }).waitFor();
    expect(await page.locator('html').getAttribute('lang')).toBe('de');
    expect(await page.getByRole('link', { name: 'Listen' }).count()).toBe(1);
    expect(faults).toEqual([]);
    await close();
  });
});

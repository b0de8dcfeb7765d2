import { readFileSync } from 'node:fs';
import type { ResultInput } from '@pitwall/protocol/api';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { axe, findingsOfAxe } from './axe.js';
import { missingForPages, openBrowser, openPage } from './browser.js';
import { Hall } from './hall.js';

if (missingForPages !== undefined) {
  if (process.env.CI === 'true') throw new Error(`the pages need ${missingForPages}`);
  console.log(`skipped: racers and statistics in a browser, because ${missingForPages} is missing`);
}

const hash = 'c'.repeat(64);
let results = 0;
const nextId = (): string => {
  results += 1;
  return `0196a000-0000-7000-8000-${String(results).padStart(12, '0')}`;
};
const result = (racer: string, alias: string, ms: number, day: number, over: Partial<ResultInput> = {}): ResultInput =>
  ({
    resultId: nextId(),
    racer,
    alias,
    country: 'NL',
    finishedAt: Date.UTC(2026, 4, day, 14, 30),
    track: { id: 'oval', version: 1, direction: 'counter-clockwise' },
    rules: { hash, name: 'Sprint' },
    model: { hash, name: 'oval-fast-v3' },
    laps: [
      { lap: 1, time: (ms + 412) * 1000, uncertainty: 50, valid: true, resets: 0, offTracks: 0, model: hash },
      { lap: 2, time: ms * 1000, uncertainty: 50, valid: true, resets: 1, offTracks: 2, model: hash },
    ],
    provenance: {
      kind: 'physical',
      source: 'hall',
      race: 'heat',
      gates: [{ gate: 'line', uncertainty: 50 }],
      car: 'blue',
    },
    ...over,
  }) as ResultInput;

describe.skipIf(missingForPages !== undefined)('racers and statistics in a browser', () => {
  const hall = new Hall();
  let browser: Browser;
  let zoe: string;

  beforeAll(async () => {
    hall.organizer = await hall.token('organizer', 'olga');
    await hall.start();
    for (const [id, name] of [
      ['spring', 'Spring Cup'],
      ['autumn', 'Autumn Cup'],
    ] as const)
      await hall.createBoard({ id, name, ranking: { by: 'best-lap' }, signatures: 'optional', writers: ['hall'] });
    const issued = await hall.post('/api/v1/racers', hall.organizer, { alias: 'Zoë Überholspur', country: 'NL' });
    zoe = (issued as { racer: { racer: string } }).racer.racer;
    await hall.sendResult('spring', result(zoe, 'Zoë Überholspur', 9_876, 1));
    await hall.sendResult('autumn', result(zoe, 'Zoë Überholspur', 8_765, 20));
    await hall.sendResult('spring', result('ben', 'Ben', 9_100, 2, { country: 'DE' }));
    const answer = await fetch(`${hall.url}/api/v1/seasons/year`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${hall.organizer}` },
      body: JSON.stringify({
        name: 'The Year',
        races: [{ leaderboard: 'spring' }, { leaderboard: 'autumn' }],
        points: [25, 18],
      }),
    });
    expect(answer.status).toBe(200);
    await fetch(`${hall.url}/api/v1/events`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${hall.organizer}` },
      body: JSON.stringify({
        event: 'may',
        commandId: crypto.randomUUID(),
        setup: { name: 'May Day', startsAt: Date.UTC(2026, 4, 1), endsAt: Date.UTC(2026, 4, 2), boards: ['spring'] },
      }),
    });
    browser = await openBrowser();
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await hall.stop();
  });

  it('from a board to a racer, over time and across events, and to one of their results', async () => {
    const { page, faults, close } = await openPage(browser);
    await page.goto(`${hall.url}/boards/spring`);
    await page.getByRole('link', { name: 'Zoë Überholspur' }).click();
    await page.getByRole('heading', { name: 'Zoë Überholspur' }).waitFor();
    expect(await page.locator('main').innerText()).toMatch(/Netherlands/);
    const rows = page.getByRole('region', { name: 'Where' }).locator('tbody tr');
    await rows.first().waitFor();
    const text = await rows.allInnerTexts();
    expect(text[0]).toMatch(/Autumn Cup[\s\S]*20 May 2026[\s\S]*Oval[\s\S]*oval-fast-v3[\s\S]*8\.765/);
    expect(text[1]).toMatch(/May Day · Spring Cup[\s\S]*1 May 2026[\s\S]*9\.876/);
    expect(text).toHaveLength(2);
    const best = page.getByRole('region', { name: 'Best lap by track' }).locator('tbody tr');
    expect(await best.allInnerTexts()).toEqual([
      expect.stringMatching(/Oval[\s\S]*counter-clockwise, on the track[\s\S]*2[\s\S]*8\.765/),
    ]);
    await page.getByRole('link', { name: '9.876' }).click();
    await page.getByRole('heading', { name: 'Result of Zoë Überholspur' }).waitFor();
    const shown = await page.locator('main').innerText();
    for (const part of ['10.288', '9.876', 'not signed', 'oval-fast-v3', 'Sprint', 'blue', 'line'])
      expect(shown).toContain(part);
    expect(faults).toEqual([]);
    await close();
  });

  it('finds a racer by name, and shows records, speeds, countries and models', async () => {
    const { page, faults, close } = await openPage(browser);
    await page.goto(`${hall.url}/boards`);
    await page.getByRole('link', { name: 'Statistics' }).click();
    const records = page.getByRole('region', { name: 'Track records' });
    await records.waitFor();
    expect(await records.innerText()).toMatch(/Oval[\s\S]*Zoë Überholspur[\s\S]*8\.765/);
    const { lengthM } = (await (await fetch(`${hall.url}/api/v1/tracks/oval`)).json()) as { lengthM: number };
    const speed = (lengthM / 8.765).toFixed(2);
    expect(await page.getByRole('region', { name: 'Fastest ever' }).innerText()).toContain(`${speed} m/s`);
    expect(await page.getByRole('region', { name: 'Racers by country' }).innerText()).toMatch(
      /Germany\s*1\s*Netherlands\s*1/,
    );
    expect(await page.getByRole('region', { name: 'Models' }).first().innerText()).toMatch(/oval-fast\s+2\s+1\s+1/);
    await page.getByRole('textbox', { name: 'Racer' }).fill('Nemo');
    await page.keyboard.press('Enter');
    await page.getByText('Nobody with a result has a name that begins with “Nemo”.').waitFor();
    await page.getByRole('textbox', { name: 'Racer' }).fill('ZOË');
    await page.keyboard.press('Enter');
    await page.getByRole('status').getByRole('link', { name: 'Zoë Überholspur' }).click();
    await page.waitForURL(`**/racers/${zoe}`);
    expect(faults).toEqual([]);
    await close();
  });

  it('draws who has sent no picture, and shows the picture of who has', async () => {
    const { page, faults, close } = await openPage(browser);
    await page.goto(`${hall.url}/racers/${zoe}`);
    const drawn = page.locator('main [data-avatar] text');
    expect(await drawn.first().textContent()).toBe('ZÜ');
    await page.goto(`${hall.url}/sign-in`);
    await page.getByRole('button', { name: 'New here?' }).click();
    await page.getByLabel('Alias').fill('Pia');
    await page.getByLabel('Password').first().fill('long enough for all');
    await page.getByRole('button', { name: 'Sign up', exact: true }).click();
    await page.waitForURL('**/account');
    const own = page.getByRole('region', { name: 'Your picture' });
    await own.locator('[data-avatar]').waitFor();
    const send = async (name: string, mimeType: string, buffer: Buffer) =>
      await own.locator('input[type=file]').setInputFiles({ name, mimeType, buffer });
    await send('logo.svg', 'image/svg+xml', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'));
    await own.getByText('PNG, JPEG or WebP.').first().waitFor();
    await send('me.png', 'image/png', readFileSync(new URL('../../docs/pictures/race.png', import.meta.url)));
    const picture = own.locator('img');
    await picture.waitFor();
    await expect.poll(() => page.evaluate("document.querySelector('main img').naturalWidth")).toBe(256);
    if (process.env.PITWALL_PICTURES !== undefined)
      await page.screenshot({ path: `${process.env.PITWALL_PICTURES}/account.png`, fullPage: true });
    await own.getByRole('button', { name: 'Take the picture away' }).click();
    await own.locator('[data-avatar]').waitFor();
    expect(await picture.count()).toBe(0);
    expect(faults).toEqual([]);
    await close();
  });

  it('lists the seasons with the first of their tables', async () => {
    const { page, faults, close } = await openPage(browser);
    await page.goto(`${hall.url}/seasons`);
    const table = page.getByRole('region', { name: 'The Year' }).locator('tbody tr');
    await table.first().waitFor();
    const text = await table.allInnerTexts();
    expect(text[0]).toMatch(/1\s+Zoë Überholspur\s+43/);
    expect(text[1]).toMatch(/2\s+Ben\s+25/);
    await page.getByRole('link', { name: 'The whole table' }).click();
    await page.waitForURL('**/seasons/year');
    expect(faults).toEqual([]);
    await close();
  });

  it.each([
    ['en', 390],
    ['de', 390],
    ['es', 390],
    ['ja', 390],
    ['en', 1440],
  ])('fits the screen, and axe finds nothing in dark and light, in %s at %i px', async (locale, width) => {
    const { page, close } = await openPage(browser, { width, height: 844 }, locale);
    const folder = process.env.PITWALL_PICTURES;
    for (const path of [
      `/racers/${zoe}`,
      '/statistics',
      '/seasons',
      '/boards/spring',
      '/boards/spring/results/0196a000-0000-7000-8000-000000000001',
    ]) {
      await page.goto(hall.url + path);
      await page.locator('main section, main table').first().waitFor();
      await page.waitForLoadState('networkidle');
      expect(await page.evaluate('document.documentElement.scrollWidth'), path).toBeLessThanOrEqual(width);
      await page.evaluate(axe);
      for (const colorScheme of ['dark', 'light'] as const) {
        await page.emulateMedia({ colorScheme });
        await page.locator(`[data-mantine-color-scheme=${colorScheme}]`).waitFor();
        expect(await page.evaluate(findingsOfAxe), `${path} in ${colorScheme}`).toEqual([]);
        const name = `${path.replaceAll('/', '-').slice(1, 30)}-${locale}-${width}-${colorScheme}`;
        if (folder !== undefined) await page.screenshot({ path: `${folder}/${name}.png`, fullPage: true });
      }
    }
    await close();
  });
});

import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { missingForPages, openBrowser, openPage } from './browser.js';
import { fullRace, racers } from './full-race.js';
import { Hall } from './hall.js';

if (missingForPages !== undefined) {
  if (process.env.CI === 'true') throw new Error(`the pages need ${missingForPages}`);
  console.log(`skipped: the crowd’s page in a browser, because ${missingForPages} is missing`);
}

interface Box {
  readonly name: string;
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** Where things are on the page: its parts, and the rows of the standings. */
const measure = (page: Page) =>
  page.evaluate(`(() => {
    const box = (name, element) => {
      const { left, top, right, bottom } = element.getBoundingClientRect();
      return { name, left, top, right, bottom };
    };
    const region = (name) => document.querySelector('section[aria-label="' + name + '"]');
    const parts = ['Standings', 'Laps', 'Next', 'Leaderboard'].flatMap((name) => region(name) ? [box(name, region(name))] : []);
    return {
      parts: [...parts, box('stage', document.querySelector('h2').closest('div[class*=stage]'))],
      heading: box('heading', region('Standings').querySelector('h2')),
      rows: [...region('Standings').querySelectorAll('tbody tr')].map((row, index) => box('row ' + index, row)),
      cells: [...region('Standings').querySelectorAll('tbody tr')].map((row) => [...row.cells].map((cell) => cell.scrollWidth - cell.clientWidth)),
      wide: document.documentElement.scrollWidth - innerWidth,
      high: document.documentElement.scrollHeight - innerHeight,
    };
  })()`) as Promise<{
    parts: Box[];
    heading: Box;
    rows: Box[];
    cells: number[][];
    wide: number;
    high: number;
  }>;

const overlap = (a: Box, b: Box): boolean =>
  Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1 &&
  Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 1;

describe.skipIf(missingForPages !== undefined)('the crowd’s page, with 24 racers of long names', () => {
  const hall = new Hall();
  let browser: Browser;

  beforeAll(async () => {
    hall.marshal = await hall.token('marshal', 'mara');
    await hall.start();
    await fullRace(hall, 'autumn');
    browser = await openBrowser();
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await hall.stop();
  });

  it.each([
    { width: 390, height: 844, rows: 24 },
    { width: 768, height: 1024, rows: 24 },
    { width: 1280, height: 720, rows: 8 },
    { width: 1366, height: 768, rows: 8 },
    { width: 1920, height: 969, rows: 8 },
    { width: 1920, height: 1080, rows: 10 },
    { width: 2560, height: 1440, rows: 10 },
    { width: 3840, height: 2160, rows: 12 },
  ])('shows the standings at $width × $height', async ({ width, height, rows: least }) => {
    const { page, faults, close } = await openPage(browser, { width, height });
    await page.goto(`${hall.url}/races/autumn`);
    await page.getByTestId('standings').waitFor();
    await page.getByTestId('laps').getByText('Lap 20').waitFor();
    const { parts, heading, rows, cells, wide, high } = await measure(page);
    expect(wide).toBe(0);
    for (const [index, part] of parts.entries())
      for (const other of parts.slice(index + 1))
        expect([part.name, other.name, overlap(part, other)]).toEqual([part.name, other.name, false]);
    const standings = parts.find(({ name }) => name === 'Standings') as Box;
    expect(rows.length).toBeGreaterThanOrEqual(least);
    for (const row of [heading, ...rows]) {
      expect(row.bottom - row.top).toBeGreaterThan(10);
      expect(row.top).toBeGreaterThanOrEqual(standings.top);
      expect(row.bottom).toBeLessThanOrEqual(standings.bottom);
    }
    // A name may be cut, never a place or a time.
    for (const [place, , behind, score] of cells) expect([place, behind, score]).toEqual([0, 0, 0]);
    if (width >= 1024) {
      expect(high).toBeLessThanOrEqual(0);
      expect(standings.bottom).toBeLessThanOrEqual(height);
    }
    // Who drives is among those that are shown.
    expect(await page.locator('tr[data-now]').textContent()).toContain(racers.at(-1)?.alias);
    expect(faults).toEqual([]);
    await close();
  });

  it('ends on who won, and never on a run that was discarded', async () => {
    const { page, faults, close } = await openPage(browser, { width: 1280, height: 720 });
    const { current } = await hall.state('autumn');
    await hall.give('autumn', { type: 'discard', runId: current as string, reason: 'Racer withdrew' });
    await page.goto(`${hall.url}/races/autumn`);
    await page.getByTestId('standings').waitFor();
    expect(await page.getByText(/discarded|no score/i).count()).toBe(0);
    await hall.give('autumn', { type: 'close' });
    await hall.give('autumn', { type: 'declare-official', overrule: 'All racers agree' });
    const podium = page.getByTestId('podium');
    await podium.getByText('Winner', { exact: true }).waitFor();
    const { standings } = await hall.state('autumn');
    const winner = podium.getByRole('heading', { name: standings[0]?.alias as string });
    const size = await winner.evaluate('(element) => parseFloat(getComputedStyle(element).fontSize)');
    expect(size).toBeGreaterThan(40);
    expect(await page.getByText(/discarded|no score/i).count()).toBe(0);
    await page.getByText(`official · won by ${standings[0]?.alias}`).waitFor();
    expect(faults).toEqual([]);
    await close();
  });
});

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

/** What is wrong with how the page stands on a screen; `least` rows are to be seen. */
async function problems(page: Page, { width, height, rows: least }: Screen): Promise<string[]> {
  const { parts, heading, rows, cells, wide, high } = await measure(page);
  const standings = parts.find(({ name }) => name === 'Standings') as Box;
  const said: string[] = [];
  const is = (ok: boolean, what: string) => ok || said.push(what);
  is(wide <= 0, `it is ${wide} px too wide`);
  for (const [index, part] of parts.entries())
    for (const other of parts.slice(index + 1)) is(!overlap(part, other), `${part.name} lies over ${other.name}`);
  is(rows.length >= least, `only ${rows.length} rows`);
  for (const row of [heading, ...rows]) {
    is(row.bottom - row.top > 10, `${row.name} has no height`);
    is(row.top >= standings.top && row.bottom <= standings.bottom, `${row.name} is outside of the standings`);
  }
  // A name may be cut, never a place or a time.
  for (const [index, [place, , behind, score]] of cells.entries())
    is(place === 0 && behind === 0 && score === 0, `a number in row ${index} is cut`);
  // A phone is scrolled; beside a projector nobody stands to do so.
  if (width >= 1024) is(high <= 0 && standings.bottom <= height, `it is ${high} px too high`);
  return said;
}

interface Screen {
  readonly width: number;
  readonly height: number;
  readonly rows: number;
}

describe.skipIf(missingForPages !== undefined)('the crowd’s page, with 24 racers of long names', () => {
  const hall = new Hall();
  let browser: Browser;

  beforeAll(async () => {
    hall.marshal = await hall.token('marshal', 'mara');
    await hall.importRace(fullRace('autumn'));
    await hall.start();
    browser = await openBrowser();
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await hall.stop();
  }, 60_000);

  async function look(screen: { readonly width: number; readonly height: number }) {
    const opened = await openPage(browser, screen);
    await opened.page.goto(`${hall.url}/races/autumn`);
    await opened.page.getByTestId('standings').waitFor();
    return opened;
  }

  it.each([
    { width: 390, height: 844, rows: 24 },
    { width: 768, height: 1024, rows: 24 },
    { width: 1280, height: 720, rows: 12 },
    { width: 1366, height: 768, rows: 12 },
    { width: 1920, height: 969, rows: 12 },
    { width: 1920, height: 1080, rows: 12 },
    { width: 2560, height: 1440, rows: 14 },
    { width: 3840, height: 2160, rows: 16 },
  ])('shows the standings at $width × $height', async (screen) => {
    const { page, faults, close } = await look(screen);
    await page.locator('[data-lap="20"]').waitFor();
    await expect.poll(() => problems(page, screen), { timeout: 60_000 }).toEqual([]);
    // Who drives is among those that are shown.
    expect(await page.locator('tr[data-now]').textContent()).toContain(racers.at(-1)?.alias);
    expect(faults).toEqual([]);
    await close();
  });

  it('hides no standings at any size between a phone and the largest projector', async () => {
    const { page, faults, close } = await look({ width: 390, height: 844 });
    await page.locator('[data-lap="20"]').waitFor();
    const found: object[] = [];
    for (const width of [390, 430, 600, 820, 1023, 1024, 1100, 1280, 1440, 1680, 1920, 2560, 3440, 3840])
      for (const height of [844, 900, 1080, 1440, 2160]) {
        await page.setViewportSize({ width, height });
        // A phone is scrolled through all of them.
        const screen = { width, height, rows: width < 1024 ? 24 : 12 };
        let said = await problems(page, screen);
        for (let looks = 0; said.length > 0 && looks < 20; looks += 1) {
          await page.evaluate('new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))');
          said = await problems(page, screen);
        }
        if (said.length > 0) found.push({ width, height, said });
      }
    expect(found).toEqual([]);
    expect(faults).toEqual([]);
    await close();
  }, 120_000);

  it('ends on who won, and never on a run that was discarded', async () => {
    const { page, faults, close } = await look({ width: 1280, height: 720 });
    const { current } = await hall.state('autumn');
    await hall.give('autumn', { type: 'discard', runId: current as string, reason: 'Racer withdrew' });
    await page.getByRole('heading', { name: racers.at(-2)?.alias as string }).waitFor();
    expect(await page.getByText(/discarded|no score/i).count()).toBe(0);
    await hall.give('autumn', { type: 'close' });
    await hall.give('autumn', { type: 'declare-official', overrule: 'All racers agree' });
    const podium = page.getByTestId('podium');
    await podium.getByText('Winner', { exact: true }).waitFor();
    const { standings } = await hall.state('autumn');
    await podium.getByRole('heading', { name: standings[0]?.alias as string }).waitFor();
    const size = await page.evaluate(
      `parseFloat(getComputedStyle(document.querySelector('[data-testid=podium] h2')).fontSize)`,
    );
    expect(size).toBeGreaterThan(40);
    expect(await page.getByText(/discarded|no score/i).count()).toBe(0);
    await page.getByText(`official · won by ${standings[0]?.alias}`).waitFor();
    expect(faults).toEqual([]);
    await close();
  });
});

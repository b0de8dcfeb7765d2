import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { missingForPages, openBrowser, openPage } from './browser.js';
import { Hall } from './hall.js';

if (missingForPages !== undefined) {
  if (process.env.CI === 'true') throw new Error(`the pages need ${missingForPages}`);
  console.log(`skipped: the pages of events, because ${missingForPages} is missing`);
}

/** Where pictures go, for who wants to look at them. */
const pictures = process.env.PITWALL_PICTURES;

async function picture(page: Page, name: string): Promise<void> {
  if (pictures === undefined) return;
  mkdirSync(pictures, { recursive: true });
  await page.screenshot({ path: join(pictures, `${name}.png`), fullPage: true });
}

/** What a date field takes, of a moment, in UTC. */
const wall = (moment: number) => new Date(moment).toISOString().slice(0, 16);
const hour = 3_600_000;

describe.skipIf(missingForPages !== undefined)('events on the pages', () => {
  const hall = new Hall();
  let browser: Browser;

  beforeAll(async () => {
    hall.organizer = await hall.token('organizer', 'olga');
    hall.marshal = hall.organizer;
    await hall.start();
    for (const [race, name] of [
      ['heat', 'First heat'],
      ['final', 'The final'],
    ] as const)
      await hall.createRace({
        race,
        commandId: crypto.randomUUID(),
        setup: {
          name,
          track: { id: 'oval', version: 1 },
          gates: ['line'],
          car: 'any',
          leaderboard: 'main',
          rules: { name: 'cup', start: 'key' },
        },
      });
    browser = await openBrowser();
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await hall.stop();
  });

  async function asOrganizer() {
    const opened = await openPage(browser);
    await opened.page.goto(hall.url);
    await opened.page.evaluate(`sessionStorage.setItem('pitwall-token', '${hall.organizer}')`);
    return opened;
  }

  it('an organizer makes an event with its program, without a terminal; errors stand at the field', async () => {
    const { page, faults, close } = await asOrganizer();
    const now = Date.now();
    await page.goto(`${hall.url}/events`);
    await page.getByRole('link', { name: 'New event' }).click();
    await page.getByRole('button', { name: 'Create the event' }).click();
    await page.getByText('Give the event a name of at most 100 characters.').waitFor();
    await page.getByLabel('Name', { exact: true }).fill('Autumn Cup');
    await page.getByLabel('Time zone').fill('UTC');
    await page.getByLabel('Place', { exact: true }).fill('Hall 3');
    await page
      .getByLabel('Begins')
      .first()
      .fill(wall(now - hour));
    await page
      .getByLabel('Ends')
      .first()
      .fill(wall(now + 8 * hour));
    await page.getByLabel('City Championship').check();
    await page.getByLabel('Combined board: points for places').fill('3, 2, 1');
    for (const [index, race] of [
      [1, 'First heat'],
      [2, 'The final'],
    ] as const) {
      await page.getByRole('button', { name: 'Add an item' }).click();
      const item = page.getByRole('group', { name: `Item ${index}` });
      await item.getByLabel('Race').selectOption({ label: race });
      await item.getByLabel('Begins').fill(wall(now + index * hour));
      await item.getByLabel('Ends').fill(wall(now));
    }
    await page.getByRole('button', { name: 'Create the event' }).click();
    await page.getByText(/Item 1: choose a race/).waitFor();
    for (const index of [1, 2])
      await page
        .getByRole('group', { name: `Item ${index}` })
        .getByLabel('Ends')
        .fill(wall(now + (index + 1) * hour));
    await picture(page, 'event-form');
    await page.getByRole('button', { name: 'Create the event' }).click();
    await page.getByRole('heading', { name: 'Autumn Cup' }).waitFor();
    await page.getByRole('region', { name: 'Next' }).getByText('First heat').waitFor();
    await picture(page, 'event-organizer');
    expect(faults).toEqual([]);
    await close();
  });

  it('is at / while it is on: now, next, boards, QR and calendar, at 390 px without sideways scrolling', async () => {
    await hall.give('heat', { type: 'enter', entry: { racer: 'ann', alias: 'Ann', car: null, models: [] } });
    await hall.give('heat', { type: 'open' });
    const { page, faults, close } = await openPage(browser, { width: 390, height: 844 });
    await page.goto(hall.url);
    await page.getByRole('heading', { name: 'Autumn Cup' }).waitFor();
    await page.getByRole('region', { name: 'Now' }).getByText('First heat').waitFor();
    await page.getByRole('region', { name: 'Next' }).getByText('The final').waitFor();
    await page.getByRole('region', { name: 'Leaderboard' }).getByText('City Championship').waitFor();
    await page.getByRole('region', { name: 'Combined board' }).waitFor();
    await page.getByText('Times as your clock shows them').waitFor();
    expect(await page.getByRole('img', { name: /\/events\// }).count()).toBe(1);
    await page.getByText('This address works on this computer alone.').waitFor();
    expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBe(0);
    await picture(page, 'event-phone');
    const file = page.waitForEvent('download');
    await page.getByRole('link', { name: 'Calendar file (.ics)' }).click();
    expect((await file).suggestedFilename()).toMatch(/^event-\w+\.ics$/);
    // The head has no room for the link on a phone: pages lead there.
    await page.goto(`${hall.url}/online`);
    await page.getByRole('link', { name: 'Events' }).click();
    await page.getByRole('region', { name: 'On now' }).getByText('Autumn Cup').waitFor();
    await picture(page, 'events-phone');
    expect(faults).toEqual([]);
    await close();
  });

  it('names the winner, is moved, made again and deleted by its organizer', async () => {
    await hall.give('heat', { type: 'close' });
    const { page, faults, close } = await asOrganizer();
    await page.goto(hall.url);
    await page.getByRole('region', { name: 'Finished' }).getByText('First heat').waitFor();
    await page.getByRole('button', { name: 'Shift' }).click();
    await page.getByLabel('Minutes later').fill('soon');
    await page.getByRole('button', { name: 'Shift the program' }).click();
    await page.getByText('Whole minutes, as 15 or −10.').waitFor();
    await page.getByLabel('Minutes later').fill('45');
    await page.getByRole('button', { name: 'Shift the program' }).click();
    await page.getByRole('button', { name: 'Shift the program' }).waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'The same again' }).click();
    await page.getByLabel('Name', { exact: true }).fill('Winter Cup');
    await page.getByRole('button', { name: 'Make it again' }).click();
    await page.getByRole('heading', { name: 'Winter Cup' }).waitFor();
    await page.getByRole('region', { name: 'Next' }).getByText('First heat').waitFor();
    await page.getByRole('button', { name: 'Delete the event' }).click();
    await page.getByRole('button', { name: 'Delete the event' }).last().click();
    await page.getByRole('heading', { name: 'Events' }).waitFor();
    expect(await page.getByText('Winter Cup').count()).toBe(0);
    expect(faults).toEqual([]);
    await close();
  });
});

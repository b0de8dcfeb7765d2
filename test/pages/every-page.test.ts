import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { axe, findingsOfAxe } from './axe.js';
import { missingForPages, openBrowser, openPage } from './browser.js';
import { Hall } from './hall.js';

if (missingForPages !== undefined) {
  if (process.env.CI === 'true') throw new Error(`the pages need ${missingForPages}`);
  console.log(`skipped: every page in a browser, because ${missingForPages} is missing`);
}

/** An address for each route; a route that has none is found below. */
const addresses: Readonly<Record<string, string>> = {
  '/': '/',
  '/races/:race': '/races/cup',
  '/races/:race/speed': '/races/cup/speed',
  '/races/:race/enter': '/races/cup/enter',
  '/boards': '/boards',
  '/boards/:id': '/boards/main',
  '/boards/:board/results/:id': '/boards/main/results/0196a000-0000-7000-8000-000000000000',
  '/racers/:racer': '/racers/nobody',
  '/statistics': '/statistics',
  '/seasons': '/seasons',
  '/held': '/held',
  '/held/:board': '/held/main',
  '/seasons/:id': '/seasons/none',
  '/cars': '/cars',
  '/cars/:car': '/cars/blue',
  '/marshal': '/marshal',
  '/marshal/:race': '/marshal/cup',
  '/tracks': '/tracks',
  '/tracks/:track': '/tracks/oval',
  '/organizer': '/organizer',
  '/organizer/new': '/organizer/new',
  '/organizer/races/:race': '/organizer/races/cup',
  '/organizer/import/:board': '/organizer/import/main',
  '/sign-in': '/sign-in',
  '/sign-in/provider': '/sign-in/provider#refused',
  '/first': '/first#0123456789012345678901234567890123',
  '/recover': '/recover#0123456789012345678901234567890123',
  '/account': '/account',
  '/people': '/people',
  '/online': '/online',
  '/online/new': '/online/new',
  '/online/:race': '/online/none',
  '/online/:race/edit': '/online/none/edit',
  '/online/:race/together': '/online/none/together',
  '/online/:race/submissions/:id': '/online/none/submissions/none',
  '/events': '/events',
  '/events/new': '/events/new',
  '/events/:event': '/events/day',
  '/events/:event/join': '/events/day/join',
  '/events/:event/door': '/events/day/door',
  '/events/:event/screen': '/events/day/screen',
  '/events/:event/overlay': '/events/day/overlay',
  '/events/:event/commentator': '/events/day/commentator',
  '/races/:race/certificate/:racer': '/races/cup/certificate/ann',
  '/claim': '/claim#0123456789012345678901234567890123',
  '/events/:event/change': '/events/day/change',
  '/invitation': '/invitation#none',
};
const nowhere = '/no/such/page';

const sources = fileURLToPath(new URL('../../controller/web/src/', import.meta.url));

it('has an address for each route of the pages', () => {
  const routes = ['pages.tsx', 'online/pages.tsx', 'events/pages.tsx', 'show/pages.tsx'].flatMap((file) =>
    [...readFileSync(sources + file, 'utf8').matchAll(/<Route path="([^"]+)"/g)].map(([, path]) => path),
  );
  expect(routes.length).toBeGreaterThan(25);
  expect([...routes].sort()).toEqual(Object.keys(addresses).sort());
});

/** What is wrong with the page that is shown, by its parts. */
const faultsOfPage = `(() => {
  const wrong = [];
  const one = (what, found) => found.length === 1 || wrong.push(found.length + ' ' + what);
  const shown = (selector) => [...document.querySelectorAll(selector)].filter((it) => it.getClientRects().length > 0);
  one('main landmarks', shown('main'));
  one('h1', shown('h1'));
  if (document.querySelector('main h1') === null) wrong.push('the h1 is outside of main');
  if (!/^.+ · Pitwall$/.test(document.title)) wrong.push('title: ' + document.title);
  const heading = document.querySelector('h1')?.textContent ?? '';
  if (!heading.startsWith(document.title.replace(' · Pitwall', ''))) wrong.push('title ' + document.title + ' of ' + heading);
  if (document.documentElement.lang === '') wrong.push('no language');
  const names = (it) => it.labels?.length > 0 || it.ariaLabel || it.getAttribute('aria-labelledby');
  for (const it of shown('input, select, textarea')) if (!names(it)) wrong.push('a field without a name: ' + it.outerHTML.slice(0, 80));
  for (const it of shown('button, a[href]'))
    if (!it.textContent.trim() && !names(it)) wrong.push('a button without a name: ' + it.outerHTML.slice(0, 80));
  return wrong;
})()`;

/** What paper would show that it should not, and whether it is dark on white. */
const faultsOnPaper = `(() => {
  const wrong = [];
  const shown = (selector) => [...document.querySelectorAll(selector)].filter((it) => it.getClientRects().length > 0);
  for (const it of shown('button, form, header[data-shell]')) wrong.push('to press: ' + it.tagName + ' ' + it.textContent.slice(0, 30));
  const light = (colour) => colour.match(/[\\d.]+/g).slice(0, 3).reduce((sum, part) => sum + Number(part), 0) / 765;
  if (light(getComputedStyle(document.body).backgroundColor) < 0.99) wrong.push('the ground is not white');
  const heading = document.querySelector('h1');
  if (light(getComputedStyle(heading).color) > 0.2) wrong.push('the heading is not dark');
  if (document.documentElement.scrollWidth > innerWidth) wrong.push('wider than the paper');
  return wrong;
})()`;

describe.skipIf(missingForPages !== undefined)('every page in a browser', () => {
  const hall = new Hall();
  let browser: Browser;

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
    browser = await openBrowser();
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await hall.stop();
  });

  const isShown = (page: Page) =>
    page
      .locator('h1')
      .filter({ hasNotText: /One moment|Einen Moment/ })
      .first()
      .waitFor();

  async function open(page: Page, path: string): Promise<void> {
    await page.goto(hall.url + path);
    await isShown(page);
  }

  /** As by a link of the page: nothing is loaded anew. */
  async function follow(page: Page, path: string): Promise<void> {
    await page.evaluate(`history.pushState(null, '', '${path}'); dispatchEvent(new PopStateEvent('popstate'))`);
    await isShown(page);
  }

  const visitors = [
    ['a visitor', ''],
    ['an organizer', 'olga'],
  ] as const;

  async function openAs(page: Page, who: string): Promise<void> {
    await page.goto(hall.url);
    if (who !== '') await page.evaluate(`sessionStorage.setItem('pitwall-token', '${hall.organizer}')`);
    await open(page, '/');
  }

  it.each(
    visitors.flatMap(([name, who]) => (['dark', 'light'] as const).map((scheme) => [name, scheme, who] as const)),
  )(
    'has one heading, one main part, a title of its own and names for all that is pressed, and prints well, for %s in %s',
    async (_, colorScheme, who) => {
      const { page, faults, close } = await openPage(browser);
      await page.emulateMedia({ colorScheme });
      await openAs(page, who);
      await page.evaluate(axe);
      expect(await page.evaluate('document.documentElement.dataset.mantineColorScheme')).toBe(colorScheme);
      const wrong: string[] = [];
      for (const path of [...Object.values(addresses), nowhere]) {
        await follow(page, path);
        for (const fault of (await page.evaluate(faultsOfPage)) as string[]) wrong.push(`${path}: ${fault}`);
        for (const found of (await page.evaluate(findingsOfAxe)) as string[]) wrong.push(`${path}: ${found}`);
        await page.emulateMedia({ media: 'print' });
        for (const fault of (await page.evaluate(faultsOnPaper)) as string[]) wrong.push(`${path} on paper: ${fault}`);
        await page.emulateMedia({ media: 'screen' });
      }
      expect(wrong).toEqual([]);
      expect(faults).toEqual([]);
      await close();
    },
    180_000,
  );

  it.each(visitors)(
    'fits a phone’s screen without sideways scrolling, for %s',
    async (_, who) => {
      const { page, close } = await openPage(browser, { width: 390, height: 844 });
      await openAs(page, who);
      const wide: string[] = [];
      for (const path of [...Object.values(addresses), nowhere]) {
        await follow(page, path);
        const width = (await page.evaluate('document.documentElement.scrollWidth')) as number;
        if (width > 390) wide.push(`${path}: ${width} px`);
      }
      expect(wide).toEqual([]);
      await close();
    },
    120_000,
  );

  it('begins with a link past its head, and where one goes the focus goes', async () => {
    const { page, close } = await openPage(browser);
    for (const path of ['/boards', '/races/cup', '/sign-in', '/tracks']) {
      await open(page, path);
      await page.keyboard.press('Tab');
      const skip = page.getByRole('button', { name: 'To the page' });
      expect(await page.evaluate('document.activeElement.textContent')).toBe(await skip.textContent());
      const box = await skip.boundingBox();
      expect(box!.y).toBeGreaterThanOrEqual(0);
      await page.keyboard.press('Enter');
      expect(await page.evaluate('document.activeElement.tagName')).toBe('MAIN');
    }
    for (const [name, path] of [
      ['Boards', '/boards'],
      ['Online', '/online'],
    ] as const) {
      await page.getByRole('navigation').getByRole('link', { name }).click();
      await expect.poll(() => page.url()).toContain(path);
      expect(await page.evaluate('document.activeElement.tagName')).toBe('MAIN');
      expect(await page.evaluate('scrollY')).toBe(0);
    }
    await close();
  });

  it.each([
    ['en', 2],
    ['de', 2],
    ['es', 3],
    ['ja', 3],
  ])('has its whole head on a phone’s screen, in %s in %i rows at most', async (locale, rows) => {
    const { page, close } = await openPage(browser, { width: 390, height: 844 }, locale);
    await open(page, '/boards');
    // It grows until everything in it is there.
    await page.locator('main h1').waitFor();
    const headBox = async () => (await page.locator('header[data-shell]').boundingBox())!;
    // Except for what pages themselves lead to there.
    const parts = page.locator('header[data-shell] :is(a, button):not([data-wide])');
    for (const part of await parts.all()) {
      const box = (await part.boundingBox())!;
      const head = await headBox();
      expect(box.x).toBeGreaterThanOrEqual(0);
      expect(box.x + box.width).toBeLessThanOrEqual(390);
      expect(box.y + box.height).toBeLessThanOrEqual(head.y + head.height);
      const label = part.locator('.mantine-Button-label');
      if ((await label.count()) === 0) continue;
      // Words stand in the middle of what is pressed.
      const word = (await label.boundingBox())!;
      expect(Math.abs(word.y + word.height / 2 - (box.y + box.height / 2))).toBeLessThan(1.5);
    }
    const head = await headBox();
    // A row is 36 px high, and there is a little room round them.
    expect(head.height).toBeLessThan(rows * 40 + 30);
    const main = (await page.locator('main').boundingBox())!;
    expect(main.y).toBeGreaterThanOrEqual(head.y + head.height - 1);
    await close();
  });

  it('says at each field what is wrong with it, in the language of the page', async () => {
    const { page, close } = await openPage(browser, { width: 390, height: 844 }, 'de');
    await open(page, '/sign-in');
    await page.getByRole('button', { name: 'Neu hier?' }).click();
    await page.getByLabel('Passwort').first().fill('kurz');
    await page.getByLabel('E-Mail').fill('keine');
    await page.getByRole('button', { name: 'Konto anlegen' }).click();
    await page.getByText('Ein Alias hat 1 bis 64 Zeichen').waitFor();
    await page.getByText('Das ist keine E-Mail-Adresse').waitFor();
    await page.getByLabel('Alias').fill('Neu am Zaun');
    expect(await page.getByText('Ein Alias hat 1 bis 64 Zeichen').count()).toBe(0);
    await page.getByLabel('Passwort').first().fill('lang genug für alle');
    await page.getByLabel('E-Mail').fill('');
    await page.getByRole('button', { name: 'Konto anlegen' }).click();
    await page.waitForURL('**/account');
    await close();
  });
});

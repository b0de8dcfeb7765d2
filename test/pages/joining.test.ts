import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { missingForPages, openBrowser, openPage } from './browser.js';
import { Hall } from './hall.js';

if (missingForPages !== undefined) {
  if (process.env.CI === 'true') throw new Error(`the pages need ${missingForPages}`);
  console.log(`skipped: joining by phone, because ${missingForPages} is missing`);
}

/** Where pictures go, for who wants to look at them. */
const pictures = process.env.PITWALL_PICTURES;

async function picture(page: Page, name: string): Promise<void> {
  if (pictures === undefined) return;
  mkdirSync(pictures, { recursive: true });
  await page.screenshot({ path: join(pictures, `${name}.png`), fullPage: true });
}

const phone = { width: 390, height: 844 };
const hour = 3_600_000;

describe.skipIf(missingForPages !== undefined)('joining an event by phone', () => {
  const hall = new Hall('all', 'hall:\n  host: 127.0.0.1\n  port: 0\n');
  let browser: Browser;
  let address = '';

  beforeAll(async () => {
    hall.organizer = await hall.token('organizer', 'olga');
    hall.marshal = hall.organizer;
    await hall.start();
    await hall.createRace({
      race: 'heat',
      commandId: crypto.randomUUID(),
      setup: {
        name: 'First heat',
        track: { id: 'oval', version: 1 },
        gates: ['line'],
        car: 'any',
        rules: { name: 'cup', start: 'key' },
      },
    });
    await hall.give('heat', { type: 'open' });
    const now = Date.now();
    const setup = {
      name: 'Autumn Cup',
      joining: 'pin',
      startsAt: now - hour,
      endsAt: now + hour,
      program: [{ race: 'heat', startsAt: now, endsAt: now + hour }],
    };
    await hall.post('/api/v1/events', hall.organizer, { event: 'cup', commandId: crypto.randomUUID(), setup });
    browser = await openBrowser();
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await hall.stop();
  });

  /** What the QR on the entrance's screen says, with the PIN behind the `#`. */
  async function scanned(): Promise<string> {
    const { page, faults, close } = await openPage(browser);
    await page.goto(hall.url);
    await page.evaluate(`sessionStorage.setItem('pitwall-token', '${hall.organizer}')`);
    await page.goto(`${hall.url}/events/cup/door`);
    const code = page.getByRole('img', { name: /\/events\/cup\/join#\d{6}$/ });
    await code.waitFor();
    await picture(page, 'door');
    expect(faults).toEqual([]);
    const text = (await code.getAttribute('aria-label')) ?? '';
    await close();
    return text;
  }

  it('from the QR to a race in at most 6 taps and 60 s, over plain HTTP, with no account before', async () => {
    address = await scanned();
    expect(address).toMatch(/^http:\/\/127\.0\.0\.1:/);
    expect(new URL(address).port).not.toBe(new URL(hall.url).port);
    const { page, faults, close } = await openPage(browser, phone);
    const begun = performance.now();
    let taps = 0;
    const tap = async (what: ReturnType<Page['getByRole']>) => {
      taps += 1;
      await what.click();
    };
    await page.goto(address);
    await tap(page.getByLabel('What shall we call you?'));
    await page.keyboard.type('Zoë');
    // The system's own list: one tap opens it, one chooses.
    taps += 2;
    await page.getByLabel('Country').selectOption({ label: 'Austria' });
    await tap(page.getByRole('button', { name: 'blue' }));
    await page.getByText('Everybody sees alias').waitFor();
    await picture(page, 'join-phone');
    expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBe(0);
    await tap(page.getByRole('button', { name: 'Join as Zoë' }));
    await page.getByRole('heading', { name: 'You are in, Zoë!' }).waitFor();
    const took = performance.now() - begun;
    await page.getByText('You have entered: First heat.').waitFor();
    await picture(page, 'joined-phone');
    expect(taps).toBeLessThanOrEqual(6);
    expect(took).toBeLessThan(60_000);
    expect((await hall.state('heat')).entries).toMatchObject([{ alias: 'Zoë', country: 'AT' }]);
    // Signed in from here on, in that door alone.
    await page.getByRole('link', { name: 'To the race' }).click();
    await page.getByRole('button', { name: /^Zoë/ }).waitFor();
    expect(faults).toEqual([]);
    await close();
  });

  it('asks somebody under age for who consents, and shows a neutral name', async () => {
    const { page, faults, close } = await openPage(browser, phone);
    await page.goto(address);
    await page.getByLabel('What shall we call you?').fill('Mia');
    await page.getByLabel('I am under age').check();
    await page.getByRole('button', { name: 'Join as Mia' }).click();
    await page.getByText('Somebody who may decide for you must agree: their name.').waitFor();
    await page.getByLabel('Name of the parent or guardian').fill('M. Meier');
    await picture(page, 'join-minor');
    await page.getByRole('button', { name: 'Join as Mia' }).click();
    await page.getByRole('heading', { name: /^You are in, Racer \d{6}!$/ }).waitFor();
    expect(faults).toEqual([]);
    await close();
  });

  it('says at the field that the PIN is missing, and in a sentence that it is wrong', async () => {
    const { page, faults, close } = await openPage(browser, phone);
    const [plain = '', pin = ''] = address.split('#');
    await page.goto(plain);
    await page.getByLabel('What shall we call you?').fill('Eve');
    await page.getByRole('button', { name: 'Join as Eve' }).click();
    await page.getByText('Six digits; they stand beside the QR.').waitFor();
    await page.getByLabel('PIN from the screen').fill(`${(Number(pin) + 1) % 1_000_000}`.padStart(6, '0'));
    await page.getByRole('button', { name: 'Join as Eve' }).click();
    await page.getByText('The PIN is not right').waitFor();
    expect(faults).toEqual([]);
    await close();
  });

  it('has a walk-in entered with two fields, who claims the entry by the card’s QR', async () => {
    const staff = await openPage(browser);
    await staff.page.goto(hall.url);
    await staff.page.evaluate(`sessionStorage.setItem('pitwall-token', '${hall.organizer}')`);
    await staff.page.goto(`${hall.url}/events/cup/door`);
    await staff.page.getByLabel('What shall we call you?').fill('Walter');
    await staff.page.getByLabel('Country').selectOption({ label: 'Japan' });
    await staff.page.getByRole('button', { name: 'Enter', exact: true }).click();
    const card = staff.page.getByRole('img', { name: /\/claim#/ });
    await card.waitFor();
    await picture(staff.page, 'walk-in');
    const { page, faults, close } = await openPage(browser, phone);
    await page.goto((await card.getAttribute('aria-label')) ?? '');
    await page.getByRole('button', { name: 'That is me' }).click();
    await page.getByRole('heading', { name: 'Walter' }).waitFor();
    expect((await hall.state('heat')).entries.map(({ alias }) => alias)).toContain('Walter');
    expect([...faults, ...staff.faults]).toEqual([]);
    await Promise.all([close(), staff.close()]);
  });
});

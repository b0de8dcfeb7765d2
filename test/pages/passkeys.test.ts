import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addAuthenticator, missingForPages, openBrowser, openPage } from './browser.js';
import { Hall } from './hall.js';

if (missingForPages !== undefined) {
  if (process.env.CI === 'true') throw new Error(`the pages need ${missingForPages}`);
  console.log(`skipped: passkeys, because ${missingForPages} is missing`);
}

/** Where pictures go, for who wants to look at them. */
const pictures = process.env.PITWALL_PICTURES;

async function picture(page: Page, name: string): Promise<void> {
  if (pictures === undefined) return;
  mkdirSync(pictures, { recursive: true });
  await page.screenshot({ path: join(pictures, `${name}.png`), fullPage: true });
}

describe.skipIf(missingForPages !== undefined)('passkeys', () => {
  const hall = new Hall();
  let browser: Browser;
  beforeAll(async () => {
    await hall.start();
    browser = await openBrowser();
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
    await hall.stop();
  });
  const named = () => hall.url.replace('127.0.0.1', 'localhost');

  it('sign up, in and in again; another one is added, and one that is removed is good no more', async () => {
    const { page, faults, close } = await openPage(browser, { width: 390, height: 844 });
    const first = await addAuthenticator(page);
    await page.goto(`${named()}/sign-in`);
    await page.getByRole('button', { name: 'New here?' }).click();
    await page.getByRole('button', { name: 'With a passkey instead of a password' }).click();
    await picture(page, 'passkey-sign-up');
    await page.getByLabel('Alias').fill('Zoë');
    await page.getByRole('button', { name: 'Make a passkey and sign up' }).click();
    await page.getByRole('heading', { name: 'Zoë' }).waitFor();
    const own = page.getByRole('region', { name: 'Passkeys' });
    await own.getByText(/^for localhost · since/).waitFor();
    await picture(page, 'passkey-account');
    expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBe(0);
    // The same device twice is one passkey.
    await own.getByRole('button', { name: 'Add a passkey' }).click();
    await own.getByText('This device has a passkey for your account already.').waitFor();

    const signIn = async () => {
      await page.context().clearCookies();
      await page.evaluate('localStorage.clear()');
      await page.goto(`${named()}/sign-in`);
      await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
    };
    const sent = page.waitForRequest((request) => request.url().endsWith('/api/v1/session/passkey'));
    await signIn();
    await page.getByRole('heading', { name: 'Zoë' }).waitFor();
    // What was overheard opens nothing a second time.
    const replayed = await page.evaluate(
      `fetch('/api/v1/session/passkey', { method: 'POST', headers: { 'content-type': 'application/json' }, body: ${JSON.stringify((await sent).postData())} }).then(async (one) => [one.status, (await one.json()).error.code])`,
    );
    expect(replayed).toEqual([409, 'passkey-refused']);

    await first.remove();
    const second = await addAuthenticator(page);
    await own.getByRole('button', { name: 'Add a passkey' }).click();
    await expect.poll(() => own.getByText(/^for localhost/).count()).toBe(2);
    const remove = own.getByRole('button', { name: /^Remove/ });
    await remove.last().click();
    await expect.poll(() => remove.count()).toBe(1);
    await signIn();
    await page.getByText('Nobody here has this passkey, or not any more').waitFor();
    // Chromium may keep it for the next page otherwise, and has one of the kind at most.
    await second.remove();
    expect(faults).toEqual([]);
    await close();
  });

  it('are refused without the owner’s finger or PIN, and say at an address without a name that there are none', async () => {
    const { page, faults, close } = await openPage(browser);
    await addAuthenticator(page, false);
    await page.goto(`${named()}/sign-in`);
    await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
    await page.getByText('No passkey came').waitFor();
    await page.goto(`${hall.url}/sign-in`);
    await page.getByText('Passkeys work where this controller has a name and TLS').waitFor();
    expect(await page.getByRole('button', { name: /passkey/ }).count()).toBe(0);
    const refused = await page.evaluate(
      `fetch('/api/v1/session/passkey/options', { method: 'POST' }).then(async (one) => (await one.json()).error.code)`,
    );
    expect(refused).toBe('passkey-refused');
    expect(faults).toEqual([]);
    await close();
  });
});

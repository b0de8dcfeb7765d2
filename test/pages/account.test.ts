import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addAuthenticator, missingForPages, openBrowser, openPage } from './browser.js';
import { Hall } from './hall.js';

if (missingForPages !== undefined) {
  if (process.env.CI === 'true') throw new Error(`the pages need ${missingForPages}`);
  console.log(`skipped: deleting an account, because ${missingForPages} is missing`);
}

/** Where pictures go, for who wants to look at them. */
const pictures = process.env.PITWALL_PICTURES;

async function picture(page: Page, name: string): Promise<void> {
  if (pictures === undefined) return;
  mkdirSync(pictures, { recursive: true });
  await page.screenshot({ path: join(pictures, `${name}.png`), fullPage: true });
}

describe.skipIf(missingForPages !== undefined)('an account', () => {
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

  async function signUp(page: Page, alias: string): Promise<void> {
    await page.goto(`${named()}/sign-in`);
    await page.getByRole('button', { name: 'New here?' }).click();
    await page.getByLabel('Alias').fill(alias);
    await page.getByLabel('Password', { exact: true }).fill('correct horse');
    await page.getByRole('button', { name: 'Sign up' }).click();
    await page.getByRole('heading', { name: alias }).waitFor();
  }

  it('changes its country and colour, is saved as a file, and deleted in two steps', async () => {
    const { page, faults, close } = await openPage(browser, { width: 390, height: 844 });
    await signUp(page, 'Zoë Quist');
    const looks = page.getByRole('region', { name: 'How you are shown' });
    await looks.getByLabel('Country').selectOption('JP');
    await looks.getByRole('button', { name: 'green' }).click();
    await looks.getByRole('button', { name: 'Save' }).click();
    await looks.getByText('Results of before keep the country of then.').waitFor();

    const own = page.getByRole('region', { name: 'Your data' });
    const download = page.waitForEvent('download');
    await own.getByRole('link', { name: 'Save everything' }).click();
    const file = await (await download).path();
    const account = JSON.parse(execFileSync('tar', ['-xOf', file, 'account.json'], { encoding: 'utf8' }));
    expect(account).toMatchObject({ account: { alias: 'Zoë Quist' }, results: { racer: { country: 'JP' } } });
    await picture(page, 'account');

    await own.getByRole('button', { name: 'Delete the account' }).click();
    const question = page.getByRole('dialog', { name: 'Delete Zoë Quist for good?' });
    await question.getByText(account.nameOnceDeleted).waitFor();
    await picture(page, 'account-delete');
    expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBe(0);
    await question.getByLabel('Password', { exact: true }).fill('wrong horse');
    await question.getByRole('button', { name: 'Delete for good' }).click();
    await question.getByText('The password is not right.').waitFor();
    await question.getByLabel('Password', { exact: true }).fill('correct horse');
    await question.getByRole('button', { name: 'Delete for good' }).click();
    await page.getByText('Your account is deleted.').waitFor();
    await picture(page, 'account-deleted');
    await page.goto(`${named()}/racers/${account.racer}`);
    await page.getByRole('heading', { name: account.nameOnceDeleted }).waitFor();
    // The name is free.
    await signUp(page, 'Zoë Quist');
    expect(faults).toEqual([]);
    await close();
  });

  it('is deleted with a passkey, where there is no password', async () => {
    const { page, faults, close } = await openPage(browser);
    const authenticator = await addAuthenticator(page);
    await page.goto(`${named()}/sign-in`);
    await page.getByRole('button', { name: 'New here?' }).click();
    await page.getByRole('button', { name: 'With a passkey instead of a password' }).click();
    await page.getByLabel('Alias').fill('Kim');
    await page.getByRole('button', { name: 'Make a passkey and sign up' }).click();
    await page.getByRole('heading', { name: 'Kim' }).waitFor();
    await page.getByRole('button', { name: 'Delete the account' }).click();
    await page.getByRole('button', { name: 'Delete for good, with a passkey' }).click();
    await page.getByText('Your account is deleted.').waitFor();
    await authenticator.remove();
    expect(faults).toEqual([]);
    await close();
  });
});

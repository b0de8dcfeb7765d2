import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Packed } from '../updates/packed-agent.js';
import { UpdateTrack } from '../updates/track.js';
import { missingForPages, openBrowser, openPage } from './browser.js';

if (missingForPages !== undefined) {
  if (process.env.CI === 'true') throw new Error(`the pages need ${missingForPages}`);
  console.log(`skipped: versions of cars in a browser, because ${missingForPages} is missing`);
}

describe.skipIf(missingForPages !== undefined)('versions of the cars in a browser, with a real car', () => {
  const track = new UpdateTrack();
  let browser: Browser;
  let next: Packed;

  beforeAll(async () => {
    await track.open();
    next = track.pack('0.2.0');
    track.agent.on();
    await track.drives('0.1.0');
    browser = await openBrowser();
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await track.close();
  });

  it('the crew brings one, updates all cars, and rolls one back', { timeout: 180_000 }, async () => {
    const { page, faults, close } = await openPage(browser, { width: 390, height: 844 });
    await page.goto(`${track.hall.url}/cars`);
    const car = page.getByRole('region', { name: 'red', exact: true });
    await car.getByText('disarmed').waitFor();
    // A spectator has nothing to press.
    expect(await page.getByRole('button', { name: /Update|Roll back/ }).count()).toBe(0);
    await page.getByLabel('Token').fill(track.crew);
    await page.keyboard.press('Enter');
    await car.getByText('Version 0.1.0').waitFor();
    const versions = page.getByRole('region', { name: 'Versions of the cars' });
    const all = versions.getByRole('button', { name: /^Update all/ });
    expect(await all.isDisabled()).toBe(true);

    const files = versions.getByLabel('An archive of pitwall-agent and its signature');
    await files.setInputFiles([next.archive]);
    await versions.getByText(/Choose pitwall-agent-0\.2\.0-linux-.*\.tar\.gz\.minisig as well\./).waitFor();
    await files.setInputFiles([next.archive, `${next.archive}.minisig`]);
    await versions.getByText('0.2.0 is here.').waitFor();
    await car.getByRole('button', { name: 'Update to 0.2.0' }).waitFor();
    expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBe(0);
    if (process.env.PICTURES !== undefined)
      await page.screenshot({ path: `${process.env.PICTURES}/versions.png`, fullPage: true });

    await versions.getByRole('button', { name: 'Update all (1)' }).click();
    await track.drives('0.2.0');
    await car.getByText('Version 0.2.0').waitFor();
    await versions.getByText('red starts 0.2.0 now.').waitFor();
    await car.getByRole('button', { name: 'Roll back to 0.1.0' }).click();
    await track.drives('0.1.0');
    await car.getByText('Version 0.1.0').waitFor();

    // Armed it keeps its version, and the page says the car's own sentence.
    await track.armed();
    await car.getByRole('button', { name: 'Update to 0.2.0' }).click();
    await car.getByText('The version is changed while the car is disarmed, and it is armed').waitFor();
    if (process.env.PICTURES !== undefined)
      await page.screenshot({ path: `${process.env.PICTURES}/versions-armed.png`, fullPage: true });
    expect(faults).toEqual([]);
    await close();
  });
});

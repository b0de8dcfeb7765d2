import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OnnxWriter } from '../model/onnx-writer.js';
import { missingForPages, openBrowser, openPage } from './browser.js';
import { Hall } from './hall.js';

if (missingForPages !== undefined) {
  if (process.env.CI === 'true') throw new Error(`the pages need ${missingForPages}`);
  console.log(`skipped: handing files in in a browser, because ${missingForPages} is missing`);
}

const folder = mkdtempSync(join(tmpdir(), 'pitwall-hand-in-'));
const file = (name: string, contents: string | Uint8Array): string => {
  writeFileSync(join(folder, name), contents);
  return join(folder, name);
};

/** Two numbers, of which nothing says what they mean. */
function ambiguous(): Uint8Array {
  const onnx = new OnnxWriter();
  const image = onnx.input({ name: 'obs', shape: [1, 1, 120, 160] });
  const kernel = onnx.weight('k', [2, 1, 120, 160], new Float32Array(2 * 120 * 160));
  const seen = onnx.node('Conv', [image, kernel], 'seen', { kernel_shape: [120, 160] });
  onnx.node('Flatten', [seen], 'out', { axis: 1 });
  onnx.output({ name: 'out', shape: [1, 2] });
  return onnx.finish();
}

describe.skipIf(missingForPages !== undefined)('what is handed in, in a browser', () => {
  const hall = new Hall();
  let browser: Browser;
  let olga: Awaited<ReturnType<typeof openPage>>;
  let token: string;

  beforeAll(async () => {
    token = await hall.token('organizer', 'olga');
    await hall.start();
    browser = await openBrowser();
    olga = await openPage(browser);
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
    await hall.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('a season of DREM is looked at, imported, and stands on the board, marked', async () => {
    const { page, faults } = olga;
    const board = { id: 'summer', name: 'Summer', ranking: { by: 'best-lap' }, writers: ['pitwall'] };
    const made = await fetch(`${hall.url}/api/v1/leaderboards`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(board),
    });
    expect(made.status).toBe(201);
    await page.goto(`${hall.url}/organizer/import/summer`);
    await page.getByLabel('Token', { exact: true }).fill(token);
    await page.keyboard.press('Enter');
    await page.getByLabel('Track here', { exact: true }).fill('harbour');
    const rows = [
      'Race ID,Username,User ID,Track,Raced By Proxy,Race Date,Lap #,Lap Time (ms),Lap Time (s),Resets,Valid',
      'r-1,anna,u-1,1,false,2026-05-30T14:47:30.123Z,1,9876,9.876,0,true',
      'r-1,anna,u-1,1,false,2026-05-30T14:47:30.123Z,2,9123,9.123,0,true',
      'r-2,ben,u-2,1,false,2026-05-30T15:00:00.000Z,1,oops,9.1,0,true',
    ];
    await page.locator('input[type=file]').setInputFiles(file('season.csv', rows.join('\n')));
    const found = page.getByTestId('found');
    await found.getByText('anna').waitFor();
    await found.getByText('Race r-2 is left out: row 4: Lap Time (ms) is "oops", not a number.').waitFor();
    await page.getByRole('button', { name: 'Import it' }).click();
    await found.getByText('Imported: 1. There already: 0. Waiting for a person: 0.').waitFor();
    await page.goto(`${hall.url}/boards/summer`);
    await page.getByRole('row', { name: /1 anna.*imported.*9[.,]123/ }).waitFor();
    expect(faults).toEqual([]);
  });

  it('a network that does not say what its numbers mean is asked about, and taken with the answer', {
    timeout: 60_000,
  }, async () => {
    const { page } = olga;
    await page.goto(`${hall.url}/cars`);
    await page.locator('input[type=file]').setInputFiles(file('pilot.onnx', ambiguous()));
    const form = page.getByRole('form', { name: 'What do the numbers of pilot.onnx mean?' });
    await form.waitFor({ timeout: 30_000 });
    await form
      .getByLabel('Nothing in the file tells. Readings that fit:')
      .selectOption({ label: 'out[0] steers, positive left; out[1] is the speed; pixels 0–255' });
    await form.getByLabel('Rightmost, ° (right is negative)').fill('-20');
    await form.getByLabel('Leftmost, °').fill('20');
    await form.getByRole('button', { name: 'Check it again' }).click();
    // What is still missing is said, and what was filled in stays.
    await page.getByText(/says nothing of the range of speed; add range/).waitFor({ timeout: 30_000 });
    await form.getByLabel('Slowest, m/s').fill('0,5');
    await form.getByLabel('Fastest, m/s').fill('2');
    await form.getByRole('button', { name: 'Check it again' }).click();
    await page.getByText('pilot is here').waitFor({ timeout: 30_000 });
    await page.getByRole('listitem').filter({ hasText: 'pilot' }).waitFor();
    expect(await form.count()).toBe(0);
  });
});

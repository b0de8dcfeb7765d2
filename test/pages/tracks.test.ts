import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { missingForPages, openBrowser, openPage } from './browser.js';
import { Hall } from './hall.js';

if (missingForPages !== undefined) {
  if (process.env.CI === 'true') throw new Error(`the pages need ${missingForPages}`);
  console.log(`skipped: tracks in a browser, because ${missingForPages} is missing`);
}

/** A ring of 3 m in radius as people export it: a table with a header, semicolons, a road of 60 cm. */
function ring(name: string, borders = 0.3): string {
  const rows = Array.from({ length: 120 }, (_, i) => {
    const angle = (i / 120) * 2 * Math.PI;
    const at = (radius: number) => `${(radius * Math.cos(angle)).toFixed(4)};${(radius * Math.sin(angle)).toFixed(4)}`;
    return [at(3), at(3 - borders), at(3 + borders)].join(';');
  });
  const file = join(folder, name);
  writeFileSync(file, `cx;cy;ix;iy;ox;oy\n${rows.join('\n')}\n`);
  return file;
}
const folder = mkdtempSync(join(tmpdir(), 'pitwall-tracks-'));

describe.skipIf(missingForPages !== undefined)('the page of tracks, in a browser', () => {
  const hall = new Hall();
  let browser: Browser;
  let olga: Awaited<ReturnType<typeof openPage>>;

  beforeAll(async () => {
    const token = await hall.token('organizer', 'olga');
    await hall.start();
    browser = await openBrowser();
    olga = await openPage(browser);
    await olga.page.goto(`${hall.url}/tracks`);
    await olga.page.getByLabel('Token', { exact: true }).fill(token);
    await olga.page.keyboard.press('Enter');
    await olga.page.getByRole('heading', { name: 'Draw a track' }).waitFor();
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
    await hall.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('lists the tracks that come with Pitwall', async () => {
    const { page } = olga;
    expect(await page.getByRole('link', { name: /Oval.*15[.,]9.*comes with Pitwall/ }).count()).toBe(1);
  });

  it('shows a file drawn and measured before it is kept, and then keeps it', async () => {
    const { page } = olga;
    const upload = page.locator('section, div', { has: page.getByRole('heading', { name: 'Upload a track' }) }).last();
    await page.locator('input[type=file]').setInputFiles(ring('hall.csv'));
    const findings = page.getByTestId('findings').first();
    await findings.getByRole('img', { name: /18[.,]8/ }).waitFor();
    await findings.getByText('0.600 m').waitFor();
    expect(await page.getByRole('link', { name: /hall/i }).count()).toBe(0);
    await page.getByLabel('Name', { exact: true }).first().fill('Our hall');
    await page.getByRole('button', { name: 'Keep it' }).first().click();
    await page.getByRole('link', { name: /Our hall.*uploaded, version 1/ }).waitFor();
    expect(await upload.count()).toBe(1);
    await page.screenshot({ path: join(tmpdir(), 'pitwall-tracks-upload.png'), fullPage: true });
  });

  it('draws a track of straights and bends, snaps it shut, tells a broken building rule, and keeps it', async () => {
    const { page } = olga;
    await page.getByText(/It is open: 3[.,]61 m/).waitFor();
    await page.getByRole('button', { name: 'Snap shut' }).click();
    await page.getByText('It keeps all building rules of the physical league.').last().waitFor();
    expect(await page.getByTestId('piece').count()).toBe(4);
    await page.getByLabel('Radius of piece 2, m').fill('0.4');
    await page.getByText(/It is open/).waitFor();
    await page.getByLabel('Radius of piece 4, m').fill('0.4');
    await page.getByText(/The outer border of segment 2 .* needs/).waitFor();
    await page.getByLabel('Name', { exact: true }).last().fill('Small oval');
    await page.screenshot({ path: join(tmpdir(), 'pitwall-tracks-editor.png'), fullPage: true });
    const keep = page.getByRole('button', { name: 'Keep it' }).last();
    expect(await keep.isDisabled()).toBe(true);
    for (const piece of [2, 4]) await page.getByLabel(`Radius of piece ${piece}, m`).fill('0.5');
    await page.getByText('It keeps all building rules of the physical league.').last().waitFor();
    await keep.click();
    await page.getByText(/Small oval is kept, version 1/).waitFor();
    await page.getByRole('link', { name: /Small oval.*uploaded, version 1/ }).waitFor();
  });

  it('gives a plan with measures and templates in true size', async () => {
    const { page } = olga;
    await page.getByRole('link', { name: /Small oval/ }).click();
    await page.getByRole('heading', { name: 'Plan of Small oval' }).waitFor();
    expect(await page.getByRole('row').count()).toBe(5);
    await page.getByText('bend to the left, radius 0.50 m, 180.0°, 1.57 m long').first().waitFor();
    // The drawing has each piece's measure, the room the road needs, and the way it is driven.
    const drawing = page.getByRole('img', { name: 'Plan of Small oval' });
    expect(await drawing.getByText('R 0.50 · 180.0°').count()).toBe(2);
    expect(await drawing.getByText(/^[0-9.]+ m$/).count()).toBe(2);
    await page
      .getByText(/counter-clockwise/)
      .first()
      .waitFor();
    writeFileSync(join(tmpdir(), 'pitwall-tracks-plan.pdf'), await page.pdf({ format: 'A4', landscape: true }));
    const template = page.getByRole('img', { name: 'Bend of 0.50 m' });
    // 250 mm at the 96 pixels an inch that style sheets count with, on A4 across with 1 cm of margin, too, where nothing is wider.
    const mm = (length: number) => (length / 25.4) * 96;
    expect((await template.boundingBox())?.width).toBeCloseTo(mm(250), 0);
    await page.setViewportSize({ width: Math.floor(mm(277)), height: Math.floor(mm(190)) });
    await page.emulateMedia({ media: 'print' });
    expect((await template.boundingBox())?.width).toBeCloseTo(mm(250), 0);
    expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBe(0);
    await page.screenshot({ path: join(tmpdir(), 'pitwall-tracks-paper.png'), fullPage: true });
    await page.emulateMedia({ media: 'screen' });
    await page.setViewportSize({ width: 1280, height: 800 });
    // No number of a piece is cut off.
    const numbers = await drawing.locator('text').all();
    const paper = (await drawing.boundingBox())!;
    for (const number of numbers) {
      const box = (await number.boundingBox())!;
      expect(box.y).toBeGreaterThanOrEqual(paper.y);
      expect(box.x + box.width).toBeLessThanOrEqual(paper.x + paper.width);
    }
    await page.screenshot({ path: join(tmpdir(), 'pitwall-tracks-plan.png'), fullPage: true });
    expect(olga.faults).toEqual([]);
  });

  it('takes another file as the next version, and is offered no more when it is deleted', async () => {
    const { page } = olga;
    await page.goto(`${hall.url}/tracks`);
    await page.getByRole('link', { name: /Our hall/ }).click();
    await page.getByRole('heading', { name: 'Put another file in its place' }).waitFor();
    await page.locator('input[type=file]').setInputFiles(ring('wider.csv', 0.35));
    await page.getByTestId('findings').getByText('0.700 m').waitFor();
    await page.getByRole('button', { name: 'Keep it', exact: true }).click();
    await page.getByText(/0\.70 m wide/).waitFor();
    await page.getByRole('button', { name: 'Delete this track' }).click();
    await page.getByRole('button', { name: 'Delete Our hall now' }).click();
    await page.getByRole('link', { name: /Oval/ }).first().waitFor();
    expect(await page.getByRole('link', { name: /Our hall/ }).count()).toBe(0);
    expect(olga.faults).toEqual([]);
  });
});

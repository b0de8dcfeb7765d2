import type { Browser, Page } from 'playwright-core';
import { openPage } from './browser.js';
import type { Hall } from './hall.js';

/** Nobody hears a browser without a sound card: what it would sound is counted. */
const countNotes = `{
  globalThis.notes = 0;
  const start = OscillatorNode.prototype.start;
  OscillatorNode.prototype.start = function (...when) { globalThis.notes += 1; return start.apply(this, when); };
}`;

/** The marshal's desk of a race, as mara has it in front of her. */
export async function openDesk(
  browser: Browser,
  hall: Pick<Hall, 'url' | 'marshal'>,
  race: string,
  viewport?: { width: number; height: number },
) {
  const opened = await openPage(browser, viewport, undefined, countNotes);
  const { page } = opened;
  await page.goto(`${hall.url}/marshal/${race}`);
  await page.getByLabel('Token').fill(hall.marshal);
  await page.keyboard.press('Enter');
  await page.locator('[data-action=next]').waitFor();
  return opened;
}

/** Until Enter does that. */
export const next = (page: Page, label: string) =>
  page.locator('[data-action=next]:not(:disabled)', { hasText: label }).waitFor();

/** The largest type on the page, px, and what is written in it. */
export const largest = (page: Page) =>
  page.evaluate(`(() => {
    let most = { size: 0, text: '' };
    for (const element of document.querySelectorAll('body *')) {
      const own = [...element.childNodes].filter((node) => node.nodeType === 3).map((node) => node.data).join('').trim();
      if (own === '' || element.getClientRects().length === 0) continue;
      const size = parseFloat(getComputedStyle(element).fontSize) * (element.currentCSSZoom ?? 1);
      if (size > most.size) most = { size, text: element.textContent };
    }
    return most;
  })()`) as Promise<{ size: number; text: string }>;

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { missingForPages, openBrowser, openPage } from './browser.js';
import { fullRace, racers } from './full-race.js';
import { Hall } from './hall.js';

if (missingForPages !== undefined) {
  if (process.env.CI === 'true') throw new Error(`the pages need ${missingForPages}`);
  console.log(`skipped: screens and voices in a browser, because ${missingForPages} is missing`);
}

/** Where pictures go, for who wants to look at them. */
const pictures = process.env.PITWALL_PICTURES;

async function picture(page: Page, name: string, fullPage = false): Promise<void> {
  if (pictures === undefined) return;
  mkdirSync(pictures, { recursive: true });
  await page.screenshot({ path: join(pictures, `${name}.png`), fullPage });
}

/** A drawing of a sponsor, as a browser makes one. */
const draw = `(async (text) => {
  const canvas = Object.assign(document.createElement('canvas'), { width: 480, height: 160 });
  const pen = canvas.getContext('2d');
  pen.fillStyle = '#0b4f6c';
  pen.fillRect(0, 0, 480, 160);
  pen.fillStyle = '#fff';
  pen.font = 'bold 72px sans-serif';
  pen.fillText(text, 40, 105);
  const blob = await new Promise((done) => canvas.toBlob(done, 'image/jpeg', 0.9));
  return [...new Uint8Array(await blob.arrayBuffer())];
})`;

describe.skipIf(missingForPages !== undefined)('the show of an event, with 24 racers of long names', () => {
  const hall = new Hall();
  let browser: Browser;
  const driver = racers.at(-1)!;

  beforeAll(async () => {
    hall.organizer = await hall.token('organizer', 'olga');
    hall.marshal = hall.organizer;
    await hall.importRace(fullRace('autumn'));
    await hall.start();
    const now = Date.now();
    await hall.post('/api/v1/events', hall.organizer, {
      event: 'day',
      commandId: crypto.randomUUID(),
      setup: {
        name: 'Autumn Day',
        startsAt: now - 3_600_000,
        endsAt: now + 3_600_000,
        program: [{ race: 'autumn', startsAt: now - 1000, endsAt: now + 3_600_000 }],
        boards: [],
      },
    });
    browser = await openBrowser();
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await hall.stop();
  }, 60_000);

  const direct = async (scene: string) => {
    const answer = await fetch(`${hall.url}/api/v1/events/day/show`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${hall.organizer}`, 'content-type': 'application/json' },
      body: JSON.stringify({ scene }),
    });
    expect(answer.status).toBe(200);
  };
  const rows = (page: Page) => page.getByTestId('moving-standings').locator('li');

  it('has the sponsors’ pictures that its organizer uploads on the event’s page', async () => {
    const { page, faults, close } = await openPage(browser);
    await page.goto(hall.url);
    await page.evaluate(`sessionStorage.setItem('pitwall-token', '${hall.organizer}')`);
    await page.goto(`${hall.url}/events/day`);
    for (const name of ['Müller & Söhne', '株式会社']) {
      const drawn = (await page.evaluate(`${draw}('${name}')`)) as number[];
      await page.getByLabel('Whose it is').fill(name);
      await page
        .locator('input[type=file]')
        .setInputFiles({ name: 'logo.jpg', mimeType: 'image/jpeg', buffer: Buffer.from(drawn) });
      await page.getByTestId('pictures').getByRole('img', { name }).waitFor();
    }
    await page
      .locator('input[type=file]')
      .setInputFiles({ name: 'logo.svg', mimeType: 'image/png', buffer: Buffer.from('<svg/>') });
    await page.getByText('PNG, JPEG or WebP.').waitFor();
    const screen = await openPage(browser, { width: 1920, height: 1080 });
    await screen.page.goto(`${hall.url}/events/day/screen`);
    await direct('pictures');
    await screen.page.locator('[data-scene=pictures] img').waitFor();
    expect(await screen.page.locator('[data-scene=pictures] img').getAttribute('alt')).toMatch(
      /Müller & Söhne|株式会社/,
    );
    await picture(screen.page, 'screen-pictures-1080');
    await screen.close();
    expect(faults).toEqual([]);
    await close();
  });

  it('is on a screen that nobody touches: more rows where there are more dots, nothing outside, all in turn', async () => {
    await direct('run');
    const shown: number[] = [];
    for (const [width, height] of [
      [1920, 1080],
      [3840, 2160],
    ] as const) {
      const { page, faults, close } = await openPage(browser, { width, height });
      await page.goto(`${hall.url}/events/day/screen`);
      await page.locator('[data-scene=run]').waitFor();
      await page.getByTestId('outlook').waitFor();
      await page.locator('[data-lap="20"]').waitFor();
      await picture(page, `screen-run-${height}`);
      expect(await page.evaluate('document.documentElement.scrollHeight - innerHeight')).toBe(0);
      const text = await page.getByTestId('outlook').textContent();
      expect(text).toMatch(/place \d+.*≈ \d+\.\d{3}.* to .*to the lead/);
      await direct('standings');
      await page.locator('[data-scene=standings]').waitFor();
      await rows(page).first().waitFor();
      shown.push(await rows(page).count());
      const cut =
        await page.evaluate(`[...document.querySelectorAll('[data-testid=moving-standings] li')].flatMap((row) => {
        const box = row.getBoundingClientRect(), frame = row.parentElement.getBoundingClientRect();
        return [...row.children].filter((cell, index) => index !== 1 && cell.scrollWidth > cell.clientWidth + 1).map((cell) => cell.textContent);
      })`);
      expect(cut).toEqual([]);
      await picture(page, `screen-standings-${height}`);
      for (const scene of ['laps', 'next', 'spotlight', 'podium'] as const) {
        await direct(scene);
        await page.locator(`[data-scene=${scene}]`).waitFor();
        await picture(page, `screen-${scene}-${height}`);
      }
      await direct('run');
      await page.locator('[data-scene=run]').waitFor();
      expect(faults).toEqual([]);
      await close();
    }
    expect(shown[0]).toBeGreaterThanOrEqual(14);
    expect(shown[1]).toBeGreaterThan(shown[0] as number);
  }, 120_000);

  it('survives a reload and a lost link, and says meanwhile that it shows the past', async () => {
    await direct('standings');
    const { page, faults, close } = await openPage(browser, { width: 1280, height: 720 });
    await page.goto(`${hall.url}/events/day/screen`);
    await page.locator('[data-scene=standings]').waitFor();
    await page.reload();
    await page.locator('[data-scene=standings]').waitFor();
    hall.freeze();
    await page.getByText('No connection').waitFor();
    expect(await rows(page).count()).toBeGreaterThan(5);
    hall.thaw();
    await page.getByText('No connection').waitFor({ state: 'detached' });
    await direct('next');
    await page.locator('[data-scene=next]').waitFor();
    expect(faults).toEqual([]);
    await close();
  });

  it('is laid over a picture: nothing but what is drawn is opaque, on a colour of its own where the mixer wants one', async () => {
    await direct('auto');
    const { page, faults, close } = await openPage(browser, { width: 1920, height: 1080 });
    const looking = await openPage(browser);
    await looking.page.goto('about:blank');
    const pixels = async (clear: boolean) => {
      const png = (await page.screenshot({ omitBackground: clear })).toString('base64');
      return (await looking.page.evaluate(`(async () => {
        const picture = new Image();
        picture.src = 'data:image/png;base64,${png}';
        await picture.decode();
        const pen = Object.assign(document.createElement('canvas'), { width: 1920, height: 1080 }).getContext('2d');
        pen.drawImage(picture, 0, 0);
        const at = (x, y) => [...pen.getImageData(x, y, 1, 1).data];
        return { middle: at(960, 400), third: at(300, 1005) };
      })()`)) as { middle: number[]; third: number[] };
    };
    await page.goto(`${hall.url}/events/day/overlay?tower=6`);
    await page.getByTestId('third').waitFor();
    await page.getByTestId('tower').locator('li').nth(5).waitFor();
    const clear = await pixels(true);
    expect(clear.middle[3]).toBe(0);
    expect(clear.third[3]).toBeGreaterThan(200);
    const text = await page.getByTestId('third').textContent();
    for (const part of [driver.alias, 'Lap 21', 'Last lap', 'Best lap', 'Time left']) expect(text).toContain(part);
    // Over a picture, as a mixer has it.
    await page.evaluate(
      `document.documentElement.style.background = 'linear-gradient(120deg, #35524a, #d9c39a 55%, #5d7fa3) 0 0 / 100vw 100vh'`,
    );
    await picture(page, 'overlay-over-a-picture');
    for (const scene of ['standings', 'next', 'spotlight', 'podium']) {
      await page.goto(`${hall.url}/events/day/overlay?background=green&scene=${scene}&position=top`);
      await page.locator(`[data-scene=${scene}]`).waitFor({ state: 'attached' });
      expect((await pixels(false)).middle).toEqual([0, 0xb1, 0x40, 255]);
      await picture(page, `overlay-${scene}`);
    }
    expect(faults).toEqual([]);
    await looking.close();
    await close();
  }, 90_000);

  it.each([
    [1440, 900],
    [390, 844],
  ])(
    'is led by a commentator at %i × %i, by keys alone, who sees what it takes and shares notes',
    async (width, height) => {
      const { page, faults, close } = await openPage(browser, { width, height });
      await page.goto(`${hall.url}/events/day/commentator`);
      await page.getByText('This is for whoever the event names').waitFor();
      await page.evaluate(`sessionStorage.setItem('pitwall-token', '${hall.organizer}')`);
      await page.reload();
      await page.getByTestId('outlook').waitFor();
      await page.getByTestId('needed').locator('li').first().waitFor();
      expect(await page.getByTestId('needed').textContent()).toMatch(/Place 1 \(.*\)one lap in \d+\.\d{3}.*%/);
      await page.getByTestId('moments').locator('li').first().waitFor();
      expect(await page.getByTestId('moments').textContent()).toContain(`${driver.alias}, lap 20:`);
      const screen = await openPage(browser, { width: 1280, height: 720 });
      await screen.page.goto(`${hall.url}/events/day/screen`);
      for (const [key, scene] of [
        ['3', 'standings'],
        ['6', 'spotlight'],
        ['2', 'run'],
      ] as const) {
        await page.keyboard.press(key);
        await screen.page.locator(`[data-scene=${scene}]`).waitFor();
      }
      await page.getByText('The screens show: The run.').waitFor();
      const said = `Trained in Ulm, ${width}`;
      await page.getByLabel('Note', { exact: true }).last().fill(said);
      await page.keyboard.press('Enter');
      await page.getByTestId('notes').getByText(said).waitFor();
      // A key in a field is a letter.
      await page.keyboard.press('3');
      expect(await screen.page.locator('[data-scene=run]').count()).toBe(1);
      expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBe(0);
      await picture(page, `commentator-${width}`, true);
      await screen.close();
      expect(faults).toEqual([]);
      await close();
    },
  );

  it('is taken home as one page of paper, within 5 s of the press, in each language, with a signed sheet and laps', async () => {
    const racer = racers[3]!;
    for (const [locale, word] of [
      ['en', 'Certificate'],
      ['de', 'Urkunde'],
      ['es', 'Diploma'],
      ['ja', '認定証'],
    ] as const) {
      const { page, faults, close } = await openPage(browser, { width: 1280, height: 800 }, locale);
      await page.goto(`${hall.url}/races/autumn/certificate/${racer.racer}`);
      await page.getByTestId('certificate').getByText(word, { exact: true }).waitFor();
      const from = performance.now();
      const pdf = await page.pdf({ preferCSSPageSize: true, landscape: true, format: 'A4', printBackground: true });
      expect(performance.now() - from).toBeLessThan(5000);
      expect(pdf.toString('latin1').match(/\/Type\s*\/Page\b/g)).toHaveLength(1);
      expect(await page.getByTestId('certificate').textContent()).toContain(racer.alias);
      await picture(page, `certificate-${locale}`);
      expect(faults).toEqual([]);
      await close();
    }
  }, 60_000);
});

/**
 * `speechSynthesis` as the draft of the Web Speech API has it: one queue, `start` and `end` of each utterance, `cancel` ends all with an
 * error; and as Chromium does, it refuses to speak before somebody has pressed something.
 */
const speech = `
  window.said = [];
  const queue = [];
  let touched = false;
  for (const kind of ['pointerdown', 'keydown']) addEventListener(kind, () => { touched = true; }, true);
  const next = () => {
    const one = queue[0];
    if (one === undefined) return;
    setTimeout(() => {
      if (queue[0] !== one) return;
      if (!touched) { queue.shift(); one.onerror?.({ error: 'not-allowed' }); return next(); }
      window.said.push([one.lang, one.text]);
      one.onstart?.();
      setTimeout(() => { if (queue[0] !== one) return; queue.shift(); const more = queue.length > 0; one.onend?.(); if (more) next(); }, 5);
    }, 0);
  };
  window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; this.lang = ''; this.volume = 1; } };
  Object.defineProperty(window, 'speechSynthesis', { value: {
    speak(one) { queue.push(one); if (queue.length === 1) next(); },
    cancel() { const all = queue.splice(0); for (const one of all) one.onerror?.({ error: 'canceled' }); },
  } });
`;

describe.skipIf(missingForPages !== undefined)('a race for the ears', () => {
  const hall = new Hall();
  let browser: Browser;
  let phone: { token: string };
  const runs = [crypto.randomUUID(), crypto.randomUUID()];

  beforeAll(async () => {
    hall.organizer = await hall.token('organizer', 'olga');
    hall.marshal = hall.organizer;
    phone = { token: await hall.token('racer', 'ben') };
    await hall.start();
    await hall.createRace({
      race: 'cup',
      commandId: crypto.randomUUID(),
      setup: {
        name: 'Sunday Cup',
        track: { id: 'oval', version: 1 },
        gates: ['manual'],
        car: 'any',
        leaderboard: 'main',
        rules: { name: 'cup', start: 'key', holdoff: 0, plausible: { min: 1, max: 600_000_000 } },
      },
    });
    for (const racer of ['ann', 'ben'])
      await hall.give('cup', { type: 'enter', entry: { racer, alias: racer.toUpperCase(), car: null, models: [] } });
    await hall.give('cup', { type: 'open' });
    await hall.give('cup', { type: 'queue', racer: 'ben' });
    browser = await openBrowser();
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await hall.stop();
  });

  const heard = (page: Page) => page.evaluate('window.said.map(([, text]) => text)') as Promise<string[]>;
  const written = async (page: Page) => await page.getByRole('log').locator('p').allTextContents();
  async function listen(locale: string, token?: string) {
    const opened = await openPage(browser, undefined, locale, speech);
    await opened.page.goto(hall.url);
    if (token !== undefined) await opened.page.evaluate(`sessionStorage.setItem('pitwall-token', '${token}')`);
    await opened.page.goto(`${hall.url}/races/cup`);
    await opened.page.getByRole('log').waitFor({ state: 'attached' });
    return opened;
  }
  const cross = () => hall.post('/api/v1/gates/manual/crossings', hall.marshal, {});

  it('is said and written where screen readers read it, in the language of the page; a racer’s phone calls to the pit', async () => {
    const listener = await listen('en');
    // By keys alone: the button, what it opens, and what is chosen there.
    const { page } = listener;
    await page.getByRole('button', { name: 'Sound' }).focus();
    await page.keyboard.press('Enter');
    await page.getByLabel('Speak').focus();
    await page.keyboard.press('Space');
    expect(await page.getByLabel('Speak').isChecked()).toBe(true);
    await picture(page, 'sound-panel');
    const bens = await listen('de', phone.token);
    await bens.page.getByRole('button', { name: 'Ton' }).click();
    await bens.page.getByLabel('Sprechen').check();
    const reader = await listen('ja');
    await hall.give('cup', { type: 'call', runId: runs[0]!, racer: 'ann' });
    await hall.give('cup', { type: 'stage', runId: runs[0]! });
    await hall.give('cup', { type: 'ready', runId: runs[0]!, overrule: 'by hand' });
    await hall.give('cup', { type: 'start', runId: runs[0]! });
    await expect.poll(() => heard(page)).toEqual(['ANN is called to the track.', 'ANN is on the way.', 'Next: BEN.']);
    await expect.poll(() => written(page)).toEqual(await heard(page));
    expect(await page.evaluate('window.said[0][0]')).toBe('en');
    // Ben hears of himself in other words, whatever else he listens to.
    await expect.poll(() => heard(bens.page)).toContain('BEN, du fährst als Nächstes. Komm an die Box.');
    for (let pass = 0; pass < 2; pass += 1) await cross();
    await expect.poll(async () => (await heard(page)).at(-1)).toMatch(/^ANN, lap 1: 0\.\d{3}\. The first lap\.$/);
    await hall.give('cup', { type: 'finish', runId: runs[0]! });
    await hall.give('cup', { type: 'confirm', runId: runs[0]!, withoutDoubtful: true });
    await expect
      .poll(() => heard(page))
      .toContainEqual(expect.stringMatching(/^Result of ANN: 0\.\d{3}, place 1 of 1\.$/));
    // Without a voice that somebody asked for nothing sounds, and all of it is written.
    expect(await heard(reader.page)).toEqual([]);
    expect((await written(reader.page)).join(' ')).toMatch(/ANNさん.*1周目は0\.\d{3}/);
    await hall.give('cup', { type: 'call', runId: runs[1]!, racer: 'ben' });
    await expect.poll(() => heard(bens.page)).toContain('BEN, bitte an die Box: du wirst gerufen.');
    for (const { faults } of [listener, bens, reader]) expect(faults).toEqual([]);
    for (const { close } of [listener, bens, reader]) await close();
  }, 120_000);

  it('says in the words of a template, and says why it is silent', async () => {
    const { page, faults, close } = await listen('en');
    await page.evaluate(
      `localStorage.setItem('pitwall-sound', JSON.stringify({ voice: true, templates: { incidents: '{racer}!' } }))`,
    );
    await page.reload();
    await page.getByRole('log').waitFor({ state: 'attached' });
    // Nobody has pressed anything since the page was loaded: it is written only.
    await hall.give('cup', { type: 'discard', runId: runs[1]!, reason: 'again' }).catch(() => undefined);
    const run = crypto.randomUUID();
    await hall.give('cup', { type: 'call', runId: run, racer: 'ben' });
    await expect.poll(() => written(page)).toContain('BEN is called to the track.');
    expect(await heard(page)).toEqual([]);
    await page.getByRole('button', { name: 'Sound' }).click();
    await page.getByText('The browser is silent until somebody presses something').waitFor();
    await hall.give('cup', { type: 'stage', runId: run });
    await hall.give('cup', { type: 'ready', runId: run, overrule: 'by hand' });
    await hall.give('cup', { type: 'start', runId: run });
    await hall.give('cup', { type: 'pause', runId: run });
    await expect.poll(() => heard(page)).toContain('BEN!');
    await page.getByText('What is said and beeped').click();
    const field = page.getByLabel('Words for “Incidents”');
    await field.fill('{speed}');
    await page.getByText('There is no {speed}.').waitFor();
    expect(faults).toEqual([]);
    await close();
  }, 60_000);

  it('stands on the page where the browser has no voice', async () => {
    const { page, faults, close } = await openPage(
      browser,
      undefined,
      undefined,
      'delete window.speechSynthesis; delete window.SpeechSynthesisUtterance; delete window.AudioContext;',
    );
    await page.goto(`${hall.url}/races/cup`);
    await page.getByRole('button', { name: 'Sound' }).click();
    await page.getByText('This browser has no voice').waitFor();
    await page.getByText('This browser makes no tones').waitFor();
    expect(await page.getByLabel('Speak').isDisabled()).toBe(true);
    expect(faults).toEqual([]);
    await close();
  });
});

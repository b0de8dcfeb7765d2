import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { physical, resultOf } from '@pitwall/controller/testing/results';
import type { ResultInput } from '@pitwall/protocol/api';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { missingForPages, openBrowser, openPage } from './browser.js';
import { Hall } from './hall.js';
import { HandGate, now } from './track-side.js';

if (missingForPages !== undefined) {
  if (process.env.CI === 'true') throw new Error(`the pages need ${missingForPages}`);
  console.log(`skipped: staff’s pages in a browser, because ${missingForPages} is missing`);
}

const eventually = <T>(look: () => T) => expect.poll(look, { timeout: 60_000 });

const result = (racer: string, ms: number, over: Partial<ResultInput> = {}): ResultInput =>
  resultOf(racer, ms, {
    track: { id: 'oval', version: 1, direction: 'counter-clockwise' },
    provenance: { ...physical, source: 'pitwall', race: 'friday', gates: [{ gate: 'line', uncertainty: 50 }] },
    ...over,
  });

describe.skipIf(missingForPages !== undefined)('the pages of staff in a browser, with a real controller', () => {
  const hall = new Hall();
  let browser: Browser;
  let gate: HandGate;

  beforeAll(async () => {
    const gateToken = await hall.token('gate', 'line');
    hall.organizer = await hall.token('organizer', 'olga');
    hall.marshal = hall.organizer;
    await hall.start();
    gate = new HandGate(hall.mqtt, 'line', gateToken);
    browser = await openBrowser();
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await gate?.stop();
    await hall.stop();
  });

  /** Drives a racer's turn of one lap. */
  /** µs; each lap takes a little longer. */
  let lapTime = 200_000;
  async function drive(race: string, racer: string): Promise<void> {
    const runId = crypto.randomUUID();
    await hall.give(race, { type: 'call', runId, racer });
    await hall.give(race, { type: 'stage', runId });
    await hall.give(race, { type: 'ready', runId, overrule: 'The test drives' });
    await hall.give(race, { type: 'start', runId });
    // Laps that are alike: one much faster than what was driven before would be in doubt.
    const begun = now();
    lapTime += 1000;
    await expect.poll(now).toBeGreaterThan(begun + lapTime);
    await gate.cross(begun);
    await gate.cross(begun + lapTime);
    await hall.give(race, { type: 'finish', runId });
    await hall.give(race, { type: 'confirm', runId });
  }

  it('takes a race from its setup over entries and a protest to the finals', async () => {
    const { page, faults, asked, close } = await openPage(browser);
    await page.goto(`${hall.url}/organizer`);
    await page.getByLabel('Token').fill(hall.organizer);
    await page.keyboard.press('Enter');
    await page.getByRole('link', { name: 'New race' }).click();
    await page.getByLabel('Name', { exact: true }).fill('Sunday Cup');
    await page.getByLabel('Start from a preset').selectOption('league-2019');
    await page.getByLabel('Cars').selectOption('any');
    const shortest = page.getByLabel('Shortest plausible lap, s');
    await page.getByLabel('Track', { exact: true }).selectOption('harbour');
    await eventually(() => shortest.inputValue()).toBe('3.81');
    await page.getByText('0.9 of the track’s 16.9 m at 4 m/s: no car is faster.').waitFor();
    await page.getByLabel('Track', { exact: true }).selectOption('grand-tour');
    await eventually(() => shortest.inputValue()).toBe('10.25');
    await shortest.fill('0');
    await page.getByLabel('Track', { exact: true }).selectOption('oval');
    await page.getByLabel('Hold-off, s').fill('0');
    await page.getByLabel('Finals').selectOption('knock-out');
    await page.getByLabel('Racers in the finals').fill('2');
    await page.getByRole('button', { name: 'Create the race' }).click();
    await page.getByRole('alert').filter({ hasText: 'Gates:' }).waitFor();
    await page.getByLabel('Gates at the start line').fill('line');
    await page.getByRole('button', { name: 'Create the race' }).click();
    await page.waitForURL('**/organizer/races/sunday-cup');
    await page.getByLabel('Name', { exact: true }).fill('Sunday Final');
    await page.getByRole('button', { name: 'Save the setup' }).click();
    await page.getByRole('heading', { name: 'Sunday Final' }).waitFor();
    const { setup } = await hall.state('sunday-cup');
    expect(setup).toMatchObject({ name: 'Sunday Final', car: 'any', gates: ['line'], leaderboard: null });
    expect(setup.rules).toMatchObject({ start: 'key', timeLimit: 240_000_000, plausible: { min: 0 } });

    const entries = page.getByTestId('entries').locator('li');
    for (const [count, alias] of ['Ada Apex', 'Bo Braking', 'Cy Corner'].entries()) {
      await page.getByLabel('Alias').fill(alias);
      await page.getByRole('button', { name: 'Enter the racer' }).click();
      await entries.nth(count).waitFor();
    }
    await entries.filter({ hasText: 'Bo Braking' }).getByRole('button', { name: 'Change' }).click();
    await page.getByLabel('Division').fill('pro');
    await page.getByLabel('Country').selectOption('Denmark');
    await page.getByRole('button', { name: 'Save the entry' }).click();
    await entries.filter({ hasText: 'Bo Braking' }).filter({ hasText: '· DK · pro' }).waitFor();
    await entries.filter({ hasText: 'Cy Corner' }).getByRole('button', { name: 'Withdraw …' }).click();
    await page.getByRole('button', { name: 'Does not race' }).click();
    await page.getByRole('button', { name: 'Withdraw the entry' }).click();
    await eventually(() => entries.count()).toBe(2);
    // Who has the name of another is asked for one of their own, and replaces nobody.
    await page.getByLabel('Alias').fill('Bo  braking');
    await page.getByRole('button', { name: 'Enter the racer' }).click();
    await page.getByText('cannot be told from Bo Braking, who has entered').waitFor();
    expect(await entries.count()).toBe(2);
    const racerOf = async (alias: string) =>
      (await hall.state('sunday-cup')).entries.find((entry) => entry.alias === alias)?.racer as string;
    const racers = [await racerOf('Ada Apex'), await racerOf('Bo Braking')];
    await entries.filter({ hasText: 'Ada Apex' }).getByRole('button', { name: 'Queue' }).click();
    await page.getByRole('button', { name: 'Open the race' }).click();
    await page.getByText('Open: runs are driven').waitFor();
    expect((await hall.state('sunday-cup')).queue.map(({ racer }) => racer)).toEqual([racers[0]]);

    for (const racer of racers) await drive('sunday-cup', racer);
    await page.getByLabel('Filed by').fill('Bo');
    await page.getByLabel('What for').fill('Ada’s car was helped');
    await page.getByRole('button', { name: 'File the protest' }).click();
    await page.getByRole('button', { name: 'Reject …' }).click();
    await page.getByRole('button', { name: 'Nobody saw it' }).click();
    await page.getByRole('button', { name: 'Reject it' }).click();
    await page.getByTestId('protests').getByText('rejected, Nobody saw it').waitFor();

    await page.getByRole('button', { name: 'Draw the finals' }).click();
    const final = page.getByRole('region', { name: 'Final', exact: true });
    for (const alias of ['Ada Apex', 'Bo Braking']) await final.getByText(alias).waitFor();
    for (const racer of racers) await drive('sunday-cup', racer);
    await final.locator('[data-won=true]').waitFor();
    await page.getByRole('link', { name: 'For the crowd' }).click();
    await page.getByTestId('bracket').locator('[data-won=true]').waitFor();
    expect(faults).toEqual([]);
    expect(asked.filter((url) => url.includes(hall.organizer))).toEqual([]);
    await close();
  });

  it('shows a board page by page, and a part of it with ranks of its own', async () => {
    const lines = Array.from({ length: 130 }, (_, number) =>
      JSON.stringify(
        result(`racer-${number}`, 9_000 + number, {
          country: number % 2 === 0 ? 'NL' : 'DE',
          ...(number % 4 === 0 ? { division: 'pro' } : {}),
        }),
      ),
    );
    const sent = await fetch(`${hall.url}/api/v1/leaderboards/main/results:batch`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-ndjson', authorization: `Bearer ${hall.organizer}` },
      body: lines.join('\n'),
    });
    expect((await sent.text()).match(/"accepted"/g)).toHaveLength(130);
    const { page, faults, close } = await openPage(browser);
    const answer = await page.goto(`${hall.url}/boards/main`);
    expect(answer?.headers()['content-security-policy']).toBe("frame-ancestors 'none'");
    const column = page.getByRole('region', { name: 'On the track' });
    const rows = column.locator('tbody tr');
    await eventually(() => rows.count()).toBe(100);
    await column.getByRole('button', { name: 'Show more' }).click();
    await eventually(() => rows.count()).toBe(130);
    expect(await rows.last().textContent()).toMatch(/^130R1 racer-129/);
    expect(await column.getByRole('button', { name: 'Show more' }).count()).toBe(0);
    // A page more is what stood there all the time; a better result is news, wherever the page is.
    expect(await rows.first().getAttribute('data-fresh')).toBeNull();
    await hall.sendResult('main', result('racer-129', 5_000, { country: 'DE' }));
    await eventually(() => rows.first().textContent()).toMatch(/^1R1 racer-129/);
    expect(await rows.count()).toBe(130);

    await page.getByLabel('Country').selectOption('Netherlands');
    await page.getByLabel('Division').fill('pro');
    await page.getByRole('button', { name: 'Show', exact: true }).click();
    await eventually(() => rows.count()).toBe(33);
    expect(await rows.nth(1).textContent()).toMatch(/^2R4 racer-4/);
    expect(new URL(page.url()).search).toBe('?country=NL&division=pro');
    await page.reload();
    await eventually(() => rows.count()).toBe(33);
    await page.getByRole('button', { name: 'The whole board' }).click();
    await eventually(() => rows.count()).toBe(100);
    await page.getByRole('textbox', { name: 'Racer', exact: true }).fill('RACER-11');
    await page.getByRole('button', { name: 'Find' }).click();
    await page.getByRole('button', { name: 'racer-110', exact: true }).click();
    const found = page.getByRole('region', { name: 'On the track: place 112' });
    await eventually(() => found.locator('tbody tr').count()).toBe(7);
    expect(await found.locator('[data-sought=true]').textContent()).toMatch(/^112R1 racer-110/);
    expect(faults).toEqual([]);
    await close();
  });

  it('shows a board live in a frame of another site, and lets no other page be framed', async () => {
    const { page, faults, close } = await openPage(browser);
    const frames = ['/embed/leaderboards/main', '/boards/main'].map(
      (path) => `<iframe src="${hall.url}${path}"></iframe>`,
    );
    const site = createServer((_request, response) => {
      response.setHeader('content-type', 'text/html').end(frames.join(''));
    });
    await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void site.close());
    await page.goto(`http://127.0.0.1:${(site.address() as AddressInfo).port}`);
    const board = page.frameLocator('iframe').first();
    await board.getByRole('heading', { name: 'City Championship' }).waitFor();
    await hall.sendResult('main', result('eve', 4_000, { alias: '<b>Eve</b>' }));
    await board.locator('tr', { hasText: '<b>Eve</b>' }).filter({ hasText: '4.000' }).waitFor();
    await eventually(() => faults.length).toBe(1);
    expect(faults[0]).toContain('frame-ancestors');
    await close();
  });

  it('shows what the outbox set aside and why, and sends it again', async () => {
    const first = result('dee', 8_000);
    await hall.sendResult('main', first);
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${hall.organizer}` };
    const body = JSON.stringify({ leaderboard: 'main', result: { ...first, alias: 'Somebody else' } });
    expect((await fetch(`${hall.url}/api/v1/outbox`, { method: 'POST', headers, body })).status).toBe(202);
    const attempts = async () => {
      const answer = await fetch(`${hall.url}/api/v1/outbox?state=aside`, { headers });
      return ((await answer.json()) as { deliveries: { attempts: number }[] }).deliveries[0]?.attempts;
    };
    const { page, faults, asked, close } = await openPage(browser);
    await page.goto(`${hall.url}/outbox`);
    await page.getByLabel('A marshal’s token').fill(hall.organizer);
    await page.getByRole('button', { name: 'Show' }).click();
    const row = page.locator('#aside tbody tr');
    await row.waitFor();
    expect(await row.textContent()).toMatch(/^localmaindeeresult-conflict: .*amendment needs a higher revision/);
    await vi.waitFor(async () => expect(await attempts()).toBe(1), { timeout: 60_000 });
    await row.getByRole('button', { name: 'Send again' }).click();
    await eventually(attempts).toBe(2);
    await row.waitFor();
    await page.getByRole('button', { name: 'Forget the token' }).click();
    await page.getByLabel('A marshal’s token').waitFor();
    await page.reload();
    await page.getByLabel('A marshal’s token').waitFor();
    expect(faults).toEqual([]);
    expect(asked.filter((url) => url.includes(hall.organizer))).toEqual([]);
    await close();
  });

  it('shows staff what waits and why, and lets an organizer decide', async () => {
    const put = async (path: string, body: object) => {
      const headers = { 'content-type': 'application/json', authorization: `Bearer ${hall.organizer}` };
      const answer = await fetch(hall.url + path, { method: 'PUT', headers, body: JSON.stringify(body) });
      if (!answer.ok) throw new Error(await answer.text());
    };
    const track = { id: 'reinvent', version: 1, direction: 'counter-clockwise' } as const;
    await hall.createBoard({
      id: 'strict',
      name: 'Strict Cup',
      ranking: { by: 'best-lap' },
      signatures: 'optional',
      writers: ['pitwall'],
      track,
      plausible: { min: 5_000_000, max: 60_000_000 },
    });
    const race = (leaderboard: string) => ({ leaderboard });
    await put('/api/v1/seasons/year', { name: 'The Year', races: [race('strict'), race('main')], points: [10, 6] });
    const elsewhere = result('odd-one', 4_321, { alias: 'Odd One' });
    const right = (racer: string, alias: string) => result(racer, 9_000, { alias, track });
    await hall.sendResult('strict', elsewhere);
    await hall.sendResult('strict', right(`p-${crypto.randomUUID()}`, 'Nova'));

    const sees = await openPage(browser);
    await sees.page.goto(`${hall.url}/held`);
    await sees.page.getByLabel('Token').fill(await hall.token('marshal', 'mia'));
    await sees.page.keyboard.press('Enter');
    await sees.page.getByText('Wrong track: it was driven on oval').waitFor();
    await sees.page.getByRole('link', { name: '2 results wait' }).waitFor();
    expect(await sees.page.getByRole('button', { name: 'Approve' }).count()).toBe(0);

    const { page, faults, asked } = await openPage(browser);
    await page.goto(`${hall.url}/organizer`);
    await page.getByLabel('Token').fill(hall.organizer);
    await page.keyboard.press('Enter');
    await page.getByRole('link', { name: 'Results that wait' }).click();
    const odd = page.getByRole('listitem', { name: 'Odd One' });
    await odd.getByText('the board takes reinvent, version 1, counter-clockwise').waitFor();
    await odd.getByText('Implausible: lap 1 (4.321) is not between 5.000 and 1:00.000.').waitFor();
    expect(await odd.locator('dl').textContent()).toMatch(/pitwall, not signed.*friday.*line ±0.05 ms/);
    // What is decided is the revision that was looked at.
    let decided = false;
    page.on('request', (request) => {
      decided ||= request.method() === 'POST';
    });
    await page.route('**/held**', (route) => (decided ? route.continue() : route.abort()));
    await hall.sendResult('strict', { ...elsewhere, revision: 2, alias: 'Odd Two' });
    await odd.getByRole('button', { name: 'Approve' }).click();
    const second = page.getByRole('listitem', { name: 'Odd Two' });
    await second.getByRole('alert').getByText('is in revision 2 by now; look at that one before you decide.').waitFor();
    await second.getByRole('button', { name: 'Approve' }).click();
    await page.getByText('Odd Two counts now.').waitFor();
    await page.getByRole('button', { name: 'Reject after all' }).click();
    await page.getByText('Odd Two does not count.').waitFor();
    await page.getByRole('button', { name: 'Approve after all' }).click();
    await page.getByText('Odd Two counts now.').waitFor();

    const nova = page.getByRole('listitem', { name: 'Nova' });
    expect(await nova.getByRole('button', { name: 'Approve' }).count()).toBe(0);
    await nova.getByRole('button', { name: 'Issue an id' }).click();
    await page.getByText('No result waits here.').waitFor();
    await eventually(() => page.getByRole('link', { name: /results? waits?$/ }).count()).toBe(0);

    await page.getByRole('link', { name: 'Strict Cup' }).click();
    const rows = page.getByRole('region', { name: 'On the track' }).locator('tbody tr');
    await eventually(() => rows.allTextContents()).toEqual([
      expect.stringMatching(/^1OT Odd Two/),
      expect.stringMatching(/^2N Nova/),
    ]);
    await page.getByRole('link', { name: 'The Year' }).click();
    const season = page.locator('tbody tr');
    await eventually(() => season.count()).toBeGreaterThan(2);
    const texts = await season.allTextContents();
    expect(texts.find((text) => text.includes('Odd Two'))).toMatch(/10place 1–$/);
    expect(await page.getByRole('columnheader', { name: /Strict Cup/ }).textContent()).toContain('on the track');
    expect([...faults, ...sees.faults]).toEqual([]);
    expect(asked.filter((url) => url.includes(hall.organizer))).toEqual([]);
    await sees.close();
    await page.context().close();
  });

  it('shows a leaderboard alone without a word of races', async () => {
    const alone = new Hall('leaderboard');
    alone.organizer = await alone.token('organizer', 'olga');
    await alone.start();
    onTestFinished(() => alone.stop());
    const { page, faults, asked, close } = await openPage(browser);
    await page.goto(alone.url);
    await page.getByRole('heading', { name: 'City Championship' }).waitFor();
    const links = page.getByRole('navigation', { name: 'Pages' }).getByRole('link');
    await eventually(() => links.allTextContents()).toEqual(['Boards', 'Results that wait']);
    expect(await page.getByText(/Offline|Connecting|No connection/).count()).toBe(0);
    expect(asked.filter((url) => url.includes('/api/v1/races'))).toEqual([]);
    // A browser that lost its network, on the computer that the service runs on.
    await page.evaluate("dispatchEvent(new Event('offline'))");
    await alone.sendResult('main', result('ada', 9_000));
    await page.getByRole('region', { name: 'On the track' }).getByText('ada').first().waitFor();
    expect(faults).toEqual([]);
    await close();
  });

  it('gives each page a title, one main part and one heading, a way past the links, and prints none of what is pressed', async () => {
    const { page, faults, close } = await openPage(browser);
    await page.goto(`${hall.url}/organizer`);
    await page.getByLabel('Token').fill(hall.organizer);
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'olga · organizer' }).waitFor();
    const titles = new Set<string>();
    for (const path of ['/', '/online', '/boards', '/cars', '/marshal', '/organizer', '/organizer/new', '/held']) {
      // With its own part loaded: until then it is a page that says so.
      await page.goto(hall.url + path, { waitUntil: 'networkidle' });
      await page.locator('h1').first().waitFor();
      await eventually(() => page.title()).toMatch(/.+ · Pitwall$/);
      titles.add(await page.title());
      expect([path, await page.locator('main').count(), await page.locator('h1').count()]).toEqual([path, 1, 1]);
    }
    expect(titles.size).toBeGreaterThan(5);
    await page.keyboard.press('Tab');
    await page.getByRole('button', { name: 'To the page' }).press('Enter');
    expect(await page.evaluate('document.activeElement.tagName')).toBe('MAIN');
    await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Cars' }).click();
    await page.waitForURL('**/cars');
    expect(await page.evaluate('document.activeElement.tagName')).toBe('MAIN');
    await page.goto(`${hall.url}/organizer/new`);
    await page.emulateMedia({ media: 'print' });
    await page.locator('h1').waitFor();
    expect(await page.getByRole('button').count()).toBe(0);
    await page.emulateMedia({ media: 'screen' });
    await page.getByRole('button', { name: 'olga · organizer' }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await page.getByLabel('Token').waitFor();
    expect(faults).toEqual([]);
    await close();
  });

  it.each([
    { width: 390, height: 844 },
    { width: 1920, height: 1080 },
  ])('fits a screen of $width × $height', async (viewport) => {
    const { page, faults, close } = await openPage(browser, viewport);
    await page.goto(`${hall.url}/organizer`);
    await page.getByLabel('Token').fill(hall.organizer);
    await page.keyboard.press('Enter');
    await page.getByRole('link', { name: 'New race' }).waitFor();
    await hall.sendResult('strict', result(`waits-${viewport.width}`, 4_000));
    const paths = [
      ...['/organizer', '/organizer/new', '/organizer/races/sunday-cup', '/races/sunday-cup', '/boards/main'],
      ...['/held', '/seasons/year'],
    ];
    for (const path of paths) {
      await page.goto(hall.url + path);
      await page.locator('h1').first().waitFor();
      const overflow = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
      expect([path, overflow]).toEqual([path, 0]);
    }
    expect(faults).toEqual([]);
    await close();
  });
});

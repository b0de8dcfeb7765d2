import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeArchive } from '../hardware/archive.js';
import { missingForPages, openBrowser, openPage } from './browser.js';
import { Hall } from './hall.js';

if (missingForPages !== undefined) {
  if (process.env.CI === 'true') throw new Error(`the pages need ${missingForPages}`);
  console.log(`skipped: online races in a browser, because ${missingForPages} is missing`);
}

const winner = fileURLToPath(new URL('../../agent/models/sample.tar.gz', import.meta.url));
const eventually = <T>(look: () => T) => expect.poll(look, { timeout: 60_000 });

/** The winner's network, with an action space that is a fifth slower. */
function writeSlower(path: string): void {
  const folder = `${path}.folder`;
  mkdirSync(folder);
  execFileSync('tar', ['-xzf', winner, '-C', folder]);
  const file = join(folder, 'model_metadata.json');
  const metadata = JSON.parse(readFileSync(file, 'utf8')) as { action_space: { speed: number }[] };
  for (const action of metadata.action_space) action.speed *= 0.8;
  writeFileSync(file, JSON.stringify(metadata));
  execFileSync('tar', ['-czf', path, '-C', folder, 'agent', 'model_metadata.json']);
}

type Visitor = Awaited<ReturnType<typeof openPage>>;

describe.skipIf(missingForPages !== undefined)('an online race by invitation, in a browser', () => {
  const hall = new Hall();
  const folder = mkdtempSync(join(tmpdir(), 'pitwall-online-'));
  const loser = join(folder, 'straight-on.tar.gz');
  const slower = join(folder, 'slower.tar.gz');
  const tokens = new Map<string, string>();
  let browser: Browser;
  let organizer: Visitor;
  let ada: Visitor;
  let bo: Visitor;
  let stranger: Visitor;
  let racePath = '';
  let link = '';

  beforeAll(async () => {
    writeArchive(loser, 'tiny');
    writeSlower(slower);
    tokens.set('olga', await hall.token('organizer', 'olga'));
    for (const racer of ['ada', 'bo', 'cy']) tokens.set(racer, await hall.token('racer', racer));
    await hall.start();
    browser = await openBrowser();
    [organizer, ada, bo, stranger] = await Promise.all([
      openPage(browser),
      openPage(browser),
      openPage(browser, { width: 390, height: 844 }),
      openPage(browser),
    ]);
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
    await hall.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const sayWho = async (page: Page, name: string): Promise<void> => {
    await page.getByLabel('Token', { exact: true }).fill(tokens.get(name) ?? '');
    await page.keyboard.press('Enter');
  };
  const status = (page: Page) => page.getByTestId('submissions').getByRole('status').first();
  const invitation = async (page: Page): Promise<string> => {
    const field = page.getByLabel('Invitation link');
    await eventually(() => field.inputValue()).toMatch(/^http:.*\/invitation#[\w-]{43}$/);
    return await field.inputValue();
  };
  async function enter({ page }: Visitor, name: string, archive: string): Promise<void> {
    await page.goto(link);
    await page.getByRole('heading', { name: 'Winter Cup' }).waitFor();
    await sayWho(page, name);
    await page.getByRole('button', { name: 'Enter the race' }).click();
    await page.getByLabel(/The archive/).setInputFiles(archive);
    await page.getByRole('button', { name: 'Submit', exact: true }).click();
  }

  it('is set up by its organizer, who gets the link', async () => {
    const { page } = organizer;
    await page.goto(`${hall.url}/online/new`);
    await sayWho(page, 'olga');
    await page.getByLabel('Name', { exact: true }).fill('Winter Cup');
    await page.getByLabel('Who may enter').selectOption('invited');
    await page.getByLabel('Laps a start').fill('1');
    await page.getByLabel('Resets a lap').fill('0');
    await page.getByRole('button', { name: 'Create the race' }).click();
    await page.getByRole('heading', { name: 'Winter Cup' }).waitFor();
    racePath = new URL(page.url()).pathname;
    link = await invitation(page);
    await page.getByRole('timer').getByText('open, closes in 6 d 23 h').waitFor();
  });

  it('takes two racers by the link: one is ranked, one learns why not', async () => {
    await enter(ada, 'ada', winner);
    await enter(bo, 'bo', loser);
    await status(bo.page).getByText('did not qualify').waitFor({ timeout: 60_000 });
    expect(await bo.page.getByTestId('submissions').textContent()).toMatch(/did not qualify: .*finished no lap/);
    await status(ada.page).getByText('ranked 1st of 1').waitFor({ timeout: 60_000 });
    expect(await ada.page.getByTestId('best').textContent()).toContain('your best: 1st of 1, sample');
    await ada.page.getByTestId('quota').getByText('49 of 50 submissions left').waitFor();
    await ada.page.getByTestId('standings').getByText('ada').waitFor();
    expect(await bo.page.getByTestId('standings').textContent()).not.toContain('bo');
    await organizer.page.getByText('2 racers').waitFor();
    for (const name of ['ada', 'bo']) await organizer.page.getByTestId('entries').getByText(name).first().waitFor();
  }, 70_000);

  it('shows the racer how it drove, what it saw, how sure it was, and gives the files', async () => {
    const { page } = ada;
    await page.getByRole('link', { name: 'See why' }).click();
    await page.getByTestId('checkpoints').getByText('chosen').waitFor();
    const camera = page.getByTestId('camera');
    const shades = () =>
      camera.evaluate((canvas) => {
        const drawn = canvas as unknown as {
          width: number;
          height: number;
          getContext(kind: '2d'): { getImageData(...box: number[]): { data: Uint8ClampedArray } };
        };
        return new Set(drawn.getContext('2d').getImageData(0, 0, drawn.width, drawn.height).data).size;
      });
    await eventually(shades).toBeGreaterThan(8);
    const place = () => page.getByTestId('replay-car').getAttribute('transform');
    await eventually(place).toContain('translate');
    const start = await place();
    await page.getByRole('button', { name: 'Play', exact: true }).click();
    await eventually(() => page.getByTestId('moment').textContent()).toMatch(/lap 1, [1-9].*%/);
    expect(await place()).not.toBe(start);
    expect(await page.locator('[data-most=true]').count()).toBeGreaterThan(0);
    const saved = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Save metrics.json' }).click();
    const { metrics } = JSON.parse(readFileSync(await (await saved).path(), 'utf8')) as { metrics: object[] };
    expect(metrics).toMatchObject([{ episode_status: 'Lap complete', completion_percentage: 100 }]);
    expect(await page.getByTestId('files').locator('li').count()).toBe(4);
  });

  it('can be compared place by place with any other visible result', async () => {
    await bo.page.getByLabel(/The archive/).setInputFiles(slower);
    await bo.page.getByRole('button', { name: 'Submit', exact: true }).click();
    await status(bo.page).getByText('ranked 2nd of 2').waitFor({ timeout: 60_000 });
    const { page } = ada;
    const other = page.getByLabel('With').locator('option', { hasText: 'bo' });
    await page.getByLabel('With').selectOption(await other.getAttribute('value'));
    const comparison = page.getByTestId('comparison');
    await comparison.getByText('gained from').first().waitFor();
    expect(await comparison.textContent()).toMatch(/ada [\d.]+ against bo [\d.]+: best lap −[\d.]+ s/);
    await page.locator('.uplot canvas').waitFor();
    // What stands on the map is as many stretches as are named.
    expect(await comparison.locator('polyline[data-lost]').count()).toBe(await comparison.locator('li').count());
    // The slower one reads the same, turned round, on a phone.
    await bo.page.getByRole('link', { name: 'See why' }).first().click();
    await bo.page.getByLabel('With').selectOption({ index: 1 });
    await bo.page.getByTestId('comparison').getByText('lost from').first().waitFor();
    await bo.page.locator('.uplot canvas').waitFor();
    // The legend takes two lines there, and nothing stands on it.
    const bottom = (of: string) => bo.page.evaluate(`document.querySelector('${of}').getBoundingClientRect().bottom`);
    expect(await bottom('.uplot')).toBeLessThanOrEqual((await bottom('[role=img]:has(.uplot)')) as number);
    await bo.page.goto(hall.url + racePath);
    await bo.page.getByTestId('standings').waitFor();
  }, 60_000);

  it('drives beside others: started together, on the map and from behind, and by itself on a screen', async () => {
    const { page } = ada;
    await page.goto(hall.url + racePath);
    await page.getByRole('link', { name: 'Side by side' }).click();
    const rows = page.getByTestId('together').locator('tr');
    await page.getByRole('button', { name: 'Follow bo' }).click();
    await page.getByRole('button', { name: 'Start together' }).click();
    const seconds = () => page.getByTestId('together-clock').textContent();
    await expect.poll(seconds).toMatch(/^(0:0)?[2-9]/);
    const places = await rows.locator('td:first-child').allTextContents();
    expect(places.toSorted()).toEqual(['1', '2']);
    await expect
      .poll(() => rows.locator('td:last-child').allTextContents())
      .toContainEqual(expect.stringMatching(/^\+\d/));
    const cars = page.getByTestId('together-cars').locator(':scope > g');
    const where = await cars.evaluateAll((all) => all.map((car) => car.getAttribute('transform')));
    expect(new Set(where).size).toBe(2);
    // What flies behind the car sees the road, its borders and a car.
    const colours = () =>
      page.evaluate(`{
        const canvas = document.querySelector('[data-testid=chase]');
        const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
        new Set(new Uint32Array(data.buffer)).size;
      }`);
    await expect.poll(colours).toBeGreaterThan(5);
    await page.getByRole('checkbox', { name: /^2\. / }).click();
    await expect.poll(() => rows.count()).toBe(1);
    await page.goto(`${hall.url}${racePath}/together?mode=show`);
    await expect.poll(seconds).toMatch(/^(0:0)?[1-9]/);
    expect(await page.locator('[data-shell]').count()).toBe(0);
    expect(await page.getByRole('button', { name: 'Start together' }).count()).toBe(0);
    await page.goto(hall.url + racePath);
  }, 60_000);

  it('takes a model that was sent before, and takes back what waits', async () => {
    const { page } = ada;
    await page.goto(hall.url + racePath);
    const again = async () => {
      await page.getByLabel('or one that you submitted before').selectOption({ label: await earlier() });
      await page.getByRole('button', { name: 'Submit', exact: true }).click();
    };
    const earlier = async () => (await page.locator('option', { hasText: /^sample \(/ }).textContent()) ?? '';
    await again();
    await page.getByTestId('quota').getByText('48 of 50').waitFor();
    await again();
    await page.getByTestId('quota').getByText('47 of 50').waitFor();
    await page.getByTestId('submissions').getByRole('button', { name: 'Cancel' }).first().click();
    await status(page).getByText('cancelled', { exact: true }).waitFor();
    await page.getByTestId('quota').getByText('48 of 50').waitFor();
    const second = page.getByTestId('submissions').getByRole('status').nth(1);
    await second.getByText(/ranked 1st of 2|another one/).waitFor({ timeout: 60_000 });
  }, 60_000);

  it('is not there for whoever has no link, and an old link is dead once it is reset', async () => {
    const { page } = stranger;
    await page.goto(`${hall.url}/online`);
    await sayWho(page, 'cy');
    await page.getByText('No online race yet.').waitFor();
    await page.goto(hall.url + racePath);
    await page.getByText('There is no such race.').waitFor();

    await organizer.page.getByRole('button', { name: 'Reset the link …' }).click();
    await organizer.page.getByText('The old link dies for all who have not used it').waitFor();
    await organizer.page.getByRole('button', { name: 'Reset the link', exact: true }).click();
    await organizer.page.getByText('reset once').waitFor();
    const fresh = await invitation(organizer.page);
    expect(fresh).not.toBe(link);
    await page.goto(link);
    await page.getByText('No race behind this link.').waitFor();
    await ada.page.goto(hall.url + racePath);
    await ada.page.getByTestId('standings').waitFor();
    await page.goto(fresh);
    await page.getByRole('button', { name: 'Enter the race' }).waitFor();
  });

  it('is changed by its organizer: its words and dates, and nothing that stands', async () => {
    const { page } = organizer;
    await page.getByRole('link', { name: 'Change it' }).click();
    await page.getByLabel('Description').fill('Everyone from the club.');
    expect(await page.getByLabel('Laps a start').isDisabled()).toBe(true);
    const zone = page.getByLabel('Time zone');
    const before = await zone.inputValue();
    await zone.fill('');
    await zone.pressSequentially('Europe/Ber');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Time zone: must be a time zone such as').waitFor();
    await zone.fill('Europe/Berlin');
    expect(before).not.toBe('Europe/Berlin');
    await page.getByLabel('Closes').fill('2031-07-01T12:00');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Everyone from the club.').waitFor();
    await page.getByText('Tue, 1 Jul 2031, 12:00').first().waitFor();
    await ada.page.getByText('Everyone from the club.').waitFor();
  });

  it('loses a racer whom the organizer removes, with all results', async () => {
    const { page } = organizer;
    await page.getByRole('button', { name: 'Remove bo …' }).click();
    await page.getByLabel('Reason').fill('drove for somebody else');
    await page.getByRole('button', { name: 'Remove bo', exact: true }).click();
    await page.getByText('1 racer', { exact: false }).first().waitFor();
    await eventually(() => page.getByTestId('entries').textContent()).not.toContain('bo');
    await eventually(() => ada.page.getByTestId('standings').textContent()).not.toContain('bo');
    await page.getByText('What happened, and who did it').click();
    await page.getByText('bo removed: drove for somebody else').waitFor();
    await bo.page.getByText('There is no such race.').waitFor();
  });

  it('fits a phone and a large screen', async () => {
    const { page } = ada;
    const paths = [racePath, '/online', '/online/new', new URL(await seeWhy(page), hall.url).pathname];
    for (const size of [
      { width: 390, height: 844 },
      { width: 1920, height: 1080 },
    ]) {
      await page.setViewportSize(size);
      for (const path of paths) {
        await page.goto(hall.url + path);
        await page.locator('h1').first().waitFor();
        const overflow = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
        expect([path, size.width, overflow]).toEqual([path, size.width, 0]);
      }
    }
  });

  it('is closed, and is gone, when its organizer says so', async () => {
    const { page } = organizer;
    await ada.page.goto(hall.url + racePath);
    await page.getByRole('button', { name: 'Close it now …' }).click();
    await page.getByRole('button', { name: 'Close it now', exact: true }).click();
    for (const visitor of [organizer, ada])
      await visitor.page.getByRole('timer').getByText('closed', { exact: true }).waitFor();
    await ada.page.getByText('The race is closed; what was submitted before is still evaluated.').waitFor();
    expect(await ada.page.getByRole('button', { name: 'Submit', exact: true }).count()).toBe(0);
    expect(await page.getByRole('button', { name: 'Close it now …' }).count()).toBe(0);
    expect(await page.getByLabel('Invitation link').count()).toBe(0);

    await page.getByRole('button', { name: 'Delete it …' }).click();
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('button', { name: 'Delete it …' }).click();
    await page.getByRole('button', { name: 'Delete it for everyone' }).click();
    await page.getByText('No online race yet.').waitFor();
    await ada.page.getByText('There is no such race.').waitFor();
  });

  const seeWhy = async (page: Page): Promise<string> =>
    (await page.getByRole('link', { name: 'See why' }).first().getAttribute('href')) ?? '';

  it('says no token and no key in any address, and had no fault in any page', () => {
    const secrets = [...tokens.values(), link.split('#')[1] ?? ''];
    for (const { asked, faults } of [organizer, ada, bo, stranger]) {
      expect(faults).toEqual([]);
      const named = asked
        .map((url) => url.split('#')[0] ?? '')
        .filter((url) => secrets.some((secret) => url.includes(secret)));
      expect(named).toEqual([]);
    }
  });
});

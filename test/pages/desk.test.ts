import type { CreateRaceInput } from '@pitwall/protocol/api';
import type { RunState } from '@pitwall/protocol/race';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { missingForPages, openBrowser, openPage, slowNetwork } from './browser.js';
import { Hall } from './hall.js';
import { largest, next, openDesk } from './marshal-desk.js';
import { HandCar, HandGate, now } from './track-side.js';

if (missingForPages !== undefined) {
  if (process.env.CI === 'true') throw new Error(`the pages need ${missingForPages}`);
  console.log(`skipped: the marshal’s desk in a browser, because ${missingForPages} is missing`);
}

const eventually = <T>(look: () => T) => expect.poll(look, { timeout: 60_000 });
const model = { hash: 'a'.repeat(64), name: 'night-owl' };

const raceOf = (race: string, rules: object = {}): CreateRaceInput => ({
  race,
  commandId: crypto.randomUUID(),
  setup: {
    name: race,
    track: { id: 'oval', version: 1 },
    gates: ['line'],
    leaderboard: null,
    rules: {
      name: 'Test rules',
      start: 'key',
      timeLimit: 600_000_000,
      plausible: { min: 200_000, max: 60_000_000 },
      holdoff: 50_000,
      resets: { perLap: 1, where: 'in-place' },
      ...rules,
    },
  },
});
const sizes = [
  { width: 1280, height: 800 },
  { width: 390, height: 844 },
];

/** Where the buttons of a turn are on the page. */
const buttons = (page: Page) =>
  page.evaluate(
    `[...document.querySelectorAll('[data-action]:not([data-action=e-stop], [data-action=stop-all])')].map((button) => [button.dataset.action, Math.round(button.getBoundingClientRect().top + scrollY), Math.round(button.getBoundingClientRect().left)])`,
  );

/** Where every button is on the screen, but for those of what was refused, and what it says. */
const everyButton = (page: Page) =>
  page.evaluate(`[...document.querySelectorAll('main button')].filter((button) => button.closest('[role=alert]') === null).map((button) => {
    const { left, top, width, height } = button.getBoundingClientRect();
    return [button.dataset.action ?? button.textContent, ...[left, top, width, height].map(Math.round)];
  })`);

describe.skipIf(missingForPages !== undefined)('the marshal’s desk, with a real controller', () => {
  const hall = new Hall();
  let browser: Browser;
  let gate: HandGate;
  let car: HandCar;
  let races = 0;

  beforeAll(async () => {
    const [gateToken, carToken] = [await hall.token('gate', 'line'), await hall.token('car', 'blue')];
    hall.marshal = await hall.token('marshal', 'mara');
    await hall.start();
    gate = new HandGate(hall.mqtt, 'line', gateToken);
    car = new HandCar(hall.mqtt, 'blue', carToken, model);
    browser = await openBrowser();
  }, 120_000);
  beforeEach(() => {
    car.obeys = 'done';
    car.warnings = [];
    gate.become('ok');
  });
  afterEach(async () => {
    hall.thaw();
    car.obeys = 'done';
    for (let race = 1; race <= races; race += 1) await discard(`race-${race}`);
  });
  afterAll(async () => {
    await browser?.close();
    await gate?.stop();
    await car?.stop();
    await hall.stop();
  });

  /** An open race with two racers in the queue. */
  async function openRace(rules: object = {}): Promise<string> {
    const race = `race-${++races}`;
    await hall.createRace(raceOf(race, rules));
    await hall.give(race, { type: 'open' });
    for (const [racer, alias] of [
      ['ann', 'Ann'],
      ['ben', 'Ben'],
      ['cy', 'Cy'],
    ] as const) {
      await hall.give(race, { type: 'enter', entry: { racer, alias, car: 'blue', models: [model] } });
      await hall.give(race, { type: 'queue', racer });
    }
    // A stop of an earlier test holds the car until somebody clears it.
    await hall.give(race, { type: 'clear-car', car: 'blue' });
    await vi.waitFor(() => hall.give(race, { type: 'test-e-stop', car: 'blue' }), { timeout: 60_000, interval: 100 });
    return race;
  }

  const desk = (race: string, viewport?: { width: number; height: number }) => openDesk(browser, hall, race, viewport);

  async function driving(race: string): Promise<string> {
    const runId = crypto.randomUUID();
    for (const type of ['call', 'stage', 'ready', 'start'] as const) await hall.give(race, { type, runId });
    await eventually(() => car.safety).toBe('driving');
    return runId;
  }

  /** What each lap of the first run is in doubt for. */
  const marks = async (race: string) => (await hall.state(race)).runs[0]?.laps.map(({ doubt }) => doubt ?? '');

  async function discard(race: string): Promise<void> {
    const { current } = await hall.state(race);
    if (current !== null) await hall.give(race, { type: 'discard', runId: current, reason: 'enough' });
  }

  it('opens to nobody with a wrong token, and says who needs which role', async () => {
    const race = await openRace();
    const { page, faults, close } = await openPage(browser);
    const enter = async (token: string) => {
      await page.getByLabel('Token').fill(token);
      await page.keyboard.press('Enter');
    };
    const crew = await hall.token('crew', 'cleo');
    await page.goto(`${hall.url}/marshal/${race}`);
    await enter('wrong');
    await page.getByRole('alert').filter({ hasText: 'This token is not known here' }).waitFor();
    expect(await page.getByRole('button', { name: /STOP/ }).count()).toBe(0);
    await enter(crew);
    await page
      .getByRole('alert')
      .filter({ hasText: 'of cleo, pit crew. Here a token with the role marshal' })
      .waitFor();
    expect(await page.getByRole('button', { name: /STOP/ }).count()).toBe(0);
    // One that is good elsewhere is told the same where it is not.
    await page.goto(`${hall.url}/cars/blue`);
    await enter(crew);
    await page.getByRole('button', { name: /^STOP/ }).waitFor();
    for (const [path, role] of [
      [`/marshal/${race}`, 'marshal'],
      [`/organizer/races/${race}`, 'marshal'],
      ['/online/new', 'organizer'],
    ] as const) {
      await page.goto(hall.url + path);
      await page
        .getByRole('alert')
        .filter({ hasText: `a token with the role ${role} is needed` })
        .waitFor();
      expect(await page.getByRole('button', { name: /STOP|Create the race/ }).count()).toBe(0);
    }
    expect(faults).toEqual([]);
    await close();
  });

  it('takes Enter for the next step after a button was clicked, and leaves a field with Escape', async () => {
    const race = await openRace();
    const { page, faults, close } = await desk(race);
    const queue = page.locator('ol').filter({ hasText: 'Ann' }).first();
    await queue.locator('li', { hasText: 'Ann' }).getByRole('button', { name: 'Skip' }).click();
    await next(page, 'Call Ben');
    await page.keyboard.press('Enter');
    await next(page, 'Stage the car');
    await page.getByLabel('Car', { exact: true }).focus();
    await page.keyboard.type('r');
    await page.keyboard.press('Backspace');
    await page.keyboard.press('Escape');
    await page.keyboard.press('Enter');
    await next(page, 'Check and make ready');
    await page.getByTestId('log').getByRole('button', { name: 'Undo' }).first().click();
    await next(page, 'Stage the car');
    await page.keyboard.press('Enter');
    await next(page, 'Check and make ready');
    const { queue: waiting, runs } = await hall.state(race);
    expect(waiting.map(({ racer }) => racer)).toEqual(['ann', 'cy']);
    expect(runs).toHaveLength(1);
    expect(faults).toEqual([]);
    await close();
  });

  it.each(sizes)(
    'shows what the car says of itself and a refused start in red, and moves no button, at $width × $height',
    async (size) => {
      const race = await openRace();
      const { page, faults, close } = await desk(race, size);
      const strip = page.getByRole('region', { name: 'Car, gates and link' });
      await strip.getByText('Gate line: sees').waitFor();
      await strip.getByText('Controller: live').waitFor();
      await strip.getByText('Battery: not told').waitFor();
      const runId = crypto.randomUUID();
      for (const type of ['call', 'stage', 'ready'] as const) await hall.give(race, { type, runId });
      await next(page, 'Start');
      const before = await buttons(page);
      car.obeys = 'refused';
      await page.locator('[data-action=next]').click();
      const hero = page.locator('[data-alarm=true]');
      await hero.getByText('Start refused').waitFor();
      await hero.getByText('Car blue: The car is not ready: motor and steering do not answer.').waitFor();
      // Refusals of the desk come over the page too.
      await hall.give(race, { type: 'incident', runId, kind: 'reset' });
      expect(await buttons(page)).toEqual(before);

      car.obeys = 'done';
      await page.keyboard.press('k');
      await eventually(() => car.safety).toBe('driving');
      await strip.getByText('Drives', { exact: true }).waitFor();
      await hero.waitFor({ state: 'detached' });
      car.fault('outputs-lost');
      const sentence = 'Stopped: motor and steering do not answer. Look at it, then Clear (K).';
      await strip.getByText(sentence).waitFor();
      await hero.getByText('The car stands').waitFor();
      expect(await buttons(page)).toEqual(before);
      expect(faults).toEqual([]);
      await close();
    },
  );

  it.each(sizes)(
    'moves no button while a command is under way, after a conflict, and while it says what is not ready, at $width × $height',
    async (size) => {
      const race = await openRace();
      const { page, faults } = await openPage(browser, size);
      const network = await slowNetwork(page);
      await page.goto(`${hall.url}/marshal/${race}`);
      await page.getByLabel('Token').fill(hall.marshal);
      await page.keyboard.press('Enter');
      await next(page, 'Call Ann');
      const calm = await everyButton(page);
      network.hold();
      await hall.give(race, { type: 'skip', racer: 'ann' });
      let goOn: () => void = () => undefined;
      const held = new Promise<void>((resolve) => {
        goOn = resolve;
      });
      await page.route('**/api/v1/races/*/commands', async (route) => {
        await held;
        await route.continue();
      });
      await page.keyboard.press('Enter');
      await page.getByText('Call …', { exact: true }).waitFor();
      expect(await everyButton(page)).toEqual(calm);
      goOn();
      const conflict = page.getByRole('alert').filter({ hasText: 'Not done: the race changed' });
      await conflict.getByText('Ann skipped').waitFor();
      expect(await everyButton(page)).toEqual(calm);
      network.release();
      await conflict.getByRole('button', { name: 'Cancel' }).click();
      await conflict.waitFor({ state: 'detached' });

      const runId = crypto.randomUUID();
      for (const type of ['call', 'stage'] as const) await hall.give(race, { type, runId });
      await next(page, 'Check and make ready');
      const staged = await everyButton(page);
      car.obeys = 'refused';
      await page.keyboard.press('Enter');
      const refused = page.getByRole('alert').filter({ hasText: 'Not ready' });
      await refused.getByText(/motor and steering do not answer/).waitFor();
      expect(await everyButton(page)).toEqual(staged);
      expect((await hall.state(race)).runs[0]?.phase).toBe('staged');
      expect(faults).toEqual([]);
      await page.context().close();
    },
  );

  it('says to stop it by hand over the whole page when nobody answers a stop, until the car is known to stand', async () => {
    const race = await openRace();
    const { page, faults, close } = await desk(race);
    await driving(race);
    await page.locator('[data-action=red-flag]:not(:disabled)').waitFor();
    car.obeys = 'silent';
    await page.keyboard.press('e');
    const cover = page.getByRole('alertdialog', { name: 'Stop blue by hand' });
    await cover.waitFor({ timeout: 3_000 });
    expect((await largest(page)).text).toBe('STOP blue BY HAND');
    const box = await cover.boundingBox();
    expect(box).toMatchObject({ x: 0, y: 0, width: 1280, height: 800 });
    // Enter, pressed blindly, does nothing behind it.
    const { phase } = (await hall.state(race)).runs[0] ?? {};
    await page.keyboard.press('Enter');
    car.fault('e-stop');
    await cover.waitFor({ state: 'detached' });
    expect((await hall.state(race)).runs[0]?.phase).toBe(phase === 'running' ? 'paused' : phase);
    expect(faults).toEqual([]);
    await close();
  });

  it('says so too when the stop is refused because the token is worth nothing any more', async () => {
    const race = await openRace();
    const token = await hall.token('marshal', 'gone');
    const { page, faults, close } = await openPage(browser);
    await page.goto(`${hall.url}/marshal/${race}`);
    await page.getByLabel('Token').fill(token);
    await page.keyboard.press('Enter');
    await driving(race);
    await page.locator('[data-action=red-flag]:not(:disabled)').waitFor();
    await hall.revoke('marshal', 'gone');
    await page.keyboard.press('e');
    const cover = page.getByRole('alertdialog', { name: 'Stop blue by hand' });
    await cover.getByText(/not known here or was revoked/).waitFor();
    expect(faults).toEqual([]);
    await close();
  });

  it('shows and sounds a gate that does not see while a run is timed', async () => {
    const race = await openRace();
    const { page, faults, close } = await desk(race);
    const alarm = page.getByRole('alert').filter({ hasText: 'Gate line: something stands on the line' });
    gate.become('stuck');
    await page.getByText('something stands on the line, or the sensor chatters').waitFor();
    expect(await alarm.count()).toBe(0);
    gate.become('ok');
    await driving(race);
    await page.locator('[data-action=red-flag]:not(:disabled)').waitFor();
    await page.keyboard.press('o');
    expect(await page.evaluate('globalThis.notes')).toBe(0);
    gate.become('stuck');
    await alarm.waitFor({ timeout: 3_000 });
    await eventually(() => page.evaluate('globalThis.notes')).toBeGreaterThan(0);
    gate.become('ok');
    await alarm.waitFor({ state: 'detached' });
    expect(faults).toEqual([]);
    await close();
  });

  it('shows a controller that hangs within 3 s, and says to stop by hand while a car is on the track', async () => {
    const race = await openRace();
    const { page, faults, close } = await desk(race);
    await driving(race);
    await page.locator('[data-action=red-flag]:not(:disabled)').waitFor();
    const cover = page.getByRole('alertdialog', { name: 'Stop blue by hand' });
    hall.freeze();
    await cover.waitFor({ timeout: 3_500 });
    expect((await largest(page)).text).toBe('STOP blue BY HAND');
    await page.getByText('Offline', { exact: true }).waitFor();
    await page.getByText(/No connection to the race for [3-9] s/).waitFor();
    await cover.getByRole('button', { name: 'It stands: show the page' }).click();
    await page.getByRole('button', { name: /^STOP IT BY HAND/ }).waitFor();
    await page.getByText(/· unsure$/).waitFor();
    hall.thaw();
    await page.getByText('Live', { exact: true }).waitFor();
    await page.locator('[data-action=e-stop]', { hasText: /^STOP(?! IT)/ }).waitFor();
    expect(faults).toEqual([]);
    await close();
  });

  it('decides about doubtful laps by keys, and asks once before it confirms without them', async () => {
    const race = await openRace();
    const { page, faults, close } = await desk(race);
    const runId = await driving(race);
    // Laps of a second, and something that crosses the line in the middle of the second one.
    const start = now();
    const passes = [0, 1, 1.5, 2, 3, 4].map((s) => start + s * 1e6);
    await eventually(now).toBeGreaterThan(start + 4e6);
    for (const at of passes) await gate.cross(at);
    await eventually(() => marks(race)).toEqual(['', 'half-lap', 'half-lap', '', '']);

    const list = page.getByRole('region', { name: 'Laps in doubt' }).getByTestId('doubts').getByRole('listitem');
    await list.first().getByText('half a lap? something crossed the line in it').waitFor();
    expect(await list.count()).toBe(2);
    const other = page.locator('[data-action=other-reading]');
    await other.getByText(/^\d\d:\d\d:\d\d\.\d, lap 3$/).waitFor();
    // The keys are about the lap whose button has the focus.
    await list.first().getByRole('button', { name: 'Counts: lap 2' }).focus();
    await other.getByText(/, lap 2$/).waitFor();
    await page
      .locator('[data-action=ignore]')
      .getByText(/, lap 2$/)
      .waitFor();
    await page.keyboard.press('j');
    await eventually(() => marks(race)).toEqual(['', '', '', '']);
    const { laps } = (await hall.state(race)).runs[0] as RunState;
    expect(laps.map(({ time }) => Math.round((time ?? 0) / 1e4))).toEqual([100, 100, 100, 100]);
    // Who takes it back has seen it.
    await eventually(async () => await list.count()).toBe(0);
    await page.keyboard.press('u');
    await eventually(() => marks(race)).toEqual(['', 'half-lap', 'half-lap', '', '']);

    await page.keyboard.press('x');
    await next(page, 'Confirm the result');
    await page.locator('[data-action=next]').getByText('laps 2, 3 in doubt: asks first').waitFor();
    await page.evaluate('document.activeElement.blur()');
    // The second press comes before anybody has read what the first one asks.
    await Promise.all([page.keyboard.press('Enter'), page.keyboard.press('Enter')]);
    const question = page.getByRole('region', { name: 'Confirm without the laps in doubt?' });
    await question.getByText('Laps 2, 3 are in doubt and would change the result').waitFor();
    await question
      .getByText(/^without it (0\.99|1\.00)\d, place 1$/)
      .first()
      .waitFor();
    await question
      .getByText(/^if it counts 0\.(49|50)\d, place 1$/)
      .first()
      .waitFor();
    await page.keyboard.press('Escape');
    await question.waitFor({ state: 'detached' });
    expect((await hall.state(race)).runs[0]?.phase).toBe('over');
    const read = async () => {
      await next(page, 'Confirm without laps 2, 3');
      const since = await page.evaluate('performance.now()');
      await page.waitForFunction((from) => performance.now() - Number(from) >= 1000, since);
    };
    await page.keyboard.press('Enter');
    await read();
    // A command that says nothing of the doubts is refused by the desk, which asks then itself.
    const commands = '**/api/v1/races/*/commands';
    await page.route(commands, (route) =>
      route.continue({
        postData: (route.request().postData() ?? '').replace('"withoutDoubtful":true', '"withoutDoubtful":false'),
      }),
    );
    const refusal = page.waitForResponse((response) => response.url().endsWith('/commands'));
    await page.keyboard.press('Enter');
    expect(((await (await refusal).json()) as { error: { code: string } }).error.code).toBe('doubts-open');
    await page.unroute(commands);
    await question.waitFor();
    expect(await page.getByText('Not done').count()).toBe(0);
    await read();
    await page.keyboard.press('Enter');
    await page.getByTestId('log').getByText('Result confirmed, without 2 in doubt').waitFor();
    const [run] = (await hall.state(race)).runs;
    expect(run).toMatchObject({ runId, phase: 'confirmed' });
    expect(Math.round((run?.score ?? 0) / 1e4)).toBe(100);
    expect(faults).toEqual([]);
    await close();
  }, 120_000);

  it.each(sizes)(
    'no button moves under a finger while laps come, are in doubt and end the run; R belongs then to the lap that ended it, at $width × $height',
    async (size) => {
      const race = await openRace({ lapLimit: 4 });
      const { page, faults, close } = await desk(race, size);
      const runId = await driving(race);
      await page.locator('[data-action=red-flag]:not(:disabled)').waitFor();
      const before = await buttons(page);
      const start = now();
      await eventually(now).toBeGreaterThan(start + 4e6);
      for (const s of [0, 1, 1.5, 2, 3]) await gate.cross(start + s * 1e6);
      await page
        .locator('[data-action=other-reading]:not(:disabled)')
        .getByText(/, lap \d$/)
        .waitFor();
      expect(await buttons(page)).toEqual(before);
      await page.keyboard.press('j');
      await eventually(() => marks(race)).toEqual(['', '', '']);
      await gate.cross(start + 4e6);
      await next(page, 'Confirm the result');
      const reset = page.locator('[data-action=reset]:not(:disabled)');
      await reset.getByText('to lap 4, the last').waitFor();
      expect(await buttons(page)).toEqual(before);

      // Noted at once, it could as well have been a hand that crossed the line: the confirmation would ask first.
      await eventually(now).toBeGreaterThan(start + 7e6);
      const resets = async () => (await hall.state(race)).runs[0]?.laps.map((lap) => lap.resets);
      await page.keyboard.press('r');
      await eventually(resets).toEqual([0, 0, 0, 1]);
      // Each time until the page has heard of it: what somebody presses is about what they see.
      const unreset = page.locator('[data-action=unreset]');
      await unreset.and(page.locator(':not(:disabled)')).click();
      await unreset.and(page.locator(':disabled')).waitFor();
      expect(await resets()).toEqual([0, 0, 0, 0]);
      // By a finger, and Enter after it is the next step, not one more.
      await reset.click();
      await unreset.and(page.locator(':not(:disabled)')).waitFor();
      expect(await resets()).toEqual([0, 0, 0, 1]);
      expect(await buttons(page)).toEqual(before);
      await page.keyboard.press('Enter');
      await eventually(async () => (await hall.state(race)).runs[0]?.phase).toBe('confirmed');
      expect((await hall.state(race)).runs[0]).toMatchObject({ runId, laps: [{}, {}, {}, { resets: 1 }] });
      expect(car.safety).not.toBe('driving');
      expect(faults).toEqual([]);
      await close();
    },
    60_000,
  );

  it('takes a warning as one, a pick-up’s reset and Clear in one key, and laps from a stopwatch', async () => {
    const race = await openRace();
    const { page, faults, close } = await desk(race);
    const runId = crypto.randomUUID();
    for (const type of ['call', 'stage'] as const) await hall.give(race, { type, runId });
    await next(page, 'Check and make ready');
    car.warnings = ['its model wants two cameras', 'its battery is not told'];
    await page.keyboard.press('Enter');
    const question = page.getByRole('alert').filter({ hasText: 'Ready, if somebody accepts this' });
    await question.getByRole('button', { name: 'Accept it' }).first().click();
    await question.getByText('car blue: its model wants two cameras (accepted)').waitFor();
    await question.getByRole('button', { name: 'Accept it' }).click();
    await next(page, 'Start');
    expect((await hall.state(race)).runs[0]?.interlock).toMatchObject({
      overruled: null,
      accepted: ['car blue: its model wants two cameras', 'car blue: its battery is not told'],
    });

    await page.keyboard.press('Enter');
    await eventually(() => car.safety).toBe('driving');
    await gate.cross();
    car.fault('picked-up');
    const reset = page.locator('[data-action=reset]');
    await reset.getByText('and clear: hands off, it goes on').waitFor();
    await page.keyboard.press('r');
    await eventually(() => car.safety).toBe('driving');
    await reset.getByText('1 in this lap').waitFor();
    const { records } = (await (await fetch(`${hall.url}/api/v1/races/${race}/log`)).json()) as {
      records: { event: { type: string; command?: string } }[];
    };
    const told = records.flatMap(({ event: { type, command } }) => (type === 'incident' ? [type] : (command ?? [])));
    expect(told.slice(told.indexOf('incident'))).toEqual(expect.arrayContaining(['incident', 'clear']));
    await reset.getByText('and clear').waitFor({ state: 'detached' });

    await page.keyboard.press('x');
    await next(page, 'Confirm the result');
    await page.getByRole('button', { name: 'Type laps from a stopwatch' }).click();
    await page.getByLabel('Times, s or min:s').fill('12.34 1:02.5');
    await page.getByLabel('Reason').fill('Timed by hand');
    await page.keyboard.press('Enter');
    await page.getByText('from paper', { exact: false }).first().waitFor();
    await eventually(async () =>
      (await hall.state(race)).runs[0]?.laps.map(({ time, marks: why }) => [time, ...why]),
    ).toEqual([
      [12_340_000, 'from-paper'],
      [62_500_000, 'from-paper'],
    ]);
    await next(page, 'Confirm the result');
    await page.evaluate('document.activeElement.blur()');
    await page.keyboard.press('Enter');
    await next(page, 'Call Ben');

    await page.goto(`${hall.url}/organizer/races/${race}`);
    const timing = page.getByRole('region', { name: 'Timing' });
    await timing.getByRole('button', { name: 'Change the timing' }).click();
    await timing.getByLabel('Shortest plausible lap, s').fill('0.1');
    await timing.getByLabel('Reason').fill('Laps are shorter');
    await page.keyboard.press('Enter');
    await eventually(async () => (await hall.state(race)).setup.rules.plausible.min).toBe(100_000);
    expect(faults).toEqual([]);
    await close();
  }, 120_000);

  it('says at once that there is no such race and no such board', async () => {
    const { page, faults, close } = await openPage(browser);
    for (const path of ['/races/nope', '/marshal/nope']) {
      await page.goto(hall.url + path);
      if (path.startsWith('/marshal')) {
        await page.getByLabel('Token').fill(hall.marshal);
        await page.keyboard.press('Enter');
      }
      await page.getByText('There is no such race.').waitFor({ timeout: 3_000 });
    }
    await page.goto(`${hall.url}/boards/nope`);
    await page.getByText('There is no such leaderboard.').waitFor({ timeout: 3_000 });
    expect(faults).toEqual([]);
    await close();
  });
});

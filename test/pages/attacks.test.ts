import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { hour, makeTrackRace } from '@pitwall/controller/testing/event-setups';
import { type Ask, startWhole, type WholeController } from '@pitwall/controller/testing/whole-controller';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { missingForPages, openBrowser, openPage } from './browser.js';

if (missingForPages !== undefined) {
  if (process.env.CI === 'true') throw new Error(`the attacks on pages need ${missingForPages}`);
  console.log(`skipped: attacks on pages in a browser, because ${missingForPages} is missing`);
}

/** Each leaves its mark where it is anything but text. */
const scripts = [
  '<img src=x onerror=document.x=1>',
  '"><script>document.x=1</script>',
  "'-document.x=1-'</title><svg onload=document.x=1>",
] as const;
const [image, closing, title] = scripts;

/** What the scripts would have left: a value, or an element. */
const marks = `[
  document.x === undefined ? '' : 'a script ran',
  ...[...document.querySelectorAll('img[src="x"], svg[onload], [onerror]')].map((it) => it.outerHTML.slice(0, 80)),
].filter(Boolean)`;

/** The attacker's page. What a form sends is a navigation, which needs no script's permission. */
const attackersPage = `<h1>Prizes</h1><script>
async function attack(url, body) {
  const tried = {};
  const ask = async (name, path, init) => {
    tried[name] = await fetch(url + path, { credentials: 'include', ...init }).then(
      async (answer) => answer.type + ' ' + answer.status + ' ' + (await answer.text()).slice(0, 100),
      () => 'kept away',
    );
  };
  const text = { 'content-type': 'text/plain' };
  const json = { 'content-type': 'application/json' };
  await ask('simple', '/api/v1/leaderboards', { method: 'POST', mode: 'no-cors', headers: text, body });
  await ask('with JSON', '/api/v1/leaderboards', { method: 'POST', headers: json, body });
  await ask('stops cars', '/api/v1/cars/stop', { method: 'POST', mode: 'no-cors' });
  await ask('signs out', '/api/v1/session', { method: 'DELETE' });
  await ask('deletes', '/api/v1/events/day', { method: 'DELETE' });
  await ask('changes', '/api/v1/leaderboards/board', { method: 'PUT', headers: json, body });
  await ask('reads people', '/api/v1/people', {});
  await ask('reads without CORS', '/api/v1/people', { mode: 'no-cors' });
  tried.live = await new Promise((resolve) => {
    const socket = new WebSocket(url.replace('http', 'ws') + '/api/v1/live');
    socket.onopen = () => resolve('open');
    socket.onerror = () => resolve('kept away');
  });
  const frame = Object.assign(document.createElement('iframe'), { name: 'frame' });
  const form = Object.assign(document.createElement('form'), {
    method: 'post', action: url + '/api/v1/leaderboards', enctype: 'text/plain', target: 'frame',
  });
  form.append(Object.assign(document.createElement('input'), { name: body.slice(0, -1), value: '"}' }));
  document.body.append(frame, form);
  const loaded = new Promise((resolve) => frame.addEventListener('load', resolve, { once: true }));
  form.submit();
  await loaded;
  return tried;
}
</script>`;

describe.skipIf(missingForPages !== undefined)('who attacks whoever looks at the pages', () => {
  let hall: WholeController;
  let browser: Browser;
  let olga: Ask & { racer: string };
  let mallory: Ask & { racer: string };
  let cookie: string;
  let event: string;
  let note: string;

  beforeAll(async () => {
    hall = await startWhole();
    browser = await openBrowser();
    olga = await hall.person(closing, 'organizer');
    mallory = await hall.person(image);
    ({ cookie } = await olga('GET', '/api/v1/account'));
    const now = Date.now();
    await makeTrackRace(olga, 'cup', { name: title });
    await olga('POST', '/api/v1/leaderboards', { id: 'board', name: image, ranking: { by: 'best-lap' } });
    await olga('PUT', '/api/v1/seasons/season', { name: closing, races: [{ leaderboard: 'board' }], points: [1] });
    const setup = {
      ...{ name: image, place: closing, startsAt: now - hour, endsAt: now + hour, timeZone: 'Europe/Berlin' },
      ...{ boards: ['board'], points: [1], joining: 'open' },
      program: [
        { name: title, startsAt: now, endsAt: now + hour },
        { race: 'cup', startsAt: now, endsAt: now + hour },
      ],
    };
    ({ event } = (await olga('POST', '/api/v1/events', { commandId: randomUUID(), event: 'day', setup })).body);
    const entry = { racer: mallory.racer, alias: image, car: null, models: [] };
    for (const command of [{ type: 'open' }, { type: 'enter', entry }, { type: 'queue', racer: mallory.racer }]) {
      const { seq } = (await olga('GET', '/api/v1/races/cup')).body;
      await olga('POST', '/api/v1/races/cup/commands', { commandId: randomUUID(), seen: seq, command });
    }
    note = randomUUID();
    await olga('POST', `/api/v1/events/${event}/notes`, { note, text: image });
  });
  afterAll(async () => {
    await browser?.close();
    await hall?.stop();
  });

  /** A browser in which the organizer has signed in. */
  async function signedIn(url = hall.url): Promise<Awaited<ReturnType<typeof openPage>>> {
    // The pages remember that somebody has signed in, which they cannot see in a cookie that is kept from scripts.
    const opened = await openPage(browser, undefined, undefined, "localStorage.setItem('pitwall-signed-in', 'yes')");
    for (const pair of cookie.split('; ')) {
      const [name = '', ...value] = pair.split('=');
      await opened.page.context().addCookies([{ name, value: value.join('='), url, httpOnly: true, sameSite: 'Lax' }]);
    }
    return opened;
  }

  const settled = async (page: Page, path: string): Promise<string> => {
    await page.goto(`${hall.url}${path}`, { waitUntil: 'networkidle' });
    // With what stands in fields, and as it was said: not in the capitals in which it may be shown.
    return await page.evaluate(
      `document.body.textContent + [...document.querySelectorAll('input, textarea')].map((it) => it.value).join(' ')`,
    );
  };

  it('by a name, a title or a note that is a script: every page shows it as text, and runs nothing', async () => {
    const { page, close } = await signedIn();
    const asText = new Map<string, boolean>();
    // Where such a name is put into a page as it is, that is seen.
    await page.goto('about:blank');
    await page.setContent(`<p>${image}</p>`);
    await page.waitForFunction('document.x === 1');
    expect(await page.evaluate(marks)).toHaveLength(2);
    const paths = [
      ...['/', '/boards', '/boards/board', '/races/cup', '/marshal', '/marshal/cup', '/organizer/races/cup', '/people'],
      ...['/seasons', '/seasons/season', '/events', `/events/${event}`, `/events/${event}/screen`, '/statistics'],
      ...[
        `/events/${event}/overlay`,
        `/events/${event}/commentator`,
        `/events/${event}/door`,
        `/racers/${mallory.racer}`,
      ],
      ...[
        `/events/${event}/change`,
        `/races/cup/certificate/${mallory.racer}`,
        '/embed/leaderboards/board',
        '/account',
      ],
    ];
    for (const path of paths) {
      const shown = await settled(page, path);
      expect(await page.evaluate(marks), path).toEqual([]);
      asText.set(
        path,
        scripts.some((script) => shown.includes(script)),
      );
    }
    // A page that shows none of them proves nothing of itself.
    const showing = [...asText].filter(([, shows]) => shows).map(([path]) => path);
    expect(showing).toEqual(
      expect.arrayContaining([
        '/boards',
        '/boards/board',
        '/races/cup',
        `/events/${event}`,
        '/people',
        '/marshal/cup',
        '/organizer/races/cup',
      ]),
    );
    expect(showing.length).toBeGreaterThan(8);
    await close();
  });

  it('by a link that has a script in it: the page that it opens says it as text or not at all', async () => {
    const { page, close } = await signedIn();
    const looksAt = async (path: string) => {
      await page.goto(`${hall.url}${path}`, { waitUntil: 'load' });
      // A page has a heading when it has drawn what it says; what is no page shows its text at once.
      if (!path.startsWith('/api') && !path.startsWith('/embed')) await page.waitForSelector('h1');
      expect(await page.evaluate(marks), path).toEqual([]);
    };
    for (const script of scripts) {
      const packed = encodeURIComponent(script);
      await looksAt(`/races/${packed}`);
      for (const path of ['/api/v1/races', '/api/v1/leaderboards', '/embed/leaderboards', '/api/docs', '/api/v1'])
        await looksAt(`${path}/${packed}`);
    }
    const packed = encodeURIComponent(image);
    for (const path of [
      ...[`/boards/${packed}`, `/racers/${packed}`, `/${packed}`, `/boards/board?called=${packed}`, `/docs/${packed}`],
      ...[`/sign-in/provider#${packed}`, `/recover#${packed}`, `/claim#${packed}`, `/statistics?called=${packed}`],
    ])
      await looksAt(path);
    await close();
  });

  describe('from a page of their own', () => {
    let attacker: Server;
    /** The same machine at another port: to browsers the same site, whose cookies travel. */
    let nearby: string;
    /** Another site. */
    let elsewhere: string;

    beforeAll(async () => {
      attacker = createServer((_, response) => response.setHeader('content-type', 'text/html').end(attackersPage));
      attacker.listen(0, '127.0.0.1');
      await once(attacker, 'listening');
      const { port } = attacker.address() as { port: number };
      nearby = `http://127.0.0.1:${port}`;
      elsewhere = `http://localhost:${port}`;
    });
    afterAll(() => void attacker?.close());

    const boards = async (): Promise<string[]> =>
      (await olga('GET', '/api/v1/leaderboards')).body.leaderboards.map(({ id }: { id: string }) => id);

    it.each(['nearby', 'elsewhere'] as const)(
      '%s: nothing is changed in the name of who has signed in, nothing read',
      async (where) => {
        const { page } = await signedIn();
        await page.goto(where === 'nearby' ? nearby : elsewhere);
        const before = await boards();
        const made = JSON.stringify({ id: `by-${where}`, name: 'Board', ranking: { by: 'best-lap' } });
        const outcome = await page.evaluate(`attack(${JSON.stringify(hall.url)}, ${JSON.stringify(made)})`);
        expect(outcome).toEqual({
          ...{ simple: expect.stringMatching(/^opaque 0 $/), 'stops cars': expect.stringMatching(/^opaque 0 $/) },
          ...{ 'with JSON': 'kept away', 'signs out': 'kept away', deletes: 'kept away', changes: 'kept away' },
          ...{ 'reads people': 'kept away', 'reads without CORS': expect.stringMatching(/^opaque 0 $/) },
          // The other site's page has no cookie of ours: it is a stranger, as any other.
          live: where === 'nearby' ? 'kept away' : 'open',
        });
        expect(await boards()).toEqual(before);
        expect((await olga('GET', '/api/v1/account')).status).toBe(200);
        expect((await olga('GET', '/api/v1/events/day')).status).toBe(200);
        await page.context().close();
      },
    );

    it('in a frame: no page of ours is shown in one of theirs but the board that is made for it', async () => {
      const { page } = await signedIn();
      const shownIn = async (path: string): Promise<string> => {
        await page.goto(elsewhere);
        await page.evaluate(`(() => {
          const frame = document.createElement('iframe');
          frame.src = ${JSON.stringify(`${hall.url}${path}`)};
          document.body.append(frame);
          return new Promise((resolve) => frame.addEventListener('load', resolve));
        })()`);
        const frame = page.frames().find((one) => one !== page.mainFrame());
        return frame?.url() ?? '';
      };
      for (const path of ['/', '/marshal/cup', '/people', '/account', '/outbox'])
        expect(await shownIn(path), path).toMatch(/^chrome-error:/);
      expect(await shownIn('/embed/leaderboards/board')).toContain('/embed/leaderboards/board');
      await page.context().close();
    });
  });
});

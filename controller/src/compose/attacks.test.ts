import { randomUUID } from 'node:crypto';
import { connect } from 'node:net';
import { csvRecords } from '@pitwall/runtime/csv';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeTrackRace } from '../../testing/event-setups.js';
import { resultOf } from '../../testing/results.js';
import { type Ask, startWhole, type WholeController } from '../../testing/whole-controller.js';

let hall: WholeController;
let olga: Ask & { racer: string };
let cookie: string;

beforeAll(async () => {
  hall = await startWhole();
  olga = await hall.person('Olga', 'organizer');
  ({ cookie } = await olga('GET', '/api/v1/account'));
});
afterAll(async () => await hall?.stop());

/** What comes back for these bytes, as they are, until the other side hangs up. */
const raw = (text: string): Promise<string> =>
  new Promise((resolve, reject) => {
    let heard = '';
    const socket = connect(Number(new URL(hall.url).port), '127.0.0.1', () => socket.write(text));
    socket.setTimeout(20_000, () => reject(new Error(`no end: ${heard}`)));
    socket.on('data', (part) => {
      heard += part.toString('latin1');
    });
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(heard));
  });
const request = (line: string, ...headers: string[]): string =>
  [line, 'host: pit.test', 'connection: close', ...headers, '', ''].join('\r\n');
const statusOf = (answer: string): number => Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1]);

describe('who tries paths that lead out of a folder', () => {
  const ways = [
    '../',
    '..%2f',
    '%2e%2e/',
    '%2e%2e%2f',
    '..\\',
    '..%5c',
    '..%255c',
    '%c0%ae%c0%ae/',
    '....//',
    '..;/',
    '%00../',
  ];
  const from = [
    '/',
    '/assets/',
    '/docs/',
    '/docs/assets/',
    '/api/docs/static/',
    '/embed/leaderboards/',
    '/api/v1/tracks/',
  ];
  const wanted = ['etc/passwd', 'package.json', 'pitwall.db', 'source.key.json'];

  it('gets nothing of this machine', async () => {
    for (const folder of from)
      for (const way of ways)
        for (const file of wanted) {
          const path = `${folder}${way.repeat(8)}${file}`;
          const answer = await raw(request(`GET ${path} HTTP/1.1`, `cookie: ${cookie}`, 'accept: text/html'));
          expect(answer, path).not.toMatch(/root:.*:0:0:|"workspaces"|SQLite format|"kty"/);
          expect(statusOf(answer), path).toBeLessThan(500);
        }
  });

  it('names no recording, picture, model or file of a standby by one', async () => {
    const { body } = await olga('POST', '/api/v1/tokens', { role: 'crew', name: 'cris' });
    const token = { authorization: `Bearer ${body.token}` };
    const bad = ['..%2f..%2fetc%2fpasswd', '%2fetc%2fpasswd', '..', '.', 'a%00b', 'c:%5cwindows'];
    for (const name of bad)
      for (const path of [
        `cars/red/recordings/${name}`,
        `events/x/pictures/${name}`,
        `models/${name}`,
        `racers/x/picture/${name}`,
      ]) {
        const answer = await fetch(`${hall.url}/api/v1/${path}`, { headers: token });
        expect([400, 404], path).toContain(answer.status);
      }
  });
});

describe('who puts line breaks where headers are made', () => {
  const breaks = [
    '%0d%0aset-cookie:%20evil=1',
    '%0d%0a%0d%0a<script>',
    '%0aset-cookie:%20evil=1',
    '%e5%98%8a%e5%98%8dset-cookie:%20evil=1',
  ];

  it('adds no header to an answer', async () => {
    await makeTrackRace(olga, 'named', { name: 'A\r\nset-cookie: evil=1' });
    for (const one of breaks)
      for (const path of [
        ...[
          `/api/v1/races/${one}`,
          `/api/v1/races/named/laps.csv?racer=${one}`,
          `/docs${one}`,
          `/${one}`,
          `/docs?x=${one}`,
        ],
        ...[
          `/api/v1/session/providers/${one}/callback?code=${one}&state=${one}`,
          `/api/v1/leaderboards/${one}/export/csv`,
        ],
        ...[`/api/v1/events/${one}/calendar.ics`, `/embed/leaderboards/${one}`],
      ]) {
        const answer = await raw(request(`GET ${path} HTTP/1.1`));
        const [head = ''] = answer.split('\r\n\r\n');
        expect(head, path).not.toMatch(/^set-cookie: evil/im);
        expect(statusOf(answer), path).toBeLessThan(500);
      }
    for (const path of ['laps.csv', 'sheet'])
      expect((await raw(request(`GET /api/v1/races/named/${path} HTTP/1.1`))).split('\r\n\r\n')[0]).not.toMatch(/evil/);
  });

  it('nor a second request by what two servers would read differently', async () => {
    const body = 'GET /api/v1/people HTTP/1.1\r\nhost: x\r\n\r\n';
    for (const both of [
      ['content-length: 5', 'transfer-encoding: chunked'],
      ['content-length: 5', 'content-length: 50'],
      ['transfer-encoding: xchunked'],
      ['transfer-encoding : chunked'],
      ['content-length: +5'],
    ]) {
      const answer = await raw(`${request('POST /api/v1/session HTTP/1.1', ...both)}0\r\n\r\n${body}`);
      expect(answer.match(/^HTTP\/1\.1 /gm)?.length ?? 0, both.join()).toBeLessThanOrEqual(1);
      expect(statusOf(answer), both.join()).toBe(400);
    }
  });
});

describe('who sends more header than anybody needs', () => {
  it.each([
    ['one long header', `x-long: ${'a'.repeat(17_000)}`],
    ['many short ones', Array.from({ length: 2000 }, (_, at) => `x-${at}: ${at}`).join('\r\n')],
    ['a long cookie', `cookie: pitwall.session_token=${'a'.repeat(17_000)}`],
  ])('is refused by %s, and loses the connection', async (_, header) => {
    expect(statusOf(await raw(request('GET /api/v1/races HTTP/1.1', header)))).toBe(431);
  });

  it('is refused by a long address too', async () => {
    expect(statusOf(await raw(request(`GET /${'a'.repeat(17_000)} HTTP/1.1`)))).toBe(431);
  });
});

describe('who is refused a live connection', () => {
  it('keeps none: whatever they showed, the connection ends with the answer', async () => {
    const upgrade = [
      'connection: Upgrade',
      'upgrade: websocket',
      'sec-websocket-version: 13',
      'sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==',
    ];
    for (const [path, ...shown] of [
      ['/api/v1/live', 'authorization: Bearer wrong'],
      ['/api/v1/live', `cookie: ${cookie}`, 'origin: https://evil.example'],
      ['/api/v1/live', `cookie: ${cookie}`],
      ['/api/v1/people'],
    ]) {
      const answer = await raw([`GET ${path} HTTP/1.1`, 'host: pit.test', ...upgrade, ...shown, '', ''].join('\r\n'));
      expect(statusOf(answer), shown.join()).toBeGreaterThanOrEqual(400);
    }
  });

  it('and one that is granted squeezes nothing: a small frame does not become a large one', async () => {
    const socket = connect(Number(new URL(hall.url).port), '127.0.0.1');
    const head = await new Promise<string>((resolve) => {
      socket.once('data', (data) => resolve(data.toString()));
      socket.write(
        [
          'GET /api/v1/live HTTP/1.1',
          'host: pit.test',
          'connection: Upgrade',
          'upgrade: websocket',
          'sec-websocket-version: 13',
          'sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==',
          'sec-websocket-extensions: permessage-deflate',
          '',
          '',
        ].join('\r\n'),
      );
    });
    socket.destroy();
    expect(head).toMatch(/^HTTP\/1\.1 101/);
    expect(head).not.toMatch(/sec-websocket-extensions/i);
  });
});

describe('who knows a session before somebody signs in', () => {
  const signIn = (sent: string) =>
    fetch(`${hall.url}/api/v1/session`, {
      method: 'POST',
      headers: { origin: hall.url, cookie: sent, 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'Olga', password: 'correct horse' }),
    });
  const tokenOf = (set: string) => /pitwall\.session_token=([^;]+)/.exec(set)?.[1];

  it('does not know it afterwards: signing in makes another one, of flags that keep it in the browser', async () => {
    const mallory = await hall.person('Mallory');
    const known = (await mallory('GET', '/api/v1/account')).cookie;
    for (const planted of [known, 'pitwall.session_token=chosen.by-somebody-else', 'pitwall.session_token=']) {
      const answer = await signIn(planted);
      expect(answer.status).toBe(204);
      const set = answer.headers.getSetCookie().find((one) => one.startsWith('pitwall.session_token=')) ?? '';
      expect(tokenOf(set)?.length).toBeGreaterThan(30);
      expect(tokenOf(set)).not.toBe(tokenOf(planted));
      expect(set).toMatch(/HttpOnly/i);
      expect(set).toMatch(/SameSite=Lax/i);
      const as = async (shown: string) =>
        await (await fetch(`${hall.url}/api/v1/account`, { headers: { cookie: shown } })).text();
      expect(await as(planted)).not.toContain('Olga');
      expect(await as(set.split(';')[0] ?? '')).toContain('Olga');
    }
  });

  it('nor what signing out has ended', async () => {
    const answer = await signIn('');
    const session = answer.headers
      .getSetCookie()
      .map((set) => set.split(';')[0])
      .join('; ');
    await fetch(`${hall.url}/api/v1/session`, { method: 'DELETE', headers: { origin: hall.url, cookie: session } });
    expect((await fetch(`${hall.url}/api/v1/account`, { headers: { cookie: session } })).status).toBe(401);
  });
});

describe('who writes a formula for somebody’s spreadsheet', () => {
  /** OWASP, "CSV Injection": what a cell must not begin with, the wide forms of East Asian keyboards among it. */
  const formulas = [
    '=1+1',
    '+1+1',
    '-1+1',
    '@SUM(1)',
    '\t=1',
    '\r=1',
    '＝1+1',
    '＋1',
    '－1',
    '＠SUM(1)',
    '=cmd|"/c calc"!A0',
    '=HYPERLINK("x";"y")',
  ];
  const runs = /^[\s"']*[=+\-@＝＋－＠]/;

  it('writes text: every cell of both exports begins with what no spreadsheet calculates', async () => {
    await olga('POST', '/api/v1/leaderboards', {
      id: 'sheet',
      name: '=1',
      ranking: { by: 'best-lap' },
      signatures: 'optional',
      writers: ['hall'],
    });
    await makeTrackRace(olga, 'formulas');
    const give = async (command: object) => {
      const { seq } = (await olga('GET', '/api/v1/races/formulas')).body;
      return await olga('POST', '/api/v1/races/formulas/commands', { commandId: randomUUID(), seen: seq, command });
    };
    await give({ type: 'open' });
    for (const [at, alias] of formulas.entries()) {
      const racer = `racer-${at}`;
      const result = { ...resultOf(racer, 9_000 + at), alias };
      const sent = await olga('POST', '/api/v1/leaderboards/sheet/results', result);
      expect([200, 201, 400], JSON.stringify(sent.body)).toContain(sent.status);
      await give({
        type: 'enter',
        entry: { racer, alias, car: null, models: [{ hash: 'a'.repeat(64), name: alias }] },
      });
      const runId = randomUUID();
      await give({ type: 'call', runId, racer });
      await give({ type: 'type-laps', runId, laps: [{ time: 9_000_000, uncertainty: 300_000 }], reason: alias });
      await give({ type: 'confirm', runId, withoutDoubtful: true });
    }
    for (const path of [
      '/api/v1/leaderboards/sheet/export/csv',
      '/api/v1/races/formulas/laps.csv',
      '/api/v1/races/formulas/laps.csv?excel=1',
    ]) {
      const { status, body } = await olga('GET', path);
      expect(status, path).toBe(200);
      const records = csvRecords(body);
      const cells = records.flatMap((record) => Object.values(record));
      const texts = cells.filter((cell) => Number.isNaN(Number(cell)));
      expect(
        texts.filter((cell) => /^[=+\-@\t\r＝＋－＠]/.test(cell)),
        path,
      ).toEqual([]);
      expect(texts.filter((cell) => cell.startsWith("'") && runs.test(cell)).length, path).toBeGreaterThan(5);
    }
  });
});

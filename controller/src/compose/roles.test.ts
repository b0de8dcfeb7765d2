import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import { Accounts, type Role } from '../accounts/index.js';
import { openStore } from '../store/index.js';
import { startAll } from './all.js';
import { Config } from './config.js';
import { allMigrations } from './migrations.js';
import type { Running } from './running.js';

/** A row of docs/roles.md as a reader has it. */
interface Row {
  readonly what: string;
  readonly nobody: string;
  readonly tokens: string;
  readonly people: string;
  readonly objects: string;
}

const rowsOf = (heading: string): Row[] => {
  const page = readFileSync(new URL('../../../docs/roles.md', import.meta.url), 'utf8');
  const lines = (page.split(`## ${heading}`)[1]?.split('\n## ')[0] ?? '')
    .split('\n')
    .filter((line) => line.startsWith('|'));
  return lines.slice(2).map((line) => {
    const cells = line.slice(1, -1).split('|');
    const [what = '', nobody = '', tokens = '', people = '', objects = ''] = cells.map((cell) => cell.trim());
    return { what: what.replaceAll('`', ''), nobody, tokens, people, objects };
  });
};

const letsIn = (row: Row, { known, role }: Asker): boolean => {
  const cell = row[known];
  return cell === 'yes' || cell === 'all' || cell.split(', ').includes(role);
};

/** Who asks, by what, and what they show for it. */
interface Asker {
  readonly name: string;
  readonly known: 'nobody' | 'tokens' | 'people';
  readonly role: string;
  readonly shown: Record<string, string>;
}

const password = 'correct horse';
const personRoles = ['racer', 'crew', 'marshal', 'organizer', 'administrator'] as const;
const tokenRoles: readonly Role[] = ['car', 'gate', 'source', 'standby', 'racer', 'crew', 'marshal', 'organizer'];

let running: Running;
const askers: Asker[] = [];

beforeAll(async () => {
  const data = mkdtempSync(join(tmpdir(), 'pitwall-roles-'));
  let first = '';
  const config = Config.parse({ data, http: { port: 0 }, mqtt: { port: 0 } });
  const say = ({ type, url }: { type: string; url?: string }) => {
    if (type === 'first-administrator') first = url ?? '';
  };
  running = await startAll(config, say, pino({ level: 'silent' }));
  const origin = running.url;
  const cookieOf = (response: Response) =>
    response.headers
      .getSetCookie()
      .map((set) => set.split(';')[0])
      .join('; ');
  const ask = async (method: string, path: string, cookie: string, body?: object) =>
    await fetch(`${running.url}${path}`, {
      method,
      headers: { origin, cookie, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  const key = first.split('#')[1];
  const made = await ask('POST', '/api/v1/people/first', '', { key, alias: 'an administrator', password });
  const administrator = cookieOf(made);
  for (const role of personRoles) {
    if (role !== 'administrator') await ask('POST', '/api/v1/people', '', { alias: `a ${role}`, password });
    const { people } = (await (await ask('GET', '/api/v1/people', administrator)).json()) as {
      people: { id: string; alias: string }[];
    };
    const { id } = people.find(({ alias }) => alias.endsWith(` ${role}`))!;
    if (role !== 'administrator') await ask('PUT', `/api/v1/people/${id}/role`, administrator, { role });
    const signedIn = await ask('POST', '/api/v1/session', '', {
      name: people.find((one) => one.id === id)?.alias,
      password,
    });
    askers.push({
      name: `${role}, signed in`,
      known: 'people',
      role,
      shown: { cookie: cookieOf(signedIn), origin },
    });
  }
  const ended = await ask('POST', '/api/v1/session', '', { name: 'an administrator', password });
  await ask('DELETE', '/api/v1/session', cookieOf(ended));
  const nobody = (name: string, shown: Record<string, string>) =>
    askers.push({ name, known: 'nobody', role: '', shown });
  nobody('signed out', {});
  nobody('a session that was ended', { cookie: cookieOf(ended), origin });
  nobody('a forged session', { cookie: administrator.replace(/(session_token=.)./, '$1_'), origin });
  const store = await openStore(join(data, 'pitwall.db'), allMigrations);
  const accounts = new Accounts(store);
  for (const role of tokenRoles) {
    const token = await accounts.issue({ name: role === 'racer' ? 'r-token' : `the-${role}`, role });
    askers.push({
      name: `${role}'s token`,
      known: 'tokens',
      role,
      shown: { authorization: `Bearer ${token}` },
    });
  }
  await store.close();
}, 60_000);
afterAll(async () => await running?.stop());

const rows = rowsOf('Routes');

describe('whoever asks a route', () => {
  it('has every route of a controller in its table', () => expect(rows.length).toBeGreaterThan(90));

  it.each(rows)('$what lets in whom docs/roles.md lets in, and nobody else', async (row) => {
    const [method = '', path = ''] = row.what.split(' ');
    const url = `${running.url}${path.replaceAll(/::/g, ':').replaceAll(/\/:\w+/g, '/nowhere')}`;
    for (const asker of askers) {
      // Ends whoever asks, which is what it is for.
      if (row.what === 'DELETE /api/v1/session') continue;
      const { status, body } = await answered(url, method, asker.shown);
      const refused =
        (status === 401 && body.includes('access-unknown')) || (status === 403 && body.includes('access-denied'));
      const seen = `${row.what} as ${asker.name}: ${status} ${body.slice(0, 200)}`;
      if (letsIn(row, asker)) {
        if (row.objects === '') expect(refused, seen).toBe(false);
      } else expect(refused, seen).toBe(true);
    }
  });
});

async function answered(url: string, method: string, headers: Record<string, string>) {
  const ended = new AbortController();
  const response = await fetch(url, { method, headers, signal: ended.signal });
  const isStream = response.headers.get('content-type')?.startsWith('text/event-stream') ?? false;
  const body = isStream ? '' : await response.text();
  if (isStream) ended.abort();
  return { status: response.status, body };
}

describe('whoever writes to the WebSocket', () => {
  it.each(rowsOf('Messages of the WebSocket `/api/v1/live`'))('$what', async (row) => {
    const { what } = row;
    const message = { type: what, race: 'nowhere', after: 0, cars: [], token: undefined as string | undefined };
    for (const asker of askers) {
      const { name, shown } = asker;
      const socket = new WebSocket(`${running.url.replace('http', 'ws')}/api/v1/live`, { headers: shown });
      const first = await new Promise<string>((resolve, reject) => {
        socket.once('error', reject);
        socket.once('open', () => {
          socket.send(JSON.stringify({ ...message, ...(what === 'identify' ? { token: 'x' } : {}) }));
          socket.send('no request at all');
        });
        // The answer to the second message comes after what the first one brought.
        const heard: string[] = [];
        socket.on('message', (data) => {
          const text = String(data);
          if (text.includes('"type":"error"')) heard.push(text);
          if (/JSON|request/i.test(text) && heard.length > 0 && !/access-/.test(text)) resolve(heard[0] ?? '');
        });
      });
      socket.terminate();
      if (what !== 'identify')
        expect(/access-(unknown|denied)/.test(first), `${what} as ${name}: ${first}`).toBe(!letsIn(row, asker));
    }
  });
});

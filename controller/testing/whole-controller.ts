import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import type { PersonRole } from '../src/accounts/index.js';
import { startAll } from '../src/compose/all.js';
import { Config } from '../src/compose/config.js';

export interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: a test reads what it expects
  readonly body: any;
  readonly headers: Headers;
  /** What the answer gave a browser to keep. */
  readonly cookie: string;
}

/** Asks as one visitor's browser: with the cookies it has got so far. */
export type Ask = (method: string, path: string, body?: object | Blob) => Promise<Answer>;

/** A controller as it is started, over HTTP, with people of each role. */
export interface WholeController {
  readonly url: string;
  /** Its data folder. */
  readonly data: string;
  /** Somebody new, signed in. */
  person(alias: string, role?: PersonRole): Promise<Ask & { readonly racer: string }>;
  /** Nobody yet: keeps the cookies that it gets. */
  visitor(url?: string): Ask;
  stop(): Promise<void>;
}

export async function startWhole(over: object = {}): Promise<WholeController> {
  const data = mkdtempSync(join(tmpdir(), 'pitwall-whole-'));
  let key = '';
  const say = ({ type, url }: { type: string; url?: string }) => {
    if (type === 'first-administrator') key = url?.split('#')[1] ?? '';
  };
  const config = Config.parse({ data, http: { port: 0 }, mqtt: { port: 0 }, evaluation: { workers: 0 }, ...over });
  const running = await startAll(config, say, pino({ level: 'silent' }));
  const password = 'correct horse';
  const visitor = (url = running.url): Ask => {
    let cookie = '';
    return async (method, path, body) => {
      const isFile = body instanceof Blob;
      const type = isFile ? 'application/octet-stream' : 'application/json';
      const response = await fetch(`${url}${path}`, {
        method,
        headers: { origin: url, cookie, ...(body === undefined ? {} : { 'content-type': type }) },
        ...(body === undefined ? {} : { body: isFile ? body : JSON.stringify(body) }),
      });
      const got = response.headers.getSetCookie().map((set) => set.split(';')[0]);
      if (got.length > 0) cookie = got.join('; ');
      const text = await response.text();
      const isJson = response.headers.get('content-type')?.includes('json') ?? false;
      return { status: response.status, body: isJson ? JSON.parse(text) : text, headers: response.headers, cookie };
    };
  };
  const administrator = visitor();
  await administrator('POST', '/api/v1/people/first', { key, alias: 'Ada', password });
  return {
    url: running.url,
    data,
    visitor,
    async person(alias, role = 'racer') {
      if (role === 'administrator') return Object.assign(administrator, { racer: '' });
      const ask = visitor();
      await ask('POST', '/api/v1/people', { alias, password });
      const { name: racer } = (await ask('GET', '/api/v1/account')).body;
      const { people } = (await administrator('GET', '/api/v1/people?limit=500')).body;
      const { id } = people.find((one: { racer: string }) => one.racer === racer);
      if (role !== 'racer') await administrator('PUT', `/api/v1/people/${id}/role`, { role });
      return Object.assign(ask, { racer });
    },
    stop: () => running.stop(),
  };
}

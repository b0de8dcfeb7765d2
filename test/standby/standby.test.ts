import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { verifyChain } from '@pitwall/controller/race';
import type { StandbyState } from '@pitwall/protocol/api';
import type { LogRecord } from '@pitwall/protocol/race';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { freePort } from '../free-port.js';
import { Cuttable } from '../race/cuttable.js';
import { pitwall, track } from '../race/track-day.js';
import { KeepingGate } from '../race-faults/keeping-gate.js';
import { issueToken } from '../tokens.js';

const run = promisify(execFile);

/** Seconds within which a standby is to be the controller. */
const promotionBar = 30;

let base: string;
const processes: ChildProcess[] = [];
const gates: KeepingGate[] = [];
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'pitwall-standby-'));
  writeFileSync(join(base, 'passphrase'), 'four horses on a hill\n', { mode: 0o600 });
});
afterEach(async () => {
  for (const gate of gates.splice(0)) await gate.disconnect();
  for (const child of processes.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    child.kill('SIGTERM');
    await once(child, 'exit');
  }
  rmSync(base, { recursive: true, force: true });
});

interface Said {
  readonly type: string;
  readonly text: string;
  readonly url?: string;
  readonly mqtt?: string;
}

/** `pitwall serve`, and what it says, line by line. */
class Serving {
  readonly child: ChildProcess;
  readonly lines: Said[] = [];
  errors = '';
  #waiting: (() => void)[] = [];

  constructor(config: string) {
    this.child = spawn(process.execPath, [pitwall, 'serve', '--config', config, '--json'], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    processes.push(this.child);
    createInterface({ input: this.child.stdout! }).on('line', (line) => {
      this.lines.push(JSON.parse(line) as Said);
      for (const tell of this.#waiting.splice(0)) tell();
    });
    this.child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      this.errors += text;
    });
    this.child.once('exit', () => {
      for (const tell of this.#waiting.splice(0)) tell();
    });
  }

  async says(type: string, nth = 1): Promise<Said> {
    for (;;) {
      const found = this.lines.filter((line) => line.type === type)[nth - 1];
      if (found !== undefined) return found;
      if (this.child.exitCode !== null) throw new Error(`it ended (${this.child.exitCode}): ${this.errors}`);
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  async ended(): Promise<number | null> {
    if (this.child.exitCode === null && this.child.signalCode === null) await once(this.child, 'exit');
    return this.child.exitCode;
  }
}

function configOf(name: string, more: object): string {
  const file = join(base, `${name}.yaml`);
  writeFileSync(
    file,
    stringify({ data: join(base, name), mdns: false, boards: [{ id: 'hall', name: 'Hall' }], ...more }),
  );
  return file;
}

async function post(url: string, token: string, body: unknown): Promise<unknown> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify(body),
  });
  const answer = await response.json();
  if (!response.ok) throw new Error(`${url}: ${response.status} ${JSON.stringify(answer)}`);
  return answer;
}

const get = async <T>(url: string): Promise<T> => (await (await fetch(url)).json()) as T;

/** A controller in a race, with a gate, and a standby that has everything. */
async function day({ closed = false } = {}) {
  const [http, mqtt, standbyHttp] = [await freePort(), await freePort(), await freePort()];
  const tls = closed ? { tls: 'local' } : {};
  const first = configOf('first', { http: { port: http }, mqtt: { port: mqtt }, ...tls });
  const data = join(base, 'first');
  const organizer = await issueToken(data, 'organizer', 'anna');
  writeFileSync(join(base, 'standby.token'), await issueToken(data, 'standby', 'spare'), { mode: 0o600 });
  const gateToken = await issueToken(data, 'gate', 'line');
  const primary = new Serving(first);
  const { url: told = '' } = await primary.says('ready');
  // Programs of its own machine need no TLS.
  const url = `http://127.0.0.1:${http}`;
  const ca = closed ? { ca: join(data, 'tls', 'authority.pem') } : {};
  const second = configOf('second', {
    http: { port: standbyHttp },
    mqtt: { port: mqtt },
    ...tls,
    standby: { url: told, ...ca, token: join(base, 'standby.token'), passphrasefile: join(base, 'passphrase') },
  });
  const standby = new Serving(second);
  const { url: standbyUrl = '' } = await standby.says('ready');
  await standby.says('follows');
  const gate = new KeepingGate('line', gateToken);
  gates.push(gate);
  gate.connect(`mqtt://127.0.0.1:${mqtt}`);
  const give = async (at: string, command: object) => {
    const { seq } = await get<{ seq: number }>(`${at}/api/v1/races/friday`);
    await post(`${at}/api/v1/races/friday/commands`, organizer, { commandId: crypto.randomUUID(), seen: seq, command });
  };
  await post(`${url}/api/v1/races`, organizer, {
    race: 'friday',
    commandId: crypto.randomUUID(),
    setup: {
      name: 'Friday',
      track: { id: 'oval', version: 1 },
      gates: ['line'],
      car: 'any',
      leaderboard: 'hall',
      rules: { name: 'test', timeLimit: null, start: 'key', holdoff: 0, plausible: { min: 0, max: 600_000_000 } },
    },
  });
  const runId = crypto.randomUUID();
  await give(url, { type: 'open' });
  const models = [{ hash: 'a'.repeat(64), name: 'fast' }];
  await give(url, { type: 'enter', entry: { racer: 'anna', alias: 'anna', car: null, models } });
  await give(url, { type: 'call', runId, racer: 'anna' });
  await give(url, { type: 'stage', runId });
  await give(url, { type: 'ready', runId, overrule: 'a test' });
  await give(url, { type: 'start', runId });
  return { primary, standby, url, standbyUrl, gate, gateToken, first, second, give, runId, mqtt };
}

const promote = (config: string) =>
  run(process.execPath, [
    pitwall,
    'promote',
    '--config',
    config,
    '--passphrase-file',
    join(base, 'passphrase'),
    '--json',
  ]);

const logOf = async (url: string) =>
  (await get<{ records: LogRecord[] }>(`${url}/api/v1/races/friday/log?after=0&limit=1000`)).records;

it('a controller is killed in a race: the standby is promoted, no crossing is lost, and the old one is fenced', async () => {
  const { primary, standby, url, standbyUrl, gate, first, second, give, runId } = await day({ closed: true });
  for (let lap = 0; lap < 5; lap += 1) gate.cross();
  await gate.empty();
  const before = await logOf(url);
  // What a gate was told that it may forget is with the standby, too, at that moment.
  gate.cross();
  await gate.empty();
  primary.child.kill('SIGKILL');
  await primary.ended();
  gate.cross();
  gate.cross();
  await expect
    .poll(() => get<StandbyState>(`${standbyUrl}/api/v1/standby`))
    .toMatchObject({
      role: 'standby',
      standby: { connected: false, behind: 0 },
    });
  expect(await (await fetch(standbyUrl)).text()).toContain('pitwall promote');

  const from = performance.now();
  expect(JSON.parse((await promote(second)).stdout)).toEqual({ term: 2 });
  const seconds = (performance.now() - from) / 1000;
  console.log(`promotion: ${seconds.toFixed(1)} s (bar ${promotionBar} s)`);
  expect(seconds).toBeLessThanOrEqual(promotionBar);

  await standby.says('promoted');
  await standby.says('ready', 2);
  const promoted = standbyUrl;
  await gate.empty();
  await give(promoted, { type: 'finish', runId });
  const after = await logOf(promoted);
  verifyChain(after);
  expect(after.slice(0, before.length)).toEqual(before);
  const stamps = after.flatMap(({ event }) => (event.type === 'crossing' ? [event.crossing.at] : []));
  // What came late stands where it came.
  expect(stamps.sort((a, b) => a - b)).toEqual(gate.stamps);
  for (const file of ['source.key.json', 'cards.key.json', 'tls/authority.key', 'tls/authority.pem'])
    expect(readFileSync(join(base, 'second', file))).toEqual(readFileSync(join(base, 'first', file)));

  // Killed itself and started again by its supervisor, it is the controller.
  standby.child.kill('SIGKILL');
  await standby.ended();
  gate.cross();
  const again = new Serving(second);
  await again.says('ready');
  await gate.empty();
  expect((await logOf(promoted)).length).toBe(after.length + 1);

  // The old one comes back, on another port of the broker: the first thing it learns is that it is none any more.
  writeFileSync(first, readFileSync(first, 'utf8').replace(/(mqtt:\n +port: )\d+/, '$10'));
  for (const start of [1, 2]) {
    const old = new Serving(first);
    expect(await old.ended(), `start ${start}`).toBe(1);
    expect(old.errors).toContain('controller-superseded');
    expect(old.lines).toEqual([]);
  }
});

it('a standby is promoted while the old controller lives: that one ends, with one sentence', async () => {
  const { primary, standby, gate, second, first, runId, give } = await day();
  gate.cross();
  await gate.empty();
  expect(JSON.parse((await promote(second)).stdout)).toEqual({ term: 2 });
  expect(await primary.ended()).toBe(1);
  expect(primary.errors).toMatch(/^controller-superseded: This controller was replaced by its standby at http/m);
  const { url: promoted = '' } = await standby.says('ready', 2);
  gate.cross();
  await gate.empty();
  await give(promoted, { type: 'finish', runId });
  expect((await logOf(promoted)).filter(({ event }) => event.type === 'crossing')).toHaveLength(2);
  const old = new Serving(first);
  expect(await old.ended()).toBe(1);
  expect(old.errors).toContain('controller-superseded');
});

it('a gate that was at the promoted one tells the old one of it, where the two do not reach each other', async () => {
  const { primary, standby, url, first, second, mqtt, gate, gateToken } = await day();
  await gate.disconnect();
  primary.child.kill('SIGKILL');
  await primary.ended();
  // Neither will find the other: the old one comes back elsewhere, and has forgotten who followed it.
  const db = new Database(join(base, 'first', 'pitwall.db'));
  db.exec('delete from controller_standby');
  db.close();
  await promote(second);
  await standby.says('promoted');
  const hall = new Cuttable(`mqtt://127.0.0.1:${mqtt}`);
  const simulated = spawn(
    process.execPath,
    [
      ...[pitwall, 'gate', 'simulate', '--id', 'line', '--data', join(base, 'gate'), '--socket', join(base, 'poses')],
      ...['--track', track, '--broker', await hall.open()],
    ],
    { stdio: 'ignore', env: { ...process.env, PITWALL_GATE_BROKER_TOKEN: gateToken } },
  );
  processes.push(simulated);
  const { url: promoted = '' } = await standby.says('ready', 2);
  const isOnline = async (at: string) =>
    (await get<{ gates: { gate: string; status: string | null }[] }>(`${at}/api/v1/gates`)).gates.some(
      ({ gate, status }) => gate === 'line' && status === 'online',
    );
  await expect.poll(() => isOnline(promoted)).toBe(true);
  const [http, otherMqtt] = [await freePort(), await freePort()];
  writeFileSync(
    first,
    readFileSync(first, 'utf8')
      .replace(`port: ${new URL(url).port}`, `port: ${http}`)
      .replace(`port: ${mqtt}`, `port: ${otherMqtt}`),
  );
  const old = new Serving(first);
  await old.says('ready');
  hall.lead(`mqtt://127.0.0.1:${otherMqtt}`);
  expect(await old.ended()).toBe(1);
  expect(old.errors).toContain('controller-superseded');
  await hall.close();
});

it('while the standby is away, gates keep what only the controller has; it has everything when it is back', async () => {
  const { standby, url, standbyUrl, gate, second } = await day();
  standby.child.kill('SIGKILL');
  await standby.ended();
  gate.cross();
  await expect.poll(async () => (await logOf(url)).filter(({ event }) => event.type === 'crossing').length).toBe(1);
  expect(gate.waiting).toBe(1);
  await new Serving(second).says('follows');
  await gate.empty();
  expect(await get<StandbyState>(`${standbyUrl}/api/v1/standby`)).toMatchObject({
    standby: { connected: true, behind: 0 },
  });
});

it('is promoted by nobody without the passphrase, and its folder is no controller’s before', async () => {
  const { standby, standbyUrl, second } = await day();
  writeFileSync(join(base, 'passphrase'), 'four horses on a hull\n');
  await expect(promote(second)).rejects.toMatchObject({ stderr: expect.stringContaining('passphrase-refused') });
  const answer = await fetch(`${standbyUrl}/api/v1/standby/promote`, { method: 'POST', body: '{}' });
  expect(await answer.json()).toMatchObject({ error: { code: 'access-unknown' } });
  expect((await get<StandbyState>(`${standbyUrl}/api/v1/standby`)).role).toBe('standby');
  standby.child.kill('SIGTERM');
  expect(await standby.ended()).toBe(0);
  const alone = new Serving(configOf('second', {}));
  expect(await alone.ended()).toBe(1);
  expect(alone.errors).toContain('standby-refused');
});

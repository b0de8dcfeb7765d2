import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { limits } from '@pitwall/controller/limits';
import type { CarList, GateList, JoinCode, MachineList } from '@pitwall/protocol/api';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { pitwall, track } from '../race/track-day.js';
import { issueToken } from '../tokens.js';

const pitwallAgent = fileURLToPath(new URL('../../agent/bin/pitwall-agent.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'pitwall-join-'));
const data = join(folder, 'controller');
const state = join(folder, 'car');
const gateData = join(folder, 'gate');
/** As a stranger on this machine sees them. */
const seen: string[] = [];
const processes: ChildProcess[] = [];
let url: string;
let marshal: string;
let crew: string;

/** A real process; what it says, line by line, and how it ends. */
function start(program: string, args: readonly string[], env: Record<string, string> = {}) {
  const child = spawn(process.execPath, [program, ...args], { env: { ...process.env, ...env } });
  processes.push(child);
  const lines: string[] = [];
  const waiting: { pattern: RegExp; resolve: (line: string) => void }[] = [];
  for (const stream of [child.stdout, child.stderr])
    createInterface({ input: stream }).on('line', (line) => {
      lines.push(line);
      for (const one of waiting) if (one.pattern.test(line)) one.resolve(line);
    });
  child.once('spawn', () => seen.push(readFileSync(`/proc/${child.pid}/cmdline`, 'utf8')));
  const ended = once(child, 'close').then(([code]) => ({ code: code as number, text: lines.join('\n') }));
  const says = (pattern: RegExp) =>
    Promise.race([
      new Promise<string>((resolve) => {
        const line = lines.find((each) => pattern.test(each));
        if (line === undefined) waiting.push({ pattern, resolve });
        else resolve(line);
      }),
      ended.then(({ text }) => Promise.reject(new Error(`it ended before it said ${pattern}: ${text}`))),
    ]);
  return { child, lines, says, ended };
}

async function ask<T>(
  method: string,
  path: string,
  token: string | undefined,
  body?: unknown,
): Promise<T & { status: number }> {
  const answer = await fetch(url + path, {
    method,
    headers: {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  return { ...(text === '' ? {} : JSON.parse(text)), status: answer.status };
}

/** Over TLS, and by this machine's own plain way for the test itself. */
beforeAll(async () => {
  mkdirSync(data);
  marshal = await issueToken(data, 'marshal', 'mara');
  crew = await issueToken(data, 'crew', 'carla');
  const config = join(folder, 'controller.yaml');
  writeFileSync(config, stringify({ data, tls: 'local', mdns: false, http: { port: 0 }, mqtt: { port: 0 } }));
  const controller = start(pitwall, ['serve', '--config', config, '--json']);
  const ready = JSON.parse(await controller.says(/"type":"ready"/)) as { local: { url: string } };
  url = ready.local.url;
});

afterAll(async () => {
  for (const child of processes.reverse()) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    child.kill('SIGTERM');
    await once(child, 'close');
  }
  rmSync(folder, { recursive: true });
});

const code = (role: 'car' | 'gate', name: string) =>
  ask<JoinCode>('POST', '/api/v1/machines/codes', marshal, { role, name });
const list = () => ask<MachineList>('GET', '/api/v1/machines', marshal);
const decide = (id: string, decision: string, token = marshal) =>
  ask<{ error?: { code: string } }>('POST', `/api/v1/machines/waiting/${id}`, token, { decision });

/** Runs `join` with the invitation until the staff has let it in. */
async function join_(program: string, args: readonly string[], env: Record<string, string> = {}): Promise<string> {
  const joining = start(program, args, env);
  const shown = /key ([0-9A-F-]+):/.exec(await joining.says(/key/))![1];
  const { waiting } = await list();
  const one = waiting.find(({ key }) => key === shown)!;
  expect((await decide(one.id, 'let-in')).status).toBe(200);
  expect(await joining.ended).toMatchObject({ code: 0 });
  return one.name;
}

const car = async () =>
  (await ask<CarList>('GET', '/api/v1/cars', undefined)).cars.find((each) => each.car === 'blue')?.presence?.status;
const gate = async () =>
  (await ask<GateList>('GET', '/api/v1/gates', undefined)).gates.find((each) => each.gate === 'start')?.status;

/** ms from the request that sends a machine away until the controller knows that its session has ended. */
async function sentAway(role: string, name: string, status: () => Promise<string | undefined>): Promise<number> {
  const begun = performance.now();
  expect((await ask('DELETE', `/api/v1/machines/${role}/${name}`, marshal)).status).toBe(204);
  await expect.poll(status, { interval: 10 }).not.toBe('online');
  return performance.now() - begun;
}

it('a car and a gate join by a link and by a file on a stick, run without a token in any configuration, and are out within a second', async () => {
  const { link } = await code('car', 'blue');
  expect(link).toMatch(/^https:\/\/127\.0\.0\.1:\d+\/cars#join=([0-9A-Z]{4}-){5}[0-9A-Z]{4}$/);
  await join_(pitwallAgent, ['join', link], { STATE_DIRECTORY: state });
  const stick = join(folder, 'join.txt');
  writeFileSync(stick, `${(await code('gate', 'start')).link}\n`);
  await join_(pitwall, ['gate', 'join', stick, '--data', gateData]);

  const tokens = [join(state, 'link/blue/token'), join(gateData, 'link/start/token')];
  for (const file of tokens) expect(statSync(file).mode & 0o777).toBe(0o600);
  const config = join(folder, 'car.yaml');
  writeFileSync(
    config,
    stringify({ car: 'blue', profile: 'simulated', simulated: { track }, recorder: { when: 'never' } }),
  );
  const agent = start(pitwallAgent, ['run', '--config', config], { STATE_DIRECTORY: state });
  const watching = [
    'gate',
    'simulate',
    '--id',
    'start',
    '--data',
    gateData,
    '--socket',
    join(folder, 'none'),
    '--track',
    track,
  ];
  const process = start(pitwall, watching);
  await agent.says(/linked to the track/);
  await expect.poll(car).toBe('online');
  await expect.poll(gate).toBe('online');
  expect((await list()).machines.map(({ role, name }) => `${role} ${name}`)).toEqual(['car blue', 'gate start']);

  const took = [await sentAway('car', 'blue', car), await sentAway('gate', 'start', gate)];
  for (const ms of took) expect(ms).toBeLessThan(1000);
  await agent.says(/no link to the track: .*(Not authorized|not authorized)/i);
  expect(await car()).toBe('lost');

  // The tokens are where they were made, and in no argument, answer or log.
  const secrets = tokens.map((file) => readFileSync(file, 'utf8').trim());
  const database = ['pitwall.db', 'pitwall.db-wal'].map((name) => join(data, name)).filter(existsSync);
  const said = [...seen, ...agent.lines, ...process.lines, ...database.map((file) => readFileSync(file, 'latin1'))];
  for (const secret of secrets) for (const text of said) expect(text.includes(secret)).toBe(false);
}, 120_000);

it('who joins again under the same name is in instead, and the one before is out', async () => {
  await join_(pitwall, ['gate', 'join', (await code('gate', 'exit')).link, '--data', gateData]);
  const first = readFileSync(join(gateData, 'link/exit/token'), 'utf8').trim();
  const second = start(pitwall, ['gate', 'join', (await code('gate', 'exit')).link, '--data', join(folder, 'other')]);
  await second.says(/key/);
  const { waiting } = await list();
  expect(waiting).toMatchObject([{ role: 'gate', name: 'exit', replaces: true, address: '127.0.0.1' }]);
  expect((await ask('GET', '/api/v1/gates', first)).status).toBe(200);
  // Gates are for marshals.
  expect(await decide(waiting[0]!.id, 'let-in', crew)).toMatchObject({ status: 403, error: { code: 'access-denied' } });
  await decide(waiting[0]!.id, 'let-in');
  expect(await second.ended).toMatchObject({ code: 0 });
  expect((await ask('GET', '/api/v1/gates', first)).status).toBe(401);
});

it('says nothing to a controller that is not the one of the code, and takes no code twice, for another kind, or when refused', async () => {
  const { link, code: written } = await code('car', 'red');
  const wrong = link.replace(/.$/, (last) => (last === '0' ? '1' : '0'));
  const joins = (invitation: string) => start(pitwallAgent, ['join', invitation], { STATE_DIRECTORY: state }).ended;
  expect(await joins(wrong)).toMatchObject({ code: 1, text: expect.stringContaining('nothing was sent to it') });
  expect((await list()).waiting).toEqual([]);
  expect(await start(pitwall, ['gate', 'join', link, '--data', gateData]).ended).toMatchObject({ code: 1 });

  const typed = start(
    pitwallAgent,
    ['join', written.toLowerCase().replaceAll('-', ' '), '--controller', new URL(link).origin],
    { STATE_DIRECTORY: state },
  );
  await typed.says(/key/);
  await decide((await list()).waiting[0]!.id, 'refuse');
  expect(await typed.ended).toMatchObject({ code: 1, text: expect.stringContaining('refused') });
  expect(await joins(link)).toMatchObject({ code: 1, text: expect.stringContaining('ask for a new one') });
  expect(existsSync(join(state, 'link/red'))).toBe(false);

  // Who guesses is stopped, and that by address alone: staff makes codes as before.
  const guess = () =>
    ask('POST', '/api/v1/machines/join', undefined, {
      code: '00000000',
      role: 'car',
      tokenHash: '0'.repeat(64),
      host: 'x',
    });
  const statuses: number[] = [];
  for (let tries = 0; tries < limits.joinCodes.ofAddress + 2; tries += 1) statuses.push((await guess()).status);
  expect(statuses.at(-1)).toBe(429);
  expect((await code('car', 'red')).status).toBe(201);
});

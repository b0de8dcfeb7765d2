import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { CarCommand, topics } from '@pitwall/protocol/messages';
import { connectAsync } from 'mqtt';
import { afterEach, expect, it } from 'vitest';
import { issueToken } from '../tokens.js';
import { pitwall } from './track-day.js';

/** Throws in the real process as a defect would: where nobody catches it. */
const defect = 'process.on("SIGUSR2", () => setImmediate(() => { throw new Error("a defect of the test"); }));';

let folder = '';
let child: ChildProcess | undefined;
afterEach(async () => {
  child?.kill('SIGKILL');
  await rm(folder, { recursive: true, force: true });
});

it('after an exception that nobody catches the car of the run is told to stop, and the process ends', async () => {
  folder = await mkdtemp(join(tmpdir(), 'pitwall-defect-'));
  const [organizer, car] = [await issueToken(folder, 'organizer', 'anna'), await issueToken(folder, 'car', 'blue')];
  const preload = `data:text/javascript,${encodeURIComponent(defect)}`;
  const args = ['--import', preload, pitwall, 'serve', '--data', folder, '--port', '0', '--mqtt-port', '0', '--json'];
  const serving = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  child = serving;
  const said: { type: string; text: string; url: string; mqtt: string }[] = [];
  const ready = new Promise<void>((resolve) => {
    createInterface({ input: serving.stdout }).on('line', (line) => {
      said.push(JSON.parse(line));
      if (said.at(-1)?.type === 'ready') resolve();
    });
  });
  await ready;
  const { url = '', mqtt = '' } = said.at(-1) ?? {};
  const post = async (path: string, body: object) => {
    const headers = { authorization: `Bearer ${organizer}`, 'content-type': 'application/json' };
    const response = await fetch(`${url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
    const answer = (await response.json()) as { seq: number };
    expect(response.status, JSON.stringify(answer)).toBeLessThan(300);
    return answer.seq;
  };
  const rules = { name: 'Heat', timeLimit: null, start: 'key' };
  const setup = { name: 'Heat', track: { id: 'harbour', version: 1 }, gates: ['line'], rules };
  let seen = await post('/api/v1/races', { race: 'heat', commandId: crypto.randomUUID(), setup });
  const runId = crypto.randomUUID();
  const entry = { racer: 'ada', alias: 'Ada', car: 'blue', models: [{ hash: 'a'.repeat(64), name: 'fast' }] };
  for (const command of [
    { type: 'open' },
    { type: 'enter', entry },
    { type: 'call', runId, racer: 'ada' },
    { type: 'stage', runId },
  ])
    seen = await post('/api/v1/races/heat/commands', { commandId: crypto.randomUUID(), seen, command });
  const client = await connectAsync(mqtt, {
    protocolVersion: 4,
    username: 'car:blue',
    clientId: 'car:blue',
    password: car,
    reconnectPeriod: 0,
  });
  try {
    await client.subscribeAsync(topics.car('blue' as never, 'command'));
    // The controller knows the clock of a car that it has heard.
    const envelope = { sessionId: crypto.randomUUID(), seq: 0, bootId: crypto.randomUUID(), at: 1_000_000 };
    const presence = { ...envelope, status: 'online', version: '0', profile: 'by-hand', model: null };
    client.publish(topics.car('blue' as never, 'presence'), JSON.stringify(presence), { qos: 1, retain: true });
    const cars = async () => {
      const answer = await fetch(`${url}/api/v1/cars`, { headers: { authorization: `Bearer ${organizer}` } });
      return JSON.stringify(await answer.json());
    };
    await expect.poll(cars).toContain('"status":"online"');
    const told = new Promise<string>((resolve) => {
      client.on('message', (_, payload) => {
        const { action } = CarCommand.parse(JSON.parse(String(payload)));
        if (action.type === 'stop') resolve(action.type);
      });
    });
    const ended = once(serving, 'exit');
    serving.kill('SIGUSR2');
    expect(await told).toBe('stop');
    expect(await ended).toEqual([1, null]);
    expect(said.at(-1)).toMatchObject({ type: 'warning', text: expect.stringContaining('a defect of the test') });
  } finally {
    await client.endAsync(true);
  }
});

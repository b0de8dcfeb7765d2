import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { physical, resultOf } from '@pitwall/controller/testing/results';
import { expect, it, onTestFinished } from 'vitest';
import { startPostgres } from '../postgres/cluster.js';
import { issueToken } from '../tokens.js';
import { BadNetwork } from './bad-network.js';

const pitwall = fileURLToPath(new URL('../../controller/bin/pitwall.js', import.meta.url));
const folder = () => mkdtempSync(join(tmpdir(), 'pitwall-forwarding-'));
const cli = (...args: string[]) => execFileSync(process.execPath, [pitwall, ...args], { encoding: 'utf8' });

interface Running {
  readonly process: ChildProcess;
  readonly url: string;
}

async function serve(data: string, ...args: string[]): Promise<Running> {
  const child = spawn(
    process.execPath,
    [pitwall, 'serve', '--data', data, '--port', '0', '--mqtt-port', '0', '--json', ...args],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  onTestFinished(() => void child.kill('SIGKILL'));
  const lines = createInterface({ input: child.stdout });
  return await new Promise((resolve, reject) => {
    lines.on('line', (line) => {
      const { type, url } = JSON.parse(line);
      if (type === 'ready') resolve({ process: child, url });
    });
    child.once('exit', (code) => reject(new Error(`it ended with ${code} before it was ready`)));
  });
}

async function end(running: Running, signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
  const ended = new Promise((resolve) => running.process.once('exit', resolve));
  running.process.kill(signal);
  await ended;
}

/** Of each controller. */
const racers = 100;
const result = (source: string, number: number) =>
  resultOf(`${source}-${number % racers}`, 9_000 + number, { provenance: { ...physical, source } });

/** A small generator of numbers from 0 to 1 (mulberry32): the same faults in every run. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Where a leaderboard has its database; undefined where there is no such engine here. */
const engines: Record<string, (data: string) => Promise<string | undefined>> = {
  sqlite: async (data) => join(data, 'pitwall.db'),
  postgres: async () => {
    const cluster = await startPostgres({ durable: false });
    if (cluster === undefined) {
      if (process.env.CI === 'true') throw new Error('PostgreSQL is not installed');
      console.log('skipped: forwarding to a leaderboard on PostgreSQL, which is not installed');
      return undefined;
    }
    onTestFinished(() => cluster.stop());
    return cluster.url;
  },
};

/** `npm run soak -- forwarding` sends more. */
const most = Number(process.env.PITWALL_SEQUENCES ?? 300);

it.each([
  { engine: 'sqlite', each: most, kills: [0.2, 0.5] },
  { engine: 'postgres', each: most, kills: [0.5] },
])(
  'brings $each results of each of two controllers over bad networks, killed at random, to a board on $engine once',
  {
    timeout: 300_000,
  },
  async ({ engine, each, kills }) => {
    const random = seeded(7);
    const central = folder();
    const database = await engines[engine]?.(central);
    if (database === undefined) return;
    const chief = await issueToken(central, 'organizer', 'olga', database);
    const board = await serve(central, '--role', 'leaderboard', '--database', database);
    const call = async <T>(method: string, path: string, body?: object): Promise<T> => {
      const response = await fetch(`${board.url}${path}`, {
        method,
        headers: { authorization: `Bearer ${chief}`, 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      if (!response.ok) throw new Error(await response.text());
      return (await response.json()) as T;
    };
    await call('POST', '/api/v1/leaderboards', {
      id: 'cup',
      name: 'Cup',
      ranking: { by: 'best-lap' },
      writers: ['east', 'west'],
    });

    const sent: string[] = [];
    const networks: BadNetwork[] = [];
    const tracks = await Promise.all(
      ['east', 'west'].map(async (source) => {
        const data = folder();
        const network = new BadNetwork({ port: Number(new URL(board.url).port) }, random);
        networks.push(network);
        const port = await network.start();
        onTestFinished(() => network.stop());
        const token = await issueToken(central, 'source', source, database);
        writeFileSync(join(data, 'cup.token'), token, { mode: 0o600 });
        const config = join(data, 'config.yaml');
        writeFileSync(
          config,
          `name: ${source}\nforwarding:\n  - name: cup\n    url: http://127.0.0.1:${port}\n    token: ${join(data, 'cup.token')}\n`,
        );
        const lines = Array.from({ length: each }, (_, number) => result(source, number));
        sent.push(...lines.map(({ resultId }) => resultId));
        const file = join(data, 'results.ndjson');
        writeFileSync(
          file,
          `${lines.map((line) => JSON.stringify({ leaderboard: 'cup', result: line })).join('\n')}\n`,
        );
        expect(JSON.parse(cli('outbox', 'import', file, '--config', config, '--data', data, '--json')).lines).toBe(
          each,
        );
        let running = await serve(data, '--config', config);
        const { kty, crv, x } = JSON.parse(readFileSync(join(data, 'source.key.json'), 'utf8'));
        await call('POST', `/api/v1/sources/${source}/keys`, { kty, crv, x });
        return {
          killAndStart: async () => {
            await end(running, 'SIGKILL');
            running = await serve(data, '--config', config);
          },
          stop: () => end(running, 'SIGTERM'),
        };
      }),
    );

    const counted = async (): Promise<string[]> => {
      const ids: string[] = [];
      for (const source of ['east', 'west'])
        for (let racer = 0; racer < racers; racer += 1) {
          const page = await call<{ results: { result: { resultId: string } }[] }>(
            'GET',
            `/api/v1/leaderboards/cup/racers/${source}-${racer}/results?limit=100`,
          );
          ids.push(...page.results.map((kept) => kept.result.resultId));
        }
      return ids;
    };
    const arrived = async (): Promise<number> =>
      (await call<{ results: number }>('GET', '/api/v1/leaderboards/cup/count')).results;
    // Kills on the way: when so many have arrived, whoever's turn it is.
    for (const share of kills) {
      await expect.poll(arrived, { timeout: 120_000, interval: 100 }).toBeGreaterThan(each * 2 * share);
      await (random() < 0.5 ? tracks[0] : tracks[1])?.killAndStart();
    }
    await expect.poll(arrived, { timeout: 120_000, interval: 100 }).toBeGreaterThan(each * 2 * 0.9);
    for (const network of networks) network.recover();
    await expect.poll(arrived, { timeout: 120_000, interval: 200 }).toBe(each * 2);
    expect((await counted()).sort()).toEqual(sent.sort());
    for (const kind of ['refused', 'lost', 'repeated', 'cut after sending', 'delayed'])
      expect(
        networks.some(({ done }) => (done[kind] ?? 0) > 0),
        kind,
      ).toBe(true);
    for (const track of tracks) await track.stop();
  },
);

import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { standIn, withPath } from '../../testing/gpiomon-program.js';

const pitwall = fileURLToPath(new URL('../../bin/pitwall.js', import.meta.url));
const children: ChildProcess[] = [];
let server: Server | undefined;
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pitwall-gate-command-'));
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  server?.close();
  rmSync(folder, { recursive: true });
});

function run(args: readonly string[], env: NodeJS.ProcessEnv = process.env) {
  const child = spawn(process.execPath, [pitwall, 'gate', ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  children.push(child);
  const lines: string[] = [];
  let errors = '';
  let wake: () => void = () => undefined;
  createInterface({ input: child.stdout }).on('line', (line) => {
    lines.push(line);
    wake();
  });
  child.stderr.on('data', (data: Buffer) => {
    errors += data.toString();
  });
  const ended = new Promise<number | null>((resolve) => child.once('close', (code) => resolve(code)));
  const line = async (test: (line: string) => boolean): Promise<string> => {
    for (;;) {
      const found = lines.find(test);
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  };
  return { child, lines, line, ended, errors: () => errors };
}

const health = (recent: object[] = []) => ({
  gate: 'start',
  trouble: null as { kind: string; message: string } | null,
  status: 'online',
  profile: 'beam-gpiomon',
  version: '1',
  sensor: 'ok',
  lastSeenAgo: 5,
  lastCrossingAgo: null,
  linkDelay: 1500,
  clockError: 20,
  driftPpm: 12.5,
  clockSteps: 0,
  crossings: 0,
  gaps: 0,
  duplicates: 0,
  reused: 0,
  waiting: 2,
  lost: 0,
  blind: 0,
  keeping: true,
  wallClockSteps: null as number | null,
  batteryVolts: 3.71,
  machine: null,
  rival: null,
  recent,
});

async function controller(answer: () => object): Promise<string> {
  server = createServer((_, response) => response.end(JSON.stringify(answer())));
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

it('lists gates for people and for programs', async () => {
  const url = await controller(() => ({ gates: [health()] }));
  const shown = run(['list', '--url', url]);
  expect(await shown.ended).toBe(0);
  expect(shown.lines).toEqual([
    'start  online, sensor ok; beam-gpiomon; last crossing never; link 1.5 ms; clock ± 20 µs, drift 12.5 ppm; 0 missing, 2 waiting, 0 edges lost; 3.71 V',
  ]);
  const parsed = run(['list', '--url', url, '--json']);
  expect(await parsed.ended).toBe(0);
  expect(JSON.parse(parsed.lines[0] ?? '')).toEqual(health());
});

it('shows a gate that cannot be relied on, and one that stamps by a wall clock or under numbers of others', async () => {
  const trouble = { kind: 'cannot-keep', message: 'gate start cannot write crossings to its disk: make room there' };
  const url = await controller(() => ({ gates: [{ ...health(), trouble, reused: 2, wallClockSteps: 1 }] }));
  const { ended, lines } = run(['list', '--url', url]);
  expect(await ended).toBe(0);
  expect(lines.join('\n')).toMatch(/2 under numbers that others have.*stamps by a wall clock, set 1 times/);
  expect(lines.at(-1)).toBe(`  NOT HEALTHY: ${trouble.message}`);
});

it('says in one line that there is no controller', async () => {
  const { ended, errors } = run(['list', '--url', 'http://127.0.0.1:9']);
  expect(await ended).toBe(1);
  expect(errors()).toMatch(/^not-found: No controller answers at http:\/\/127\.0\.0\.1:9.*\n$/);
});

it('watches crossings as they come, and ends when asked to', async () => {
  const crossing = {
    bootId: 'b',
    seq: 7,
    at: 1,
    uncertainty: 250,
    controllerAt: 1,
    controllerBound: 0,
    transponder: '42',
  };
  let asked = 0;
  const url = await controller(() => ({ gates: [health(asked++ > 0 ? [crossing] : [])] }));
  const { child, line, ended } = run(['watch', '--url', url]);
  expect(await line((text) => text.includes('crossing 7'))).toBe('start  crossing 7  ± 250 µs  transponder 42');
  child.kill('SIGINT');
  expect(await ended).toBe(0);
});

it('guides through a series of passes and says how well the sensor repeats', async () => {
  const gpiomon = await standIn(folder, 2);
  const { line, lines, ended } = run(['check', '--profile', 'beam-gpiomon', '--passes', '5', '--json'], {
    ...process.env,
    PATH: withPath(gpiomon.folder),
  });
  await gpiomon.next();
  // Five passes two seconds apart in the stamps' time; their widths vary by 100 µs.
  const start = process.hrtime.bigint() - 20_000_000_000n;
  for (const [i, width] of [200_000, 200_100, 199_900, 200_050, 199_950].entries()) {
    const at = start + BigInt(i) * 2_000_000_000n;
    gpiomon.edge(17, 0, at);
    gpiomon.edge(17, 1, at + BigInt(width) * 1000n);
  }
  const result = JSON.parse(await line((text) => text.includes('"result"'))) as { micros: number; stated: number };
  expect(await ended).toBe(0);
  expect(result).toMatchObject({ passes: 5, stated: 250 });
  expect(result.micros).toBeGreaterThan(100);
  expect(result.micros).toBeLessThan(120);
  expect(lines.filter((text) => text.includes('"pass":'))).toHaveLength(5);
  gpiomon.close();
});

it('leaves no gpiomon behind that would keep the lines busy, however it ends', async () => {
  const gpiomon = await standIn(folder, 1);
  const { child } = run(['check', '--profile', 'beam-gpiomon'], { ...process.env, PATH: withPath(gpiomon.folder) });
  const pid = await gpiomon.next();
  child.kill('SIGKILL');
  const alive = () => {
    try {
      // A zombie that nobody has waited for is dead as well.
      return !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ');
    } catch {
      return false;
    }
  };
  while (alive()) await new Promise((resolve) => setImmediate(resolve));
  gpiomon.close();
});

it.each([
  [['run', '--id', 'Start', '--profile', 'pulse'], 2, /config-invalid: .*id: must be/],
  [['run', '--id', 'start', '--profile', 'pulse'], 2, /PITWALL_GATE_BROKER_TOKEN/],
  [['run', '--id', 'start', '--profile', 'nonesuch'], 1, /Pitwall has: .*beam-gpiomon/, 'token'],
  [['run', '--id', 'start', '--profile', 'pulse', '--broker', 'mqtt://10.0.0.1'], 2, /in the clear/, 'token'],
  [['check', '--profile', 'pulse', '--passes', '3'], 2, /from 5 to 1000/],
] as const)('refuses %j in one line', async (args, code, message, token?: string) => {
  const env = token === undefined ? process.env : { ...process.env, PITWALL_GATE_BROKER_TOKEN: token };
  const { ended, errors } = run(args, env);
  expect(await ended).toBe(code);
  expect(errors()).toMatch(message);
  expect(errors().trim().split('\n')).toHaveLength(1);
});

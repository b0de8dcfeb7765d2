import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { GraphWriter, loadModel, policyGraph } from '@pitwall/agent/model';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packArchive } from './pack.js';
import { drawn } from './random-policy.js';

const program = fileURLToPath(new URL('../../agent/bin/pitwall-agent.js', import.meta.url));
const metadata = JSON.stringify({
  action_space: [-1, 0, 1].map((side) => ({ steering_angle: side * 20, speed: 1 })),
  sensor: ['FRONT_FACING_CAMERA'],
  version: '5',
});
const [mostSeconds, mostBytes] = [5, 512 * 2 ** 20];

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pitwall-limits-'));
  await writeFile(
    join(folder, 'frame.pgm'),
    Buffer.concat([Buffer.from('P5\n160 120\n255\n'), Buffer.alloc(19_200, 90)]),
  );
});
afterAll(() => rm(folder, { recursive: true }));

const proc = (pid: number, file: string): string => {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
};
/** Resident memory of a process and all that it has started, in bytes. */
function residentTree(pid: number): number {
  const own = Number(/VmRSS:\s+(\d+)/.exec(proc(pid, 'status'))?.[1] ?? 0) * 1024;
  const children = proc(pid, `task/${pid}/children`).split(' ').filter(Boolean).map(Number);
  return children.reduce((sum, child) => sum + residentTree(child), own);
}

/** Adds what each process of a tree has used of the processor so far, in s (proc(5): utime, stime, in ticks of 10 ms). */
function processorTimes(pid: number, into: Map<number, number>): void {
  const fields = proc(pid, 'stat').split(') ').at(-1)?.split(' ') ?? [];
  if (fields.length > 12) into.set(pid, (Number(fields[11]) + Number(fields[12])) / 100);
  for (const child of proc(pid, `task/${pid}/children`).split(' ').filter(Boolean)) processorTimes(Number(child), into);
}

/**
 * The command as a pit crew gives it, the most memory that its processes had together, and the time they took of the
 * processor, which is the same however busy the machine is.
 */
async function agent(...args: readonly string[]) {
  const child = spawn(process.execPath, [program, 'model', ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let [stdout, stderr, peak] = ['', '', 0];
  child.stdout.on('data', (text: Buffer) => (stdout += text.toString()));
  child.stderr.on('data', (text: Buffer) => (stderr += text.toString()));
  const times = new Map<number, number>();
  const watch = setInterval(() => {
    peak = Math.max(peak, residentTree(child.pid as number));
    processorTimes(child.pid as number, times);
  }, 4);
  await once(child, 'close');
  clearInterval(watch);
  return { stdout, stderr, peak, seconds: [...times.values()].reduce((sum, time) => sum + time, 0) };
}

let count = 0;
const weights = (shape: readonly number[]) => drawn(shape, () => (((count++ * 7919) % 1000) - 500) / 50_000);

it('a genuine graph of 120 MB is imported and run within 512 MB, all processes together', {
  timeout: 60_000,
}, async () => {
  const path = join(folder, 'large.tar.gz');
  const [flat, wide] = [11 * 16 * 64, 2_780];
  const graph = policyGraph({
    algorithm: 'clipped_ppo',
    sensors: [
      {
        sensor: 'FRONT_FACING_CAMERA',
        shape: [120, 160, 1],
        divisor: 255,
        convolutions: [
          { ...weights([8, 8, 1, 32]), stride: 4 },
          { ...weights([4, 4, 32, 64]), stride: 2 },
          { ...weights([3, 3, 64, 64]), stride: 1 },
        ],
        dense: [],
      },
    ],
    middleware: [weights([flat, wide])],
    head: { hidden: [], output: weights([wide, 3]) },
    discrete: true,
  }).finish();
  expect(graph.length / 2 ** 20).toBeGreaterThan(119);
  expect(graph.length / 2 ** 20).toBeLessThan(128);
  await packArchive(path, { 'agent/model.pb': graph, 'model_metadata.json': metadata });
  const { stdout, stderr, peak } = await agent('infer', path, '--image', join(folder, 'frame.pgm'), '--json');
  expect(stderr).toBe('');
  const { output } = JSON.parse(stdout) as { output: number[] };
  expect(output.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 4);
  console.log(`a graph of ${(graph.length / 2 ** 20).toFixed(0)} MB takes ${(peak / 2 ** 20).toFixed(0)} MB at most`);
  expect(peak).toBeGreaterThan(graph.length);
  expect(peak).toBeLessThan(mostBytes);
});

describe('a small file that unpacks to too much', () => {
  const field = (number: number, content: Uint8Array): Buffer => {
    const length: number[] = [];
    for (let rest = content.length; ; rest >>>= 7) {
      length.push(rest > 127 ? (rest & 127) | 128 : rest);
      if (rest <= 127) break;
    }
    return Buffer.concat([Buffer.from([(number << 3) | 2, ...length]), content]);
  };
  const repeated = (pair: readonly [number, number], bytes: number) => Buffer.alloc(bytes, Buffer.from(pair));
  const node = (op: string, ...rest: Uint8Array[]) =>
    field(1, Buffer.concat([field(1, Buffer.from('main/ppo_head_0/policy')), field(2, Buffer.from(op)), ...rest]));
  const wholeNumbers = () => {
    const tensor = Buffer.concat([Buffer.from([0x08, 9]), field(10, Buffer.alloc(32 * 2 ** 20))]);
    return node('Const', field(5, Buffer.concat([field(1, Buffer.from('value')), field(2, field(8, tensor))])));
  };
  it.each([
    ['millions of nodes', () => repeated([0x0a, 0], 64 * 2 ** 20)],
    ['millions of inputs', () => node('Relu', repeated([0x1a, 0], 32 * 2 ** 20))],
    ['millions of whole numbers', wholeNumbers],
  ])('%s: is refused within 5 s and 512 MB', { timeout: 30_000 }, async (what, bytes) => {
    const path = join(folder, 'bomb.tar.gz');
    await packArchive(path, { 'model.pb': bytes(), 'model_metadata.json': metadata });
    const { stderr, peak, seconds } = await agent('inspect', path);
    console.log(`${what}: ${(peak / 2 ** 20).toFixed(0)} MB at most, ${seconds.toFixed(1)} s`);
    expect(seconds).toBeGreaterThan(0);
    expect(seconds).toBeLessThan(mostSeconds);
    expect(stderr).toMatch(/^graph-too-large: [^\n]*\n$/);
    expect(peak).toBeLessThan(mostBytes);
  });
});

it('a graph that keeps the importer busy is given up within 5 s, and the next model is imported', {
  timeout: 30_000,
}, async () => {
  const graph = new GraphWriter();
  const camera = graph.placeholder('FRONT_FACING_CAMERA', [120, 160, 1]);
  const wide = graph.node('wide', 'Tile', [camera, graph.ints('times', [1, 40, 40, 1])]);
  const zeros = graph.node('zeros', 'ZerosLike', [wide]);
  let last = wide;
  for (let at = 0; at < 10_000; at += 1) last = graph.node(`add${at}`, 'Add', [last, zeros]);
  const mean = graph.node('mean', 'Mean', [last, graph.ints('axes', [1, 2])]);
  const axis = graph.ints('axis', [1], []);
  graph.node('main/ppo_head_0/policy', 'Softmax', [graph.node('three', 'ConcatV2', [mean, mean, mean, axis])]);
  const path = join(folder, 'busy.tar.gz');
  await packArchive(path, { 'model.pb': graph.finish(), 'model_metadata.json': metadata });
  const times = new Map<number, number>();
  const watch = setInterval(() => processorTimes(process.pid, times), 20);
  await expect(loadModel(path)).rejects.toMatchObject({
    code: 'graph-too-large',
    message: expect.stringMatching(/3 s/),
  });
  clearInterval(watch);
  times.delete(process.pid);
  const seconds = [...times.values()].reduce((sum, time) => sum + time, 0);
  expect(seconds).toBeGreaterThan(1);
  expect(seconds).toBeLessThan(mostSeconds);

  const short = new GraphWriter();
  short.nodes.push(...graph.nodes.filter(({ name }) => !name.startsWith('add')));
  for (const { name, input } of short.nodes) if (name === 'mean' && input !== undefined) input[0] = 'wide';
  await packArchive(path, { 'model.pb': short.finish(), 'model_metadata.json': metadata });
  const { policy } = await loadModel(path);
  await policy.close();
});

import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { gzipSync } from 'node:zlib';
import { loadModel } from '@pitwall/agent/model';
import { errorCodes, isPitwallError } from '@pitwall/protocol';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { mutated } from '../mutation.js';
import { type Reader, readers } from './mutated.js';
import { random } from './random-policy.js';

/** `npm run soak -- import COUNT` tries so many, with a seed of its own. */
const soaked = process.env.PITWALL_SEQUENCES;
const count = Number(soaked ?? 600);
const confined = soaked === undefined ? 30 : 1000;
const seed = soaked === undefined ? 20 : Date.now() % 1_000_000_007;
/** In any state of this machine: a reader that hangs takes for ever. */
const longestMs = 5_000;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
const usedMb = () => {
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return (heapUsed + external) / 2 ** 20;
};

let folder: string;
let all: readonly Reader[];
const system = process.env.TMPDIR;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pitwall-mutated-'));
  // Whoever writes somewhere writes here.
  process.env.TMPDIR = folder;
  all = await readers();
});
afterAll(async () => {
  if (system === undefined) delete process.env.TMPDIR;
  else process.env.TMPDIR = system;
  await rm(folder, { recursive: true });
});

/** Read, or refused with a code of ours and one sentence or two that a person can read. */
async function outcomeOf(reading: () => unknown): Promise<string> {
  try {
    await reading();
    return 'read';
  } catch (error) {
    if (!isPitwallError(error) || !Object.hasOwn(errorCodes, error.code) || error.code === 'internal-error')
      throw error;
    if (error.message.length > 2000 || error.message.includes('\0')) throw new Error(`it says ${error.message}`);
    return error.code;
  }
}

it('each reader takes what is fine', async () => {
  for (const { name, fine, wrap, read } of all) {
    const path = join(folder, 'fine');
    const bytes = Buffer.from(wrap?.(fine) ?? fine);
    await writeFile(path, bytes);
    // The training archive's networks are cut; its list and metadata are what is read.
    await expect(Promise.resolve(read(bytes, path)), name).resolves.toBeDefined();
  }
  await rm(join(folder, 'fine'));
});

it('whatever is done to a file, each reader reads or refuses it: no crash, no hang, nothing written, no growth', async () => {
  const next = random(seed);
  const path = join(folder, 'mutated');
  const [here, there] = [await readdir('.'), await readdir(folder)];
  const slowest = { ms: 0, name: '' };
  const outcomes = new Map<string, number>();
  const began = performance.now();
  let first = 0;
  for (let run = 0; run < count; run += 1) {
    const { name, fine, wrap, read, wantsFile } = all[run % all.length] as Reader;
    const damaged = mutated(fine, next);
    const bytes = Buffer.from(wrap?.(damaged) ?? damaged);
    if (wantsFile) await writeFile(path, bytes);
    const started = performance.now();
    const outcome = await outcomeOf(() => read(bytes, path)).catch((cause: unknown) => {
      throw new Error(`seed ${seed}, run ${run}, ${name}: ${String(cause)}`, { cause });
    });
    const ms = performance.now() - started;
    if (ms > slowest.ms) Object.assign(slowest, { ms, name });
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    // What is made once, such as tables of a decoder, is made by now.
    if (run === Math.floor(count / 3)) first = usedMb();
  }
  const seconds = (performance.now() - began) / 1000;
  const grown = usedMb() - first;
  console.log(
    `seed ${seed}: ${count} inputs, ${Math.round(count / seconds)} a second, the slowest ${slowest.ms.toFixed(0)} ms (${slowest.name}), ${grown.toFixed(1)} MB more; ${[...outcomes].map(([outcome, times]) => `${outcome} ${times}`).join(', ')}`,
  );
  await rm(path);
  expect([await readdir('.'), await readdir(folder)]).toEqual([here, there]);
  expect(slowest.ms).toBeLessThan(longestMs);
  expect(grown).toBeLessThan(16);
  expect(outcomes.size).toBeGreaterThan(4);
  if (soaked !== undefined) expect(count / seconds).toBeGreaterThan(100);
});

it('through the process that models are imported in: the same', async () => {
  const next = random(seed + 1);
  const path = join(folder, 'model.tar.gz');
  const models = all.filter(({ name }) => /^(?:tar|zip|gzip|ONNX|TFLite)/.test(name));
  const there = await readdir(folder);
  for (let run = 0; run < confined; run += 1) {
    const { name, fine, wrap } = models[run % models.length] as Reader;
    const damaged = mutated(fine, next);
    await writeFile(path, wrap === undefined ? damaged : gzipSync(damaged));
    await outcomeOf(async () => await (await loadModel(path)).policy.close()).catch((cause: unknown) => {
      throw new Error(`seed ${seed}, run ${run}, ${name}: ${String(cause)}`, { cause });
    });
  }
  await rm(path);
  expect(await readdir(folder)).toEqual(there);
});

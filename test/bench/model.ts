import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openJpegDecoder } from '@pitwall/agent/hardware/pixels';
import { loadModel } from '@pitwall/agent/model';
import { packCarArchive } from '../model/pack.js';
import type { Recipe } from '../model/random-policy.js';
import { openBareNetwork } from './bare-network.js';
import { quantile, type Report } from './report.js';

const recipe: Recipe = { size: 'shallow', head: 'discrete', camera: 'FRONT_FACING_CAMERA', seed: 21 };
const self = fileURLToPath(import.meta.url);
const rounds = 1500;

/** Runs this file in a process of its own, so that nothing is warm and memory is its own; gives what it prints. */
async function alone(...args: readonly string[]): Promise<number[]> {
  const child = spawn(process.execPath, ['--expose-gc', self, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  const [code] = (await once(child, 'close')) as [number];
  if (code !== 0) throw new Error(`the benchmark's process ended with ${code}`);
  return JSON.parse(text) as number[];
}

/**
 * Two tasks in turn, round by round, so that both see the same machine; the one that begins changes from round to round.
 * @returns the medians of both in ms, and the median of the rounds' ratios of the first to the second
 */
async function inTurn(task: () => Promise<unknown>, floor: () => Promise<unknown>) {
  const timed = async (one: () => Promise<unknown>) => {
    const start = process.hrtime.bigint();
    await one();
    return Number(process.hrtime.bigint() - start) / 1e6;
  };
  const [tasks, floors]: [number[], number[]] = [[], []];
  for (let round = -100; round < rounds; round += 1) {
    const taskFirst = round % 2 === 0;
    const [first, second] = taskFirst ? [task, floor] : [floor, task];
    const pair = [await timed(first), await timed(second)] as const;
    if (round < 0) continue;
    tasks.push(pair[taskFirst ? 0 : 1]);
    floors.push(pair[taskFirst ? 1 : 0]);
  }
  const ratio = quantile(
    tasks.map((ms, at) => ms / (floors[at] as number)),
    0.5,
  );
  return { task: quantile(tasks, 0.5), floor: quantile(floors, 0.5), ratio };
}

export async function run(report: Report): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'pitwall-bench-'));
  try {
    const archive = join(folder, 'model.tar.gz');
    const cacheFolder = join(folder, 'cache');
    await packCarArchive(archive, recipe);
    const size = (await stat(archive)).size / 2 ** 20;
    const typical = async (mode: string) => {
      const times: number[] = [];
      for (let at = 0; at < 5; at += 1) {
        if (mode === 'cold') await rm(cacheFolder, { recursive: true, force: true });
        times.push(...(await alone('load', archive, cacheFolder)));
      }
      return quantile(times, 0.5);
    };
    const cold = await typical('cold');
    report({
      figure: `import of a ${size.toFixed(0)} MB archive to ready, cold (median of 5 processes)`,
      value: cold,
      unit: 'ms',
      bar: '< 2000',
      ok: cold < 2000,
    });
    const cached = await typical('cached');
    report({ figure: 'the same, cached', value: cached, unit: 'ms', bar: '< 300', ok: cached < 300 });

    const { policy } = await loadModel(archive);
    const camera = Uint8Array.from({ length: 19_200 }, (_, at) => (at * 31) % 256);
    const bare = await openBareNetwork(archive, camera);
    const decided = await inTurn(
      () => policy.decide({ camera }),
      () => bare.run(),
    );
    report({
      figure: `observation → action (median of ${rounds}, in turn with the bare run)`,
      value: decided.task,
      unit: 'ms',
      bar: '≤ 1.15 × session.run',
      ok: decided.ratio <= 1.15,
      baseline: decided.floor,
      ratio: decided.ratio,
    });

    const jpeg = await sampleJpeg();
    const decoder = await openJpegDecoder();
    const plane = new Uint8Array(19_200);
    const seen = await inTurn(
      async () => policy.decide({ camera: await decoder.decode(jpeg) }),
      async () => {
        await decoder.decode(jpeg, plane);
        await bare.run();
      },
    );
    report({
      figure: `640×480 JPEG → action, decoded by ${decoder.how} (median of ${rounds}, in turn with its floor)`,
      value: seen.task,
      unit: 'ms',
      bar: '≤ 1.3 × (scaled decode + session.run)',
      ok: seen.ratio <= 1.3,
      baseline: seen.floor,
      ratio: seen.ratio,
    });
    decoder.close();
    await bare.release();
    await policy.close();

    const [early = 0, late = 0] = await alone('frames', archive, cacheFolder);
    report({
      figure: 'RSS after 20,000 frames, over that after 2,000',
      value: late,
      unit: 'MB',
      bar: '≤ 1.02 ×',
      ok: late <= 1.02 * early,
      baseline: early,
      ratio: late / early,
    });
    const other = join(folder, 'other.tar.gz');
    await packCarArchive(other, { ...recipe, seed: 22 });
    const [first = 0, last = 0] = await alone('reload', archive, cacheFolder, other);
    report({
      figure: 'RSS after 50 more models, over that after the first 5',
      value: last,
      unit: 'MB',
      bar: '≤ 1.1 ×',
      ok: last <= 1.1 * first,
      baseline: first,
      ratio: last / first,
    });
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** A picture with as much detail as a real one: about 40 kB. */
async function sampleJpeg(): Promise<Uint8Array> {
  const { default: sharp } = (await import(
    createRequire(createRequire(import.meta.url).resolve('@pitwall/agent/dist/main.js')).resolve('sharp')
  )) as {
    default: (data: Uint8Array, options: object) => { jpeg(options: object): { toBuffer(): Promise<Buffer> } };
  };
  const [width, height] = [640, 480];
  const pixels = Uint8Array.from({ length: width * height * 3 }, (_, at) => {
    const [x, y] = [Math.floor(at / 3) % width, Math.floor(at / 3 / width)];
    return 128 + 60 * Math.sin(x / 9) * Math.cos(y / 7) + ((x * 7919 + y * 104_729 + at) % 23);
  });
  return sharp(pixels, { raw: { width, height, channels: 3 } })
    .jpeg({ quality: 75 })
    .toBuffer();
}

const rss = () => {
  (globalThis as { gc?: () => void }).gc?.();
  return process.memoryUsage().rss / 2 ** 20;
};

/** What the processes of their own do. */
async function task(mode: string, archive: string, cacheFolder: string, other: string): Promise<number[]> {
  if (mode === 'load') {
    const start = performance.now();
    await loadModel(archive, { cacheFolder });
    return [performance.now() - start];
  }
  const camera = new Uint8Array(19_200).fill(77);
  if (mode === 'frames') {
    const { policy } = await loadModel(archive, { cacheFolder });
    let early = 0;
    for (let frame = 1; frame <= 20_000; frame += 1) {
      camera[frame % camera.length] = frame % 256;
      await policy.decide({ camera });
      if (frame === 2_000) early = rss();
    }
    return [early, rss()];
  }
  let first = 0;
  for (let count = 1; count <= 55; count += 1) {
    const { policy } = await loadModel(count % 2 === 0 ? archive : other);
    await policy.decide({ camera });
    await policy.close();
    if (count === 5) first = rss();
  }
  return [first, rss()];
}

if (process.argv[1] === self) {
  const [, , mode = '', archive = '', cacheFolder = '', other = ''] = process.argv;
  process.stdout.write(JSON.stringify(await task(mode, archive, cacheFolder, other)));
  process.exit(0);
}

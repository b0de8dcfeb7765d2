import { type ChildProcess, execFileSync, fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadModel } from '@pitwall/agent/model';
import { World } from '@pitwall/agent/simulator';
import { stepsPerSecond } from '@pitwall/protocol/simtrace';
import { packCarArchive } from '../model/pack.js';
import { type Drive, driveLaps, ovalOf } from '../simulator/drive.js';
import { quantile, type Report } from './report.js';

const rounds = 7;
const atLeast = (value: number, bar: number) => ({ bar: `≥ ${bar}`, ok: value >= bar });
const atMost = (value: number, bar: number) => ({ bar: `≤ ${bar}`, ok: value <= bar });
const median = (values: readonly number[]) => quantile(values, 0.5);

/** How fast a virtual track runs: SHALLOW network, one camera, time trial, one core. */
export async function run(report: Report): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'pitwall-bench-'));
  try {
    const archive = join(folder, 'shallow.tar.gz');
    await packCarArchive(archive, { size: 'shallow', head: 'discrete', camera: 'FRONT_FACING_CAMERA', seed: 1 });
    await wholeSteps(report, archive);
    await sideBySide(report, archive);
    await trackSizes(report);
    await twoWorkers(report, archive);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Bare inference and whole steps in turn, so that both see the same machine. */
async function wholeSteps(report: Report, archive: string): Promise<void> {
  const { policy } = await loadModel(archive);
  const world = new World({ track: ovalOf(17) });
  const camera = new Uint8Array(160 * 120);
  world.renderGrey(camera);
  const bare = async (count: number) => {
    const begun = process.hrtime.bigint();
    for (let i = 0; i < count; i++) await policy.decide({ camera });
    return Number(process.hrtime.bigint() - begun) / 1e6 / count;
  };
  await bare(200);
  await driveLaps(world, 1, policy);
  await driveLaps(world, 5);
  const ms = { bare: [] as number[], whole: [] as number[], without: [] as number[], ratio: [] as number[] };
  const perStep = ({ seconds, steps }: Drive) => (seconds * 1000) / steps;
  for (let round = 0; round < rounds; round++) {
    const before = await bare(150);
    const whole = perStep(await driveLaps(world, 3, policy));
    const after = await bare(150);
    ms.bare.push(before, after);
    ms.whole.push(whole);
    ms.ratio.push(whole / ((before + after) / 2));
    ms.without.push(perStep(await driveLaps(world, 6)));
  }
  await policy.close();
  const [bareMs, wholeMs, withoutMs] = [median(ms.bare), median(ms.whole), median(ms.without)];
  const ratio = median(ms.ratio);
  report({
    figure: 'whole step with SHALLOW, against bare inference',
    value: wholeMs,
    unit: 'ms',
    ...atMost(ratio, 1.6),
    bar: '≤ 1.6 × bare inference',
    baseline: bareMs,
    ratio,
  });
  const stepsEach = 1000 / wholeMs;
  report({ figure: 'steps a second with SHALLOW', value: stepsEach, unit: '1/s', ...atLeast(stepsEach, 525) });
  const times = 1000 / withoutMs / stepsPerSecond;
  report({ figure: 'without inference', value: times, unit: '× real time', ...atLeast(times, 150) });
}

/** Sixteen trials at once: what a batch of the bare network and the pictures take, and what is left for the rest, in turn. */
async function sideBySide(report: Report, archive: string): Promise<void> {
  const trials = 16;
  const { policy } = await loadModel(archive);
  const world = new World({ track: ovalOf(17) });
  const frames = Array.from({ length: trials }, (_, at) => {
    const camera = new Uint8Array(160 * 120);
    world.place(world.startPose(at));
    world.renderGrey(camera);
    return { camera };
  });
  const perObservation = async (count: number, run: () => unknown) => {
    const begun = process.hrtime.bigint();
    for (let i = 0; i < count; i++) await run();
    return Number(process.hrtime.bigint() - begun) / 1e6 / count / trials;
  };
  const batch = () => policy.decideAll(frames);
  const pictures = () => {
    for (const [at, { camera }] of frames.entries()) {
      world.place(world.startPose(at));
      world.renderGrey(camera);
    }
  };
  await perObservation(10, batch);
  await perObservation(20, pictures);
  await driveLaps(world, 1, policy, trials);
  const ms = { inference: [] as number[], rendering: [] as number[], whole: [] as number[], ratio: [] as number[] };
  for (let round = 0; round < rounds; round++) {
    const [inference, rendering] = [await perObservation(8, batch), await perObservation(8, pictures)];
    const { seconds, steps } = await driveLaps(world, 1, policy, trials);
    const whole = (seconds * 1000) / steps;
    ms.inference.push(inference);
    ms.rendering.push(rendering);
    ms.whole.push(whole);
    ms.ratio.push(whole / (inference + rendering));
  }
  await policy.close();
  const [inference, rendering, whole, ratio] = [ms.inference, ms.rendering, ms.whole, ms.ratio].map(median) as [
    number,
    number,
    number,
    number,
  ];
  const perSecond = 1000 / whole;
  report({
    figure: '16 trials side by side, steps a second',
    value: perSecond,
    unit: '1/s',
    ...atLeast(perSecond, 1100),
  });
  report({
    figure: 'a step of 16 side by side, against a batch of the bare network and rendering',
    value: whole,
    unit: 'ms',
    ...atMost(ratio, 1.25),
    bar: '≤ 1.25 × both',
    baseline: inference + rendering,
    ratio,
  });
  const part = (figure: string, value: number) => {
    report({ figure, value, unit: 'ms', bar: 'none', ok: true, baseline: whole, ratio: value / whole });
  };
  part('of it inference', inference);
  part('of it rendering', rendering);
  part('of it all the rest', whole - inference - rendering);
}

/** Time grows with laps alone: neither their number nor the track's length makes a step slower. */
async function trackSizes(report: Report): Promise<void> {
  const [short, long] = [new World({ track: ovalOf(17) }), new World({ track: ovalOf(60) })];
  const ratios = { size: [] as number[], laps: [] as number[] };
  for (const world of [short, long]) await driveLaps(world, 2);
  for (let round = 0; round < rounds; round++) {
    const perStep = ({ seconds, steps }: Drive) => seconds / steps;
    const few = perStep(await driveLaps(short, 7));
    const large = perStep(await driveLaps(long, 2));
    const many = perStep(await driveLaps(short, 28));
    ratios.size.push(large / few);
    ratios.laps.push(many / few);
  }
  const [size, laps] = [median(ratios.size), median(ratios.laps)];
  report({ figure: 'a step on 60 m against one on 17 m', value: size, unit: '×', ...atMost(size, 1.25) });
  report({ figure: 'a step of 28 laps against one of 7', value: laps, unit: '×', ...atMost(laps, 1.25) });
}

interface Done extends Drive {
  readonly type: 'done';
  readonly rssBytes: number;
}

async function twoWorkers(report: Report, archive: string): Promise<void> {
  const file = fileURLToPath(new URL('../simulator/worker.js', import.meta.url));
  const workers = [fork(file, [archive]), fork(file, [archive])];
  // Inference computes on a thread of its own: left to itself, one worker would use two processors.
  for (const [at, { pid }] of workers.entries()) execFileSync('taskset', ['-a', '-pc', `${at}`, `${pid}`]);
  const answer = <T>(worker: ChildProcess) => new Promise<T>((resolve) => worker.once('message', resolve as never));
  await Promise.all(workers.map((worker) => answer(worker)));
  const drive = async (some: readonly ChildProcess[], trials = 1) => {
    const begun = process.hrtime.bigint();
    const done = await Promise.all(
      some.map((worker) => {
        const answered = answer<Done>(worker);
        worker.send({ laps: trials === 1 ? 3 : 1, trials });
        return answered;
      }),
    );
    const seconds = Number(process.hrtime.bigint() - begun) / 1e9;
    return { done, perSecond: done.reduce((sum, { steps }) => sum + steps, 0) / seconds };
  };
  const [ones, twos]: [number[], number[]] = [[], []];
  for (let round = 0; round < rounds; round++) {
    ones.push((await drive(workers.slice(0, 1))).perSecond);
    twos.push((await drive(workers)).perSecond);
  }
  const sixteen = await drive(workers, 16);
  const most = Math.max(...sixteen.done.map(({ rssBytes }) => rssBytes));
  for (const worker of workers) worker.disconnect();
  const [one, two] = [median(ones), median(twos)];
  report({
    figure: 'two workers against one',
    value: two,
    unit: 'steps/s',
    ...atLeast(two / one, 1.8),
    bar: '≥ 1.8 × one',
    baseline: one,
    ratio: two / one,
  });
  report({
    figure: 'memory of a worker, 16 trials of 60 m side by side',
    value: most / 2 ** 20,
    unit: 'MB',
    ...atMost(most / 2 ** 20, 400),
  });
}

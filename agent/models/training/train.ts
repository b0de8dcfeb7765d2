import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { loadModel } from '@pitwall/agent/model';
import { Random } from '@pitwall/agent/simulator';
import { type Policy, readMetadata } from '@pitwall/protocol/policy';
import { course, demoCourse, randomCourse } from './courses.js';
import { gather } from './gather.js';
import { driveLaps, type LapSummary, summary } from './laps.js';
import { frozenGraph } from './network.js';
import { pack } from './pack.js';
import { liveCar } from './ride.js';

const models = fileURLToPath(new URL('../../', import.meta.url));
const sources = join(models, 'training');
const sample = 'sample';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    work: {
      type: 'string',
      default: fileURLToPath(new URL('../../../../node_modules/.cache/training', import.meta.url)),
    },
    out: { type: 'string', default: models },
    python: { type: 'string', default: '/usr/bin/python3' },
  },
});
const seed = Number(values.seed);
const { work, out, python } = values;

/** One round of DAgger: who drives for new frames, and how many frames (with repetition) are learned from afterwards. */
interface Round {
  /** The checkpoint's number. */
  readonly number: number;
  readonly frames: number;
  /** Share of the time in which the policy of the round before drives; 0: the teacher drives. */
  readonly share: number;
  readonly samples: number;
  readonly rate: readonly [number, number];
  /** Goes on learning in portions of `samples`, each at a rate `grow` times that of the one before, until it drives like this. */
  readonly until?: { readonly grow: number; readonly reached: (result: LapSummary) => boolean };
}

const rounds: readonly Round[] = [
  { number: 1, frames: 6000, share: 0, samples: 1_500, rate: [1e-4, 1e-4] },
  {
    number: 5,
    frames: 2000,
    share: 0,
    samples: 800,
    rate: [1e-3, 1e-3],
    until: { grow: 1, reached: (result) => result.meanProgressPct > 30 },
  },
  { number: 20, frames: 1000, share: 0, samples: 35_000, rate: [1e-3, 6e-4] },
  { number: 30, frames: 7000, share: 0.8, samples: 45_000, rate: [1e-3, 6e-4] },
  { number: 40, frames: 8000, share: 1, samples: 90_000, rate: [8e-4, 2e-5] },
];
/** The last one goes on at a growing rate until it has lost its way: not every training ends at its best. */
const spoiled: Round = {
  number: 50,
  frames: 0,
  share: 0,
  samples: 1_600,
  rate: [4e-3, 4e-3],
  until: { grow: 1.5, reached: (result) => result.meanProgressPct < 80 },
};
/** These stand in the training archive, with the best between them, which is the sample model. */
const beginnings = [1, 5];

interface Checkpoint {
  readonly number: number;
  /** Frames learned from so far, with repetition. */
  readonly steps: number;
  readonly graph: Uint8Array;
  readonly result: LapSummary;
}

const metadataText = readFileSync(join(sources, 'model_metadata.json'), 'utf8');
const { actionSpace } = readMetadata(metadataText);
if (actionSpace.kind !== 'discrete') throw new Error('The sample model has a discrete action space.');
const { actions } = actionSpace;

const started = performance.now();
const say = (text: string) =>
  console.log(`${((performance.now() - started) / 1000).toFixed(0).padStart(5)} s  ${text}`);

rmSync(work, { recursive: true, force: true });
for (const folder of [work, out]) mkdirSync(folder, { recursive: true });
const checkpoints: Checkpoint[] = [];
let policy: Policy | undefined;
let steps = 0;
for (const round of [...rounds, spoiled]) {
  await gather({
    folder: work,
    actions,
    frames: round.frames,
    seed: seed * 1009 + round.number,
    ...(policy === undefined || round.share === 0 ? {} : { policy: { policy, share: round.share } }),
  });
  say(`round ${round.number}: drove for ${round.frames} frames`);
  const { graph, driver, result } = await learnUntil(round);
  await policy?.close();
  policy = driver;
  checkpoints.push({ number: round.number, steps, graph, result });
}
await policy?.close();

const best = [...checkpoints].sort(byResult)[0] as Checkpoint;
const stored = checkpoints.filter(({ number }) => [...beginnings, best.number, spoiled.number].includes(number));
if (best.number === spoiled.number) throw new Error('The last checkpoint is the best one; take another seed.');
await pack(join(out, `${sample}.tar.gz`), carArchive(best.graph));
await pack(join(out, `${sample}-training.tar.gz`), trainingArchive(best));
say(`wrote ${sample}.tar.gz (checkpoint ${best.number}) and ${sample}-training.tar.gz to ${out}`);

async function learnUntil(round: Round): Promise<{ graph: Uint8Array; driver: Policy; result: LapSummary }> {
  for (let portion = 0; ; portion++) {
    const learned = learn(round, portion);
    steps += round.samples;
    const graph = frozenGraph(work);
    const path = join(work, `model_${round.number}.tar.gz`);
    await pack(path, carArchive(graph));
    const { policy: driver } = await loadModel(path);
    const result = await validate(driver);
    say(
      `round ${round.number}: learned from ${round.samples} of ${learned.frames} frames, loss ${learned.loss}; ` +
        `${result.completed} of ${result.laps} laps, progress ${result.meanProgressPct.toFixed(1)}%, ${result.meanSeconds.toFixed(2)} s a lap`,
    );
    if (round.until?.reached(result) !== false) return { graph, driver, result };
    await driver.close();
    if (portion === 20) throw new Error(`Round ${round.number} does not get where it should; take another seed.`);
  }
}

function learn(round: Round, portion: number): { frames: number; loss: number } {
  const script = join(sources, 'learn.py');
  const { number, samples, rate } = round;
  const growth = (round.until?.grow ?? 1) ** portion;
  const options = { actions: actions.length, seed: seed * 1013 + number + 100 * portion, samples };
  const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
  if (round === spoiled && portion === 0) args.push('--forgetful');
  const line = execFileSync(
    python,
    [script, '--work', work, ...args, '--rate', ...rate.map((value) => String(value * growth))],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, OMP_NUM_THREADS: '1', MKL_NUM_THREADS: '1' },
    },
  );
  return JSON.parse(line.toString());
}

/** Laps on the demo's track and on six that were drawn for this, in lock-step and like a live car. Not those of the tests. */
async function validate(driver: Policy): Promise<LapSummary> {
  const random = new Random(seed * 7919);
  const drawn = Array.from({ length: 6 }, (_, i) =>
    i % 2 === 0 ? randomCourse(random) : randomCourse(random).reversed(),
  );
  const laps = [];
  for (const [i, track] of [course(demoCourse), course(demoCourse).reversed(), ...drawn].entries()) {
    const conditions = i % 2 === 1 ? { conditions: liveCar } : {};
    laps.push(...(await driveLaps(driver, track, { laps: 4, seed: 500 + i, looks: [0, 77], ...conditions })));
  }
  return summary(laps);
}

function byResult(a: Checkpoint, b: Checkpoint): number {
  return (
    b.result.meanProgressPct - a.result.meanProgressPct ||
    a.result.meanSeconds - b.result.meanSeconds ||
    b.number - a.number
  );
}

function carArchive(graph: Uint8Array): [string, Uint8Array | string][] {
  return [
    ['agent/model.pb', graph],
    ['model_metadata.json', metadataText],
  ];
}

function trainingArchive(chosen: Checkpoint): [string, Uint8Array | string][] {
  // A fixed time: the archive is the same whenever it is made.
  const described = ({ number, steps: count, result }: Checkpoint) => ({
    name: `${number}_Step-${count}.ckpt`,
    avg_eval_metric: Number(result.meanProgressPct.toFixed(3)),
    time_stamp: 1_767_225_600 + number * 60,
  });
  const last = stored.at(-1) as Checkpoint;
  const list = { best_checkpoint: described(chosen), last_checkpoint: described(last) };
  return [
    ...stored.map(({ number, graph }): [string, Uint8Array] => [`model/model_${number}.pb`, graph]),
    ['model/model_metadata.json', metadataText],
    ['model/deepracer_checkpoints.json', `${JSON.stringify(list, null, 2)}\n`],
  ];
}
